"""Counts of one municipality's units per period and group, and the funnel of exclusions; all of it unsuppressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.changes import COUNTS, EVERYONE, KEPT, REASON, TOTAL, changes_by, collect_changes
from ibic_pipeline.compare.periods import MONTHS_IN, Period, calendar, last_whole_month, month_number
from ibic_pipeline.compare.quantiles import SUMMARY
from ibic_pipeline.compare.values import VALUES, collect_values, quantiles_of
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.derive.headers import Indicator, indicators
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

_NAMNARE, _TALJARE, _EXKLUDERADE, _MED_VARDE = range(len(COUNTS))


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
    values, quantiles = [VALUES.empty_table()], {}
    with connection(settings) as connected:
        collect_changes(connected, enheter, first, last)
        by_breakdown = {name: changes_by(connected, name) for name in breakdowns}
        by_reason = changes_by(connected, REASON)
        for indicator in indicators():
            if indicator.varde is not None:
                found = collect_values(connected, enheter, indicator, kommunkod, first, last)
                values.append(found)
                if len(found):
                    quantiles[indicator.id] = quantiles_of(connected, found, breakdowns, indicator, periods)
    figures = [
        _figures(_of(changes, indicator), indicator, brytning, periods)
        for brytning, changes in by_breakdown.items()
        for indicator in indicators()
        if brytning == TOTAL or changes["indikator"].eq(indicator.id).any()
    ]
    funnels = [_funnel(_of(by_reason, indicator), indicator, periods) for indicator in indicators()]
    return Aggregate(
        _table(with_quantiles(pd.concat(figures, ignore_index=True), quantiles), AGGREGATE, kommunkod, CELL),
        _table(pd.concat(funnels, ignore_index=True), FUNNEL, kommunkod, FUNNEL.names),
        pa.concat_tables(values),
    )


def with_quantiles(figures: pd.DataFrame, quantiles: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Figures with the columns of ``SUMMARY``, from tables as ``quantiles_of`` gives them, by indicator."""
    found = [each.assign(indikator=name) for name, each in quantiles.items()]
    keys = ["indikator", "period_typ", "period", "brytning", "grupp"]
    if not found:
        return figures.reindex(columns=[*figures.columns, *SUMMARY])
    texts = dict.fromkeys(keys, "str")  # a table without rows does not know that they are
    together = pd.concat(found, ignore_index=True).astype(texts)
    return figures.astype(texts).merge(together, on=keys, how="left")


def count(changes: pd.DataFrame, indicator: Indicator, groups: Sequence[str], periods: Sequence[Period]) -> np.ndarray:
    """Counts by group, period and measure (``COUNTS``), from one indicator's changes."""
    return (_count_events if indicator.typ == "handelse" else _count_standing)(changes, groups, periods)


def _count_events(changes: pd.DataFrame, groups: Sequence[str], periods: Sequence[Period]) -> np.ndarray:
    numbered = pd.MultiIndex.from_arrays(
        [[MONTHS_IN[period.typ] for period in periods], [period.number for period in periods]]
    )
    place = numbered.get_indexer(pd.MultiIndex.from_frame(changes[["manader", "nummer"]]))
    known = place >= 0
    cube = np.zeros((len(groups), len(periods), len(COUNTS)), dtype=np.int64)
    cube[_places(changes, groups)[known], place[known]] = _values(changes)[known]
    return cube


def _count_standing(changes: pd.DataFrame, groups: Sequence[str], periods: Sequence[Period]) -> np.ndarray:
    months = np.array([period.last_month for period in periods], dtype=int)
    month = changes["nummer"].to_numpy(dtype=int)
    first, last = min([*months, *month], default=0), max([*months, *month], default=0)
    cube = np.zeros((len(groups), last - first + 1, len(COUNTS)), dtype=np.int64)
    cube[_places(changes, groups), month - first] = _values(changes)
    standing: np.ndarray = cube.cumsum(axis=1)[:, months - first]
    return standing


def _places(changes: pd.DataFrame, groups: Sequence[str]) -> np.ndarray:
    places: np.ndarray = pd.Index(groups, dtype="str").get_indexer(changes["grupp"])
    return places


def _values(changes: pd.DataFrame) -> np.ndarray:
    values: np.ndarray = changes[list(COUNTS)].to_numpy(dtype=np.int64)
    return values


def _figures(changes: pd.DataFrame, indicator: Indicator, brytning: str, periods: Sequence[Period]) -> pd.DataFrame:
    periods = _reported(indicator, periods)
    groups = [EVERYONE] if brytning == TOTAL else sorted(changes["grupp"].unique())
    cube = count(changes, indicator, groups, periods)
    frame = _grid(groups, periods, "grupp").assign(
        indikator=indicator.id,
        version=indicator.version,
        brytning=brytning,
        namnare=cube[..., _NAMNARE].ravel(),
        taljare=cube[..., _TALJARE].ravel(),
        exkluderade=cube[..., _EXKLUDERADE].ravel(),
    )
    return frame if brytning == TOTAL else frame[frame["namnare"] + frame["exkluderade"] > 0]


def _funnel(changes: pd.DataFrame, indicator: Indicator, periods: Sequence[Period]) -> pd.DataFrame:
    periods = _reported(indicator, periods)
    cube = count(changes, indicator, [*indicator.exkluderingar, KEPT], periods)
    left = cube[::-1].cumsum(axis=0)[::-1]  # those that no earlier reason has taken
    reasons = [None, *indicator.exkluderingar]
    in_numerator = np.broadcast_to(cube[-1, :, _TALJARE], left.shape[:2])
    return _grid(range(len(reasons)), periods, "steg").assign(
        indikator=indicator.id,
        version=indicator.version,
        orsak=np.repeat(np.array(reasons, dtype=object), len(periods)),
        kvar=(left[..., _NAMNARE] + left[..., _EXKLUDERADE]).ravel(),
        med_varde=left[..., _MED_VARDE].ravel(),
        i_taljare=in_numerator.ravel(),
    )


def _grid(first: Sequence[object], periods: Sequence[Period], name: str) -> pd.DataFrame:
    """Every member of ``first`` in every period, in the order in which a cube is flattened."""
    return pd.DataFrame(
        {
            name: np.repeat(np.array(first, dtype=object), len(periods)),
            "period_typ": [period.typ for period in periods] * len(first),
            "period": [period.name for period in periods] * len(first),
        }
    )


def _reported(indicator: Indicator, periods: Sequence[Period]) -> list[Period]:
    return [period for period in periods if period.typ in indicator.periodtyper]


def _of(changes: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    return changes[changes["indikator"] == indicator.id]


def _table(frame: pd.DataFrame, schema: pa.Schema, kommunkod: str, order: Sequence[str]) -> pa.Table:
    columns = frame.assign(kommunkod=kommunkod)[schema.names]
    table = pa.Table.from_pandas(columns, schema=schema, preserve_index=False).replace_schema_metadata(None)
    return table.sort_by([(name, "ascending") for name in order])
