"""What every file format gives: a header, columns of strings, record numbers, and what was wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.delivery_rules import refusal


@dataclass(frozen=True)
class Cells:
    """``columns`` are strings without nulls, one per field of ``header``; ``records`` numbers their rows.

    ``findings``: code of a repair or of a warning about the delivery -> numbers of the records (0: the whole file).
    """

    header: list[str]
    columns: list[pa.ChunkedArray]
    records: np.ndarray
    broken: tuple[int, ...] = ()
    reasons: list[tuple[str, str]] = field(default_factory=list)
    findings: dict[str, np.ndarray] = field(default_factory=dict)


def rows_with_content(columns: Iterable[pa.ChunkedArray], count: int) -> np.ndarray:
    """Which of ``count`` rows hold a cell that is more than blanks; later columns are looked at only where needed."""
    found = np.zeros(count, dtype=bool)
    for column in columns:
        left = np.flatnonzero(~found)
        if not len(left):
            break
        cells = column if len(left) == count else column.take(pa.array(left))
        found[left] = np.asarray(pc.not_equal(pc.utf8_trim_whitespace(cells), ""))
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
