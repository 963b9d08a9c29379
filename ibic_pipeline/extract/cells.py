"""What every file format gives: a header, columns of strings, record numbers, and what was wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.delivery_rules import refusal

Column: TypeAlias = pa.DictionaryArray
"""Strings without nulls: each distinct value once, in the order in which they first appear, and each row's number."""


@dataclass(frozen=True)
class Cells:
    """``columns``: one per field of ``header``; ``records`` numbers their rows.

    ``findings``: code of a repair or of a warning about the delivery -> numbers of the records (0: the whole file).
    """

    header: list[str]
    columns: list[Column]
    records: np.ndarray
    broken: tuple[int, ...] = ()
    reasons: list[tuple[str, str]] = field(default_factory=list)
    findings: dict[str, np.ndarray] = field(default_factory=dict)


def column_of(column: pa.Array | pa.ChunkedArray) -> Column:
    """A column of strings by its distinct values."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.dictionary_encode()


def chosen(columns: Iterable[Column], rows: np.ndarray) -> list[Column]:
    """Some of the rows, by a mask or by their positions; values that no row has any more are forgotten."""
    taken = pa.array(np.flatnonzero(rows) if rows.dtype == bool else rows)
    found = []
    for column in columns:
        again = column.indices.take(taken).dictionary_encode()
        found.append(Column.from_arrays(again.indices, column.dictionary.take(again.dictionary)))
    return found


def on_rows(column: Column, of_distinct: pa.Array | np.ndarray) -> np.ndarray:
    """What holds of each distinct value, for each row."""
    found: np.ndarray = np.asarray(of_distinct)[column.indices.to_numpy()]
    return found


def rows_with_content(columns: Iterable[pa.Array | pa.ChunkedArray], count: int) -> np.ndarray:
    """Which of ``count`` rows hold a cell that is more than blanks; later columns are looked at only where needed."""
    found = np.zeros(count, dtype=bool)
    for column in columns:
        if found.all():
            break
        cells = column_of(column)
        found |= on_rows(cells, pc.not_equal(pc.utf8_trim_whitespace(cells.dictionary), ""))
    return found


def tail_reason(name: str, tail: re.Pattern[str], last_line: str, records: int) -> tuple[str, str] | None:
    """Why the last line does not prove that the file is whole; None when it does."""
    match = tail.search(last_line)
    if match is None:
        return refusal("LEV-004", f"ingen avslutande rad av det slag som profilen anger i {name}")
    if "antal" not in tail.groupindex:
        return None
    digits = re.sub(r"\D", "", match["antal"] or "")
    if not digits or int(digits) != records:
        return refusal("LEV-004", f"{records} poster i {name}, men slutraden säger {digits or 'inget antal'}")
    return None
