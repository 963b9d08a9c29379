"""Sheets, hidden rows, merged cells and errors in the records of an xls workbook."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

import olefile

from ibic_pipeline.extract.sheet_facts import Inside, Merge, SheetFacts

MAGIC = olefile.MAGIC
_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _ROW, _MERGED, _FORMULA, _BOOLERR = (
    *(0x0809, 0x000A, 0x0085, 0x002F),
    *(0x0208, 0x00E5, 0x0006, 0x0205),
)
_CELLS = frozenset({_FORMULA, _BOOLERR, 0x0203, 0x0204, 0x027E, 0x00FD, 0x00D6, 0x00BD})
_BIFF8 = 0x0600
_IS_HIDDEN = 0x20
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def inside_xls(workbook: BinaryIO) -> Inside:
    """The sheets of a workbook.

    Raises:
        Exception: any that broken records lead to.
        ValueError: the workbook is encrypted, or holds no workbook.
    """
    with olefile.OleFileIO(workbook) as container:
        name = next((each for each in ("Workbook", "Book") if container.exists(each)), None)
        if name is None:
            raise ValueError
        stream = container.openstream(name).read()
    starts: dict[str, int] = {}
    is_biff8 = False
    for kind, place, length in _records(stream, 0):
        if kind == _BOF:
            is_biff8 = struct.unpack_from("<H", stream, place)[0] == _BIFF8
        elif kind == _FILEPASS:
            raise ValueError
        elif kind == _BOUNDSHEET:
            starts[_sheet_name(stream[place : place + length], is_biff8)] = struct.unpack_from("<I", stream, place)[0]
        elif kind == _EOF:
            break
    return Inside(list(starts), lambda sheet: _facts(stream, starts[sheet]))


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, start + 4, length
        start += 4 + length


def _sheet_name(record: bytes, is_biff8: bool) -> str:
    count, text = record[6], record[8 if is_biff8 else 7 :]
    if not is_biff8:
        return text[:count].decode("cp1252", "replace")
    is_wide = record[7] & 1
    return text[: 2 * count].decode("utf-16-le", "replace") if is_wide else text[:count].decode("latin-1")


def _facts(stream: bytes, start: int) -> SheetFacts:
    facts = SheetFacts()
    depth = 0
    columns: set[int] = set()
    for kind, place, length in _records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if depth > 1:  # a chart within the sheet
            continue
        if kind == _ROW and stream[place + 12] & _IS_HIDDEN:
            facts.hidden.add(struct.unpack_from("<H", stream, place)[0])
        elif kind == _MERGED:
            count = min(struct.unpack_from("<H", stream, place)[0], (length - 2) // 8)
            for i in range(count):
                top, bottom, left, right = struct.unpack_from("<4H", stream, place + 2 + 8 * i)
                facts.merges.append(Merge(top, left, bottom, right))
        elif kind in _CELLS:
            row, column = struct.unpack_from("<2H", stream, place)
            columns.add(column)
            error = _error(kind, stream[place + 6 : place + 14])
            if error:
                facts.errors[row, column] = error
    facts.first_column = min(columns, default=0)
    return facts.checked()


def _error(kind: int, value: bytes) -> str | None:
    """The error that a cell holds; ``value`` is what follows its place and format."""
    if kind == _BOOLERR and value[1]:
        return _ERRORS.get(value[0], "#")
    if kind == _FORMULA and value[6:8] == b"\xff\xff" and value[0] == 2:
        return _ERRORS.get(value[2], "#")
    return None
