"""Which lines of a text file are records: repeated headers, tails, empty fields, and what is too large or no text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import read_file
from tests.support.reading import codes_of, delivered, found, rows
from tests.support.text_files import BODY, HEADER, asked, is_clean, read, refused

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


def test_what_is_refused_does_not_follow_from_what_other_libraries_allow(tmp_path: Path) -> None:
    allowed = csv.field_size_limit(1 << 30)
    try:
        assert refused(tmp_path, b"a" * (1 << 21)) == ["LEV-004"]
    finally:
        csv.field_size_limit(allowed)
