"""Grouping rows by the contents of several columns, exactly and without objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

_LARGEST = 2**62


class Coded(NamedTuple):
    """A column as whole numbers: ``codes`` below ``size``; equal values have equal codes."""

    codes: np.ndarray
    size: int


class Groups(NamedTuple):
    """``of_row``: int32 group per row, numbered by first appearance. ``first_row``: int64, each group's first row."""

    of_row: np.ndarray
    first_row: np.ndarray


def coded(values: pa.Array | pa.ChunkedArray) -> Coded:
    """Code an Arrow column; null is a value of its own."""
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    encoded = chunked.combine_chunks().dictionary_encode(null_encoding="encode")
    return Coded(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), max(len(encoded.dictionary), 1))


def in_one(columns: Sequence[Coded], rows: int, without_gaps: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """One number (int64) per row for its codes in all columns, the first column's weighing most.

    Args:
        without_gaps: gives equal numbers equal ones without gaps, where they would become too large.
    """
    combined, size = np.zeros(rows, dtype=np.int64), 1
    for codes, cardinality in columns:
        if size > _LARGEST // max(cardinality, 1):
            combined = without_gaps(combined).astype(np.int64)
            size = int(combined.max(initial=0)) + 1
        combined *= cardinality
        combined += codes
        size *= cardinality
    return combined


def group_rows(columns: Sequence[Coded], rows: int) -> Groups:
    """Rows with equal codes in every column form a group; without columns all rows are one group."""
    combined = in_one(columns, rows, lambda numbers: pd.factorize(numbers)[0])
    of_row, uniques = pd.factorize(combined)
    first_row = np.empty(len(uniques), dtype=np.int64)
    first_row[of_row[::-1]] = np.arange(rows)[::-1]
    return Groups(of_row.astype(np.int32), first_row)
