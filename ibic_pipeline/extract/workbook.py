"""Sheets of workbooks as columns of text: where the header stands, what is filled in, what is no record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.cells import Cells, Column, chosen, column_of, rows_with_content, tail_reason
from ibic_pipeline.extract.delivery import DeliveredFile
from ibic_pipeline.extract.headers import MOST_COLUMNS, joined, match, wanted_columns
from ibic_pipeline.extract.lines import NoRecords, lines_that_are_no_records
from ibic_pipeline.extract.records import trimmed
from ibic_pipeline.extract.workbook_process import Sheet, close_book, sheets_of
from ibic_pipeline.extract.workbook_repairs import filled_from_above, with_errors, without_midnight
from ibic_pipeline.profile import Format
from schemas.delivery_rules import HIDDEN_ROWS, TAIL_TELLS_ANOTHER_NUMBER, WHOLE_FILE, refusal

HEADER_PLACE, REPEATED, TAIL, MERGED = "REP-003", "REP-004", "REP-005", "REP-011"

_HEADER_WITHIN = 50
"""Report titles and selections take a few rows; a header further down is not looked for."""


class _Header(NamedTuple):
    """``before``: rows that precede it. ``rows``: its texts as they stand."""

    before: int
    rows: list[list[str]]

    @property
    def names(self) -> list[str]:
        return joined(*self.rows) if len(self.rows) == 2 else self.rows[0]


def read_workbook_cells(file: DeliveredFile, tail: re.Pattern[str] | None) -> Cells:
    """Read one sheet; when the profile names none, the first, unless another alone has every wanted column.

    Raises:
        DeliveryRefused: LEV-001, no such sheet; LEV-003, not a workbook; LEV-004, no header; LEV-018, too large.
        OSError: the file cannot be opened.
    """
    form, wanted = file.fil.format, wanted_columns(file)
    sheet = _sheet(file, wanted)
    if len(sheet.columns) > MOST_COLUMNS:
        raise DeliveryRefused([refusal("LEV-003", f"ett blad med {len(sheet.columns)} kolumner ({file.name})")])
    columns = with_errors(sheet.columns, sheet.facts)
    header = _find_header(columns, form, wanted)
    if header is None:
        if "*" in (form.blad or "") and not rows_with_content(columns, len(columns[0]) if columns else 0).any():
            return Cells(wanted, [column_of(pa.array([], pa.string()))] * len(wanted), np.array([], dtype=np.int32))
        raise DeliveryRefused([refusal("LEV-004", f"ingen rubrikrad i {file.name}")])
    first = header.before + len(header.rows)
    columns, merged = filled_from_above(columns, sheet.facts, first)
    preamble = [trimmed(row) for row in _rows(columns, range(header.before))]
    body = [without_midnight(column.slice(first)) for column in columns]
    numbers = np.arange(first + 1, first + 1 + len(body[0]), dtype=np.int32)
    proven = None
    if tail:
        length, ending = _last_row(body)
        proven = tail.search(ending) is not None
        body, numbers = [column.slice(0, length - proven) for column in body], numbers[: length - proven]
    rows = [trimmed(row) for row in header.rows]
    cells = [column_of(column) for column in body]
    no_records = lines_that_are_no_records(cells, numbers, rows, preamble, {})
    cells, numbers = _without(cells, numbers, np.union1d(no_records.repeated, no_records.tail))
    has_content = rows_with_content(cells, len(numbers))
    reason = tail_reason(file.name, tail, ending, int(has_content.sum())) if tail else None
    findings = _findings(sheet, merged, no_records, numbers[has_content])
    if header.before != form.rader_fore_rubrik:
        findings[HEADER_PLACE] = np.array([WHOLE_FILE], dtype=np.int32)
    return Cells(header.names, cells, numbers, (), [reason] if reason else [], findings)


def _sheet(file: DeliveredFile, wanted: Sequence[str]) -> Sheet:
    asked = file.sheet or file.fil.format.blad
    names, sheets = sheets_of(file, file.sheets or (asked,))
    chosen = names[0] if asked is None else asked
    if chosen not in names:
        raise DeliveryRefused([refusal("LEV-001", f"inget sådant blad: {file.name}")])
    if asked is None and len(names) > 1 and not _holds(sheets[chosen], file.fil.format, wanted):
        _, sheets = sheets_of(file, tuple(names))
        holding = [name for name, sheet in sheets.items() if _holds(sheet, file.fil.format, wanted)]
        chosen = holding[0] if len(holding) == 1 else chosen
    if file.sheet == (file.sheets or (file.sheet,))[-1]:
        close_book()
    return sheets[chosen]


def _holds(sheet: Sheet, form: Format, wanted: Sequence[str]) -> bool:
    header = _find_header(sheet.columns, form, wanted)
    return header is not None and not match(header.names, wanted).missing


def _find_header(columns: list[pa.ChunkedArray], form: Format, wanted: Sequence[str]) -> _Header | None:
    """The header where the profile says; where that lacks a column, the only other place where none lacks."""
    height = len(columns[0]) if columns else 0
    declared = _header_at(columns, form.rader_fore_rubrik, form.rubrikrader)
    if declared and not match(declared.names, wanted).missing:
        return declared
    places = range(min(_HEADER_WITHIN, height))
    others = [header for place in places if (header := _header_at(columns, place, form.rubrikrader))]
    holding = [header for header in others if not match(header.names, wanted).missing]
    # A header is repeated where the sheet was printed page by page; the first one is the header then.
    return holding[0] if holding and all(each.rows == holding[0].rows for each in holding) else declared


def _header_at(columns: list[pa.ChunkedArray], before: int, rows: int) -> _Header | None:
    texts = _rows(columns, range(before, before + rows))
    found = len(texts) == rows and any(text.strip() for row in texts for text in row)
    return _Header(before, texts) if found else None


def _rows(columns: list[pa.ChunkedArray], places: range) -> list[list[str]]:
    cells = [column.slice(places.start, len(places)).to_pylist() for column in columns]
    return [list(row) for row in zip(*cells, strict=True)]


def _findings(sheet: Sheet, merged: np.ndarray, lines: NoRecords, records: np.ndarray) -> dict[str, np.ndarray]:
    """What was found about the sheet's rows: ``merged`` counts them from 0, ``records`` are the numbers of the rest."""
    hidden = np.array(sorted(sheet.facts.hidden), dtype=np.int32) + 1
    found: dict[str, np.ndarray | list[int]] = {
        REPEATED: lines.repeated,
        TAIL: lines.tail,
        MERGED: _among(merged + 1, records),
        HIDDEN_ROWS: _among(hidden, records),
        TAIL_TELLS_ANOTHER_NUMBER: sorted(number for number, told in lines.told.items() if told != len(records)),
    }
    return {code: np.asarray(numbers, dtype=np.int32) for code, numbers in found.items() if len(numbers)}


def _among(numbers: np.ndarray, records: np.ndarray) -> np.ndarray:
    return numbers[np.isin(numbers, records)] if len(numbers) else numbers


def _without(columns: list[Column], numbers: np.ndarray, away: np.ndarray) -> tuple[list[Column], np.ndarray]:
    if not len(away):
        return columns, numbers
    stays = ~np.isin(numbers, away)
    return chosen(columns, stays), numbers[stays]


def _last_row(columns: list[pa.ChunkedArray]) -> tuple[int, str]:
    """How many rows there are up to the last one with content, and that row's cells as one line."""
    filled = np.flatnonzero(rows_with_content(columns, len(columns[0]) if columns else 0))
    if not len(filled):
        return 0, ""
    last = int(filled[-1])
    return last + 1, " ".join(cell for cell in (column[last].as_py() for column in columns) if cell)
