"""What is mended in a text file: only what can be read in one way, under its code, on the right records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import RawTable, read_file
from tests.support.reading import codes_of, delivered, found, rows

HEADER = "Beslut;Utfall;Från"
PLAIN = ("Beslut", "Utfall", "Insats")
"""Names without å, ä and ö, which prove no encoding."""
BODY = "B1;Återkallad;2026-01-01\nB2;Avslag – beslut;2026-01-02\nB3;Bifall;2026-01-03\n"
CLEAN = [("B1", "Återkallad", "2026-01-01"), ("B2", "Avslag – beslut", "2026-01-02"), ("B3", "Bifall", "2026-01-03")]
OLD_BODY, OLD = BODY.replace("–", "-"), [tuple(cell.replace("–", "-") for cell in row) for row in CLEAN]
"""The same with letters alone, which DOS and old Macs could write."""


def asked(names: tuple[str, ...] = ("Beslut", "Utfall", "Från"), **form: Any) -> Any:
    columns = dict(zip(("beslut_id", "utfall", "galler_fran"), names, strict=False))
    return {"monster": "beslut.csv", "format": form, "delar": [{"tabell": "beslut", "kolumner": columns}]}


def read(folder: Path, content: bytes | str, names: tuple[str, ...] = ("Beslut", "Utfall", "Från"), **form: Any) -> Any:
    return read_file(delivered(folder, content, asked(names, **form)))


def refused(folder: Path, content: bytes | str, **form: Any) -> list[str]:
    with pytest.raises(DeliveryRefused) as error:
        read(folder, content, **form)
    return codes_of(error)


def is_clean(raw: RawTable, numbers: list[int], clean: list[Any] = CLEAN) -> bool:
    return rows(raw) == clean and raw.records.to_pylist() == numbers and raw.broken == ()


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


# --- lines that are no records


def test_a_repeated_header_is_no_record(tmp_path: Path) -> None:
    first, second, third = BODY.splitlines()
    raw = read(tmp_path, "\n".join([HEADER, first, HEADER, second, "", HEADER + ";;", third, HEADER, ""]))
    assert is_clean(raw, [2, 4, 7])
    assert found(raw) == {"REP-004": [3, 6, 8]}


def test_a_page_break_repeats_the_lines_above_the_header_too(tmp_path: Path) -> None:
    first, second, third = BODY.splitlines()
    page = ["Beslut i urval; alla", "", "Utskriven i dag"]
    text = "\n".join([*page, HEADER, first, *page, HEADER, second, "", HEADER, *page, third, ""])
    raw = read(tmp_path, text, rader_fore_rubrik=3)
    assert is_clean(raw, [5, 10, 16])
    assert found(raw) == {"REP-004": [6, 8, 9, 12, 13, 15]}


def test_both_rows_of_a_repeated_header_are_no_records(tmp_path: Path) -> None:
    header = "Beslut;;Period\n;Utfall;Från\n"
    first, rest = BODY.split("\n", 1)
    names = ("Beslut", "Beslut / Utfall", "Period / Från")
    raw = read(tmp_path, f"{header}{first}\n{header}{rest}", names, rubrikrader=2)
    assert is_clean(raw, [3, 6, 7])
    assert found(raw) == {"REP-004": [4, 5]}


def test_a_line_that_is_not_wholly_the_header_is_a_record(tmp_path: Path) -> None:
    raw = read(tmp_path, f"Urval\n{HEADER}\nB1;x;y\nBeslut;Utfall;Till\nUrval\nB2;x;y\n", rader_fore_rubrik=1)
    assert rows(raw)[1] == ("Beslut", "Utfall", "Till")
    assert raw.broken == (5,)
    assert found(raw) == {}


TAILS = ("Antal rader: 3", "Antal poster 3;;", "Summa;;", "Totalt: 3 rader", "UTSKRIVEN 2026-07-02 av NN", "Källa: X")


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("ending", ["\n", "", "\n\n"])
def test_what_a_report_ends_with_is_no_record(tmp_path: Path, tail: str, ending: str) -> None:
    raw = read(tmp_path, f"{HEADER}\n{BODY}\nRapport\n{tail}{ending}")
    assert is_clean(raw, [2, 3, 4])
    assert found(raw) == {"REP-005": [6, 7]}


def test_a_tail_line_that_tells_another_number_is_a_warning(tmp_path: Path) -> None:
    raw = read(tmp_path, f"{HEADER}\n{BODY}{HEADER}\nB4;x\nB5;y;z\nSumma 12\nAntal rader: 1 005\n")
    assert found(raw) == {"LEV-013": [9], "REP-004": [5], "REP-005": [8, 9]}
    assert raw.broken == (6,)


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        (f"{HEADER}\nB0;x;y\nSumma: 1\n{BODY}", (3,)),
        (f"{HEADER}\nSumma;12;\n{BODY}", ()),
        (f"{HEADER}\n{BODY}Summa;12;\n", ()),
        (f"{HEADER}\n{BODY}Rapport-7;;\n", ()),
    ],
)
def test_a_line_that_may_be_a_record_is_kept(tmp_path: Path, content: str, broken: tuple[int, ...]) -> None:
    raw = read(tmp_path, content)
    assert raw.broken == broken
    assert raw.table.num_rows == 4
    assert found(raw) == {}


def test_an_unknown_last_line_may_be_a_record_that_was_cut(tmp_path: Path) -> None:
    assert refused(tmp_path, f"{HEADER}\n{BODY}B4 och mer\n") == ["LEV-004"]


def test_a_file_of_one_column_has_no_undeclared_tail(tmp_path: Path) -> None:
    raw = read(tmp_path, "Beslut\nB1\nSumma\n", ("Beslut",))
    assert rows(raw) == [("B1",), ("Summa",)]
    assert found(raw) == {}


def test_a_declared_tail_does_not_count_lines_that_are_no_records(tmp_path: Path) -> None:
    form = {"svans": r"^Antal rader: (?P<antal>\d+)"}
    raw = read(tmp_path / "1", f"{HEADER}\n{HEADER}\n{BODY}Summa\nAntal rader: 3\n", **form)
    assert is_clean(raw, [3, 4, 5])
    assert found(raw) == {"REP-004": [2], "REP-005": [6]}
    assert refused(tmp_path / "2", f"{HEADER}\n{HEADER}\n{BODY}Antal rader: 4\n", **form) == ["LEV-004"]


# --- empty fields at the end


@pytest.mark.parametrize("count", [3, 30_000])
def test_empty_fields_beyond_the_header_are_taken_away(tmp_path: Path, count: int) -> None:
    ends = [";", "", ";;;"]
    body = "".join(f"B{i};x;y{ends[i % 3]}\n" for i in range(count))
    raw = read(tmp_path, f"{HEADER}\n{body}")
    assert rows(raw) == [(f"B{i}", "x", "y") for i in range(count)]
    assert found(raw) == {"REP-006": [i + 2 for i in range(count) if i % 3 != 1]}
    assert raw.broken == ()


def test_a_blank_line_has_no_fields_too_many(tmp_path: Path) -> None:
    raw = read(tmp_path, f"{HEADER}\n\n" + BODY.replace("\n", ";;\n\n"))
    assert is_clean(raw, [3, 5, 7])
    assert found(raw) == {"REP-006": [3, 5, 7]}


@pytest.mark.parametrize("count", [3, 30_000])
def test_a_field_with_content_beyond_the_header_breaks_a_record(tmp_path: Path, count: int) -> None:
    body = "".join(f"B{i};x;y;;{'' if i % 3 else 'z'}\n" for i in range(count))
    raw = read(tmp_path, f"{HEADER}\n{body}")
    assert raw.broken == tuple(range(2, count + 2, 3))
    assert rows(raw) == [(f"B{i}", "x", "y") for i in range(count) if i % 3]


def test_records_may_lack_the_empty_fields_that_the_header_ends_with(tmp_path: Path) -> None:
    raw = read(tmp_path, f"{HEADER};;\n" + "B1;x;y\n" * 15_000 + "B2;x;y;;\n")
    assert rows(raw) == [("B1", "x", "y")] * 15_000 + [("B2", "x", "y")]
    assert found(raw) == {"REP-006": [1]}


# --- what is too large, or not text


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = delivered(tmp_path, f"{HEADER}\n" + "B1;x;y\n" * 200_000, asked())
    assert read_file(file).table.num_rows == 200_000
    with pytest.raises(DeliveryRefused) as error:
        read_file(file, 1000)
    assert codes_of(error) == ["LEV-018"]
    monkeypatch.setenv("IBIC_STORSTA_FIL_MIB", "1")
    with pytest.raises(DeliveryRefused) as error:
        read_file(file)
    assert codes_of(error) == ["LEV-018"]


BIG = 20_000_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a;b;c;" * (BIG // 6), "LEV-003"),
        (b"a" * BIG, "LEV-004"),
        (b'"' + b"a;b\n" * (BIG // 4), "LEV-004"),
        (f"{HEADER}\n".encode() + b"x" * BIG, "LEV-004"),
        (f'{HEADER}\nB1;"x;y\n'.encode() + b"B2;x;y\n" * (BIG // 7), "LEV-004"),
        (b"\0" * BIG, "LEV-003"),
        (";".join(f"kolumn {i}" for i in range(20_000)).encode() + b"\n", "LEV-003"),
        (";".join(f"kolumn {i}" for i in range(10_000)).encode() + b"\n", "LEV-002"),
        ("\n".join(";".join("å" * 1000) for _ in range(200)).encode("cp1252"), "LEV-003"),
    ],
    ids=[
        "one line", "one word", "quote in the header", "one line after the header", "quote never closed", "nul",
        "twenty thousand columns", "ten thousand columns", "two hundred lines that may be headers",
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_at_once(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(DeliveryRefused) as error:
        read(tmp_path, content)
    assert codes_of(error)[0] == code
    assert len(str(error.value)) < 1000


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
