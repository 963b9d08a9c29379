"""How a file is written where that differs from what its profile says: all that faults of whole files change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ibic_pipeline.synthetic.columns import Ints

LINE_END = "\r\n"


@dataclass
class Writing:
    """Positions count data records from 0; columns are those of the frame."""

    kodning: str | None = None
    """A Python codec in place of the profile's."""
    encoded_twice: bool = False
    avgransare: str | None = None
    line_end: str = LINE_END
    cut: bool = False
    """The end of the file is missing."""

    above: tuple[tuple[str, ...], ...] = ()
    """Lines before all others, each as its cells."""
    below: tuple[str, ...] = ()
    """Lines after the last record, before the profile's own last line."""
    empty_lines: int = 0
    tail_adds: int = 0
    """By how much the profile's own last line tells too many records."""

    names: dict[str, str] = field(default_factory=dict)
    """Column -> its header, where it is another."""
    repeated: dict[str, bool] = field(default_factory=dict)
    """Columns that stand a second time; whether with the same content."""
    empty_columns: int = 0

    header_before: set[int] = field(default_factory=set)
    """Records before which the header stands once more."""
    padded: set[int] = field(default_factory=set)
    """Records with delimiters after their last field."""
    raw: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Record -> column, and a text that is written there without the quotation marks that it needs."""
    torn: set[int] = field(default_factory=set)
    """Those of them that a line break makes two records."""

    merged: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Column of a sheet -> the first and last record that share one cell."""
    hidden: set[int] = field(default_factory=set)
    """Records on hidden rows of a sheet."""
    typed: dict[str, str | None] = field(default_factory=dict)
    """Column of a sheet written as dates (with the pattern of its texts) or as numbers (None)."""

    copies: dict[str, bool] = field(default_factory=dict)
    """What stands for ``*`` in the names of further files; whether they hold the same bytes."""
    archived: Literal["packad", "bomb"] | None = None
    """The delivery's files lie in an archive; or a small archive that grows without end lies beside them."""

    def offset(self, positions: Ints) -> Ints:
        """How much later a record stands than in a file as it should be."""
        headers, torn = np.array(sorted(self.header_before)), np.array(sorted(self.torn))
        later = np.searchsorted(headers, positions, side="right") + np.searchsorted(torn, positions, side="left")
        return np.asarray(later + len(self.above), dtype=np.int64)
