"""Variants of one key: whether they contradict each other, and the one row that agreeing ones make."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.groups import Groups, coded, group_rows
from schemas.contract import Contract

PROTECTION = ("ingen", "sekretessmarkering", "skyddad_folkbokforing", "fingerade")
"""From the lowest to the highest; the highest that any file tells applies."""


class Merged(NamedTuple):
    """``rows``: one row per key, sorted by key. ``first``: the variant that each row came from.

    ``row_of``: per variant the row that it went into; -1 for variants that were not kept.
    """

    rows: pa.Table
    first: np.ndarray
    row_of: np.ndarray


def contradicting(
    contract: type[Contract], values: pa.Table, held: dict[str, np.ndarray], candidates: np.ndarray
) -> np.ndarray:
    """Candidates whose key also stands with another content; a cell that is empty contradicts nothing."""
    violates = np.zeros(values.num_rows, dtype=bool)
    rows = np.flatnonzero(candidates)
    keys = _key_of(contract, values, rows).of_row
    repeated = np.bincount(keys, minlength=1)[keys] > 1
    rows, keys = rows[repeated], keys[repeated]
    if not len(rows):
        return violates
    repeated_values = values.take(pa.array(rows))
    contradicted = np.zeros(int(keys.max()) + 1, dtype=bool)
    for name in values.column_names:
        contradicted |= _with_several(keys, coded(repeated_values[name]).codes, held[name][rows])
    violates[rows] = contradicted[keys]
    return violates


def merge(contract: type[Contract], values: pa.Table, held: dict[str, np.ndarray], kept: np.ndarray) -> Merged:
    """One row per key of the kept variants: of each column the first cell that is held, of protection the highest."""
    rows = np.flatnonzero(kept)
    groups = _key_of(contract, values, rows)
    first = rows[groups.first_row]
    order = np.asarray(
        pc.sort_indices(
            values.select(list(contract.key())).take(pa.array(first)),
            sort_keys=[(name, "ascending") for name in contract.key()],
        )
    )
    row_of = np.full(len(kept), -1, dtype=np.int64)
    row_of[rows] = np.argsort(order)[groups.of_row]
    merged = values.take(pa.array(first[order]))
    if len(first) < len(rows):
        columns = {
            name: values[name].take(pa.array(_first_held(values, name, held[name], rows, row_of, first[order])))
            for name in values.column_names
        }
        merged = pa.table(columns)
    return Merged(merged.combine_chunks(), first[order], row_of)


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


def _key_of(contract: type[Contract], values: pa.Table, rows: np.ndarray) -> Groups:
    return group_rows([coded(values[name].take(pa.array(rows))) for name in contract.key()], len(rows))


def _with_several(keys: np.ndarray, contents: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Per key: whether its counted rows have more than one content."""
    keys_counted, contents_counted = keys[counted], contents[counted]
    several = np.zeros(int(keys.max()) + 1, dtype=bool)
    lowest = np.full(len(several), np.iinfo(np.int64).max)
    np.minimum.at(lowest, keys_counted, contents_counted)
    several[keys_counted[contents_counted != lowest[keys_counted]]] = True
    return several
