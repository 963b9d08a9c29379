"""Units to changes: what each unit adds to, or takes from, its groups, and in which month or period.

All periods come out of one pass. A state unit adds one to its groups in the month of ``fran`` and takes one away in the
month of ``till``; the running sum at a period's last month is the figure. An event unit adds one to the period that
holds ``fran``, once per period type, unless the event that replaces it lies in the same period.
"""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from ibic_pipeline.compare.periods import MONTHS_IN
from ibic_pipeline.county import DIMENSIONS
from ibic_pipeline.derive.engine import fetch, parquet_list
from ibic_pipeline.derive.headers import Kind, indicators
from ibic_pipeline.errors import IbicError

COUNTS = ("namnare", "taljare", "exkluderade", "med_varde")
"""What is counted. ``med_varde``: units, in the denominator or excluded, whose ``varde`` is not null."""

TOTAL = "total"
EVERYONE = "alla"
REASON = "exkluderad"
KEPT = ""
"""The group of units that are not excluded, when units are grouped by ``REASON``."""

_ROWS = """
    SELECT
        e.indikator AS indikator,
        12 * YEAR(e.fran) + MONTH(e.fran) - 1 AS fran_manad,
        12 * YEAR(e.till) + MONTH(e.till) - 1 AS till_manad,
        CAST(e.i_namnare AS INTEGER) AS namnare,
        CAST(e.i_taljare AS INTEGER) AS taljare,
        CAST(e.exkluderad IS NOT NULL AS INTEGER) AS exkluderade,
        CAST(e.varde IS NOT NULL AS INTEGER) AS med_varde,
        COALESCE(e.exkluderad, '{kept}') AS exkluderad,
        {dimensions}
    FROM read_parquet({files}) AS e
"""
_STATE = """
    INSERT INTO forandring
    WITH rad AS ({rows}),
    giltig AS (
        SELECT r.* REPLACE (
            GREATEST(r.fran_manad, {first}) AS fran_manad,
            COALESCE(r.till_manad, {last} + 1) AS till_manad
        )
        FROM rad AS r
    ),
    andring AS (
        SELECT g.*, g.fran_manad AS nummer, 1 AS tecken FROM giltig AS g WHERE g.fran_manad < g.till_manad
        UNION ALL
        SELECT g.*, g.till_manad AS nummer, -1 AS tecken FROM giltig AS g WHERE g.fran_manad < g.till_manad
    )
    SELECT a.indikator, 1, a.nummer, a.exkluderad, {dimensions}, {sums}
    FROM andring AS a
    WHERE a.nummer <= {last}
    GROUP BY a.indikator, a.nummer, a.exkluderad, {dimensions}
"""
_EVENT = """
    INSERT INTO forandring
    WITH rad AS ({rows}),
    langd AS (SELECT UNNEST({lengths}) AS manader),
    andring AS (
        SELECT r.*, l.manader AS manader, r.fran_manad // l.manader AS nummer, 1 AS tecken
        FROM rad AS r
        CROSS JOIN langd AS l
        WHERE r.till_manad IS NULL OR r.till_manad // l.manader <> r.fran_manad // l.manader
    )
    SELECT a.indikator, a.manader, a.nummer, a.exkluderad, {dimensions}, {sums}
    FROM andring AS a
    GROUP BY a.indikator, a.manader, a.nummer, a.exkluderad, {dimensions}
"""


def collect_changes(connected: duckdb.DuckDBPyConnection, enheter: Path, first_month: int, last_month: int) -> None:
    """Make the table ``forandring``: changes per indicator, period and combination of all groups.

    Months before ``first_month`` are collected in it; what changes after ``last_month`` is left out.

    Raises:
        IbicError: an indicator has no units file.
    """
    connected.execute(
        "CREATE TEMP TABLE forandring (indikator VARCHAR, manader INTEGER, nummer INTEGER, exkluderad VARCHAR, "
        + ", ".join(f"{name} VARCHAR" for name in DIMENSIONS)
        + ", "
        + ", ".join(f"{name} BIGINT" for name in COUNTS)
        + ")"
    )
    names = ", ".join(f"a.{name}" for name in DIMENSIONS)
    sums = ", ".join(f"SUM(a.tecken * a.{name})" for name in COUNTS)
    window = {"first": first_month, "last": last_month, "lengths": list(MONTHS_IN.values())}
    queries: dict[Kind, str] = {"tillstand": _STATE, "handelse": _EVENT}
    for kind, query in queries.items():
        files = _units_files(enheter, kind)
        if files:
            rows = _ROWS.format(
                kept=KEPT, files=parquet_list(files), dimensions=", ".join(f"e.{name} AS {name}" for name in DIMENSIONS)
            )
            connected.execute(query.format(rows=rows, dimensions=names, sums=sums, **window))


def changes_by(connected: duckdb.DuckDBPyConnection, breakdowns: Sequence[str]) -> pd.DataFrame:
    """Changes per indicator and group: ``indikator, brytning, grupp, manader, nummer`` and ``COUNTS``.

    ``breakdowns``: each ``TOTAL``, ``REASON``, a dimension, or two dimensions joined by ``_x_``.
    """
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in COUNTS)
    by_breakdown = (
        f"SELECT indikator, '{name}' AS brytning, {group_of(name)} AS grupp, manader, nummer, {sums} "
        "FROM forandring GROUP BY ALL"
        for name in breakdowns
    )
    return fetch(connected, " UNION ALL ".join(by_breakdown)).to_pandas()


def group_of(brytning: str) -> str:
    """The SQL of the group that a unit belongs to within a breakdown."""
    return f"'{EVERYONE}'" if brytning == TOTAL else " || '_x_' || ".join(brytning.split("_x_"))


def _units_files(enheter: Path, kind: Kind) -> list[Path]:
    files = [enheter / f"{each.id}.parquet" for each in indicators() if each.typ == kind]
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise IbicError("a units file per indicator", f"no {', '.join(missing)}", "Derive the municipality again.")
    return files
