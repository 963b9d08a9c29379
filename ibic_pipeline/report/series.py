"""An indicator's figures quarter by quarter, as they were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ibic_pipeline.report.figures import COMPARED_GROUPS, SHOWN, Panel, Row, Visning
from ibic_pipeline.report.numbers import period_text
from ibic_pipeline.report.reading import Filters, frame, grouped

QUARTERS = 12
"""Quarters that are drawn: three years, so that a quarter stands beside the same one in earlier years."""
_COLUMNS = ("indikator", "niva", "kommunkod", "period", "namnare", "status", "signal")
_VALUES = {
    "andel": ("andel", "ki_lag", "ki_hog"),
    "median": ("median", "median_ki_lag", "median_ki_hog"),
    "skillnad": ("skillnad_pe", "ki_lag", "ki_hog"),
}


@dataclass(frozen=True)
class Point:
    """One quarter of one place; numbers that are not shown are None."""

    period: str
    visning: Visning
    varde: float | None = None
    lag: float | None = None
    hog: float | None = None
    namnare: int | None = None
    signal: str | None = None

    @property
    def kort(self) -> str:
        """The quarter in few signs: K2 2026."""
        year, _, part = self.period.partition("-")
        return f"{part} {year}"

    @property
    def period_text(self) -> str:
        """The quarter in words."""
        return period_text(self.period)


Series = Mapping[tuple[str, str | None], tuple[Point, ...]]
"""Indicator and municipality (None: the county) -> its quarters, the oldest first."""


def series(jamforelse: Path, panels: Sequence[Panel]) -> Series:
    """The last quarters of every place; a quarter without a row is missing."""
    of_everyone: Filters = [("brytning", "=", "total"), ("period_typ", "=", "kvartal")]
    periods = sorted(set(frame(jamforelse, "indikator", of_everyone, ("period",)).get("period", [])))[-QUARTERS:]
    if not periods:
        return {}
    chosen: Filters = [*of_everyone, ("period", "in", periods)]
    figures = frame(jamforelse, "indikator", chosen, (*_COLUMNS, *_VALUES["andel"], *_VALUES["median"]))
    apart: Filters = [("brytning", "=", COMPARED_GROUPS), ("period_typ", "=", "kvartal"), ("period", "in", periods)]
    of_measure = {panel.id: panel.matt for panel in panels}
    compared = frame(jamforelse, "skillnad", apart)
    rows = grouped(_of(figures, of_measure, ("andel", "median")), ("indikator", "kommunkod"))
    rows |= grouped(_of(compared, of_measure, ("skillnad",)), ("indikator", "kommunkod"))
    return {key: _points(found, periods, of_measure[key[0]]) for key, found in rows.items()}  # type: ignore[misc]


def _of(rows: pd.DataFrame, of_measure: Mapping[str, str], measures: Sequence[str]) -> pd.DataFrame:
    wanted = [id for id, measure in of_measure.items() if measure in measures]
    return rows[rows["indikator"].isin(wanted)] if len(rows) else rows


def _points(rows: Sequence[Row], periods: Sequence[str], measure: str) -> tuple[Point, ...]:
    by_period = {row["period"]: row for row in rows}
    return tuple(_point(each, by_period.get(each), measure) for each in periods)


def _point(period: str, row: Row | None, measure: str) -> Point:
    if row is None:
        return Point(period, "saknas")
    if row["status"] not in SHOWN:
        return Point(period, row["status"])
    value, low, high = (row[name] for name in _VALUES[measure])
    # The groups that a difference is between have denominators of their own.
    return Point(period, row["status"], value, low, high, row.get("namnare"), row.get("signal"))
