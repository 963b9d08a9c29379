"""Counts of one municipality's units per period and group, and the funnel of exclusions; all of it unsuppressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.changes import COUNTS, EVERYONE, KEPT, REASON, TOTAL, changes_by, collect_changes
from ibic_pipeline.compare.periods import MONTHS_IN, Period, calendar, last_whole_month, month_number
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
    ]
)
"""Columns of ``aggregat.parquet``."""

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

_NAMNARE, _TALJARE, _EXKLUDERADE, _MED_VARDE = range(len(COUNTS))


def aggregate(
    enheter: Path, lan: Lan, kommunkod: str, uttagsdatum: date, settings: Settings
) -> tuple[pa.Table, pa.Table]:
    """Count every indicator's units for every period that has ended by ``uttagsdatum``.

    Returns:
        Figures (``AGGREGATE``): a row per cell that holds anything, and ``total`` always. The funnel (``FUNNEL``): per
        period, how many units are left after each reason for exclusion.

    Raises:
        IbicError: an indicator has no units file.
    """
    first = month_number(date.fromisoformat(f"{lan.forsta_period}-01"))
    periods = calendar(lan.forsta_period, uttagsdatum)
    with connection(settings) as connected:
        collect_changes(connected, enheter, first, last_whole_month(uttagsdatum))
        by_breakdown = {name: changes_by(connected, name) for name in (TOTAL, *lan.brytningar)}
        by_reason = changes_by(connected, REASON)
    figures = [
        _figures(_of(changes, indicator), indicator, brytning, periods)
        for brytning, changes in by_breakdown.items()
        for indicator in indicators()
    ]
    funnels = [_funnel(_of(by_reason, indicator), indicator, periods) for indicator in indicators()]
    return _table(figures, AGGREGATE, kommunkod), _table(funnels, FUNNEL, kommunkod)


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


def _table(frames: Sequence[pd.DataFrame], schema: pa.Schema, kommunkod: str) -> pa.Table:
    frame = pd.concat(frames, ignore_index=True).assign(kommunkod=kommunkod)
    table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
    order = [name for name in schema.names if name not in {"namnare", "taljare", "exkluderade"}]
    return table.sort_by([(name, "ascending") for name in order])
