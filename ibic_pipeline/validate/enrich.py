"""What a table's written rules may look at beside its own columns: parents, code lists and the delivery."""

from __future__ import annotations

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

    def position_of(self, reference: pa.Array) -> pa.Array:
        """The row that each reference means; null where it was not delivered."""
        return pc.index_in(reference, value_set=self.key, skip_nulls=True)


def enrich(
    contract: type[Contract],
    values: pa.Table,
    parents: dict[str, Delivered],
    uttagsdatum: date,
    codes: CodeLists = BUILT_IN,
) -> pd.DataFrame:
    """Own columns, ``<parent>.<column>``, ``kodlista.<column>.<extra>`` and ``leverans.uttagsdatum``; Arrow types."""
    columns: dict[str, pa.Array] = {name: values[name].chunk(0) for name in values.column_names}
    own = dict(columns)
    for parent in contract.parents():
        delivered = parents[parent.table]
        position = delivered.position_of(own[parent.field])
        for name in delivered.rows.column_names:
            columns[f"{parent.table}.{name}"] = delivered.rows[name].chunk(0).take(position)
    for name, column in contract.own_columns().items():
        kodlista = column.metadata["kodlista"]
        if kodlista is not None and pa.types.is_string(own[name].type):
            columns |= _of_code_list(own[name], name, _code_list(codes, kodlista))
    columns["leverans.uttagsdatum"] = pa.repeat(pa.scalar(uttagsdatum, pa.date32()), values.num_rows)
    return pd.DataFrame({name: pd.Series(pd.arrays.ArrowExtensionArray(each)) for name, each in columns.items()})


def _of_code_list(codes: pa.Array, column: str, known: dict[str, pa.Array]) -> dict[str, pa.Array]:
    position = pc.index_in(codes, value_set=known["kod"], skip_nulls=True)
    return {f"kodlista.{column}.{extra}": each.take(position) for extra, each in known.items() if extra != "kod"}


@lru_cache(maxsize=64)
def _code_list(codes: CodeLists, kodlista: str) -> dict[str, pa.Array]:
    table = pa.Table.from_pandas(codes.validity(kodlista), preserve_index=False).combine_chunks()
    return {name: table[name].chunk(0) for name in table.column_names}
