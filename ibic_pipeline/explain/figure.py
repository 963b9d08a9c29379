"""The figure that units give, and the proof that it is the one that was counted for the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import permutations

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.periods import Period
from ibic_pipeline.compare.quantiles import summarise
from ibic_pipeline.compare.signals import NOT_EVALUATED, signal, thresholds_of
from ibic_pipeline.compare.statistics import difference_interval, share, wilson_interval
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.headers import Indicator
from ibic_pipeline.errors import IbicError
from ibic_pipeline.explain.rows import Rows

_CELL = ("brytning", "grupp", "namnare", "taljare", "exkluderade", "antal_varden", "median", "p90")


@dataclass(frozen=True)
class Counts:
    """How many units."""

    namnare: int
    taljare: int
    exkluderade: int


@dataclass(frozen=True)
class Figure:
    """Counts, and what follows from them; None where nothing can be said."""

    antal: Counts
    andel: float | None
    ki_lag: float | None
    ki_hog: float | None
    signal: str
    antal_varden: int
    """How many units in the denominator have a value; median and 90th percentile are of these."""
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class Difference:
    """Private less public provision, in percentage points with a 95 % interval; None where a share is missing."""

    skillnad_pe: float | None
    ki_lag: float | None
    ki_hog: float | None


@dataclass(frozen=True)
class Step:
    """A step of the funnel: how many units are left when those with ``orsak`` have gone. The first has no reason."""

    orsak: str | None
    kvar: int


def counts_of(units: pd.DataFrame) -> Counts:
    """Counts of units as ``show_units`` gives them."""
    return Counts(
        namnare=int(units["i_namnare"].sum()),
        taljare=int(units["i_taljare"].sum()),
        exkluderade=int(units["exkluderad"].notna().sum()),
    )


def figure_of(units: pd.DataFrame, indicator: Indicator, lan: Lan) -> Figure:
    """The figure of units, with its Wilson interval and its signal colour."""
    antal = counts_of(units)
    taljare, namnare = np.array([antal.taljare]), np.array([antal.namnare])
    low, high = wilson_interval(taljare, namnare)
    values = _summary(units)
    return Figure(
        antal=antal,
        andel=_or_none(share(taljare, namnare)[0]),
        ki_lag=_or_none(low[0]),
        ki_hog=_or_none(high[0]),
        signal=_colour(taljare, namnare, indicator, lan),
        antal_varden=0 if values is None else int(values["antal_varden"]),
        median=None if values is None else _or_none(values["median"]),
        p90=None if values is None else _or_none(values["p90"]),
    )


def _colour(taljare: np.ndarray, namnare: np.ndarray, indicator: Indicator, lan: Lan) -> str:
    if indicator.matt == "skillnad":  # the share itself is neither good nor bad
        return NOT_EVALUATED
    thresholds, at_least = thresholds_of(lan, indicator.id), lan.disclosure.namnare_min.varde
    return str(signal(taljare, namnare, indicator.riktning, thresholds, at_least)[0])


def _summary(units: pd.DataFrame) -> pd.Series | None:
    """Columns of ``SUMMARY`` over all units with a value; None when there are none."""
    values = units.loc[units["i_namnare"], "varde"].dropna().value_counts().sort_index()
    table = pd.DataFrame({"alla": EVERYONE, "varde": values.index, "antal": values.to_numpy()})
    return None if table.empty else summarise(table, ["alla"]).iloc[0]


def difference_of(private: Figure, public: Figure) -> Difference:
    """The difference between two forms of provision."""
    counts = (private.antal.taljare, private.antal.namnare, public.antal.taljare, public.antal.namnare)
    found = difference_interval(*(np.array([each]) for each in counts))
    return Difference(*(_or_none(100 * each[0]) for each in found))


def funnel_of(units: pd.DataFrame, indicator: Indicator) -> tuple[Step, ...]:
    """How many units are left after each reason, in the order in which reasons apply."""
    gone = units["exkluderad"].value_counts()
    left, steps = len(units), [Step(None, len(units))]
    for reason in indicator.exkluderingar:
        left -= int(gone.get(reason, 0))
        steps.append(Step(reason, left))
    return tuple(steps)


def require_counted_figures(
    rows: Rows, indicator: Indicator, period: Period, units: pd.DataFrame, groups: Mapping[str, str]
) -> None:
    """Units that explain a figure add up to it: the whole, every breakdown of ``groups`` that is counted, the funnel.

    Raises:
        IbicError: they do not.
    """
    _require_equal_cells(rows, indicator, period, units, groups)
    table = pq.read_table(rows.folder / "tratt.parquet", filters=_of(indicator, period)).to_pandas().sort_values("steg")
    counted = tuple(table["kvar"].tolist())
    if counted != tuple(step.kvar for step in funnel_of(units, indicator)):
        _refuse(rows, indicator, period, "the funnel")


def _require_equal_cells(
    rows: Rows, indicator: Indicator, period: Period, units: pd.DataFrame, groups: Mapping[str, str]
) -> None:
    path = rows.folder / "aggregat.parquet"
    cells = pq.read_table(path, columns=list(_CELL), filters=_of(indicator, period)).to_pandas()
    counted = {(cell[0], cell[1]): _comparable(cell[2:]) for cell in cells.itertuples(index=False)}
    breakdowns = set(pc.unique(pq.read_table(path, columns=["brytning"])["brytning"]).to_pylist())
    wanted = {(TOTAL, EVERYONE): units}
    for size in (1, 2):
        for names in permutations(groups, size):
            name, group = "_x_".join(names), "_x_".join(groups[each] for each in names)
            if name in breakdowns:
                wanted[name, group] = units[members(units, {each: groups[each] for each in names})]
    for cell, found in wanted.items():
        figure = figure_of(found, indicator, rows.lan)
        values = _comparable((*astuple(figure.antal), figure.antal_varden, figure.median, figure.p90))
        if counted.get(cell, (0.0,) * 4 + (None,) * 2) != values or (TOTAL, EVERYONE) not in counted:
            _refuse(rows, indicator, period, cell[0])


def _comparable(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Counts, where none is 0, and quantiles, where none is None."""
    plain = [None if value is None or np.isnan(value) else float(value) for value in values]
    return (*(value or 0.0 for value in plain[:4]), *plain[4:])


def members(units: pd.DataFrame, groups: Mapping[str, str]) -> pd.Series:
    """True for the units that belong to all of the groups."""
    belongs = pd.Series(True, index=units.index)
    for dimension, group in groups.items():
        belongs &= units[dimension] == group
    return belongs


def _of(indicator: Indicator, period: Period) -> list[tuple[str, str, str]]:
    return [("indikator", "=", indicator.id), ("period_typ", "=", period.typ), ("period", "=", period.name)]


def _refuse(rows: Rows, indicator: Indicator, period: Period, what: str) -> None:
    raise IbicError(
        f"units that add up to what was counted for {indicator.id}, {rows.kommunkod}, {period.name}",
        f"another sum ({what})",
        f"The files of this version do not belong together. Run `ibic run --kommun {rows.kommunkod} --force`.",
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
