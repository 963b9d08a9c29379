"""Corrections as people meet them: tried before a run, shown to the sender, listed with what they met."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.errors import IbicError
from tests.support.homes import DELIVERY, GOLDEN

CODE = "9901"
CORRECTIONS = """
- id: KOR-001
  export: beslut
  matcha: {Beslut: BES-018}
  forvantat: {Till: ""}
  atgard: satt
  varden: {Till: 2024-02-01}
  skal: Beslutet avslutades men slutdatum registrerades inte.
  beslutad_av: verksamhetsutvecklare
  beslutad: 2024-02-20
- id: KOR-002
  export: uppdrag
  matcha: {Uppdrag: UPP-023}
  forvantat: {Regi: Enskild}
  atgard: satt
  varden: {Regi: Kommunal}
  skal: Fel regiform valdes i början.
  beslutad_av: enhetschef
  beslutad: 2024-02-20
- id: KOR-003
  export: genomforandeplan
  matcha: {Plan: GP-999}
  atgard: tom
  kolumner: [Klarmarkerad]
  skal: Planen markerades klar av misstag.
  beslutad_av: enhetschef
  beslutad: 2024-02-20
- id: KOR-004
  export: genomforandeplan
  matcha: {Plan: GP-047}
  atgard: tom
  kolumner: [Klarmarkerad]
  skal: Planen markerades klar av misstag.
  beslutad_av: enhetschef
  beslutad: 2024-01-20
  galler_till: 2024-01-31
"""


@dataclass(frozen=True)
class Said:
    """What a verb said, and its exit code."""

    code: int
    out: str


def ibic(*words: object) -> Said:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, IbicError):
        return Said(2, str(result.exception))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Said(result.exit_code, result.output)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The golden delivery, its profile and four corrections."""
    folder = tmp_path / "home"
    shutil.copytree(GOLDEN, folder)
    decide(folder, CORRECTIONS)
    return folder


def decide(home: Path, text: str) -> None:
    (home / "rattelser").mkdir(exist_ok=True)
    (home / "rattelser" / f"{CODE}.yaml").write_text(text, encoding="utf-8")


def test_corrections_are_tried_on_the_latest_delivery_before_a_run(home: Path) -> None:
    said = ibic("corrections", "check", "--kommun", CODE, "--home", home)
    assert said.code == 1
    states = [line.split("2024-0", 1)[1][5:].strip() for line in said.out.splitlines() if line.startswith("KOR")]
    assert states == [
        "met 1",
        "guard failed on 1 of 1, left as delivered (LEV-016)",
        "met nothing (LEV-016)",
        "expired 2024-01-31, not applied (LEV-016)",
    ]
    decide(home, CORRECTIONS[: CORRECTIONS.index("- id: KOR-002")])
    assert ibic("corrections", "check", "--kommun", CODE, "--home", home).code == 0


def test_a_wrong_file_is_told_and_nothing_is_tried(home: Path) -> None:
    decide(home, CORRECTIONS.replace("Beslut: BES-018", "Personnummer: BES-018"))
    for verb in ("check", "list"):
        said = ibic("corrections", verb, "--kommun", CODE, "--home", home)
        assert said.code == 2
        assert "KOR-001" in said.out
        assert "BES-018" not in said.out


def test_a_municipality_without_corrections_is_told_so(home: Path) -> None:
    shutil.rmtree(home / "rattelser")
    assert "no corrections" in ibic("corrections", "list", "--kommun", CODE, "--home", home).out
    assert ibic("corrections", "check", "--kommun", CODE, "--home", home).code == 0


def test_the_list_says_who_decided_and_why(home: Path) -> None:
    said = ibic("corrections", "list", "--kommun", CODE, "--home", home, "--json")
    first = json.loads(said.out)[0]
    assert {key: first[key] for key in ("id", "export", "atgard", "beslutad_av", "beslutad", "lage")} == {
        "id": "KOR-001", "export": "beslut", "atgard": "satt", "beslutad_av": "verksamhetsutvecklare",
        "beslutad": "2024-02-20", "lage": "ej_provad",
    }  # fmt: skip
    assert first["skal"].startswith("Beslutet avslutades")


def test_the_sender_sees_what_was_corrected_and_may_send_all_the_same(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "ut"
    delivery = home / "inkorg" / CODE / DELIVERY
    said = ibic("check", delivery, "--kommun", CODE, "--home", home, "--ut", out)
    assert said.code == 0
    assert "1 reparerade" in said.out
    assert "KOR-001  1 i beslut.csv" in said.out
    assert "LEV-016  hela filen genomforandeplaner.csv" in said.out
    assert "LEV-016  1 rad i uppdrag.csv" in said.out
    book = fastexcel.read_excel(out / "granskning.xlsx")
    rows = book.load_sheet("Reparerat").to_arrow().to_pylist()
    assert [(row["Fil"], row["Rad"], row["Regel"]) for row in rows] == [("beslut.csv", 2, "KOR-001")]
    kinds = book.load_sheet("Slag av reparationer").to_arrow().to_pylist()
    assert [(row["Regel"], row["Antal"]) for row in kinds] == [("KOR-001", 1)]
    page = (out / "granskning.html").read_text(encoding="utf-8")
    assert 'id="reparerat"' in page
    assert 'id="reparerade"' in page
    assert "BES-018" not in page


def test_a_repair_names_the_senders_own_column(home: Path) -> None:
    path = home / "inkorg" / CODE / DELIVERY / "beslut.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("\nBES-018;", "\n\u00a0BES-018;"), encoding="utf-8-sig")
    said = ibic("check", path.parent, "--kommun", CODE, "--home", home, "--json")
    told = {each["regel"]: (each["kolumn"], each["antal"]) for each in json.loads(said.out)["reparationer"]}
    assert told == {"KOR-001": ("", 1), "REP-021": ("Beslut", 1)}


def examined(home: Path) -> dict[str, tuple[str, str]]:
    """What the doctor says of the files of corrections: file -> status and text."""
    found = json.loads(ibic("doctor", "--json", "--home", home).out)
    return {
        each["what"]: (each["status"], f"{each['text']} {each['do']}".rstrip())
        for each in found
        if each["what"].startswith("rattelser/")
    }


def test_the_doctor_looks_at_every_file_of_corrections(home: Path) -> None:
    assert examined(home) == {
        f"rattelser/{CODE}.yaml": ("ok", "Granskad förvaltning, 4 corrections that its profile allows")
    }


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (CORRECTIONS.replace("atgard: satt", "atgard: sätt", 1), "KOR-001.atgard"),
        (CORRECTIONS.replace("{Plan: GP-999}", "{Plann: GP-999}"), "did you mean Plan?"),
        ("- id: [", "a YAML file"),
    ],
    ids=["an unknown action", "a column that the profile does not read", "no YAML"],
)
def test_the_doctor_finds_corrections_that_do_not_hold(home: Path, wrong: str, told: str) -> None:
    decide(home, wrong)

    status, text = examined(home)[f"rattelser/{CODE}.yaml"]

    assert status == "finding"
    assert told in text
    assert "deliveries are refused until it is right" in text


@pytest.mark.parametrize("name", ["9902.yaml", f"{CODE}.yml", f"19121212-1212_{CODE}.yaml"])
def test_the_doctor_finds_corrections_of_nobody(home: Path, name: str) -> None:
    (home / "rattelser" / name).write_text(CORRECTIONS, encoding="utf-8")

    ((what, (status, text)),) = (each for each in examined(home).items() if each[0] != f"rattelser/{CODE}.yaml")

    assert status == "finding"
    assert "Rename it after the municipality's code, or take it away" in text
    assert "1212-1212" not in what + text
