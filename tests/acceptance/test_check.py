"""What a sender meets: `ibic check` before sending, and `ibic unmapped` to say what local values mean."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.pseudonym import create_key
from ibic_pipeline.workflow import municipality
from tests.support.homes import DELIVERY, GOLDEN

CODE = "9901"
FORMULA = "=HYPERLINK(1)"
SECRET = "Hemlig Person"
NUMBER = "19121212-1212"


@dataclass(frozen=True)
class Said:
    """What a verb said, and its exit code; -1 for an error that the front door prints."""

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
    """The golden delivery and its profile; no key."""
    shutil.copytree(GOLDEN, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def damaged(home: Path) -> Path:
    """The delivery with unknown values, a formula, a number and a bad date among its decisions."""
    path = home / "inkorg" / CODE / DELIVERY / "beslut.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for number, text in enumerate((SECRET, SECRET, FORMULA, NUMBER), start=1):
        lines[number] = _with(lines[0], lines[number], "Insats", text)
    lines[5] = _with(lines[0], lines[5], "Beslutsdatum", "i maj")
    lines.insert(6, "för få fält")
    path.write_text("\n".join(lines).replace("Antal rader: 59", "Antal rader: 60") + "\n", encoding="utf-8-sig")
    return path.parent


@pytest.fixture
def repeated(damaged: Path) -> Path:
    """The same, with the unknown words on rows enough to be shown."""
    path = damaged / "beslut.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for number, text in enumerate((SECRET, FORMULA, FORMULA), start=8):
        lines[number] = _with(lines[0], lines[number], "Insats", text)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return damaged


def _with(header: str, line: str, column: str, text: str) -> str:
    cells = line.split(";")
    cells[header.split(";").index(column)] = text
    return ";".join(cells)


def check(home: Path, *words: object) -> Said:
    return ibic("check", *words, "--kommun", CODE, "--home", home)


def test_a_right_delivery_can_be_sent(home: Path) -> None:
    said = check(home, home / "inkorg" / CODE / DELIVERY)

    assert said.code == 0
    assert "uttagsdatum 2024-02-29" in said.out
    assert "59 lästa, 59 godkända, 0 avvisas" in said.out
    assert not (home / "lager").exists()


@pytest.mark.parametrize("name", ["beslut", "genomforandeplaner", "uppdrag", "uppfoljningar", "utredningar"])
def test_one_file_alone_is_judged_without_those_it_refers_to(home: Path, name: str) -> None:
    said = check(home, home / "inkorg" / CODE / DELIVERY / f"{name}.csv")

    assert said.code == 0
    assert "Gavs inte" in said.out
    assert ("prövades inte om det som hänvisas till finns" in said.out) == (name != "utredningar")


def test_an_unknown_parent_is_found_when_the_parents_are_at_hand(home: Path) -> None:
    folder = home / "inkorg" / CODE / DELIVERY
    path = folder / "uppdrag.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("BES-0", "FEL-0"), encoding="utf-8-sig")

    assert check(home, path).code == 0
    both = check(home, path, folder / "beslut.csv")
    assert both.code == 1
    assert "UPP-002" in both.out


def test_a_damaged_delivery_is_told_line_by_line_without_its_values(home: Path, damaged: Path, tmp_path: Path) -> None:
    said = check(home, damaged, "--ut", tmp_path / "ut")

    assert said.code == 1
    assert "BES-205  4 rader i beslut.csv, kolumn Insats (raden avvisas)" in said.out
    assert "Rad 2, 3, 4, 5" in said.out
    assert "Skriv datum i Beslutsdatum som 2024-03-15" in said.out
    assert "LEV-006" in said.out
    everything = said.out + _text_of(tmp_path / "ut")
    for value in (SECRET, FORMULA, NUMBER, "i maj", "för få fält"):
        assert value not in everything
    cells = _findings(tmp_path / "ut")
    assert list(cells) == ["Fil", "Rad", "Kolumn", "Regel", "Följd", "Meddelande"]
    assert ("beslut.csv", "7", "LEV-011") in zip(cells["Fil"], cells["Rad"], cells["Regel"], strict=True)


def test_values_are_written_only_when_asked_for_and_no_cell_is_a_formula(
    home: Path, damaged: Path, tmp_path: Path
) -> None:
    assert check(home, damaged, "--visa-varden").code == 2

    check(home, damaged, "--ut", tmp_path / "ut", "--visa-varden")

    cells = _findings(tmp_path / "ut")
    assert cells["Värde"][:2] == [SECRET, SECRET]
    assert FORMULA in cells["Värde"]
    assert "<f>" not in _text_of(tmp_path / "ut")
    assert stat.S_IMODE((tmp_path / "ut" / "granskning.xlsx").stat().st_mode) == 0o600


def test_a_page_shows_what_it_is_given_as_text(home: Path, tmp_path: Path, damaged: Path) -> None:
    path = damaged / "beslut.csv"
    script = "<script>alert(1)</script>"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(SECRET, script), encoding="utf-8-sig")

    check(home, damaged, "--ut", tmp_path / "ut", "--visa-varden")

    page = (tmp_path / "ut" / "granskning.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_program_reads_the_same_as_json(home: Path, damaged: Path) -> None:
    said = check(home, damaged, "--json")

    found = json.loads(said.out)
    beslut = next(each for each in found["filer"] if each["export"] == "beslut")
    assert (beslut["last"], beslut["karantan"]) == (60, 6)
    assert beslut["last"] == beslut["godkanda"] + beslut["karantan"] + beslut["dubbletter"]
    assert {each["regel"] for each in found["fynd"]} >= {"BES-205", "BES-207", "LEV-011"}


def test_an_unreadable_file_does_not_hide_the_findings_of_the_others(home: Path, damaged: Path) -> None:
    (damaged / "uppdrag.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)

    said = check(home, damaged)

    assert said.code == 1
    assert "kunde inte läsas" in said.out
    assert "BES-205" in said.out


def test_a_misnamed_file_is_told_and_nothing_known_cannot_be_run(home: Path, tmp_path: Path) -> None:
    folder = home / "inkorg" / CODE / DELIVERY
    (folder / "beslut.csv").rename(folder / "besluten.csv")

    said = check(home, folder)

    assert said.code == 1
    assert "besluten.csv: Inget filmönster i profilen passar namnet. Närmast är beslut.csv." in said.out
    assert check(home, folder / "besluten.csv").code == 2
    assert check(home, tmp_path / "nix.csv").code == 2


def test_decided_values_become_profile_lines_and_the_next_check_knows_them(
    home: Path, repeated: Path, tmp_path: Path
) -> None:
    _run(home)
    book = tmp_path / "okanda.xlsx"
    assert ibic("unmapped", CODE, "--home", home, "--ut", book).code == 0
    assert NUMBER not in _text_of(tmp_path)
    _decide(book, {SECRET: ("YAA.05.00", ""), FORMULA: ("ignorera", "Skräp")})
    profile = home / "kommuner" / f"{CODE}.yaml"
    before = profile.read_text(encoding="utf-8")

    said = ibic("unmapped", CODE, "--home", home, "--las", book)
    assert f'"{SECRET}": "YAA.05.00"' in said.out
    assert profile.read_text(encoding="utf-8") == before

    assert ibic("unmapped", CODE, "--home", home, "--las", book, "--skriv").code == 0

    after = profile.read_text(encoding="utf-8")
    assert set(before.splitlines()) < set(after.splitlines())
    assert Home(home).profil(CODE).varden["beslut.insats"] == {SECRET: "YAA.05.00"}
    still = json.loads(check(home, repeated, "--json").out)["fynd"]
    assert [each["antal"] for each in still if each["regel"] == "BES-205"] == [1]


@pytest.mark.usefixtures("repeated")
def test_a_decision_that_a_dated_version_contradicts_leaves_the_profile_as_it_is(home: Path, tmp_path: Path) -> None:
    profile = home / "kommuner" / f"{CODE}.yaml"
    dated = f'versioner:\n  - fran: 2024-01-01\n    varden: {{beslut.insats: {{"{SECRET}": YAA.75}}}}\n'
    _run(home)
    book = tmp_path / "okanda.xlsx"
    ibic("unmapped", CODE, "--home", home, "--ut", book)
    _decide(book, {SECRET: ("YAA.05.00", "")})
    profile.write_text(profile.read_text(encoding="utf-8") + dated, encoding="utf-8")
    before = profile.read_bytes()

    said = ibic("unmapped", CODE, "--home", home, "--las", book, "--skriv")

    assert said.code == 2
    assert "versioner" in said.out
    assert profile.read_bytes() == before


def _run(home: Path) -> None:
    (home / "nycklar").mkdir()
    create_key(Home(home), CODE)
    municipality.load_delivery(Home(home), CODE)
    with pytest.raises(Exception, match="LEV-006"):
        municipality.harmonise_municipality(Home(home), CODE)


def _decide(book: Path, decisions: dict[str, tuple[str, str]]) -> None:
    """Fill in the workbook as a person would."""
    from ibic_pipeline.check.workbook import sheet
    from ibic_pipeline.workbooks import workbook

    cells = fastexcel.read_excel(book).load_sheet(0, header_row=None, dtypes="string").to_arrow().to_pylist()
    rows = [[cell or "" for cell in row.values()] for row in cells]
    headings, rest = rows[0], rows[1:]
    for row in rest:
        row[-2:] = decisions.get(row[headings.index("varde")], ("", ""))
    assert set(decisions) <= {row[headings.index("varde")] for row in rest}
    with workbook(book) as written:
        sheet(written, "Omappade värden", headings, [10] * len(headings), rest)


def _findings(folder: Path) -> dict[str, list[str]]:
    found = fastexcel.read_excel(folder / "granskning.xlsx").load_sheet("Fynd", dtypes="string").to_arrow()
    columns: dict[str, list[str]] = found.to_pydict()
    return columns


def _text_of(folder: Path) -> str:
    """Everything that the files say, workbooks unpacked."""
    texts = []
    for path in (each for pattern in ("*.xlsx", "*.html") for each in folder.glob(pattern)):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                texts += [packed.read(name).decode() for name in packed.namelist()]
        else:
            texts.append(path.read_text(encoding="utf-8"))
    return "\n".join(texts)
