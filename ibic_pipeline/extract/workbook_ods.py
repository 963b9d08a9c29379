"""Sheets, hidden rows, merged cells and errors in the XML of an ods workbook."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from functools import cache, partial

from ibic_pipeline.extract.sheet_facts import Inside, Merge, SheetFacts, windows

CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_NAME = re.compile(rb"""<table:table\s[^>]*\btable:name=["']([^"']*)["']""")
_TELLING = re.compile(
    rb"""visibility=["'](?:collapse|filter)|number-rows-spanned=["'](?:[2-9]|1\d)|value-type=["']error|>(?:#[A-Z]|Err:\d)"""
)
_ERROR_TEXT = re.compile(r"#[A-Z].*[!?/A]|Err:\d+")
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")


def inside_ods(archive: zipfile.ZipFile) -> Inside:
    """The sheets of a workbook.

    Raises:
        Exception: any that broken XML or a broken archive leads to.
    """
    names: dict[str, None] = {}
    telling = False
    for window in windows(archive, CONTENT):
        names |= dict.fromkeys(html.unescape(name.decode("utf-8")) for name in _NAME.findall(window))
        telling = telling or _TELLING.search(window) is not None
    walked = cache(partial(_facts_of_sheets, archive if telling else None))
    return Inside(list(names), lambda name: walked().get(name, SheetFacts()))


@dataclass
class _Sheet:
    """A sheet while it is walked through."""

    row: int = 0
    column: int = 0
    first: int | None = None
    facts: SheetFacts = field(default_factory=SheetFacts)


def _facts_of_sheets(archive: zipfile.ZipFile | None) -> dict[str, SheetFacts]:
    """Walk through every cell; without an archive, which holds nothing that must be found, there are none."""
    found: dict[str, SheetFacts] = {}
    if archive is None:
        return found
    sheet = _Sheet()
    with archive.open(CONTENT) as stream:
        for event, element in ET.iterparse(stream, ("start", "end")):  # noqa: S314 - expat bounds what entities may grow to
            if event == "start" and element.tag == _TABLE + "table":
                sheet = _Sheet()
                found[element.get(_TABLE + "name", "")] = sheet.facts
            elif event == "end" and element.tag in _CELLS:
                _end_cell(sheet, element)
                element.clear()
            elif event == "end" and element.tag == _TABLE + "table-row":
                _end_row(sheet, element)
                element.clear()
    return found


def _end_cell(sheet: _Sheet, cell: ET.Element) -> None:
    text = "".join(cell.itertext())
    if text or cell.get(_OFFICE + "value-type"):
        sheet.first = sheet.column if sheet.first is None else min(sheet.first, sheet.column)
        sheet.facts.first_column = sheet.first
    is_error = any(key.endswith("}value-type") and value == "error" for key, value in cell.items())
    if is_error or _ERROR_TEXT.fullmatch(text):
        sheet.facts.errors[sheet.row, sheet.column] = text or "#"
    down = _count(cell, "number-rows-spanned")
    if down > 1:
        right = sheet.column + _count(cell, "number-columns-spanned") - 1
        sheet.facts.merges.append(Merge(sheet.row, sheet.column, sheet.row + down - 1, right))
    sheet.facts.checked()
    sheet.column += _count(cell, "number-columns-repeated")


def _end_row(sheet: _Sheet, row: ET.Element) -> None:
    times = _count(row, "number-rows-repeated")
    if row.get(_TABLE + "visibility") in ("collapse", "filter") and sheet.column:
        sheet.facts.hidden.update(range(sheet.row, min(sheet.row + times, _MOST_ROWS)))
    sheet.row += times
    sheet.column = 0


_MOST_ROWS = 1 << 20


def _count(element: ET.Element, name: str) -> int:
    text = element.get(_TABLE + name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 12 else 1
