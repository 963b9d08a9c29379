"""Sheets, hidden rows, merged cells and errors in the XML of an xlsx workbook."""

from __future__ import annotations

import html
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile

from ibic_pipeline.extract.sheet_facts import Inside, Merge, SheetFacts, column_number, windows

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MOST_DIRECTORY_BYTES = 1 << 24
_PIECE = 1 << 15

_ROW = re.compile(rb"<(?:\w+:)?row\s")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*\br=["'](\d{1,7})["']""")
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*\bt=["']e["'])[^>]*\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>(.*?)</(?:\w+:)?c>""",
    re.S,
)
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]*)<")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_FILLED = re.compile(rb"""\br=["']([A-Z]{1,3})\d+["'][^>]*(?<!/)>(?!</)""")
_FILLED_IN_A = re.compile(rb"""\br=["']A\d+["'][^>]*(?<!/)>(?!</)""")


def inside_xlsx(archive: zipfile.ZipFile) -> Inside:
    """The sheets of a workbook.

    Raises:
        Exception: any that broken XML or a broken archive leads to.
    """
    targets = {each.get("Id"): each.get("Target", "") for each in _xml(archive, _RELATIONS)}
    parts: dict[str, str] = {}
    for element in _xml(archive, WORKBOOK).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            relation = next((value for key, value in element.items() if key.endswith("}id")), None)
            parts[element.get("name", "")] = posixpath.join("xl", targets.get(relation, "")).lstrip("/")
    return Inside(list(parts), lambda name: _facts(archive, parts[name]))


def _xml(archive: zipfile.ZipFile, member: str) -> ET.Element:
    if archive.getinfo(member).file_size > _MOST_DIRECTORY_BYTES:
        raise OverflowError
    return ET.fromstring(archive.read(member))  # noqa: S314 - expat bounds what entities may grow to


def _facts(archive: zipfile.ZipFile, member: str) -> SheetFacts:
    facts = SheetFacts()
    first: int | None = None
    merges: set[Merge] = set()
    for window in windows(archive, member):
        if b"hidden=" in window:
            facts.hidden.update(int(row) - 1 for row in _HIDDEN_ROW.findall(window))
        if (b"t='e'" if b" r='" in window[:_PIECE] else b't="e"') in window:
            for column, row, cell in _ERROR.findall(window):
                value = _VALUE.search(cell)
                text = html.unescape(value[1].decode("utf-8", "replace")) if value else ""
                facts.errors[int(row) - 1, column_number(column)] = text or "#"
        end = window[-_PIECE:]
        after_rows = b"sheetData>" in end or not _ROW.search(end)
        for left, top, right, bottom in _MERGE.findall(window) if after_rows and b"mergeCell " in window else ():
            merges.add(Merge(int(top) - 1, column_number(left), int(bottom) - 1, column_number(right)))
        first = _first_column(window, first)
        facts.merges = list(merges)
        facts.checked()
    facts.first_column = first or 0
    return facts


def _first_column(window: bytes, known: int | None) -> int | None:
    """The first column with a filled cell, so far."""
    if known == 0 or _FILLED_IN_A.search(window):
        return 0
    found = {column_number(letters) for letters in _FILLED.findall(window)}
    return min(found | {known} if known is not None else found, default=None)
