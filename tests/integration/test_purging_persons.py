"""A purged person is gone from working tables and every release, stays gone, and a kill on the way is made good."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.home import Home
from ibic_pipeline.publish.lifecycle import list_releases, manifest_of, verify
from ibic_pipeline.publish.purge_list import purge_list
from ibic_pipeline.workflow import purge as purging
from ibic_pipeline.workflow.plan import plan
from tests.support import homes
from tests.support.homes import DELIVERY, copy_of, deliver

KOD = "0642"


pytestmark = pytest.mark.usefixtures("few_indicators")


def load(home: Home) -> None:
    if not plan(home, KOD).unchanged:
        homes.load(home, KOD)


def publish(home: Home) -> Path:
    return homes.publish(home, republish=True).folder


@pytest.fixture(scope="module")
def made(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A municipality that is loaded, and two releases."""
    home = copy_of(published_home, tmp_path_factory.mktemp("made") / "home")
    publish(home)
    return home.path


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    return copy_of(made, tmp_path / "home")


def someone(home: Home) -> str:
    """A person who has goals, or at least a commission."""
    tables = home.current(KOD) / "harmoniserat"
    commissioned = set(pq.read_table(tables / "uppdrag.parquet")["beslut_id"].to_pylist())
    decisions = pq.read_table(tables / "beslut.parquet").to_pylist()
    return next(str(row["individ_id"]) for row in decisions if row["beslut_id"] in commissioned)


def places_of(home: Home, text: str) -> set[str]:
    """Folders of the home in which a file holds a text, but for the purge list."""
    files = [path for path in home.path.rglob("*") if path.is_file()]
    return {path.relative_to(home.path).parts[0] for path in files if holds(path, text)} - {"gallring"}


def holds(path: Path, text: str) -> bool:
    if path.suffix != ".parquet":
        return text.encode() in path.read_bytes()
    columns = [column for column in pq.read_table(path).columns if pa.types.is_string(column.type)]
    return any(pc.any(pc.match_substring(column, text)).as_py() for column in columns)


def ibic(home: Home, *words: str, **named: Any) -> Any:
    said = ["release", "purge", "--kommun", KOD, "--home", str(home.path), *words]
    return CliRunner().invoke(app, said, catch_exceptions=True, **named)


def no_faults(home: Home) -> bool:
    return not any(verify(home).values())


def test_a_purged_person_is_nowhere_but_in_the_list_and_both_releases_verify(home: Home) -> None:
    person = someone(home)
    rows = pq.read_metadata(home.current(KOD) / "harmoniserat" / "beslut.parquet").num_rows
    assert places_of(home, person) == {"lager", "publicerat"}
    told = ibic(home, "--individ", person, "--av", "registrator", "--skal", "Gallringsbeslut 12", "--json")
    assert told.exit_code == 0, told.output
    receipt = json.loads(told.stdout)
    assert places_of(home, person) == set()
    assert no_faults(home)
    assert receipt["lager"]["individ"] == 1
    assert receipt["lager"]["uppdrag"] >= 1
    assert list(receipt["releaser"]) == sorted(each.release for each in list_releases(home))
    left = pq.read_metadata(home.current(KOD) / "harmoniserat" / "beslut.parquet").num_rows
    assert rows - left == receipt["lager"]["beslut"]
    for folder in (home.publicerat / "releaser").iterdir():
        (said,) = manifest_of(folder)["gallringar"]
        assert (said["av"], said["rader"]) == ("registrator", receipt["releaser"][folder.name])
        assert pq.read_metadata(folder / "harmoniserat" / "beslut" / f"{KOD}.parquet").num_rows == left
    kept = home.path / "gallring" / "kvitton" / f"{receipt['kvitto']}.json"
    assert json.loads(kept.read_text()) == receipt
    assert person not in kept.read_text()
    assert {path.stat().st_mode & 0o077 for path in (home.path / "gallring").rglob("*")} == {0}


def test_a_later_delivery_does_not_bring_a_purged_person_back_until_the_purge_is_lifted(home: Home) -> None:
    person = someone(home)
    ibic(home, "--individ", person, "--av", "registrator")
    deliver(home.path, KOD, "2024-03-31")
    load(home)
    assert places_of(home, person) == set()
    described = json.loads((home.current(KOD) / "version.json").read_text())
    assert described["leverans"] == "2024-03-31"
    assert sum(described["gallrade"].values()) >= 3
    publish(home)
    assert places_of(home, person) == set()

    assert ibic(home, "--individ", person, "--lift").exit_code == 0
    assert ibic(home, "--individ", person, "--lift").exit_code == 1
    load(home)
    assert places_of(home, person) == {"lager"}
    publish(home)
    assert places_of(home, person) == {"lager", "publicerat"}


def test_the_accounting_of_what_is_left_adds_up(home: Home) -> None:
    ibic(home, "--individ", someone(home), "--av", "registrator")
    lost = json.loads((home.current(KOD) / "version.json").read_text())["gallrade"]
    for row in pq.read_table(home.current(KOD) / "avstamning.parquet").to_pylist():
        assert row["last"] == row["godkanda"] + row["karantan"] + row["dubbletter"]
        assert row["last"] + lost.get(row["kallfil"], 0) == read_before(home)[row["kallfil"]]


def read_before(home: Home) -> dict[str, int]:
    oldest = min((home.publicerat / "releaser").iterdir())
    return {row["kallfil"]: row["last"] for row in manifest_of(oldest)["avstamning"]}


@pytest.mark.parametrize("place", ["purge_from_releases", "_reloaded", "_drop_versions", "_told_by_releases"])
def test_a_purge_that_is_killed_is_ended_by_the_next_night(
    home: Home, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    person = someone(home)

    def killed(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(purging, place, killed)
        ibic(home, "--individ", person, "--av", "registrator")
    assert no_faults(home)
    assert not purge_list(home, KOD)[0].klar
    load(home)
    publish(home)
    assert places_of(home, person) == set()
    assert no_faults(home)
    assert purge_list(home, KOD)[0].klar
    (kept,) = (home.path / "gallring" / "kvitton").iterdir()
    receipt = json.loads(kept.read_text())
    assert receipt["lager"]["individ"] == 1
    assert len(receipt["releaser"]) == 2
    assert receipt["vantar"] is None


def test_a_municipality_whose_delivery_is_gone_is_told_of_and_never_publishes_the_person_again(home: Home) -> None:
    person = someone(home)
    shutil.rmtree(home.inkorg / KOD / DELIVERY)
    told = ibic(home, "--individ", person, "--av", "registrator")
    assert told.exit_code == 1
    assert "LEV-001" in told.stderr
    assert places_of(home, person) == {"lager"}
    # Left out when it is published, not removed afterwards.
    assert "gallringar" not in manifest_of(publish(home))
    assert places_of(home, person) == {"lager"}
    assert no_faults(home)
    deliver(home.path, KOD)
    load(home)
    publish(home)
    assert places_of(home, person) == set()
    assert purge_list(home, KOD)[0].klar


def test_a_number_is_read_from_standard_input_and_never_repeated(home: Home) -> None:
    number = number_in_delivery(home)
    refused = ibic(home, "--individ", number, "--av", "registrator")
    assert number not in refused.output + str(refused.exception)
    assert "use `--individ -`" in str(refused.exception)
    before = pq.read_metadata(home.current(KOD) / "harmoniserat" / "individ.parquet").num_rows
    told = ibic(home, "--individ", "-", "--av", "registrator", input=f"{number}\n")
    assert told.exit_code == 0, told.output
    assert number not in told.output
    assert pq.read_metadata(home.current(KOD) / "harmoniserat" / "individ.parquet").num_rows == before - 1
    assert all(number.encode() not in path.read_bytes() for path in (home.path / "gallring").rglob("*.json"))
    wrong = ibic(home, "--individ", "-", "--av", "registrator", input="inget nummer\n")
    assert "1 of 1 that are not" in str(wrong.exception)
    assert "inget nummer" not in str(wrong.exception)


def number_in_delivery(home: Home) -> str:
    text = (home.inkorg / KOD / DELIVERY / "beslut.csv").read_text(encoding="utf-8-sig")
    header, first = (line.split(";") for line in text.splitlines()[:2])
    return next(cell for name, cell in zip(header, first, strict=True) if name.lower().startswith("person"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--individ", "0" * 32], "--av with the role"),
        (["--individ", "0" * 32, "--av", "x", "--kommun", "9999"], "--kommun with"),
        (["--individ", "-", "--av", "x"], "on standard input"),
    ],
)
def test_what_is_missing_is_said(home: Home, words: list[str], told: str) -> None:
    assert told in str(ibic(home, *words, input="").exception)
    assert list((home.path / "gallring").glob("*")) == []


def test_a_person_who_is_not_found_is_told_of_and_kept_out_all_the_same(home: Home) -> None:
    assert ibic(home, "--individ", "0" * 32, "--av", "registrator").exit_code == 1
    assert purge_list(home, KOD)[0].individer == ("0" * 32,)


def test_a_damaged_purge_list_stops_the_load_instead_of_bringing_persons_back(home: Home) -> None:
    ibic(home, "--individ", someone(home), "--av", "registrator")
    (home.path / "gallring" / f"{KOD}.json").write_text("{", encoding="utf-8")
    planned = plan(home, KOD)
    assert planned.refused
    assert "Restore the file" in planned.reasons[0][1]


def test_a_list_of_another_key_stops_the_load_and_a_key_with_a_list_is_not_replaced(home: Home) -> None:
    ibic(home, "--individ", someone(home), "--av", "registrator")
    rotated = CliRunner().invoke(app, ["keys", "rotate", "--kommun", KOD, "--home", str(home.path)])
    assert rotated.exit_code == 2
    assert "no purged persons" in rotated.stderr
    assert plan(home, KOD).unchanged
    path = home.path / "gallring" / f"{KOD}.json"
    path.write_text(path.read_text().replace(purge_list(home, KOD)[0].nyckel, "0" * 12))
    assert "another key" in plan(home, KOD).reasons[0][1]


def with_rule(home: Home, years: int) -> Home:
    settings = yaml.safe_load((home.path / "lan.yaml").read_text(encoding="utf-8"))
    settings["gallring"] = {"kommuner": {KOD: {"ar": years, "not": "Dokumenthanteringsplan 2020."}}}
    (home.path / "lan.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return Home(home.path)


def individuals(folder: Path) -> set[str]:
    return set(pq.read_table(folder)["individ_id"].to_pylist())


def test_persons_whose_retention_time_is_over_leave_loads_and_releases(home: Home) -> None:
    shutil.copytree(home.inkorg / KOD / DELIVERY, home.inkorg / KOD / "2034-02-28")
    home = with_rule(home, years=5)
    everyone = individuals(home.current(KOD) / "harmoniserat" / "individ.parquet")
    load(home)
    left = individuals(home.current(KOD) / "harmoniserat" / "individ.parquet")
    decisions = pq.read_table(
        min((home.publicerat / "releaser").iterdir()) / "harmoniserat" / "beslut" / f"{KOD}.parquet"
    )
    running = {row["individ_id"] for row in decisions.to_pylist() if not row["galler_tom"] and not row["upphort"]}
    assert running <= left < everyone

    (receipt,) = purging.purge_by_rule(home, date(2034, 2, 28))
    assert receipt.av == "gallringsregel"
    assert no_faults(home)
    for folder in (home.publicerat / "releaser").iterdir():
        assert individuals(folder / "harmoniserat" / "individ" / f"{KOD}.parquet") == left
    assert purging.purge_by_rule(home, date(2034, 2, 28)) == []
