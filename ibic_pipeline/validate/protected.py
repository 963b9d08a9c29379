"""Accepted tables without persons of protected identity: what may leave the municipality row by row."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from schemas import CONTRACTS


def without_protected(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables less every protected person and every row that belongs to one, however far down.

    A protected person has a ``skydd`` other than ``ingen``. They are counted in a municipality's totals, but never
    shown row by row.
    """
    removed: dict[str, pa.ChunkedArray] = {}
    kept: dict[str, pa.Table] = {}
    for name, contract in CONTRACTS.items():
        table = tables[name]
        belongs = _is_protected(table) if name == "individ" else _is_below(table, name, removed)
        removed[name] = table[contract.key()[0]].filter(belongs)
        kept[name] = table.filter(pc.invert(belongs))
    return kept


def _is_protected(individ: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.not_equal(individ["skydd"], "ingen"), fill_value=False)


def _is_below(table: pa.Table, name: str, removed: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    below = pa.chunked_array([pa.repeat(pa.scalar(value=False), len(table))])
    for parent in CONTRACTS[name].parents():
        below = pc.or_(below, pc.is_in(table[parent.field], value_set=removed[parent.table]))
    return below
