"""What a sheet's cells really say where the reader leaves them empty, or says more than the sheet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.extract.cells import rows_with_content
from ibic_pipeline.extract.sheet_facts import Merge, SheetFacts

_MIDNIGHT = " 00:00:00"
_DAY = len("2024-03-15")


def with_errors(columns: list[pa.ChunkedArray], facts: SheetFacts) -> list[pa.ChunkedArray]:
    """Cells that hold an error as its text, so that they are unreadable and not missing."""
    by_column: dict[int, dict[int, str]] = {}
    for (row, column), text in facts.errors.items():
        by_column.setdefault(column - facts.first_column, {})[row] = text
    for place, errors in by_column.items():
        if 0 <= place < len(columns):
            columns = [*columns[:place], _with_texts(columns[place], errors), *columns[place + 1 :]]
    return columns


def filled_from_above(
    columns: list[pa.ChunkedArray], facts: SheetFacts, first: int
) -> tuple[list[pa.ChunkedArray], np.ndarray]:
    """Cells merged downwards within one column, below the header, filled with their value; and the rows, from 0."""
    height = len(columns[0])
    has_content = rows_with_content(columns, height)
    by_column: dict[int, list[Merge]] = {}
    for merge in facts.merges:
        if merge.left == merge.right and first <= merge.top < min(merge.bottom, height - 1):
            by_column.setdefault(merge.left - facts.first_column, []).append(merge)
    touched = np.zeros(height, dtype=bool)
    filled = list(columns)
    for place, merges in by_column.items():
        if 0 <= place < len(columns):
            source = _source_rows(merges, height)
            empty = np.asarray(pc.binary_length(columns[place])) == 0
            # A merge over rows that are otherwise empty is a layout, and makes no records.
            source = np.where(empty & has_content, source, np.arange(height))
            filled[place] = columns[place].take(pa.array(source))
            touched |= empty & (np.asarray(pc.binary_length(filled[place])) > 0)
    return filled, np.flatnonzero(touched)


def without_midnight(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Dates of a workbook have a clock; one that says midnight tells nothing."""
    if not pc.any(pc.ends_with(column, _MIDNIGHT), min_count=0).as_py():
        return column
    at_midnight = pc.match_substring_regex(column, rf"^\d{{4}}-\d{{2}}-\d{{2}}{_MIDNIGHT}$")
    return pc.if_else(at_midnight, pc.utf8_slice_codeunits(column, 0, _DAY), column)


def _with_texts(column: pa.ChunkedArray, texts: dict[int, str]) -> pa.ChunkedArray:
    rows = [row for row in sorted(texts) if row < len(column) and not column[row].as_py()]
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([texts[row] for row in rows], pa.string()))


def _source_rows(merges: Iterable[Merge], height: int) -> np.ndarray:
    """The row from which each row takes its cell; ranges that overlap, which no program writes, are left alone."""
    source = np.arange(height)
    below = 0
    for merge in sorted(merges):
        if merge.top >= below:
            below = min(merge.bottom + 1, height)
            source[merge.top : below] = merge.top
    return source
