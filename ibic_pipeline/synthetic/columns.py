"""From numpy arrays to the Arrow columns of a world table: days, codes, ids, and which of them are absent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import CONTRACTS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 10**9
"""A day that has not come: later than every other, and absent from the tables."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def known_by(days: Ints, end: int) -> Ints:
    """The days that have passed on the day ``end``; the others become ``NEVER``."""
    return np.where(days <= end, days, NEVER)


def dates(days: Ints) -> pa.Array:
    """A date column; ``NEVER`` is null."""
    absent = days >= NEVER
    return pa.array(np.where(absent, 0, days).astype(np.int32), mask=absent).cast(pa.date32())


def codes(values: Sequence[str], position: Ints, present: Bools | None = None) -> pa.Array:
    """A text column of ``values[position]``, null where not ``present``."""
    return pa.array(list(values), pa.string()).take(pa.array(position, mask=None if present is None else ~present))


def integers(values: Ints, present: Bools | None = None) -> pa.Array:
    """An int32 column, null where not ``present``."""
    return pa.array(values.astype(np.int32), mask=None if present is None else ~present)


def decimals(values: NDArray[np.float64], present: Bools) -> pa.Array:
    """A float64 column, null where not ``present``."""
    return pa.array(values, mask=~present)


def booleans(values: Bools, present: Bools | None = None) -> pa.Array:
    """A bool column, null where not ``present``."""
    return pa.array(values, mask=None if present is None else ~present)


def person_numbers(numbers: Ints) -> pa.Array:
    """Twelve-digit personal numbers as text."""
    return pa.array(numbers).cast(pa.string())


def references(ids: pa.Array, position: Ints, present: Bools | None = None) -> pa.Array:
    """The ids at the given rows of a parent, null where not ``present``."""
    return ids.take(pa.array(position, mask=None if present is None else ~present))


def serial_ids(prefix: str, days: Ints) -> pa.Array:
    """Ids like ``B-2023-004512``: the year of the row's day, and its number within that year by day."""
    order = np.argsort(days, kind="stable")
    year = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    sorted_year = year[order]
    number = np.empty(len(days), np.int64)
    number[order] = np.arange(len(days)) - np.searchsorted(sorted_year, sorted_year) + 1
    return pc.binary_join_element_wise(
        prefix, pa.array(year).cast(pa.string()), pc.utf8_lpad(pa.array(number).cast(pa.string()), 6, "0"), "-"
    )


def table(name: str, columns: dict[str, pa.Array]) -> pd.DataFrame:
    """A world table: exactly the contract's own columns, in its order, Arrow dtypes."""
    expected = CONTRACTS[name].own_columns()
    if set(columns) != set(expected):
        raise ValueError(f"{name}: columns differ from the contract: {sorted(set(columns) ^ set(expected))}")
    return pd.DataFrame({column: arrow_series(columns[column]) for column in expected})


def arrow_series(values: Any) -> pd.Series:
    """A pandas series over an Arrow array, without conversion."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values))


def choose(rng: np.random.Generator, weights: Sequence[float], size: int) -> Ints:
    """Positions drawn with the given weights."""
    edges = np.cumsum(np.asarray(weights, float))
    return np.asarray(np.minimum(np.searchsorted(edges, rng.random(size) * edges[-1], side="right"), len(edges) - 1))


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """Row numbers repeated ``counts`` times, and each repetition's number within its row from 0."""
    parent = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return parent, np.arange(len(parent)) - starts[parent]


def summer_moved(rng: np.random.Generator, days: Ints) -> Ints:
    """Half of what would happen in July happens five to nine weeks later."""
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    moved = (month == 6) & (rng.random(len(days)) < 0.5)
    return np.where(moved, days + rng.integers(35, 63, len(days)), days)
