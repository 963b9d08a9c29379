"""How a text file is read: encoding, delimiter, header and names, only where one way alone gives every column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibic_pipeline.errors import DeliveryRefused
from tests.support.reading import codes_of, found, rows
from tests.support.text_files import BODY, HEADER, OLD, OLD_BODY, PLAIN, is_clean, read, refused

# --- encoding


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "cp1252"),
        ("utf-8-sig", "cp850"),
        ("utf-8-sig", "mac_roman"),
        ("utf-8", "utf-16"),
        ("utf-8", "utf-16-le"),
        ("utf-8", "utf-16-be"),
        ("cp1252", "utf-8"),
        ("cp1252", "utf-8-sig"),
        ("cp1252", "utf-16-le"),
        ("cp1252", "cp850"),
        ("cp1252", "mac_roman"),
        ("utf-16", "utf-8"),
        ("utf-16", "cp1252"),
        ("utf-16", "utf-16-be"),
    ],
)
def test_a_file_in_another_encoding_is_read_when_that_alone_gives_every_column(
    tmp_path: Path, declared: str, written: str
) -> None:
    raw = read(tmp_path / "1", f"{HEADER}\n{OLD_BODY}".encode(written), kodning=declared)
    assert is_clean(raw, [2, 3, 4], OLD)
    assert found(raw) == {"REP-001": [0]}
    raw = read(tmp_path / "2", f"{HEADER}\n{OLD_BODY}".encode(written), kodning="auto")
    assert is_clean(raw, [2, 3, 4], OLD)
    assert found(raw) == {}


def test_windows_1252_is_told_by_its_letters_when_the_header_has_none(tmp_path: Path) -> None:
    content = ("Beslut;Utfall;Insats\n" + BODY).encode("cp1252")
    raw = read(tmp_path, content, PLAIN, kodning="utf-8")
    assert is_clean(raw, [2, 3, 4])
    assert found(raw) == {"REP-001": [0]}


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (f"Beslut;Utfall;Insats\n{OLD_BODY}".encode("cp850"), ["LEV-003"]),
        (f"Beslut;Utfall;Insats\n{OLD_BODY}".encode("mac_roman"), ["LEV-003"]),
        (b"Beslut;Utfall;Insats\nB1;\x93x\x94;y\n", ["LEV-003"]),
        (f"Beslut;Utfall;Insats\n{BODY}".encode() + OLD_BODY.encode("cp1252"), ["LEV-003"]),
        (f"Beslut;Utfall;Datum\n{BODY}".encode("cp1252"), ["LEV-003"]),
        (f"Beslut;Utfall;Insats\n{BODY}B4;å".encode()[:-1], ["LEV-004"]),
        (f"Beslut;Utfall;Insats\n{BODY}".encode("utf-16")[:-1], ["LEV-004"]),
        (f"Beslut;Utfall;Insats\n{BODY}\0".encode(), ["LEV-003"]),
    ],
    ids=["dos", "mac", "signs alone", "mixed", "a column missing", "cut", "cut in two bytes", "nul"],
)
@pytest.mark.parametrize("declared", ["utf-8", "auto"])
def test_an_encoding_that_is_not_certain_is_refused(
    tmp_path: Path, content: bytes, codes: list[str], declared: str
) -> None:
    with pytest.raises(DeliveryRefused) as error:
        read(tmp_path, content, PLAIN, kodning=declared)
    assert codes_of(error) == (["LEV-002"] if declared == "auto" and b"Datum" in content else codes)


def test_the_declared_encoding_wins_where_it_gives_every_column(tmp_path: Path) -> None:
    raw = read(tmp_path, "Beslut;Utfall;Insats\nB1;Återkallad;x\n".lower().encode("cp850"), PLAIN, kodning="cp1252")
    assert found(raw) == {"REP-010": [0]}
    assert rows(raw) == [("b1", "†terkallad", "x")]


def test_a_file_that_was_encoded_twice_is_encoded_once(tmp_path: Path) -> None:
    twice = "".join(bytes([b]).decode("cp1252", "replace").replace("\ufffd", chr(b)) for b in BODY.encode())
    for header in ("Beslut;Utfall;Insats\n", "\ufeffBeslut;Utfall;Insats\n".encode().decode("latin-1")):
        raw = read(tmp_path / header[:1], (header + twice).encode(), PLAIN, kodning="utf-8")
        assert is_clean(raw, [2, 3, 4])
        assert found(raw) == {"REP-007": [0]}


@pytest.mark.parametrize("more", ["", "B4;å;x\n"])
def test_a_text_that_may_be_meant_is_not_read_as_encoded_twice(tmp_path: Path, more: str) -> None:
    content = "Beslut;Utfall;Insats\nB1;MÃ¤n;x\n" + (("B2;KvinnÃ¤;y\n" + more) if more else "")
    raw = read(tmp_path, content, PLAIN)
    assert rows(raw)[0] == ("B1", "MÃ¤n", "x")
    assert found(raw) == {}


# --- delimiter and line of the header


@pytest.mark.parametrize("delimiter", ["\t", ",", "|"])
def test_another_delimiter_is_used_when_it_alone_gives_every_column(tmp_path: Path, delimiter: str) -> None:
    content = f"{HEADER}\n{BODY}".replace(";", delimiter)
    raw = read(tmp_path / "1", content)
    assert is_clean(raw, [2, 3, 4])
    assert found(raw) == {"REP-002": [0]}
    assert found(read(tmp_path / "2", content, avgransare="auto")) == {}
    assert found(read(tmp_path / "3", content, avgransare=delimiter)) == {}


def test_a_delimiter_that_does_not_give_every_column_is_not_used(tmp_path: Path) -> None:
    assert refused(tmp_path, "Beslut,Utfall,Till\nB1,x,y\n") == ["LEV-002"]


def test_the_declared_delimiter_wins_where_it_gives_every_column(tmp_path: Path) -> None:
    raw = read(tmp_path, "Beslut;Utfall;Från;a,b\nB1;x;y;1,5\n")
    assert rows(raw) == [("B1", "x", "y", "1,5")]
    assert found(raw) == {}


@pytest.mark.parametrize(("before", "declared"), [(3, 0), (0, 2), (1, 4), (49, 0)])
def test_the_header_is_taken_where_it_stands(tmp_path: Path, before: int, declared: int) -> None:
    raw = read(tmp_path, 'Urval: "alla"\n' * before + f"{HEADER}\n{BODY}", rader_fore_rubrik=declared)
    assert is_clean(raw, [before + 2, before + 3, before + 4])
    assert found(raw) == {"REP-003": [0]}


@pytest.mark.parametrize("content", ["x\n" * 60 + f"{HEADER}\n{BODY}", f"x\nBeslut;Utfall;Till\n{BODY}"])
def test_a_header_that_is_not_surely_one_is_not_taken(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content)[:1] == ["LEV-002"]


def test_the_declared_line_wins_where_it_holds_every_column(tmp_path: Path) -> None:
    raw = read(tmp_path, f"{HEADER};gammal\nx\n{HEADER};ny\nB1;x;y;z\n", rader_fore_rubrik=2)
    assert raw.table.column_names == ["Beslut", "Utfall", "Från", "ny"]
    assert found(raw) == {}


def test_two_header_rows_name_a_column_together(tmp_path: Path) -> None:
    names = ("Beslut", "Beslut / Utfall", "Period / Från")
    text = "Beslut;;Period;\n;Utfall;Från;Till\n" + BODY.replace("\n", ";x\n")
    for before, findings in ((0, {}), (2, {"REP-003": [0]})):
        raw = read(tmp_path / str(before), "Urval\n" * before + text, names, rubrikrader=2)
        assert raw.table.column_names == [*names, "Period / Till"]
        assert raw.records.to_pylist() == [before + 3, before + 4, before + 5]
        assert found(raw) == findings


# --- names of columns


@pytest.mark.parametrize(
    "header",
    [
        "BESLUT;utfall;Från",
        "Bes\u00adlut;Utfall\u200b;Från",
        "Beslut;Utfall;FrÃ¥n",
        "Beslut;Ut fall;Fra\u030an",
        '"Beslut";"\ufeffUtfall";"Från"',
    ],
)
def test_a_name_that_differs_in_what_cannot_be_seen_or_in_case_is_found(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, f"{header}\n{BODY}", kodning="utf-8")
    assert is_clean(raw, [2, 3, 4])
    assert raw.table.column_names == ["Beslut", "Utfall", "Från"]
    assert found(raw) == {"REP-010": [0]}


@pytest.mark.parametrize("header", ["BESLUT;beslut;Utfall;Från", "Beslut_id;x;Utfall;Från"])
def test_a_name_that_may_be_another_is_not_taken(tmp_path: Path, header: str) -> None:
    assert refused(tmp_path, f"{header}\nB1;B1;x;y\n") == ["LEV-002"]


def test_of_equal_columns_the_first_is_read(tmp_path: Path) -> None:
    raw = read(tmp_path, "Beslut;Utfall;Från;Utfall\nB1;x;y;x\nB2;;y;\n")
    assert [row[:3] for row in rows(raw)] == [("B1", "x", "y"), ("B2", "", "y")]
    assert found(raw) == {"REP-008": [0]}


def test_columns_of_one_name_that_are_not_equal_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "Beslut;Utfall;Från;Utfall\nB1;x;y;x\nB2;;y;z\n") == ["LEV-002"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Beslut;Utfal;Från", "ingen kolumn Utfall (liknar: Utfal) i beslut.csv"),
        ("Beslut;Utfall1;Från", "ingen kolumn Utfall i beslut.csv"),
        ("Beslut;Kommun;Från", "ingen kolumn Utfall i beslut.csv"),
    ],
)
def test_a_refusal_names_a_column_like_the_missing_one(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(DeliveryRefused) as error:
        read(tmp_path, f"{header}\nB1;x;y\n")
    assert f"Fann {said}." in str(error.value)


# --- all at once

CELL = (st.text(alphabet="aåÄö09 -,é", max_size=6) | st.text(alphabet="aåÄö09 -é\n", max_size=6)).map(str.strip)
"""Never a comma and a line break: a cell with both can look as if it had swallowed records, and is set aside."""
ROW = st.tuples(st.integers(0, 99).map("B{}".format), CELL, CELL.map("x{}".format))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(ROW, min_size=1, max_size=8),
    written=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "cp850", "mac_roman"]),
    delimiter=st.sampled_from([";", "\t", ",", "|"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    preamble=st.lists(st.sampled_from(["Urval: alla", "", "Enhet Ö"]), max_size=4),
    pages=st.integers(1, 4),
    padding=st.integers(0, 3),
    tail=st.sampled_from([[], ["Antal rader: {}"], ["", "Källa: Ö", "Antal rader: {}"]]),
)
def test_a_clean_table_is_the_same_however_it_is_written(
    tmp_path: Path,
    table: list[tuple[str, str, str]],
    written: str,
    delimiter: str,
    line_end: str,
    preamble: list[str],
    pages: int,
    padding: int,
    tail: list[str],
) -> None:
    def line(cells: tuple[str, ...]) -> str:
        return delimiter.join('"' + cell + '"' for cell in cells) + delimiter * padding

    head = [*preamble, HEADER.replace(";", delimiter)]
    lines, numbers = list(head), []
    for place, row in enumerate(table):
        if place and place % pages == 0:
            lines += head
        numbers.append(len(lines) + 1)
        lines.append(line(row))
    lines += [each.format(len(table)) for each in tail]
    raw = read(tmp_path, "".join(each + line_end for each in lines).encode(written))
    assert is_clean(raw, numbers, table)
    assert ("REP-005" in raw.findings) is bool(tail)
    assert ("REP-003" in raw.findings) is bool(preamble)
    assert ("REP-006" in raw.findings) is bool(padding)
    assert "LEV-013" not in raw.findings
