"""What harmonising a file gives: parts of contract tables, and which source row says what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from ibic_pipeline.extract import DeliveredFile
from schemas.delivery_rules import EXCLUDED_BY_CORRECTION

PRESENT = ".kalla"
"""Suffix of the columns that tell whether the source held a value."""
MARK = ".marke"
"""Suffix of the columns (int8) that tell what only the raw value showed: place in ``MARKS``, from 1; 0 is nothing.
A column without any such value has none."""


class Finding(NamedTuple):
    """A repair, or a warning about the delivery: its code, where, and on which records (int32; 0: the whole file)."""

    tabell: str
    kolumn: str | None
    code: str
    records: np.ndarray


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

    ``findings``: what was mended or is worth a warning, beside the rules of the contracts.
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
    findings: list[Finding] = field(default_factory=list)

    @property
    def excluded(self) -> np.ndarray:
        """Rows that a correction excludes: none of their parts counts, though other rows may say the same."""
        about = [each.records for each in self.findings if each.code == EXCLUDED_BY_CORRECTION]
        return np.isin(self.records, np.concatenate([*about, np.zeros(0, np.int32)]))

    @property
    def read(self) -> int:
        """How many records were read."""
        return len(self.records) + len(self.broken)
