"""Variants of one key: whether they contradict each other, and the one row that agreeing ones make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.groups import Coded, coded, in_one

PROTECTION = ("ingen", "sekretessmarkering", "skyddad_folkbokforing", "fingerade")
"""From the lowest to the highest; the highest that any file tells applies."""


class Merged(NamedTuple):
    """``rows``: one row per key, sorted by key. ``first``: the variant that each row came from.

    ``row_of``: per variant the row that it went into; -1 for variants that were not kept.
    """

    rows: pa.Table
    first: np.ndarray
    row_of: np.ndarray


def places_of(columns: Sequence[pa.DictionaryArray]) -> np.ndarray:
    """Per row the place (int64, from 0) of its key among the keys that there are, in ascending order, null last."""
    ranked = []
    for column in columns:
        rank = np.empty(len(column.dictionary), dtype=np.int64)
        rank[np.asarray(pc.array_sort_indices(column.dictionary))] = np.arange(len(rank))
        ranked.append(Coded(rank[column.indices.to_numpy()], max(len(rank), 1)))
    return _without_gaps(in_one(ranked, len(columns[0]), _without_gaps))


def contradicting(
    values: pa.Table, keys: np.ndarray, held: dict[str, np.ndarray], candidates: np.ndarray
) -> np.ndarray:
    """Candidates whose key also stands with another content; a cell that is empty contradicts nothing."""
    violates = np.zeros(values.num_rows, dtype=bool)
    rows = np.flatnonzero(candidates)
    rows = rows[np.bincount(keys[rows], minlength=1)[keys[rows]] > 1]
    if not len(rows):
        return violates
    repeated_values, keys = values.take(pa.array(rows)), pd.factorize(keys[rows])[0]
    contradicted = np.zeros(int(keys.max()) + 1, dtype=bool)
    for name in values.column_names:
        contradicted |= _with_several(keys, coded(repeated_values[name]).codes, held[name][rows])
    violates[rows] = contradicted[keys]
    return violates


def merge(values: pa.Table, keys: np.ndarray, held: dict[str, np.ndarray], kept: np.ndarray) -> Merged:
    """One row per key of the kept variants: of each column the first cell that is held, of protection the highest."""
    rows = np.flatnonzero(kept)
    first_of_key = np.full(int(keys.max(initial=-1)) + 1, -1, dtype=np.int64)
    first_of_key[keys[rows[::-1]]] = rows[::-1]
    first = first_of_key[first_of_key >= 0]
    row_of = np.full(len(kept), -1, dtype=np.int64)
    row_of[rows] = (np.cumsum(first_of_key >= 0) - 1)[keys[rows]]
    merged = values.take(pa.array(first))
    if len(first) < len(rows):
        columns = {
            name: values[name].take(pa.array(_first_held(values, name, held[name], rows, row_of, first)))
            for name in values.column_names
        }
        merged = pa.table(columns)
    return Merged(merged.combine_chunks(), first, row_of)


def _first_held(
    values: pa.Table, name: str, held: np.ndarray, rows: np.ndarray, row_of: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Per merged row the variant that tells the column; the first variant where none does."""
    telling = rows[held[rows]]
    if name == "skydd":
        ranks = np.asarray(pc.index_in(values[name].take(pa.array(telling)), value_set=pa.array(PROTECTION)))
        telling = telling[np.argsort(-ranks, kind="stable")]
    source = first.copy()
    source[row_of[telling[::-1]]] = telling[::-1]  # the last that is assigned stays, so the first that tells
    return source


def _without_gaps(numbers: np.ndarray) -> np.ndarray:
    """The numbers in the same order, counted from 0 without gaps."""
    return np.unique(numbers, return_inverse=True)[1]


def _with_several(keys: np.ndarray, contents: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Per key: whether its counted rows have more than one content."""
    keys_counted, contents_counted = keys[counted], contents[counted]
    several = np.zeros(int(keys.max()) + 1, dtype=bool)
    lowest = np.full(len(several), np.iinfo(np.int64).max)
    np.minimum.at(lowest, keys_counted, contents_counted)
    several[keys_counted[contents_counted != lowest[keys_counted]]] = True
    return several
