"""Whose a row is, however far below the person it stands, and tables without the rows of some persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import CONTRACTS
from schemas.arrow import arrow_schema

PERSON = "individ_id"

Piece = Mapping[str, pa.Array]
"""Columns of some rows of one contract table, by name: at least ``link_columns`` of the table."""


def link_columns(table: str) -> list[str]:
    """The columns by which a row is tied to its person: own key, parents' keys, pseudonym."""
    contract = CONTRACTS[table]
    ties = [contract.key()[0], *(parent.field for parent in contract.parents())]
    return [name for name in arrow_schema(contract).names if name in {*ties, PERSON}]


def owners(pieces: Mapping[str, Sequence[Piece]]) -> dict[str, list[pa.Array]]:
    """Per table and piece, the pseudonym of the person that each row belongs to; null where none is known.

    A table may stand in several pieces; a parent is looked for in all of them.
    """
    found: dict[str, list[pa.Array]] = {}
    known: dict[str, tuple[pa.Array, pa.Array]] = {}
    for table, contract in CONTRACTS.items():
        own = pieces.get(table, ())
        found[table] = [_owner(table, piece, known) for piece in own]
        keys = _joined([piece[contract.key()[0]] for piece in own])
        persons = _joined(found[table])
        told = pc.and_(pc.is_valid(keys), pc.is_valid(persons))
        known[table] = (keys.filter(told), persons.filter(told))
    return found


def remaining(sources: Mapping[str, Path], persons: Collection[str]) -> dict[str, pa.Table]:
    """The tables that hold rows of the persons, without these; a table that holds none is not there.

    Args:
        sources: contract table -> its parquet file, of one municipality; a table may be missing.
    """
    if not persons:
        return {}
    pieces = {table: [columns_of(path, link_columns(table))] for table, path in sources.items()}
    kept: dict[str, pa.Table] = {}
    for table, found in owners(pieces).items():
        theirs = [is_among(owner, persons) for owner in found]
        if any(pc.any(each).as_py() for each in theirs):
            kept[table] = pq.read_table(sources[table]).filter(pc.invert(theirs[0]))
    return kept


def is_among(owner: pa.Array, persons: Collection[str]) -> pa.Array:
    """Which rows belong to one of the persons."""
    return pc.is_in(owner, value_set=pa.array(sorted(persons), pa.string()), skip_nulls=True)


def ended_before(pieces: Mapping[str, Sequence[Piece]], limit: date) -> list[str]:
    """Persons of whom the latest note is older than ``limit``, sorted; the pieces hold every column of the tables.

    A note is any date that a table holds, also one that is planned. Whose decision has no end is never among them, nor
    who has no date at all.
    """
    parts: list[pd.DataFrame] = []
    for table, found in owners(pieces).items():
        dates = [column.name for column in arrow_schema(CONTRACTS[table]) if pa.types.is_date(column.type)]
        for piece, owner in zip(pieces.get(table, ()), found, strict=True):
            columns = [*(pc.cast(piece[name], pa.date32()) for name in dates), *_still_running(table, piece)]
            if columns:
                latest = pc.max_element_wise(*columns)
                parts.append(pd.DataFrame({PERSON: owner.to_pandas(), "senast": latest.cast(pa.int32()).to_pandas()}))
    if not parts:
        return []
    latest_of = pd.concat(parts).dropna().groupby(PERSON)["senast"].max()
    return sorted(latest_of.index[latest_of < (limit - date(1970, 1, 1)).days])


def _still_running(table: str, piece: Piece) -> list[pa.Array]:
    """The last day of time for decisions that have begun to apply and have no end, else null."""
    if table != "beslut":
        return []
    runs = pc.and_(pc.is_null(piece["galler_tom"]), pc.is_null(piece["upphort"]))
    return [pc.if_else(runs, pa.scalar(date.max, pa.date32()), pa.scalar(None, pa.date32()))]


def _owner(table: str, piece: Piece, known: Mapping[str, tuple[pa.Array, pa.Array]]) -> pa.Array:
    named = [piece[PERSON].cast(pa.string())] if PERSON in piece else []
    for parent in CONTRACTS[table].parents():
        keys, persons = known[parent.table]
        named.append(persons.take(pc.index_in(piece[parent.field].cast(pa.string()), value_set=keys, skip_nulls=True)))
    return pc.coalesce(*named)


def _joined(arrays: Sequence[pa.Array]) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *(each.cast(pa.string()) for each in arrays)])


def columns_of(path: Path, names: Sequence[str] | None = None) -> Piece:
    """A parquet file's columns, all or those named, each as one array."""
    table = pq.read_table(path, columns=names)
    return {
        name: pa.concat_arrays([*column.chunks, pa.array([], column.type)])
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
