"""The values of units in the denominator (days, steps on the scale): how many have each, per period and group."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.changes import group_of
from ibic_pipeline.compare.periods import MONTHS_IN, Period
from ibic_pipeline.compare.quantiles import summarise
from ibic_pipeline.county import DIMENSIONS
from ibic_pipeline.derive.engine import fetch, parquet_list
from ibic_pipeline.derive.headers import Indicator

VALUES = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("kommunkod", pa.string()),
        ("brytning", pa.string()),
        ("grupp", pa.string()),
        ("manader", pa.int64()),
        ("nummer", pa.int64()),
        ("varde", pa.float64()),
        ("antal", pa.int64()),
    ]
)
"""Columns of ``varden.parquet``: a row per indicator, group, period and value.

Groups of different breakdowns are never combined, so that a row tells of no one in more than one respect. ``manader``
and ``nummer`` are the period's length and number. A state is counted on the last day of months alone, because a
quarter's figure is that of its last month.
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
    varden AS MATERIALIZED (
        SELECT v.* FROM ({rows}) AS v WHERE (v.nummer + 1) * v.manader - 1 BETWEEN {first} AND {last}
    )
    SELECT
        '{id}' AS indikator,
        '{version}' AS version,
        '{kommunkod}' AS kommunkod,
        g.*
    FROM ({grouped}) AS g
    ORDER BY ALL
"""
_GROUPED = """
    SELECT '{name}' AS brytning, {group} AS grupp, manader, nummer, varde, COUNT(*) AS antal FROM varden GROUP BY ALL
"""


def collect_values(
    connected: duckdb.DuckDBPyConnection,
    enheter: Path,
    indicator: Indicator,
    kommunkod: str,
    breakdowns: Sequence[str],
    months: tuple[int, int],
) -> pa.Table:
    """The values of one indicator's units per group and period that ends in ``months`` (first, last), as ``VALUES``.

    The value of a state that grows is that of the period's last day.
    """
    first, last = months
    rows = (_EVENT if indicator.typ == "handelse" else _STATE).format(
        dimensions=", ".join(f"r.{name} AS {name}" for name in DIMENSIONS),
        lengths=list(MONTHS_IN.values()),
        growth="DATE_DIFF('day', r.fran, m.slut)" if indicator.varde_typ == "vaxande" else "0",
        first=first,
        last=last,
    )
    query = _COUNTED.format(
        files=parquet_list([enheter / f"{indicator.id}.parquet"]),
        rows=rows,
        id=indicator.id,
        version=indicator.version,
        kommunkod=kommunkod,
        grouped=" UNION ALL ".join(_GROUPED.format(name=name, group=group_of(name)) for name in breakdowns),
        first=first,
        last=last,
    )
    return fetch(connected, query).cast(VALUES)


def quantiles_of(
    connected: duckdb.DuckDBPyConnection,
    values: pa.Table | Sequence[Path],
    breakdowns: Sequence[str],
    counted: Sequence[Indicator],
    periods: Sequence[Period],
) -> pd.DataFrame:
    """Quantiles per period and group: ``indikator, brytning, period_typ, period, grupp`` and ``SUMMARY``.

    Args:
        values: one municipality's as ``VALUES``, or files of several.
        counted: the indicators; what was counted by an earlier definition of theirs is left out.
    """
    keys = ["indikator", "brytning", "grupp", "manader", "nummer"]
    sums = "varde, CAST(SUM(antal) AS BIGINT) AS antal"
    found = _summed(connected, values, breakdowns, counted, f"{', '.join(keys)}, {sums}", [*keys, "varde"])
    return _of_periods(counted, periods, summarise(found, keys))


def signs_of(
    connected: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    breakdowns: Sequence[str],
    counted: Sequence[Indicator],
    periods: Sequence[Period],
) -> pd.DataFrame:
    """How many units of each municipality have a value below, at and above 0.

    Columns ``kommunkod, indikator, brytning, period_typ, period, grupp, antal_forbattrade, antal_oforandrade,
    antal_forsamrade``.
    """
    keys = ["kommunkod", "indikator", "brytning", "grupp", "manader", "nummer"]
    signs = {"antal_forbattrade": "<", "antal_oforandrade": "=", "antal_forsamrade": ">"}
    sums = (f"CAST(SUM(antal) FILTER (varde {sign} 0) AS BIGINT) AS {name}" for name, sign in signs.items())
    found = _summed(connected, files, breakdowns, counted, ", ".join([*keys, *sums]), keys)
    return _of_periods(counted, periods, found.fillna(dict.fromkeys(signs, 0)).astype(dict.fromkeys(signs, "int64")))


def _summed(
    connected: duckdb.DuckDBPyConnection,
    values: pa.Table | Sequence[Path],
    breakdowns: Sequence[str],
    counted: Sequence[Indicator],
    columns: str,
    order: Sequence[str],
) -> pd.DataFrame:
    """``columns``, grouped by those that are not sums."""
    source = "varden" if isinstance(values, pa.Table) else f"read_parquet({parquet_list(list(values))})"
    if isinstance(values, pa.Table):
        connected.register("varden", values)
    current = ", ".join(f"('{each.id}', '{each.version}')" for each in counted)
    shown = ", ".join(f"'{name}'" for name in breakdowns)
    return fetch(
        connected,
        f"SELECT {columns} FROM {source} WHERE (indikator, version) IN ({current}) AND brytning IN ({shown}) "
        f"GROUP BY ALL ORDER BY {', '.join(order)}",
    ).to_pandas()


def _of_periods(counted: Sequence[Indicator], periods: Sequence[Period], found: pd.DataFrame) -> pd.DataFrame:
    """``found`` once per reported period: an event's counted period is that itself, a state's is its last month."""
    reported = [
        (each.id, period.typ, period.name, *_counted_as(each, period))
        for each in counted
        for period in periods
        if period.typ in each.periodtyper
    ]
    names = ["indikator", "period_typ", "period", "manader", "nummer"]
    known = pd.DataFrame(reported, columns=names).astype(dict.fromkeys(names[:3], "str"))
    keys = ["indikator", "manader", "nummer"]
    together = known.astype(dict.fromkeys(keys[1:], "int64")).merge(found.astype({"indikator": "str"}), on=keys)
    return together.drop(columns=keys[1:])


def _counted_as(indicator: Indicator, period: Period) -> tuple[int, int]:
    if indicator.typ == "handelse":
        return MONTHS_IN[period.typ], period.number
    return 1, period.last_month
