"""Counts of one municipality's units per period and group, and the funnel of exclusions; all of it unsuppressed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.changes import EVERYONE, KEPT, REASON, TOTAL, changes_by, collect_changes
from ibic_pipeline.compare.counts import counts_of
from ibic_pipeline.compare.periods import Period, calendar, last_whole_month, month_number
from ibic_pipeline.compare.quantiles import SUMMARY
from ibic_pipeline.compare.values import VALUES, collect_values, quantiles_of
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.home import Settings

AGGREGATE = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("brytning", pa.string()),
        ("grupp", pa.string()),
        ("namnare", pa.int64()),
        ("taljare", pa.int64()),
        ("exkluderade", pa.int64()),
        ("antal_varden", pa.int64()),
        *((name, pa.float64()) for name in SUMMARY if name != "antal_varden"),
    ]
)
"""Columns of ``aggregat.parquet``; ``antal_varden`` and the quantiles are null where an indicator has no value."""

FUNNEL = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("steg", pa.int64()),
        ("orsak", pa.string()),
        ("kvar", pa.int64()),
        ("med_varde", pa.int64()),
        ("i_taljare", pa.int64()),
    ]
)
"""Columns of ``tratt.parquet``."""

CELL = ("indikator", "version", "kommunkod", "period_typ", "period", "brytning", "grupp")
"""The columns of ``AGGREGATE`` that say which figure a row is."""

_FIGURE_COUNTS = ("namnare", "taljare", "exkluderade")


@dataclass(frozen=True)
class Aggregate:
    """One municipality's counts, unsuppressed; each table in order of indicators."""

    figures: pa.Table
    """As ``AGGREGATE``: a row per cell that holds anything, and ``total`` always."""
    funnel: pa.Table
    """As ``FUNNEL``: per period, how many units are left after each reason for exclusion."""
    values: pa.Table
    """As ``VALUES``: what the county's medians are made of."""


def aggregate(enheter: Path, lan: Lan, kommunkod: str, uttagsdatum: date, settings: Settings) -> Aggregate:
    """Count every indicator's units for every period that has ended by ``uttagsdatum``.

    Raises:
        IbicError: an indicator has no units file.
    """
    first, last = month_number(date.fromisoformat(f"{lan.forsta_period}-01")), last_whole_month(uttagsdatum)
    periods = calendar(lan.forsta_period, uttagsdatum)
    breakdowns = (TOTAL, *lan.brytningar)
    with connection(settings) as connected:
        collect_changes(connected, enheter, first, last)
        changes = changes_by(connected, (*breakdowns, REASON))
        with_values = [each for each in indicators() if each.varde is not None]
        found = [collect_values(connected, enheter, each, kommunkod, breakdowns, (first, last)) for each in with_values]
        values = pa.concat_tables([VALUES.empty_table(), *found])
        quantiles = quantiles_of(connected, values, breakdowns, with_values, periods)
    figures = with_quantiles(_figures(changes, periods), quantiles)
    return Aggregate(
        _table(figures, AGGREGATE, kommunkod, CELL),
        _table(_funnels(changes, periods), FUNNEL, kommunkod, FUNNEL.names),
        values,
    )


def with_quantiles(figures: pd.DataFrame, quantiles: pd.DataFrame) -> pd.DataFrame:
    """Figures with the columns of ``SUMMARY``, from a table as ``quantiles_of`` gives it."""
    keys = ["indikator", "period_typ", "period", "brytning", "grupp"]
    texts = dict.fromkeys(keys, "str")  # a table without rows does not know that they are
    return figures.astype(texts).merge(quantiles.astype(texts), on=keys, how="left")


def _figures(changes: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    totals = pd.DataFrame({"indikator": [each.id for each in indicators()], "brytning": TOTAL, "grupp": EVERYONE})
    found = changes.loc[~changes["brytning"].isin([TOTAL, REASON]), list(totals)].drop_duplicates()
    cells = pd.concat([totals, found], ignore_index=True)
    counted = counts_of(changes, cells, periods)
    filled = counted["namnare"] + counted["exkluderade"] > 0
    always = (cells["brytning"] == TOTAL).to_numpy()[:, None]
    return _long(cells, periods, {name: counted[name] for name in _FIGURE_COUNTS}, filled | always)


def _funnels(changes: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    reasons = [(each.id, reason) for each in indicators() for reason in (*each.exkluderingar, KEPT)]
    cells = pd.DataFrame(reasons, columns=["indikator", "grupp"]).assign(brytning=REASON)
    counted = counts_of(changes, cells, periods)
    places = cells.groupby("indikator", sort=False).indices.values()
    left = {name: _left(counts, places) for name, counts in counted.items()}
    taljare = np.concatenate([np.repeat(counted["taljare"][place[-1:]], len(place), axis=0) for place in places])
    steps = cells.assign(
        steg=cells.groupby("indikator", sort=False).cumcount(),
        orsak=cells["grupp"].shift().where(cells["indikator"].eq(cells["indikator"].shift()), None),
    )
    counts = {
        "kvar": left["namnare"] + left["exkluderade"],
        "med_varde": left["med_varde"],
        "i_taljare": taljare,
    }
    return _long(steps, periods, counts, np.ones(taljare.shape, dtype=bool))


def _left(counts: np.ndarray, places: Iterable[np.ndarray]) -> np.ndarray:
    """Those that no earlier reason of the indicator has taken; ``places``: the rows of each indicator, in order."""
    return np.concatenate([counts[place][::-1].cumsum(axis=0)[::-1] for place in places])


def _long(
    cells: pd.DataFrame, periods: Sequence[Period], counts: Mapping[str, np.ndarray], wanted: np.ndarray
) -> pd.DataFrame:
    """A row per cell and period that is wanted and that the cell's indicator reports.

    ``counts`` and ``wanted`` are by cell and period.
    """
    types = np.array([period.typ for period in periods])
    reported = {each.id: np.isin(types, each.periodtyper) for each in indicators()}
    cell, period = np.nonzero(wanted & np.array([reported[name] for name in cells["indikator"]]))
    version = {each.id: each.version for each in indicators()}
    calendar_of = pd.DataFrame({"period_typ": types, "period": [each.name for each in periods]})
    frame = pd.concat([each.reset_index(drop=True) for each in (cells.iloc[cell], calendar_of.iloc[period])], axis=1)
    return frame.assign(
        version=frame["indikator"].map(version), **{name: values[cell, period] for name, values in counts.items()}
    )


def _table(frame: pd.DataFrame, schema: pa.Schema, kommunkod: str, order: Sequence[str]) -> pa.Table:
    columns = frame.assign(kommunkod=kommunkod)[schema.names]
    table = pa.Table.from_pandas(columns, schema=schema, preserve_index=False).replace_schema_metadata(None)
    return table.sort_by([(name, "ascending") for name in order])
