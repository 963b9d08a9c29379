"""The table ``overlevnad``: Kaplan-Meier curves of what has not happened yet, per year in which the wait began."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure import OSAKER, UNDERTRYCKT, VISAS, is_small, too_few
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import fetch, parquet_list

STEP_DAYS, LAST_DAY = 30, 1080


@dataclass(frozen=True)
class Curve:
    """A wait: from the ``start`` of each row of a fact to its event, or to the day on which it is lost from sight."""

    id: str
    fact: str
    version: str
    """Day of the definition; what was counted by another is not added to it."""


CURVES = (
    Curve("KM_plan", "tid_till_plan", "2026-11-22"),
    Curve("KM_uppfoljning", "tid_till_uppfoljning", "2026-11-22"),
)

WAITS = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("kommunkod", pa.string()),
        ("start_ar", pa.int64()),
        ("dag", pa.int64()),
        ("handelser", pa.int64()),
        ("censurerade", pa.int64()),
    ]
)
"""Columns of ``tider.parquet``: for how many the event came, and how many were lost from sight, after ``dag`` days."""

OVERLEVNAD = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("start_ar", pa.int64()),
        ("dag", pa.int64()),
        ("i_risk", pa.int64()),
        ("handelser", pa.int64()),
        ("andel_kvar", pa.float64()),
        ("ki_lag", pa.float64()),
        ("ki_hog", pa.float64()),
        ("status", pa.string()),
    ]
)
"""Columns of the published table ``overlevnad``."""

_CURVE = ["indikator", "niva", "kommunkod", "start_ar"]


def waits(connected: duckdb.DuckDBPyConnection, fakta: Path, kommunkod: str, first_year: int) -> pa.Table:
    """One municipality's waits by curve, year of start (none before ``first_year``) and length, as ``WAITS``."""
    parts = [
        fetch(
            connected,
            f"""
            SELECT
                '{curve.id}' AS indikator,
                '{curve.version}' AS version,
                '{kommunkod}' AS kommunkod,
                YEAR(f.start) AS start_ar,
                f.dagar AS dag,
                COUNT(*) FILTER (WHERE f.handelse) AS handelser,
                COUNT(*) FILTER (WHERE NOT f.handelse) AS censurerade
            FROM read_parquet({parquet_list([fakta / f"{curve.fact}.parquet"])}) AS f
            WHERE YEAR(f.start) >= {first_year}
            GROUP BY ALL
            ORDER BY start_ar, dag
            """,
        ).cast(WAITS)
        for curve in CURVES
    ]
    return pa.concat_tables(parts)


def with_the_county(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Waits of municipalities (``niva`` kommun) and of them all (``niva`` lan), by the current definitions."""
    comparable = [tables[kod] for kod in sorted(tables) if tables[kod].schema.equals(WAITS)]
    together = pa.concat_tables([WAITS.empty_table(), *comparable]).to_pandas()
    current = pd.MultiIndex.from_tuples([(each.id, each.version) for each in CURVES])
    together = together[pd.MultiIndex.from_frame(together[["indikator", "version"]]).isin(current)]
    both = pd.concat([together.assign(niva="kommun"), together.assign(niva="lan", kommunkod=None)])
    counts = ["handelser", "censurerade"]
    summed = both.groupby([*_CURVE, "version", "dag"], as_index=False, dropna=False)[counts].sum()
    schema = pa.schema([WAITS.field(0), WAITS.field(1), ("niva", pa.string()), *list(WAITS)[2:]])
    return pa.Table.from_pandas(summed, schema=schema, preserve_index=False).replace_schema_metadata(None)


def publishable_curves(found: pa.Table, lan: Lan) -> pa.Table:
    """The table ``overlevnad`` from waits as ``with_the_county`` gives them.

    A step is hidden when too few are still waiting, or when few events or few losses lie between it and the step that
    was last shown, so that neither can be worked out.
    """
    frames = [
        pd.DataFrame(_steps(rows, lan)).assign(**dict(zip(_CURVE, names, strict=True)))
        for names, rows in found.to_pandas().groupby(_CURVE, dropna=False, sort=True)
    ]
    tables = [
        pa.Table.from_pandas(frame[OVERLEVNAD.names], schema=OVERLEVNAD, preserve_index=False).replace_schema_metadata(
            None
        )
        for frame in frames
    ]
    table = pa.concat_tables([OVERLEVNAD.empty_table(), *tables])
    return table.sort_by([(name, "ascending") for name in (*_CURVE, "dag")])


def kaplan_meier(rows: pd.DataFrame, days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The share for whom the event has not come when each day begins, and its 95 % log-log interval.

    ``rows``: ``dag``, ``handelser``, ``censurerade``. The interval is NaN where the share is 0 or 1.
    """
    from scipy.stats import CensoredData, ecdf  # takes a second to load, and most commands need no statistics

    day = rows["dag"].to_numpy(dtype=float)
    events, lost = (np.repeat(day, rows[name].to_numpy(dtype=np.int64)) for name in ("handelser", "censurerade"))
    if not len(events):
        nothing = np.full(len(days), np.nan)
        return np.ones(len(days)), nothing, nothing
    curve = ecdf(CensoredData(uncensored=events, right=lost)).sf
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The confidence interval is undefined", category=RuntimeWarning)
        interval = curve.confidence_interval(0.95, method="log-log")
    # Waits are whole days: half a day earlier is after the day before and before this one.
    share, low, high = (each.evaluate(days - 0.5) for each in (curve, interval.low, interval.high))
    certain = (share <= 0) | (share >= 1)
    return share, np.where(certain, np.nan, low), np.where(certain, np.nan, high)


def _steps(rows: pd.DataFrame, lan: Lan) -> dict[str, Any]:
    days = np.arange(0, LAST_DAY + 1, STEP_DAYS)
    days = days[days <= rows["dag"].max()]
    place = np.searchsorted(rows["dag"].to_numpy(), days)
    events, lost = (np.concatenate([[0], rows[name].cumsum()])[place] for name in ("handelser", "censurerade"))
    left = rows["handelser"].sum() + rows["censurerade"].sum() - events - lost
    shown, since = _shown(events, lost, left, lan)
    share, low, high = kaplan_meier(rows, days)
    few = left < lan.disclosure.osaker_under.varde
    return {
        "dag": days,
        "i_risk": pd.Series(left, dtype="int64[pyarrow]").mask(~shown),
        "handelser": pd.Series(since, dtype="int64[pyarrow]").mask(~shown),
        "andel_kvar": np.where(shown, share, np.nan),
        "ki_lag": np.where(shown, low, np.nan),
        "ki_hog": np.where(shown, high, np.nan),
        "status": np.select([~shown, few], [UNDERTRYCKT, OSAKER], default=VISAS),
    }


def _shown(events: np.ndarray, lost: np.ndarray, left: np.ndarray, lan: Lan) -> tuple[np.ndarray, np.ndarray]:
    """Which steps may be shown, and the events since the step that was last shown."""
    antal_min = lan.disclosure.antal_min.varde
    enough = (left > 0) & ~too_few(left, lan.disclosure)
    shown, since = np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=np.int64)
    last = 0
    for step in range(len(left)):
        gone = np.array([events[step] - events[last], lost[step] - lost[last]])
        shown[step] = enough[step] and not is_small(gone, antal_min).any()
        since[step] = gone[0]
        last = step if shown[step] else last
    return shown, since
