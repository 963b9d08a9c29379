"""The values of units in the denominator (days, steps on the scale): how many have each, per period and group."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.changes import group_of
from ibic_pipeline.compare.periods import MONTHS_IN, Period
from ibic_pipeline.compare.quantiles import SUMMARY, summarise
from ibic_pipeline.county import DIMENSIONS
from ibic_pipeline.derive.engine import fetch, parquet_list
from ibic_pipeline.derive.headers import Indicator

VALUES = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("kommunkod", pa.string()),
        ("manader", pa.int64()),
        ("nummer", pa.int64()),
        *((name, pa.string()) for name in DIMENSIONS),
        ("varde", pa.float64()),
        ("antal", pa.int64()),
    ]
)
"""Columns of ``varden.parquet``: a row per indicator, period, combination of groups and value.

``manader`` and ``nummer`` are the period's length and number. A state is counted on the last day of months alone,
because a quarter's figure is that of its last month.
"""

_EVENT = """
    SELECT l.manader AS manader, r.fran_manad // l.manader AS nummer, {dimensions}, r.varde AS varde
    FROM rad AS r
    CROSS JOIN (SELECT UNNEST({lengths}) AS manader) AS l
    WHERE r.till_manad IS NULL OR r.till_manad // l.manader <> r.fran_manad // l.manader
"""
_STATE = """
    SELECT 1 AS manader, m.nummer AS nummer, {dimensions}, r.varde + {growth} AS varde
    FROM rad AS r
    INNER JOIN (
        SELECT n AS nummer, LAST_DAY(MAKE_DATE(n // 12, n % 12 + 1, 1)) AS slut FROM RANGE({first}, {last} + 1) AS t(n)
    ) AS m
        ON m.nummer >= r.fran_manad AND m.nummer < COALESCE(r.till_manad, {last} + 1)
"""
_COUNTED = """
    WITH rad AS (
        SELECT
            u.*,
            12 * YEAR(u.fran) + MONTH(u.fran) - 1 AS fran_manad,
            12 * YEAR(u.till) + MONTH(u.till) - 1 AS till_manad
        FROM read_parquet({files}) AS u
        WHERE u.i_namnare AND u.varde IS NOT NULL
    ),
    varden AS ({rows})
    SELECT
        '{id}' AS indikator,
        '{version}' AS version,
        '{kommunkod}' AS kommunkod,
        v.manader AS manader,
        v.nummer AS nummer,
        {names},
        v.varde AS varde,
        COUNT(*) AS antal
    FROM varden AS v
    WHERE (v.nummer + 1) * v.manader - 1 BETWEEN {first} AND {last}
    GROUP BY v.manader, v.nummer, {names}, v.varde
    ORDER BY v.manader, v.nummer, {names}, v.varde
"""


def collect_values(
    connected: duckdb.DuckDBPyConnection, enheter: Path, indicator: Indicator, kommunkod: str, first: int, last: int
) -> pa.Table:
    """The values of one indicator's units per period that ends in the months ``first`` to ``last``, as ``VALUES``.

    The value of a state that grows is that of the period's last day.
    """
    growth = "DATE_DIFF('day', r.fran, m.slut)" if indicator.varde_typ == "vaxande" else "0"
    rows = (_EVENT if indicator.typ == "handelse" else _STATE).format(
        dimensions=", ".join(f"r.{name} AS {name}" for name in DIMENSIONS),
        lengths=list(MONTHS_IN.values()),
        growth=growth,
        first=first,
        last=last,
    )
    query = _COUNTED.format(
        files=parquet_list([enheter / f"{indicator.id}.parquet"]),
        rows=rows,
        id=indicator.id,
        version=indicator.version,
        kommunkod=kommunkod,
        names=", ".join(f"v.{name}" for name in DIMENSIONS),
        first=first,
        last=last,
    )
    return fetch(connected, query).cast(VALUES)


def quantiles_of(
    connected: duckdb.DuckDBPyConnection,
    values: pa.Table | Sequence[Path],
    breakdowns: Sequence[str],
    indicator: Indicator,
    periods: Sequence[Period],
) -> pd.DataFrame:
    """Quantiles of one indicator per period and group: ``brytning, period_typ, period, grupp`` and ``SUMMARY``.

    Args:
        values: one municipality's as ``VALUES``, or files of several, of which what was counted by the indicator's
            current definition is read.
    """
    _show(connected, values, indicator)
    found = [_quantiles_by(connected, name, indicator, periods).assign(brytning=name) for name in breakdowns]
    connected.execute("DROP VIEW varden")
    return pd.concat(found, ignore_index=True)


def signs_of(
    connected: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    breakdowns: Sequence[str],
    indicator: Indicator,
    periods: Sequence[Period],
) -> pd.DataFrame:
    """How many units of each municipality have a value below, at and above 0.

    Columns ``kommunkod, brytning, period_typ, period, grupp, antal_forbattrade, antal_oforandrade, antal_forsamrade``.
    """
    _show(connected, files, indicator)
    found = [_signs_by(connected, name).assign(brytning=name) for name in breakdowns]
    connected.execute("DROP VIEW varden")
    together = _of_periods(indicator, periods).merge(pd.concat(found, ignore_index=True), on=["manader", "nummer"])
    return together.drop(columns=["manader", "nummer"])


def _signs_by(connected: duckdb.DuckDBPyConnection, brytning: str) -> pd.DataFrame:
    query = f"""
        SELECT kommunkod, manader, nummer, {group_of(brytning)} AS grupp,
            CAST(SUM(CASE WHEN varde < 0 THEN antal ELSE 0 END) AS BIGINT) AS antal_forbattrade,
            CAST(SUM(CASE WHEN varde = 0 THEN antal ELSE 0 END) AS BIGINT) AS antal_oforandrade,
            CAST(SUM(CASE WHEN varde > 0 THEN antal ELSE 0 END) AS BIGINT) AS antal_forsamrade
        FROM varden
        GROUP BY ALL
    """
    return fetch(connected, query).to_pandas()


def _show(connected: duckdb.DuckDBPyConnection, values: pa.Table | Sequence[Path], indicator: Indicator) -> None:
    if isinstance(values, pa.Table):
        connected.register("varden", values)
    else:
        connected.execute(
            f"CREATE TEMP VIEW varden AS SELECT * FROM read_parquet({parquet_list(list(values))}) "
            f"WHERE indikator = '{indicator.id}' AND version = '{indicator.version}'"
        )


def _quantiles_by(
    connected: duckdb.DuckDBPyConnection, brytning: str, indicator: Indicator, periods: Sequence[Period]
) -> pd.DataFrame:
    keys = ["manader", "nummer", "grupp"]
    query = (
        f"SELECT manader, nummer, {group_of(brytning)} AS grupp, varde, CAST(SUM(antal) AS BIGINT) AS antal "
        "FROM varden GROUP BY ALL ORDER BY manader, nummer, grupp, varde"
    )
    found = summarise(fetch(connected, query).to_pandas(), keys)
    together = _of_periods(indicator, periods).merge(found, on=keys[:2], how="inner")
    return together[["period_typ", "period", "grupp", *SUMMARY]]


def _of_periods(indicator: Indicator, periods: Sequence[Period]) -> pd.DataFrame:
    """Which counted period each reported one is: itself for events, its last month for states."""
    reported = [period for period in periods if period.typ in indicator.periodtyper]
    event = indicator.typ == "handelse"
    return pd.DataFrame(
        {
            "period_typ": pd.array([period.typ for period in reported], dtype="str"),
            "period": pd.array([period.name for period in reported], dtype="str"),
            "manader": np.array([MONTHS_IN[period.typ] if event else 1 for period in reported], dtype=np.int64),
            "nummer": np.array([period.number if event else period.last_month for period in reported], dtype=np.int64),
        }
    )
