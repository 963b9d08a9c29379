"""What harmonising a file gives: parts of contract tables, and which source row says what."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ibic_pipeline.extract import DeliveredFile

PRESENT = ".kalla"
"""Suffix of the columns that tell whether the source held a value."""


@dataclass(frozen=True)
class Part:
    """The rows of one contract table that a file holds.

    ``frame``: one row per distinct content (*variant*): the table's own columns as Arrow types, and for each a
    boolean ``<column>.kalla``: the source held a value.
    ``variant_of_row``: int32, the variant that each source row states; -1 where the part does not stand on the row.
    ``unmapped``: coded column -> value that is no code -> on how many rows; values that could tell of a person are not
    among them (``unmapped.count_unmapped``).
    """

    tabell: str
    frame: pd.DataFrame
    variant_of_row: np.ndarray
    unmapped: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class HarmonisedFile:
    """One municipality's share of one delivered file; arrays have one element per source row.

    ``records``: int32 record numbers. ``duplicate``: every cell equals an earlier row's.
    ``unknown_municipality``: the row's municipality cannot be read, and this municipality answers for such rows.
    ``broken``: numbers of records with a wrong number of fields; they are not among ``records``.
    """

    file: DeliveredFile
    records: np.ndarray
    duplicate: np.ndarray
    broken: tuple[int, ...]
    parts: list[Part]
    unknown_municipality: np.ndarray

    @property
    def read(self) -> int:
        """How many records were read."""
        return len(self.records) + len(self.broken)
