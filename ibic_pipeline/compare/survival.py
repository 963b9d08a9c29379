"""The table ``overlevnad``: Kaplan-Meier curves of what has not happened yet, per year in which the wait began."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.disclosure.earlier import Before
from ibic_pipeline.compare.disclosure.memory import Memory
from ibic_pipeline.compare.disclosure.patterns import Control, protected
from ibic_pipeline.compare.disclosure.rules import OSAKER, UNDERTRYCKT, VISAS, is_small, too_few
from ibic_pipeline.compare.disclosure.structures import CELL
from ibic_pipeline.county import Lan, Rojandekontroll
from ibic_pipeline.derive.engine import fetch, parquet_list

STEP_DAYS, LAST_DAY = 30, 1080
STEPS_IN_PART = 6
"""Steps whose events and losses are added up, so that what is hidden early in a curve does not hide all after it."""


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


def publishable_curves(found: pa.Table, lan: Lan, control: Control | None = None) -> pa.Table:
    """The table ``overlevnad`` from waits as ``with_the_county`` gives them.

    The events and the losses between two steps are cells that add up: to the curve's all, and for the municipalities to
    the county's. A step is shown where those still waiting follow from cells that are shown, and are enough.
    """
    curves = _curves(found)
    hidden = _hidden(curves, control or Control(lan.disclosure, Memory()))
    tables = []
    for (names, rows, steps), of_steps in zip(curves, hidden, strict=True):
        frame = pd.DataFrame(_steps(rows, steps, of_steps, lan)).assign(**dict(zip(_CURVE, names, strict=True)))
        table = pa.Table.from_pandas(frame[OVERLEVNAD.names], schema=OVERLEVNAD, preserve_index=False)
        tables.append(table.replace_schema_metadata(None))
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


@dataclass(frozen=True)
class _Counted:
    """One curve at its steps: the days, and what happens from each of them to the next; after the last day, all."""

    days: np.ndarray
    events: np.ndarray
    lost: np.ndarray

    @property
    def part(self) -> np.ndarray:
        """The part of the curve that each step lies in; ``starts``: the first step of each part."""
        found: np.ndarray = np.arange(len(self.days)) // STEPS_IN_PART
        return found

    @property
    def starts(self) -> np.ndarray:
        found: np.ndarray = np.arange(0, len(self.days), STEPS_IN_PART)
        return found

    @property
    def left(self) -> np.ndarray:
        """How many still wait, and can be seen, when each day begins."""
        found: np.ndarray = (self.events + self.lost)[::-1].cumsum()[::-1]
        return found


def _counted(rows: pd.DataFrame) -> _Counted:
    days = np.arange(0, LAST_DAY + 1, STEP_DAYS)
    days = days[days <= rows["dag"].max()]
    place = np.searchsorted(rows["dag"].to_numpy(), days)
    before = (np.concatenate([[0], rows[name].cumsum()]) for name in ("handelser", "censurerade"))
    events, lost = (np.diff(np.append(each[place], each[-1])) for each in before)
    return _Counted(days, events, lost)


def _curves(found: pa.Table) -> list[tuple[Any, pd.DataFrame, _Counted]]:
    """By curve: its names (``_CURVE``), its waits and its steps."""
    grouped = found.to_pandas().groupby(_CURVE, dropna=False, sort=True)
    return [(names, rows, _counted(rows)) for names, rows in grouped]


def _hidden(curves: Sequence[tuple[Any, pd.DataFrame, _Counted]], control: Control) -> list[np.ndarray]:
    """By curve: whether the whole, each part, and what happens after each step, is hidden."""
    found: dict[int, np.ndarray] = {}
    seen = {} if control.earlier is None else _seen(*control.earlier.waits())
    for indikator in {names[0] for names, _, _ in curves}:
        own = [(number, names, steps) for number, (names, _, steps) in enumerate(curves) if names[0] == indikator]
        cells = pd.concat([_cells(names, steps) for _, names, steps in own], ignore_index=True)
        counts = np.concatenate([_counts(steps) for _, _, steps in own])
        start = np.concatenate([_small(steps, control.policy) for _, _, steps in own])
        some = counts.sum(axis=1) > 0
        hidden, _, _ = protected(cells, counts[:, None], start, some, control, before=seen.get(indikator))
        ends = np.cumsum([len(_counts(steps)) for _, _, steps in own])[:-1]
        found |= {number: each for (number, _, _), each in zip(own, np.split(hidden, ends), strict=True)}
    return [found[number] for number in range(len(curves))]


def _seen(found: pa.Table, shown: pd.DataFrame) -> dict[str, Before]:
    """By curve id: cells of the release before, made of ``found``, as hidden as its table ``shown`` leaves them.

    Readers are taken to know what happened between two steps that they know, and from the last of them to the end.
    """
    of_curve = shown.assign(kommunkod=shown["kommunkod"].fillna("")).groupby(_CURVE)["i_risk"]
    told = {names: left.notna().to_numpy() for names, left in of_curve}
    parts: dict[str, list[Before]] = {}
    for names, _, steps in _curves(found):
        indikator, niva, kommunkod, year = names
        known = np.append(told[indikator, niva, kommunkod if niva == "kommun" else "", year], True)
        at = np.append(known[steps.starts], True)
        hidden = ~np.concatenate([known[:1], at[:-1] & at[1:], known[:-1] & known[1:]])
        before = Before(_cells(names, steps), _counts(steps)[:, None], hidden, np.zeros(len(hidden), dtype=bool))
        parts.setdefault(indikator, []).append(before)
    return {indikator: Before.together(each) for indikator, each in parts.items()}


def _cells(names: Any, steps: _Counted) -> pd.DataFrame:
    _, niva, kommunkod, year = names
    parts = steps.part
    named = [(TOTAL, EVERYONE), *(("avsnitt", str(each)) for each in np.unique(parts))]
    named += [("avsnitt_x_dag", f"{part}_x_{day}") for part, day in zip(parts, steps.days, strict=True)]
    cells = pd.DataFrame(named, columns=["brytning", "grupp"])
    return cells.assign(place=kommunkod if niva == "kommun" else "", months=12, number=year)[CELL]


def _counts(steps: _Counted) -> np.ndarray:
    """Events and losses by cell, in the order of ``_cells``."""
    after = np.stack([steps.events, steps.lost], axis=1)
    return np.concatenate([after.sum(axis=0, keepdims=True), np.add.reduceat(after, steps.starts), after])


def _small(steps: _Counted, policy: Rojandekontroll) -> np.ndarray:
    counts, left = _counts(steps), steps.left
    small = np.asarray(is_small(counts, policy.antal_min.varde).any(axis=1))
    # Where too few still wait, nothing is told from there on, nor what happened just before.
    few = too_few(left, policy)
    starts = few[steps.starts]
    small[-len(left) :] |= np.logical_or(few, np.append(few[1:], False))
    small[1 : -len(left)] |= np.logical_or(starts, np.append(starts[1:], False))
    small[0] |= few[0]
    found: np.ndarray = small & (counts.sum(axis=1) > 0)
    return found


def _known(steps: _Counted, hidden: np.ndarray) -> np.ndarray:
    """At which steps it follows from cells that are shown how many still wait."""
    number = len(steps.starts)
    whole, parts, after = hidden[0], hidden[1 : 1 + number], hidden[1 + number :]
    before = np.append(0, parts.cumsum())  # by boundary between parts, the last one being the end of the curve
    ends = (~whole & (before == 0)) | (before[-1] - before == 0)
    sums = np.append(0, after.cumsum())
    first = steps.starts[steps.part]
    end = np.append(steps.starts[1:], len(after))[steps.part]
    step = np.arange(len(after))
    from_first = ends[steps.part] & (sums[step] == sums[first])
    to_end = ends[steps.part + 1] & (sums[end] == sums[step])
    known: np.ndarray = from_first | to_end
    return known


def _steps(rows: pd.DataFrame, steps: _Counted, hidden: np.ndarray, lan: Lan) -> dict[str, Any]:
    left = steps.left
    shown = _known(steps, hidden) & (left > 0) & ~too_few(left, lan.disclosure)
    # Any share tells of all events since the first day, so none is shown where those at the first day are not known.
    shown &= shown[0]
    share, low, high = kaplan_meier(rows, steps.days)
    since = np.diff(np.append(0, np.append(0, steps.events.cumsum()[:-1])[shown]))
    events = pd.Series(0, index=range(len(left)), dtype="int64[pyarrow]").mask(~shown)
    events[shown] = since
    few = left < lan.disclosure.osaker_under.varde
    return {
        "dag": steps.days,
        "i_risk": pd.Series(left, dtype="int64[pyarrow]").mask(~shown),
        "handelser": events,
        "andel_kvar": np.where(shown, share, np.nan),
        "ki_lag": np.where(shown, low, np.nan),
        "ki_hog": np.where(shown, high, np.nan),
        "status": np.select([~shown, few], [UNDERTRYCKT, OSAKER], default=VISAS),
    }
