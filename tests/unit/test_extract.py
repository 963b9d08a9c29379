"""Deliveries and files: which one is read, what is refused and why, and the number of every record."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import find_delivery, read_file
from tests.support.deliveries import KOMMUN, deliver, new_home
from tests.support.reading import codes_of, fil, found, profile_of, read, rows

PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(range(256))
HEADER = "beslut_id;utfall\n"


# --- which delivery


def test_the_latest_delivery_by_name_is_read(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    for name in ("2026-05-31", "2026-06-30", "2026-06-30_omtag"):
        folder = home.inkorg / KOMMUN / name
        folder.mkdir(parents=True)
        (folder / "beslut.csv").write_text(HEADER)
    delivery = find_delivery(home, profile_of(fil()))
    assert (delivery.leverans_id, delivery.uttagsdatum) == ("2026-06-30_omtag", date(2026, 6, 30))


def test_a_municipality_without_a_delivery_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        find_delivery(new_home(tmp_path), profile_of(fil()))
    assert codes_of(refused) == ["LEV-001"]


@pytest.mark.parametrize("name", ["juni", "2026-13-01", "20260630", "2026-06-301"])
def test_a_folder_that_does_not_begin_with_a_date_is_refused(tmp_path: Path, name: str) -> None:
    home = new_home(tmp_path)
    (home.inkorg / KOMMUN / name).mkdir(parents=True)
    with pytest.raises(DeliveryRefused) as refused:
        find_delivery(home, profile_of(fil()))
    assert codes_of(refused) == ["LEV-007"]


def test_every_missing_and_every_ambiguous_file_is_told(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"beslut_1.csv": HEADER, "beslut_2.csv": HEADER + "B1;x\n"})
    with pytest.raises(DeliveryRefused) as refused:
        find_delivery(home, profile_of(fil("a*.csv"), fil("beslut_*.csv"), fil("c*.csv")))
    assert codes_of(refused) == ["LEV-001", "LEV-008", "LEV-001"]


def test_a_file_name_that_carries_a_personal_number_is_masked(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"beslut_19121212-1212.csv": HEADER, "beslut_2026-06-30.csv": HEADER})
    files = find_delivery(home, profile_of(fil("beslut_19*.csv"), fil("beslut_2026*.csv"))).files
    assert [file.name for file in files] == ["beslut_PERSONNUMMER.csv", "beslut_2026-06-30.csv"]


def test_two_files_that_are_masked_alike_are_told_apart(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"a_19121212-1212.csv": HEADER, "a_20121212-1212.csv": HEADER})
    files = find_delivery(home, profile_of(fil("a_19*.csv"), fil("a_20*.csv"))).files
    assert [file.name for file in files] == ["a_PERSONNUMMER.csv~1", "a_PERSONNUMMER.csv~2"]


# --- text files


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_the_same_text_is_read_in_every_encoding(tmp_path: Path, encoding: str, written: str) -> None:
    raw = read(tmp_path, (HEADER + "B1;Återkallad\n").encode(written), kodning=encoding)
    assert raw.table.column_names == ["beslut_id", "utfall"]
    assert rows(raw) == [("B1", "Återkallad")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PICTURE, "utf-8-sig"),
        (PICTURE, "cp1252"),
        (PICTURE, "utf-16"),
        ((HEADER + "B1;\0\n").encode(), "utf-8-sig"),
        ((HEADER + "B1;Återkallad\n").encode("cp850"), "utf-8-sig"),
        ((HEADER + "B1;\0\n").encode("utf-16-le"), "utf-16"),
    ],
)
def test_what_is_not_text_in_the_declared_encoding_is_refused(tmp_path: Path, content: bytes, encoding: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, content, kodning=encoding)
    assert codes_of(refused) == ["LEV-003"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        HEADER.encode() + b"B1;bifall",
        HEADER.encode() + b"B1;bifall\nB2\n",
        HEADER.encode() + b'B1;bifall\nB2;"bif',
        HEADER.encode() + b'B1;bifall\nB2;"bif\nB3;avslag\n',
        "beslut_id;utfall\nB1;Å".encode()[:-1],
    ],
)
def test_a_file_that_ends_too_early_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, content)
    assert "LEV-004" in codes_of(refused)


TAIL = r"^Antal rader: (?P<antal>\d+)"


@pytest.mark.parametrize("tail", ["Antal rader: 3", "Antal rader: 3\n", "Antal rader: 3;\n\n"])
def test_a_tail_line_with_the_right_number_proves_the_file(tmp_path: Path, tail: str) -> None:
    raw = read(tmp_path, HEADER + "B1;x\n\nB2;y;z\nB3;z\n" + tail, svans=TAIL)
    assert rows(raw) == [("B1", "x"), ("B3", "z")]
    assert raw.broken == (4,)


@pytest.mark.parametrize("content", ["B1;x\n", "B1;x\nAntal rader: 2\n", "Antal rader: 1\n", ""])
def test_a_missing_or_wrong_tail_line_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, HEADER + content, svans=TAIL)
    assert codes_of(refused) == ["LEV-004"]


def test_record_numbers_count_from_the_first_line_of_the_file(tmp_path: Path) -> None:
    raw = read(
        tmp_path,
        "Urval: alla\nUtskriven i dag\n" + HEADER + 'B1;x\n"B2\nrad två";y\n\nB3\nB4;z\n;\nB5;z\n',
        rader_fore_rubrik=2,
    )
    assert raw.records.to_pylist() == [4, 5, 8, 10]
    assert rows(raw)[1] == ("B2\nrad två", "y")
    assert raw.broken == (7,)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path: Path, line_end: str) -> None:
    raw = read(tmp_path, (HEADER + "B1;x\nB2;y\n").replace("\n", line_end))
    assert rows(raw) == [("B1", "x"), ("B2", "y")]


def test_empty_columns_at_the_end_are_ignored_on_any_line(tmp_path: Path) -> None:
    raw = read(tmp_path, "beslut_id;utfall;;\nB1;x\nB2;y;;;;\nB3;z;;\n")
    assert rows(raw) == [("B1", "x"), ("B2", "y"), ("B3", "z")]
    assert raw.records.to_pylist() == [2, 3, 4]
    assert raw.broken == ()
    assert found(raw) == {"REP-006": [1, 3]}


def test_every_absent_and_every_repeated_column_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, "utfall;utfall;x\na;b;c\n")
    assert codes_of(refused) == ["LEV-002", "LEV-002"]


def test_the_column_that_holds_the_municipality_is_required(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"beslut.csv": HEADER})
    (file,) = find_delivery(home, profile_of(fil(), leverans={"kommunkolumn": "Kommun"})).files
    with pytest.raises(DeliveryRefused) as refused:
        read_file(file)
    assert codes_of(refused) == ["LEV-002"]


def test_repeated_columns_that_nobody_reads_are_kept_apart(tmp_path: Path) -> None:
    raw = read(tmp_path, "beslut_id;utfall;x;x\na;b;c;d\n")
    assert raw.table.num_columns == 4
    assert len(set(raw.table.column_names)) == 4


def test_a_text_with_line_breaks_and_delimiters_is_no_fault(tmp_path: Path) -> None:
    text = '"Vill bo kvar; gå ut;\nlaga mat;\r\noch; sova"'
    assert read(tmp_path, f"beslut_id;text;utfall\n1;{text};x\n2;kort;x\n").broken == ()


def test_a_stray_quotation_mark_never_swallows_records_in_silence(tmp_path: Path) -> None:
    raw = read(tmp_path, HEADER + 'B1;x\nB2;"y\nB3;"z\nB4;w\n')
    assert rows(raw) == [("B1", "x"), ("B4", "w")]
    assert raw.broken == (3,)


# --- workbooks


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> bytes:
    book = xlsxwriter.Workbook(path)
    for name, content in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(content):
            sheet.write_row(number, 0, row)
    book.close()
    return path.read_bytes()


def test_sheets_of_one_workbook_are_files_of_their_own(tmp_path: Path) -> None:
    content = workbook(
        tmp_path / "bok.xlsx",
        {"Ett": [["beslut_id", "utfall"], ["B1", 1], [], ["B2", None]], "Två": [["beslut_id", "utfall"]]},
    )
    home = new_home(tmp_path / "hem")
    deliver(home, {"bok.xlsx": content})
    asked = [fil("bok.xlsx", typ="xlsx", blad=sheet) for sheet in ("Ett", "Två")]
    files = find_delivery(home, profile_of(*asked)).files
    assert [file.name for file in files] == ["bok.xlsx#Ett", "bok.xlsx#Två"]
    first, second = (read_file(file) for file in files)
    assert rows(first) == [("B1", "1"), ("B2", "")]
    assert first.records.to_pylist() == [2, 4]
    assert second.table.num_rows == 0


@pytest.mark.parametrize(("last", "fine"), [("Antal rader: 1", True), ("Antal rader: 2", False), ("B2", False)])
def test_a_sheet_may_end_with_a_tail_line(tmp_path: Path, last: str, fine: bool) -> None:
    content = workbook(tmp_path / "bok.xlsx", {"A": [["beslut_id", "utfall"], ["B1", "x"], [last]]})
    if fine:
        raw = read(tmp_path / "hem", content, "bok.xlsx", typ="xlsx", svans=TAIL)
        assert rows(raw) == [("B1", "x")]
    else:
        with pytest.raises(DeliveryRefused) as refused:
            read(tmp_path / "hem", content, "bok.xlsx", typ="xlsx", svans=TAIL)
        assert codes_of(refused) == ["LEV-004"]


@pytest.mark.parametrize("damage", ["picture", "truncated", "empty"])
def test_a_broken_workbook_is_refused(tmp_path: Path, damage: str) -> None:
    whole = workbook(tmp_path / "bok.xlsx", {"A": [["beslut_id", "utfall"]]})
    content = {"picture": PICTURE, "truncated": whole[: len(whole) // 2], "empty": b""}[damage]
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path / "hem", content, "bok.xlsx", typ="xlsx")
    assert codes_of(refused) == ["LEV-003"]


def test_a_missing_sheet_is_refused(tmp_path: Path) -> None:
    content = workbook(tmp_path / "bok.xlsx", {"A": [["beslut_id", "utfall"]]})
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path / "hem", content, "bok.xlsx", typ="xlsx", blad="B")
    assert codes_of(refused) == ["LEV-001"]


def test_no_refusal_shows_what_the_file_held(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, "hemlig;utfall\n19121212-1212;x\n19121212-1212")
    text = str(refused.value)
    assert "19121212" not in text
    assert "hemlig" not in text
