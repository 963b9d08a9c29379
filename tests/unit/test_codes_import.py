"""Official code lists: what is repaired or refused in a file, and where its codes stand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.codes.cells import DATE_IN_TEXT, UNREADABLE_BOOLEAN, clean_text, read_boolean, read_day
from ibic_pipeline.codes.dated import dated_lists, laid_over, read_dated
from ibic_pipeline.codes.hierarchy import icf_level, icf_parents, interventions, ksi_parents, without_own_group
from ibic_pipeline.codes.imported import import_list
from ibic_pipeline.codes.official import read_official
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from schemas.codelists import CodeLists, codelist
from tests.support.official_files import COMPLEX, FOLDER, SIMPLE

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_real_files = pytest.mark.skipif(
    not (REAL / "icf.tsv").is_file(),
    reason="Socialstyrelsen's own files are not part of the project; lay them in ../shared/data to run this",
)
D2025 = date(2025, 1, 1)


# Cells


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("TAQ.AS.ZZ\u00a0", "TAQ.AS.ZZ"),
        ("Psykiska funktioner\n", "Psykiska funktioner"),
        ("om  insats", "om insats"),
        ("mun\u00adhälsa", "munhälsa"),
        (" ", ""),
        ("\u00a0", ""),
        ("=+++C2", ""),
        ("#NAME?", ""),
        (None, ""),
    ],
)
def test_a_cell_is_cleaned(cell: str | None, expected: str) -> None:
    repairs: Counter[str] = Counter()
    assert clean_text(pa.array([cell], pa.string()), repairs).to_pylist() == [expected]
    assert sum(repairs.values()) == (cell is not None)


def test_a_clean_cell_is_no_repair() -> None:
    repairs: Counter[str] = Counter()
    clean_text(pa.array(["d450", "Att gå", ""]), repairs)
    assert not +repairs


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-01-01 (2016-01-01)", date(2021, 1, 1)),
        ("(2017-01-01) 2021-01-01", date(2021, 1, 1)),
        ("2016-01-01 2021-01-01", date(2021, 1, 1)),
    ],
)
def test_the_day_is_the_one_outside_parentheses(text: str, day: date) -> None:
    repairs: Counter[str] = Counter()
    assert read_day(text, repairs) == day
    assert repairs == {DATE_IN_TEXT: 1}


@pytest.mark.parametrize("text", ["2021-02-30", "(2016-01-01)", "snart"])
def test_a_day_that_cannot_be_read_is_counted_and_not_guessed(text: str) -> None:
    repairs: Counter[str] = Counter()
    assert read_day(text, repairs) is None
    assert sum(repairs.values()) == 1


def test_a_truth_that_contradicts_itself_is_none() -> None:
    repairs: Counter[str] = Counter()
    read = [read_boolean(text, repairs) for text in ("true", "SANT", "FALSK", "SANT FALSKT", "")]
    assert read == [True, True, False, None, None]
    assert repairs[UNREADABLE_BOOLEAN] == 1


# Files


@pytest.mark.parametrize(
    ("name", "file"), [("icf", "icf.xlsx"), ("icf", "icf.tsv"), ("ksi", "ksi.xlsx"), ("ksi", "ksi.tsv")]
)
def test_every_row_of_a_file_is_taken_gone_or_refused(name: str, file: str) -> None:
    official = read_official(name, FOLDER / file)
    assert official.read == len(official.rows) + official.gone + len(official.refused)
    assert len(official.rows) >= 8


def test_the_workbook_and_the_text_have_the_same_codes() -> None:
    workbook, text = (read_official("icf", FOLDER / f"icf.{kind}").rows for kind in ("xlsx", "tsv"))
    in_force = set(workbook["kod"][workbook["borttagen"].isna()])
    assert set(text["kod"]) == in_force - {"b1528C", "e260"}


def test_each_defect_of_the_icf_workbook_is_repaired_under_its_name() -> None:
    assert {kind: count for kind, count in read_official("icf", FOLDER / "icf.xlsx").repairs.items() if count} == {
        "blank row": 3,
        "boolean that is neither true nor false": 1,
        "boolean written as text": 8,
        "cell of blanks alone": 1,
        "code of a block taken from its title": 1,
        "date with a line break or in parentheses": 4,
        "no-break space or soft hyphen": 1,
        "row before the header": 1,
        "white space around or doubled, or a line break": 15,
    }


def test_a_code_that_is_cut_short_is_refused_with_its_place() -> None:
    assert read_official("ksi", FOLDER / "ksi.xlsx").refused == ("Inriktning, row 3",)


def test_the_sheet_of_withdrawn_codes_gives_ended_periods() -> None:
    rows = read_official("icf", FOLDER / "icf.xlsx").rows
    found = rows[rows["kod"] == "d3101"].sort_values("ny")
    assert found[["titel", "ny", "borttagen"]].values.tolist() == [
        [SIMPLE, date(2017, 1, 1), date(2021, 1, 1)],
        [COMPLEX, date(2021, 1, 1), None],
    ]


def test_a_code_that_says_no_day_begins_when_its_former_meaning_ended() -> None:
    rows = read_official("icf", FOLDER / "icf.xlsx").rows
    assert rows[(rows["kod"] == "e260") & (rows["titel"] == "Luft")]["ny"].tolist() == [date(2019, 9, 1)]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


ICF_HEADER = "Kod\tÖverordnad kod\tTitel\tAlternativ titel\n"


def test_repeated_headers_and_codes_are_counted_and_a_code_with_two_titles_is_refused(tmp_path: Path) -> None:
    lines = "d6\td\tHemliv\t\nd6\td\tHemliv\t\nKod\tÖverordnad kod\tTitel\t\nd7\td\tEn\t\nd7\td\tAnnan\t\nx9\t\tY\t\n"
    official = read_official("icf", write(tmp_path / "icf.tsv", ICF_HEADER + lines))
    assert official.rows["kod"].tolist() == ["d6"]
    assert (official.read, official.gone) == (6, 2)
    assert official.refused == ("icf.tsv, row 5", "icf.tsv, row 6", "icf.tsv, row 7")


def test_a_line_with_too_many_fields_is_refused_and_the_rest_taken(tmp_path: Path) -> None:
    official = read_official("icf", write(tmp_path / "i.tsv", ICF_HEADER + "d6\td\tHemliv\t\nd7\td\tEn\t\ten till\n"))
    assert official.rows["kod"].tolist() == ["d6"]
    assert official.refused == ("i.tsv, line 3",)
    assert official.read == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"PK\x03\x04 no workbook", "a workbook"),
        (b"Kod\tTitel\nd6\tHemliv\n", "a sheet of ICF"),
        (ICF_HEADER.encode() + b"hej\t\tdu\t\n", "codes of ICF"),
        (ICF_HEADER.encode() + "d6\td\tHemliv å\t\n".encode("cp1252"), "UTF-8"),
        (b"", "UTF-8"),
        (b"\x00\xff" * 50, "UTF-8"),
    ],
)
def test_anything_else_is_refused_in_words(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "fil").write_bytes(content)
    with pytest.raises(IbicError, match=expected):
        read_official("icf", tmp_path / "fil")


def test_a_file_of_the_other_classification_is_refused() -> None:
    with pytest.raises(IbicError, match="another classification"):
        read_official("ksi", FOLDER / "icf.xlsx")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IbicError, match="that can be read"):
        read_official("icf", tmp_path / "saknas.xlsx")


# Hierarchy


@pytest.mark.parametrize(
    ("kod", "level"),
    [
        ("d", "komponent"),
        ("d4", "kapitel"),
        ("d450-d469", "block"),
        ("d450", "2"),
        ("d4501", "3"),
        ("b11420", "4"),
        ("d298A", "nationell"),
    ],
)
def test_the_level_of_an_icf_code(kod: str, level: str) -> None:
    assert icf_level(kod) == level


def test_an_icf_code_lies_under_its_narrowest_block() -> None:
    found = icf_parents(["b", "b5", "b510-b569", "b540-b559", "b545", "b515", "b5152", "b51520", "d298A", "d298"])
    assert found == {
        "b": "", "b5": "b", "b510-b569": "b5", "b540-b559": "b5", "b545": "b540-b559", "b515": "b510-b569",
        "b5152": "b515", "b51520": "b5152", "d298A": "d298", "d298": "d2",
    }  # fmt: skip


def test_a_ksi_code_lies_under_its_focus_and_that_under_a_range_of_chapters() -> None:
    found = ksi_parents(["SA-SC", "YA", "SBH", "YAA", "YAA.05.00"])
    assert found == {"SA-SC": "", "YA": "", "SBH": "SA-SC", "YAA": "YA", "YAA.05.00": "YAA"}


def test_an_intervention_inherits_law_and_group_from_those_that_begin_as_it_does() -> None:
    found = interventions(["YAA.05.35", "YAB.45.35", "YAA.80.ZZ", "YAB.99.ZZ", "YAC.05.ZZ", "XAA.25.ZZ", "YAA"])
    assert found == {
        "YAA.05.35": ("SoL", "hemtjanst"),
        "YAB.45.35": ("LSS", "lss_boende"),
        "YAA.80.ZZ": ("SoL", "ovrigt_sol"),
        "YAB.99.ZZ": ("LSS", "lss_ovrigt"),
    }
    assert without_own_group(["YAA.05.35", "YAA.80.ZZ", "XAA.25.ZZ"]) == ["YAA.80.ZZ"]


def test_every_built_in_intervention_inherits_its_own_law_and_group() -> None:
    built_in = codelist("insats")
    own = dict(zip(built_in["kod"], zip(built_in["lag"], built_in["insatsgrupp"], strict=True), strict=True))
    assert interventions(built_in["kod"]) == own


# The published files


@needs_real_files
@pytest.mark.parametrize(
    ("name", "file", "codes", "refused"),
    [
        ("icf", "icf.tsv", 1670, 0),
        ("icf", "icf-2025-inkl-core-sets.xlsx", 1678, 0),
        ("ksi", "ksi.tsv", 2071, 0),
        ("ksi", "ksi-2025.xlsx", 2044, 2),
    ],
)
def test_a_published_file_is_taken_whole(tmp_path: Path, name: str, file: str, codes: int, refused: int) -> None:
    done = import_list(Home(tmp_path), name, REAL / file, D2025)
    assert (done.codes, len(done.refused)) == (codes, refused)
    assert done.read == done.taken + done.gone + refused
    assert not [change for change in done.changes if change.kind in ("withdrawn", "redefined")]


@needs_real_files
def test_the_published_workbook_has_the_thirteen_national_codes_and_every_component(tmp_path: Path) -> None:
    done = import_list(Home(tmp_path), "icf", REAL / "icf-2025-inkl-core-sets.xlsx", D2025)
    rows = pd.read_csv(done.path, sep=";", na_filter=False)
    in_force = rows[rows["giltig_till"] == ""]
    assert (in_force["niva"] == "nationell").sum() == 13
    assert in_force.groupby("komponent").size().to_dict() == {"b": 547, "d": 527, "e": 274, "s": 322}
    assert ("redefined", "d3101") in {(change.kind, change.kod) for change in done.known}


@needs_real_files
def test_the_published_text_gives_the_same_validity_as_the_workbook(tmp_path: Path) -> None:
    found = []
    for file in ("icf.tsv", "icf-2025-inkl-core-sets.xlsx"):
        home = Home(tmp_path / file)
        done = import_list(home, "icf", REAL / file, D2025)
        lists = CodeLists({"icf": laid_over("icf", [(D2025, read_dated(dated_lists(home)[0]))])})
        known = lists.validity("icf").set_index("kod").loc[codelist("icf")["kod"].unique()]
        assert done.read > 1600
        found.append(known[["giltig_fran", "giltig_till", "livsomrade"]])
    assert found[0].equals(found[1])
