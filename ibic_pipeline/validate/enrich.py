"""What a table's written rules may look at beside its own columns: parents, code lists and the delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas.codelists import BUILT_IN, CodeLists
from schemas.contract import Contract


@dataclass(frozen=True)
class Delivered:
    """Every key of a table that was delivered, once: ``rows`` (accepted first) and whether the row was accepted.

    ``whole`` is false when only a part of the table is at hand, so that a key that is not here may still exist.
    """

    key: pa.Array
    rows: pa.Table
    accepted: np.ndarray
    whole: bool = True

    def position_of(self, reference: pa.DictionaryArray) -> pa.Array:
        """The row that each reference means; null where it was not delivered."""
        return pc.index_in(reference.dictionary, value_set=self.key, skip_nulls=True).take(reference.indices)


class Enriched(dict[str, pd.Series]):
    """The columns that rules look at, Arrow types; each is made when a rule first asks for it."""

    def __init__(self, made_by: Callable[[str], pa.Array]) -> None:
        super().__init__()
        self._made_by = made_by

    def __missing__(self, name: str) -> pd.Series:
        self[name] = pd.Series(pd.arrays.ArrowExtensionArray(self._made_by(name)))
        return self[name]


def positions_of(
    contract: type[Contract], encoded: Callable[[str], pa.DictionaryArray], parents: Mapping[str, Delivered]
) -> dict[str, pa.Array]:
    """Per column that refers to a parent, the parent's row that each row means; null where it was not delivered."""
    return {parent.field: parents[parent.table].position_of(encoded(parent.field)) for parent in contract.parents()}


def enrich(
    contract: type[Contract],
    values: pa.Table,
    parents: Mapping[str, Delivered],
    positions: Mapping[str, pa.Array],
    uttagsdatum: date,
    codes: CodeLists = BUILT_IN,
) -> Enriched:
    """Own columns, ``<parent>.<column>``, ``kodlista.<column>.<extra>`` and ``leverans.uttagsdatum``."""
    fields = {parent.table: parent.field for parent in contract.parents()}
    lists = {name: column.metadata["kodlista"] for name, column in contract.own_columns().items()}

    def made(name: str) -> pa.Array:
        if name in values.column_names:
            return values[name].chunk(0)
        if name == "leverans.uttagsdatum":
            return pa.repeat(pa.scalar(uttagsdatum, pa.date32()), values.num_rows)
        of, _, column = name.rpartition(".")
        if of in fields:
            return parents[of].rows[column].chunk(0).take(positions[fields[of]])
        own = of.removeprefix("kodlista.")
        known = _code_list(codes, lists[own])
        return known[column].take(pc.index_in(values[own].chunk(0), value_set=known["kod"], skip_nulls=True))

    return Enriched(made)


@lru_cache(maxsize=64)
def _code_list(codes: CodeLists, kodlista: str) -> dict[str, pa.Array]:
    table = pa.Table.from_pandas(codes.validity(kodlista), preserve_index=False).combine_chunks()
    return {name: table[name].chunk(0) for name in table.column_names}
