"""Whether a peer gave the accepted rows, units and figures that the pipeline gave: how many differ, per table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from ibic_pipeline.compare.periods import MONTHS_IN
from schemas import CONTRACTS

FIGURE = ("kommunkod", "indikator", "period_typ", "nummer", "brytning", "grupp")
COUNTS = ("namnare", "taljare", "exkluderade", "antal_varden", "median", "p90")
PERSON = "individ_id"
"""A keyed pseudonym with us and the number itself with others: rows are compared without it."""


def rows_that_differ(ours: Mapping[str, Path], theirs: str, *, with_code: bool) -> dict[str, int]:
    """Per table, accepted rows that stand on one side alone.

    Args:
        ours: kommunkod -> folder of the municipality's version.
        theirs: the peer's files, ``{table}`` for the name of the table.
        with_code: whether the peer's ids carry the municipality's code and a stroke in front.
    """
    found = {}
    with duckdb.connect() as connected:
        for table, contract in CONTRACTS.items():
            columns = [name for name in contract.own_columns() if name != PERSON]
            named = [_with_code(name) if with_code else name for name in columns]
            found[table] = _alone(
                connected,
                f"SELECT {', '.join(named)} FROM {_files(ours, f'harmoniserat/{table}')}",
                f"SELECT {', '.join(columns)} FROM read_parquet('{theirs.format(table=table)}')",
            )
    return found


def figures_that_differ(ours: Mapping[str, Path], theirs: str, indicators: Iterable[str] | None = None) -> int:
    """Figures (``COUNTS``, those that are not only zeros) that stand on one side alone."""
    number = " ".join(f"WHEN '{typ}' THEN {_number(typ)}" for typ in MONTHS_IN)
    columns = ", ".join((*FIGURE, *COUNTS))
    named = "" if indicators is None else ", ".join(f"'{each}'" for each in indicators)
    only = f"WHERE indikator IN ({named})" if named else ""
    aggregates = _files(ours, "aggregat")
    with duckdb.connect() as connected:
        return _alone(
            connected,
            f"SELECT {columns} FROM (SELECT *, CASE period_typ {number} END AS nummer FROM {aggregates} "
            f"WHERE namnare + exkluderade > 0) {only}",
            f"SELECT {columns} FROM read_parquet('{theirs}') {only}",
        )


def _alone(connected: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    (found,) = connected.execute(
        f"SELECT count(*) FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}))"
    ).fetchall()
    return int(found[0])


def _with_code(column: str) -> str:
    of_the_municipality = column.endswith("_id") and column != "utforare_id"
    return f"kommunkod || '|' || {column} AS {column}" if of_the_municipality else column


def _number(typ: str) -> str:
    """The SQL of a period's number: years since year 0 times periods in a year, and the period in the year."""
    in_a_year = 12 // MONTHS_IN[typ]
    part = "CAST(ltrim(split_part(period, '-', 2), 'KH') AS INTEGER) - 1" if in_a_year > 1 else "0"
    return f"CAST(left(period, 4) AS INTEGER) * {in_a_year} + {part}"


def _files(ours: Mapping[str, Path], name: str) -> str:
    paths = ", ".join(f"'{folder}/{name}.parquet'" for folder in ours.values())
    return f"read_parquet([{paths}])"


def units_that_differ(ours: Mapping[str, Path], out: Path, indicators: Iterable[str]) -> dict[str, int]:
    """Per indicator, units that stand on one side alone; the peer's lie in ``<kommunkod>/enheter/``."""
    with duckdb.connect() as connected:
        return {
            each: _alone(
                connected,
                f"SELECT * FROM {_files(ours, f'enheter/{each}')}",
                f"SELECT * FROM {_files({code: out / code for code in ours}, f'enheter/{each}')}",
            )
            for each in indicators
        }
