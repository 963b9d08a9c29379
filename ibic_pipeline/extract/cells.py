"""What every file format gives: a header, columns of strings, record numbers, and what was wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from schemas.delivery_rules import refusal


@dataclass(frozen=True)
class Cells:
    """``columns`` are strings without nulls, one per field of ``header``; ``records`` numbers their rows."""

    header: list[str]
    columns: list[pa.ChunkedArray]
    records: np.ndarray
    broken: tuple[int, ...] = ()
    reasons: list[tuple[str, str]] = field(default_factory=list)


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
