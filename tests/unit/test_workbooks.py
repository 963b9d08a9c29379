"""Sheets of workbooks: every format gives what a text file of the same content gives, and none ends the run."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import RawTable, find_delivery, read_file
from ibic_pipeline.extract import workbook_process as process
from tests.support.deliveries import deliver, new_home
from tests.support.reading import codes_of, fil, found, profile_of, read, rows
from tests.support.workbooks import Edit, cell, line, ods, with_member, xlsx

HEADER = ["beslut_id", "utfall"]
XLS = Path(__file__).parent.parent / "golden" / "workbooks" / "beslut.xls"


def book(folder: Path, content: bytes, name: str = "bok.xlsx", **form: Any) -> RawTable:
    return read(folder, content, name, **{"typ": name.rpartition(".")[2], **form})


def sheet(folder: Path, *content: list[Any], edit: Edit | None = None, **form: Any) -> RawTable:
    return book(folder, xlsx({"A": [*content]}, edit), **form)


def refused_codes(folder: Path, content: bytes, name: str = "bok.xlsx", **form: Any) -> list[str]:
    with pytest.raises(DeliveryRefused) as refused:
        book(folder, content, name, **form)
    return codes_of(refused)


# --- cells


def test_an_xlsx_sheet_gives_what_a_text_file_of_the_same_content_gives(tmp_path: Path) -> None:
    def edit(made: Any, page: Any) -> None:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        page.write_number("C2", 191212121212)
        page.write_datetime("D2", datetime(2024, 3, 15), day)
        page.write_datetime("E2", datetime(2024, 3, 15, 13, 5), made.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        page.write_boolean("F2", True)
        page.write_number("G2", 3)
        page.write_number("H2", 2.5)

    header = [*HEADER, "nr", "dag", "klocka", "ja", "heltal", "tal"]
    raw = sheet(tmp_path / "bok", header, ["B1", "Återkallad"], ["B2"], edit=edit)
    text = f"{';'.join(header)}\nB1;Återkallad;191212121212;2024-03-15;2024-03-15 13:05:00;true;3;2.5\nB2;;;;;;;\n"
    assert raw.table.equals(read(tmp_path / "text", text).table)
    assert raw.records.to_pylist() == [2, 3]
    assert found(raw) == {}


def test_an_xls_sheet_is_read_with_its_errors_merges_and_hidden_rows(tmp_path: Path) -> None:
    raw = book(tmp_path, XLS.read_bytes(), "bok.xls")
    rest = ("191212121212", "2024-03-15")
    assert rows(raw) == [
        ("B1", "bifall", *rest, "true"),
        ("B2", "bifall", *rest, "false"),
        ("B3", "bifall", *rest, "false"),
        ("B4", "avslag", *rest, "false"),
        ("B5", "#DIV/0!", *rest, "false"),
    ]
    assert found(raw) == {"LEV-019": [5], "REP-011": [3, 4]}


def test_an_ods_sheet_is_read_with_its_errors_merges_and_hidden_rows(tmp_path: Path) -> None:
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    covered = "<table:covered-table-cell/>"
    content = ods(
        {
            "Ö": line(empty.format(2), *map(cell, (*HEADER, "nr", "dag")))
            + line(empty.format(16384), attributes='table:number-rows-repeated="2"')
            + line(
                empty.format(2),
                cell("B1"),
                cell("bifall", 'office:value-type="string" table:number-rows-spanned="2"'),
                cell("1,9E+11", 'office:value-type="float" office:value="191212121212"'),
                cell("15/3 24", 'office:value-type="date" office:date-value="2024-03-15"'),
            )
            + line(empty.format(2), cell("B2"), covered, attributes='table:visibility="collapse"')
            + line(
                empty.format(2),
                cell("B3"),
                cell("#DIV/0!", 'office:value-type="string" office:string-value="" calcext:value-type="error"'),
            )
            + line(empty.format(16384), attributes='table:number-rows-repeated="1048570"')
        }
    )
    raw = book(tmp_path, content, "bok.ods")
    assert rows(raw) == [
        ("B1", "bifall", "191212121212", "2024-03-15"),
        ("B2", "bifall", "", ""),
        ("B3", "#DIV/0!", "", ""),
    ]
    assert raw.records.to_pylist() == [4, 5, 6]
    assert found(raw) == {"LEV-019": [5], "REP-011": [5]}


def test_dates_counted_from_1904_are_the_days_that_were_meant(tmp_path: Path) -> None:
    def edit(made: Any, page: Any) -> None:
        page.write_datetime("B2", datetime(2024, 3, 15), made.add_format({"num_format": "yyyy-mm-dd"}))

    raw = book(tmp_path, xlsx({"A": [HEADER, ["B1"]]}, edit, date_1904=True))
    assert rows(raw) == [("B1", "2024-03-15")]


def test_a_cell_that_holds_an_error_is_not_missing(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page.write_formula("C3", "=1/0", None, "#DIV/0!")
        page.write_formula("C4", "=NA()", None, "#N/A")

    # The first column is empty, so that the reader's columns are not the sheet's.
    content = [["", *HEADER], ["", "B1", 't="e"'], ["", "B2"], ["", "B3"]]
    assert rows(sheet(tmp_path, *content, edit=edit)) == [("B1", 't="e"'), ("B2", "#DIV/0!"), ("B3", "#N/A")]


def test_a_clock_without_a_day_is_left_as_it_is(tmp_path: Path) -> None:
    def edit(made: Any, page: Any) -> None:
        page.write_datetime("B2", time(3, 5), made.add_format({"num_format": "hh:mm"}))

    assert rows(sheet(tmp_path, HEADER, ["B1"], edit=edit))[0][1].endswith("03:05:00")


# --- rows


def test_hidden_rows_are_read_and_flagged(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page.set_row(2, None, None, {"hidden": True})
        page.set_row(7, None, None, {"hidden": True})

    raw = sheet(tmp_path, HEADER, ["B1", "x"], ["B2", "y"], ["B3", "z"], edit=edit)
    assert [row[0] for row in rows(raw)] == ["B1", "B2", "B3"]
    assert found(raw) == {"LEV-019": [3]}


def test_a_cell_merged_downwards_holds_for_each_of_its_rows(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page.merge_range("A2:A4", "B1")
        page.merge_range("B5:C6", "y")
        page.merge_range("B8:B10", "utan poster")

    content = [[*HEADER, "insats"], ["", "x", "1"], ["", "x", "2"], ["", "x", "3"], ["B2"], ["B3"], [], [], [], []]
    raw = sheet(tmp_path, *content, edit=edit)
    assert rows(raw)[:3] == [("B1", "x", "1"), ("B1", "x", "2"), ("B1", "x", "3")]
    assert rows(raw)[3:] == [("B2", "y", ""), ("B3", "", ""), ("", "utan poster", "")]
    assert found(raw) == {"REP-011": [3, 4]}


def test_rows_and_columns_with_nothing_but_a_format_are_no_records(tmp_path: Path) -> None:
    def edit(made: Any, page: Any) -> None:
        for row in range(2, 196):
            page.write_blank(row, 0, None, made.add_format({"bold": True}))
        for column in range(2, 254):
            page.write_blank(1, column, None, made.add_format({"bold": True}))

    raw = sheet(tmp_path, HEADER, ["B1", "x"], edit=edit)
    assert raw.table.shape == (1, 2)


def test_headers_of_printed_pages_and_report_lines_are_no_records(tmp_path: Path) -> None:
    content = [
        ["Beslut 2026"],
        [],
        HEADER,
        ["B1", "x"],
        ["Beslut 2026"],
        [],
        HEADER,
        ["B2", "y"],
        [],
        ["Antal rader: 3"],
    ]
    raw = sheet(tmp_path, *content, rader_fore_rubrik=2)
    assert rows(raw) == [("B1", "x"), ("B2", "y")]
    assert found(raw) == {"LEV-013": [10], "REP-004": [5, 7], "REP-005": [10]}


# --- header


def test_a_header_that_stands_on_another_row_is_found(tmp_path: Path) -> None:
    raw = sheet(tmp_path, ["Urval: alla"], [], HEADER, ["B1", "x"], HEADER, ["B2", "y"])
    assert rows(raw) == [("B1", "x"), ("B2", "y")]
    assert found(raw) == {"REP-003": [0], "REP-004": [5]}


def test_a_header_that_is_nowhere_is_refused_for_its_columns(tmp_path: Path) -> None:
    assert refused_codes(tmp_path, xlsx({"A": [["beslut_id", "annat"], ["B1", "x"]]})) == ["LEV-002"]


def test_two_header_rows_are_joined(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page.merge_range("B1:C1", "Beslut")

    asked = fil("bok.xlsx", typ="xlsx", rubrikrader=2)
    asked["delar"] = [{"tabell": "beslut", "kolumner": {"beslut_id": "Id", "utfall": "Beslut / Utfall"}}]
    home = new_home(tmp_path)
    deliver(home, {"bok.xlsx": xlsx({"A": [[], ["Id", "Utfall", "Dag"], ["B1", "x", "y"]]}, edit)})
    raw = read_file(find_delivery(home, profile_of(asked)).files[0])
    assert raw.table.to_pylist() == [{"Id": "B1", "Beslut / Utfall": "x", "Beslut / Dag": "y"}]
    assert raw.records.to_pylist() == [3]


# --- sheets


def test_every_sheet_that_fits_a_pattern_is_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def edit(made: Any, _: Any) -> None:
        made.worksheets()[2].hide()

    content = {"Enhet A": [HEADER, ["B1", "x"]], "Läs mig": [["Hej"]], "enhet C": [HEADER, ["B2", "y"]], "Enhet D": []}
    home = new_home(tmp_path)
    deliver(home, {"bok.xlsx": xlsx(content, edit)})
    files = find_delivery(home, profile_of(fil("bok.xlsx", typ="xlsx", blad="Enhet *"))).files
    assert [file.name for file in files] == ["bok.xlsx#Enhet A", "bok.xlsx#enhet C", "bok.xlsx#Enhet D"]
    opened = []
    monkeypatch.setattr(process, "_read", lambda *a, real=process._read: opened.append(1) or real(*a))
    assert [rows(read_file(file)) for file in files] == [[("B1", "x")], [("B2", "y")], []]
    assert len(opened) == 1


@pytest.mark.parametrize(("name", "content"), [("bok.ods", None), ("bok.xls", XLS.read_bytes())])
def test_sheets_of_every_format_fit_patterns(tmp_path: Path, name: str, content: bytes | None) -> None:
    content = content or ods({"Enhet &amp; Ö": line(*map(cell, HEADER)), "Annat": ""})
    home = new_home(tmp_path)
    deliver(home, {name: content})
    asked = fil(name, typ=name[-3:], blad="Enhet*Ö")
    assert len(find_delivery(home, profile_of(asked)).files) == 1


def test_a_pattern_that_fits_no_sheet_is_refused(tmp_path: Path) -> None:
    assert refused_codes(tmp_path, xlsx({"A": [HEADER]}), blad="Enhet *") == ["LEV-001"]


def test_when_no_sheet_is_named_the_only_one_with_every_column_is_read(tmp_path: Path) -> None:
    front = [["Om uttaget"], ["Utskrivet i dag"]]
    assert rows(book(tmp_path / "en", xlsx({"Om": front, "Data": [HEADER, ["B1", "x"]]}))) == [("B1", "x")]
    two = xlsx({"Om": front, "Data": [HEADER, ["B1", "x"]], "Mer": [HEADER, ["B1", "x"]]})
    assert refused_codes(tmp_path / "två", two) == ["LEV-002"]


# --- what is no workbook, or made to do harm


def corners(page: Any) -> None:
    page.write("A2", "B1")
    page.write("XFD1048576", "x")


BAD = {
    "web page": b"<html><table><tr><td>beslut_id</td></tr></table></html>",
    "text": b"beslut_id;utfall\nB1;x\n",
    "encrypted": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504),
    "random": random.Random(1).randbytes(5000),
    "random after the mark of xls": bytes.fromhex("d0cf11e0a1b11ae1") + random.Random(2).randbytes(5000),
    "random after the mark of zip": b"PK\x03\x04" + random.Random(3).randbytes(5000),
    "xls with random within": XLS.read_bytes()[:600] + random.Random(4).randbytes(3000) + XLS.read_bytes()[3600:],
    "xls cut": XLS.read_bytes()[:2000],
    "two far corners": xlsx({"A": [HEADER]}, lambda _, page: corners(page)),
    "broken XML": with_member(xlsx({"A": [HEADER]}), "xl/workbook.xml", lambda text: text[:100]),
    "no sheet part": with_member(xlsx({"A": [HEADER]}), "xl/_rels/workbook.xml.rels", lambda _: b"<a/>"),
    "zip of nothing": b"PK\x05\x06" + bytes(18),
}


@pytest.mark.parametrize("damage", BAD)
def test_what_cannot_be_read_as_a_workbook_is_refused(tmp_path: Path, damage: str) -> None:
    assert refused_codes(tmp_path, BAD[damage]) == ["LEV-003"]


def test_a_cell_repeated_a_thousand_million_times_is_refused(tmp_path: Path) -> None:
    repeated = cell("B1", 'office:value-type="string" table:number-columns-repeated="1000000000"')
    content = ods({"A": line(*map(cell, HEADER)) + line(repeated)})
    assert refused_codes(tmp_path, content, "bok.ods") == ["LEV-003"]


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    bomb = with_member(xlsx({"A": [HEADER]}), "xl/worksheets/sheet1.xml", lambda text: text + b" " * 50_000_000)
    assert len(bomb) < 100_000
    assert refused_codes(tmp_path, bomb) == ["LEV-018"]


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LONGEST_SECONDS", 0.001)
    assert refused_codes(tmp_path, xlsx({"A": [HEADER]})) == ["LEV-003"]


def test_a_reader_that_takes_too_much_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_MEMORY", 1 << 20)
    assert refused_codes(tmp_path, xlsx({"A": [HEADER]})) == ["LEV-003"]


def test_an_encrypted_sheet_is_refused(tmp_path: Path) -> None:
    content = bytearray(xlsx({"A": [HEADER]}))
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(mark)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(mark, place + 1)
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert refused_codes(tmp_path, bytes(content)) == ["LEV-003"]
