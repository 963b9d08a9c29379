"""What a table's written rules may look at beside its own columns: parents, code lists and the delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

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

    def __init__(self, made_by: Mapping[str, Callable[[], pa.Array]]) -> None:
        super().__init__()
        self._made_by = made_by

    def __missing__(self, name: str) -> pd.Series:
        self[name] = pd.Series(pd.arrays.ArrowExtensionArray(self._made_by[name]()))
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
    columns: dict[str, Callable[[], pa.Array]] = {name: partial(values[name].chunk, 0) for name in values.column_names}
    for parent in contract.parents():
        rows = parents[parent.table].rows
        for name in rows.column_names:
            columns[f"{parent.table}.{name}"] = partial(rows[name].chunk(0).take, positions[parent.field])
    for name, column in contract.own_columns().items():
        kodlista = column.metadata["kodlista"]
        if kodlista is not None and pa.types.is_string(values[name].type):
            known = _code_list(codes, kodlista)
            for extra in known.keys() - {"kod"}:
                columns[f"kodlista.{name}.{extra}"] = partial(_looked_up, values[name].chunk(0), known, extra)
    columns["leverans.uttagsdatum"] = partial(pa.repeat, pa.scalar(uttagsdatum, pa.date32()), values.num_rows)
    return Enriched(columns)


def _looked_up(codes: pa.Array, known: dict[str, pa.Array], extra: str) -> pa.Array:
    return known[extra].take(pc.index_in(codes, value_set=known["kod"], skip_nulls=True))


@lru_cache(maxsize=64)
def _code_list(codes: CodeLists, kodlista: str) -> dict[str, pa.Array]:
    table = pa.Table.from_pandas(codes.validity(kodlista), preserve_index=False).combine_chunks()
    return {name: table[name].chunk(0) for name in table.column_names}
