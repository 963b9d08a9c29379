"""Values that no code list knows: which are shown, what is suggested, and how decisions come into the profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml

from ibic_pipeline.check.decisions import Decision, read_decisions, write_unmapped
from ibic_pipeline.check.profile_lines import Lines, lines_of, with_lines
from ibic_pipeline.check.workbook import sheet
from ibic_pipeline.errors import IbicError
from ibic_pipeline.harmonise.unmapped import (
    HIDDEN,
    MORE,
    MOST_VALUES,
    SCHEMA,
    count_unmapped,
    nearest,
    spellings_of,
    unmapped_table,
)
from ibic_pipeline.workbooks import workbook
from schemas.codelists import BUILT_IN
from tests.support.deliveries import ANNA, deliver, harmonise_home, new_home, profile

BESLUT = {
    "beslut": [
        {
            "monster": "b.csv",
            "delar": [
                {"tabell": "beslut", "kolumner": {"beslut_id": "Id", "individ_id": "Pnr", "utfall": "Utfall"}},
            ],
        }
    ]
}


def counted(**counts: int) -> dict[str, int]:
    return count_unmapped(pa.array(list(counts)), np.array(list(counts.values())))


@pytest.mark.parametrize(
    "text", [ANNA, "1912 12 12 1212", "tel 070-123456", "ref 1-2-3-4-5-6", "１９１２１２", "x" * 61, "400101-TF12"]
)
def test_a_value_that_could_tell_of_a_person_is_counted_and_not_shown(text: str) -> None:
    assert counted(**{text: 3, "Bif": 2}) == {HIDDEN: 3, "Bif": 2}


def test_the_most_frequent_values_are_shown_and_the_rest_summed() -> None:
    texts = [f"v{i}" for i in range(MOST_VALUES + 10)]
    found = count_unmapped(pa.array(texts), np.arange(len(texts)) + 1)

    assert len(found) == MOST_VALUES + 1
    assert found[MORE] == sum(range(1, 11))
    assert sum(found.values()) == sum(range(1, len(texts) + 1))


def test_nothing_unmapped_disappears_from_a_delivery(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    rows = [f"B1;{ANNA};Bifallx", f"B2;{ANNA};bifallX ", f"B3;{ANNA};Bifall", f"B4;{ANNA};{ANNA}", f"B5;{ANNA};"]
    deliver(home, {"b.csv": "Id;Pnr;Utfall\n" + "\n".join(rows) + "\n"})
    _, files = harmonise_home(home, profile(BESLUT))

    found = unmapped_table(files).to_pylist()

    assert [(each["tabell"], each["kolumn"], each["kodlista"], each["antal"]) for each in found] == [
        ("beslut", "utfall", "beslut_utfall", 2),
        ("beslut", "utfall", "beslut_utfall", 1),
    ]
    assert [(each["varde"], each["forslag"]) for each in found] == [("Bifallx", "bifall"), (HIDDEN, None)]
    assert ANNA not in str(found)


def test_a_rare_value_like_no_code_is_counted_and_not_shown(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    words = ["Qwerty"] * 3 + ["Zxcvb"] * 2 + ["zxcvb", "Kalle Karlsson", "Lisa", "Bifallx"]
    rows = [f"B{i};{ANNA};{word}" for i, word in enumerate(words)]
    deliver(home, {"b.csv": "Id;Pnr;Utfall\n" + "\n".join(rows) + "\n"})
    _, files = harmonise_home(home, profile(BESLUT))

    found = {each["varde"]: (each["antal"], each["forslag"]) for each in unmapped_table(files).to_pylist()}

    assert found == {"Qwerty": (3, None), "Zxcvb": (3, None), HIDDEN: (2, None), "Bifallx": (1, "bifall")}


def test_a_value_that_the_profile_ignores_is_not_unmapped(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"b.csv": f"Id;Pnr;Utfall\nB1;{ANNA};-\n"})
    _, files = harmonise_home(home, profile(BESLUT, ignoreras={"beslut.utfall": {"varden": ["-"], "skal": "tomt"}}))

    assert unmapped_table(files).num_rows == 0


@pytest.mark.parametrize(
    ("text", "kodlista", "code"),
    [
        ("Bifal", "beslut_utfall", "bifall"),
        ("Nya socialtjänstlag", "lagrum", "sol_2025"),
        ("Socialtjänstlag", "lagrum", None),
        ("Qwerty", "beslut_utfall", None),
        ("d455", "skala", None),
        ("d4501x", "icf", None),
        ("Ja!", "ja_nej", None),
        (MORE, "beslut_utfall", None),
    ],
)
def test_the_nearest_code_is_suggested_unless_it_is_far(text: str, kodlista: str, code: str | None) -> None:
    known = {"ja": "ja", "nej": "nej"} if kodlista == "ja_nej" else BUILT_IN.lookup(kodlista)
    assert spellings_of(kodlista, BUILT_IN) == known

    suggested, confidence = nearest(text, known)

    assert suggested == code
    assert (confidence is None) == (suggested is None)


def unmapped(*values: str) -> pa.Table:
    rows = [("beslut", "utfall", "beslut_utfall", value, 1, None, None) for value in values]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def filled(path: Path, *rows: tuple[str, str, str, str, str]) -> Path:
    """A workbook of (tabell, kolumn, varde, beslut, skal)."""
    names = ("tabell", "kolumn", "varde", "beslut", "skal")
    with workbook(path) as book:
        sheet(book, "Omappade värden", names, [10] * 5, rows)
    return path


def test_the_workbook_goes_out_and_in_without_a_decision(tmp_path: Path) -> None:
    write_unmapped(unmapped("=1+1", "01", " x"), tmp_path / "u.xlsx")

    assert read_decisions(tmp_path / "u.xlsx", BUILT_IN) == []


def test_a_workbook_that_may_hold_decisions_is_not_overwritten(tmp_path: Path) -> None:
    write_unmapped(unmapped("a"), tmp_path / "u.xlsx")

    with pytest.raises(IbicError):
        write_unmapped(unmapped("a"), tmp_path / "u.xlsx")


def test_a_value_like_a_formula_or_a_number_comes_back_as_it_was(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "u.xlsx", ("beslut", "utfall", "=1+1", "bifall", ""), ("beslut", "utfall", "01", "avslag", "")
    )

    assert [(each.varde, each.kod) for each in read_decisions(path, BUILT_IN)] == [("=1+1", "bifall"), ("01", "avslag")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("beslut", "utfall", "Hemlig", "bifal", ""), "did you mean bifall"),
        (("beslut", "utfall", "Hemlig", "ignorera", ""), "skal"),
        (("beslut", "galler_fran", "Hemlig", "bifall", ""), "coded column"),
        (("inget", "utfall", "Hemlig", "bifall", ""), "coded column"),
        (("beslut", "utfall", HIDDEN, "bifall", ""), "shown"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_refused(
    tmp_path: Path, row: tuple[str, str, str, str, str], expected: str
) -> None:
    with pytest.raises(IbicError) as error:
        read_decisions(filled(tmp_path / "u.xlsx", row), BUILT_IN)

    assert expected in str(error.value)
    assert "row 2" in str(error.value)
    assert "Hemlig" not in str(error.value)


def test_two_decisions_about_one_value_are_refused(tmp_path: Path) -> None:
    rows = [("beslut", "utfall", "Bif", "bifall", ""), ("beslut", "utfall", "BIF", "avslag", "")]

    with pytest.raises(IbicError, match="row 3"):
        read_decisions(filled(tmp_path / "u.xlsx", *rows), BUILT_IN)


def test_something_else_than_the_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "u.xlsx").write_text("x")

    with pytest.raises(IbicError):
        read_decisions(tmp_path / "u.xlsx", BUILT_IN)


def test_ignored_values_that_the_profile_inherits_are_repeated() -> None:
    profil = profile(ignoreras={"beslut.utfall": {"varden": ["-"], "skal": "Tomt"}})
    decisions = [Decision("beslut", "utfall", "?", None, "Okänt"), Decision("beslut", "utfall", "Bif", "bifall", None)]

    assert lines_of(decisions, profil) == {
        "varden": {"beslut.utfall": {"Bif": "bifall"}},
        "ignoreras": {"beslut.utfall": {"varden": ["-", "?"], "skal": "Tomt; Okänt"}},
    }


def test_a_decision_that_the_profile_already_has_needs_no_line() -> None:
    profil = profile(varden={"beslut.utfall": {"Bif": "bifall"}})

    assert lines_of([Decision("beslut", "utfall", "Bif", "bifall", None)], profil) == {}


LINES: Lines = {
    "varden": {"beslut.utfall": {"Bif: ja": "bifall", "no": "avslag"}},
    "ignoreras": {"beslut.lagrum": {"varden": ["-", "=1"], "skal": 'Sagt "nej"'}},
}
FILES = {
    "neither key": "a: 1\n# slut\n",
    "no last line break": "a: 1",
    "empty keys": "varden: {}  # inga\nignoreras:\nb: 2\n",
    "flow": "varden: {beslut.utfall: {x: bifall}}\nignoreras: {beslut.lagrum: {varden: ['-'], skal: A}}\nb: 2\n",
    "block": "varden:\n    beslut.utfall:\n        x: bifall # så\n\n# om\nignoreras:\n    beslut.lagrum:\n"
    "        skal: A\n        varden:\n        - '-' # streck\n        # fler\nb: 2\n",
    "text block last": "b: 2\nvarden:\n  lagrum: {q: lss}\nkontakt: |\n  en\n  två\n",
    "windows": "a: 1\r\nvarden:\r\n  beslut.utfall:\r\n    x: bifall\r\nb: 2\r\n",
}


@pytest.mark.parametrize("name", FILES)
def test_lines_are_added_and_the_rest_of_the_file_stays(name: str) -> None:
    text = FILES[name]
    before: dict[str, Any] = yaml.safe_load(text)

    after_text = with_lines(text, LINES)

    after: dict[str, Any] = yaml.safe_load(after_text)
    expected = (before.get("varden") or {}).get("beslut.utfall", {}) | LINES["varden"]["beslut.utfall"]
    assert after["varden"]["beslut.utfall"] == expected
    assert after["ignoreras"]["beslut.lagrum"] == LINES["ignoreras"]["beslut.lagrum"]
    assert {k: v for k, v in after.items() if k in before and k not in LINES} == {
        k: v for k, v in before.items() if k not in LINES
    }
    for line in text.splitlines():
        if "#" in line:
            assert line[line.index("#") :] in after_text
    assert ("\r\n" in text) == ("\r\n" in after_text)
    assert after_text.count("\n") == after_text.count("\r\n") or "\r\n" not in text
