"""What a delivery's tables hold, as counts that later deliveries are compared with: rows, nulls, codes, months."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from ibic_pipeline.quality.catalogue import coded_columns, counted_columns
from schemas import CONTRACTS

ROWS, EMPTY, CODES, MONTHS, PRINT = "rader", "tomma", "koder", "manader", "avtryck"

EVENTS = {"utredning": "inledd", "beslut": "beslutsdatum", "uppfoljning": "datum"}
"""Table -> the day of what happens every month."""


class Measure(NamedTuple):
    """One count. ``antal`` of ``underlag``: breaches of a check (null: it could not run), empty cells, rows of a code.

    ``varde`` is a code, a month (``2026-05``) or a fingerprint of a table's content.
    """

    matt: str
    tabell: str
    del_: str | None
    varde: str | None
    antal: int | None
    underlag: int | None


def tally(connected: duckdb.DuckDBPyConnection, table: str, delivered: frozenset[str]) -> Iterator[Measure]:
    """Counts of one table; of columns that are not delivered none."""
    empty = [column for column in counted_columns(table) if f"{table}.{column}" in delivered]
    rows, mark, *nulls = _row(
        connected, table, ["count(*)", _fingerprint(table), *(f"count(*) - count({column})" for column in empty)]
    )
    yield Measure(ROWS, table, None, None, rows, None)
    if rows == 0:
        return
    yield Measure(PRINT, table, None, f"{mark:016x}", None, None)
    for column, count in zip(empty, nulls, strict=True):
        yield Measure(EMPTY, table, column, None, count, rows)
    for column in coded_columns(table):
        if f"{table}.{column}" in delivered:
            known = _groups(connected, table, f"{column}::VARCHAR", f"{column} IS NOT NULL")
            total = sum(count for _, count in known)
            yield from (Measure(CODES, table, column, code, count, total) for code, count in known)
    if table in EVENTS:
        day = EVENTS[table]
        for month, count in _groups(connected, table, f"strftime({day}, '%Y-%m')", f"{day} IS NOT NULL"):
            yield Measure(MONTHS, table, day, month, count, None)


def _fingerprint(table: str) -> str:
    """Of the content without where it was read; the order of rows does not change it."""
    columns = ", ".join(f"coalesce({name}::VARCHAR, chr(0))" for name in CONTRACTS[table].own_columns())
    return f"coalesce(bit_xor(md5_number_lower(concat_ws(chr(1), {columns}))), 0)"


def _row(connected: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> tuple[int, ...]:
    (found,) = connected.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    return tuple(int(each) for each in found)


def _groups(connected: duckdb.DuckDBPyConnection, table: str, key: str, where: str) -> list[tuple[str, int]]:
    return connected.execute(f"SELECT {key}, count(*) FROM {table} WHERE {where} GROUP BY 1 ORDER BY 1").fetchall()
