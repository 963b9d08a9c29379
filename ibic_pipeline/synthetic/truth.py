"""The true figures of a made-up world: every period evaluated on its own, by masks straight from the definitions.

Written without regard to how the pipeline computes the same figures, so that the two can be held against each
other. An indicator is a set of units; a unit stands in the figure of a period when it is valid on the period's
last day (a state) or happens in the period (an event).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Profil
from ibic_pipeline.synthetic import truth_indicators
from ibic_pipeline.synthetic.columns import Bools, Ints, day_number
from ibic_pipeline.synthetic.truth_facts import Facts, Units
from ibic_pipeline.synthetic.truth_kinds import Event, State
from ibic_pipeline.synthetic.truth_parameters import NOT_SHOWN, parameters

COLUMNS = (
    "indikator",
    "niva",
    "kommunkod",
    "period_typ",
    "period",
    "brytning",
    "grupp",
    "namnare",
    "taljare",
)


@dataclass(frozen=True)
class Period:
    """One period: first and last day as days since 1970."""

    typ: str
    name: str
    first: int
    last: int
    year: int


def true_figures(world: dict[str, pd.DataFrame], lan: Lan, profil: Profil, uttagsdatum: date) -> pd.DataFrame:
    """Numerator and denominator of every indicator, for every period, grouping and the total.

    ``world`` holds what the municipality delivers (``delivered.as_delivered``). A row exists where a unit stands
    in the denominator or is excluded from it; without denominator both counts are 0.

    Returns:
        Columns ``COLUMNS``; ``niva`` is ``kommun`` throughout; sorted by the first seven.
    """
    facts, decided = Facts.of(world), parameters(lan, profil, day_number(uttagsdatum))
    known = list(periods(lan.forsta_period, uttagsdatum))
    rows: list[tuple[str, Period, str, str, int, int]] = []
    for indicator, state in truth_indicators.STATES.items():
        rows += [(indicator, *row) for row in _state_rows(state(facts, decided), known, lan)]
    for indicator, event in truth_indicators.EVENTS.items():
        rows += [(indicator, *row) for row in _event_rows(event(facts, decided), known, lan)]
    found = [
        (indicator, "kommun", profil.kommunkod, period.typ, period.name, brytning, grupp, whole, part)
        for indicator, period, brytning, grupp, whole, part in rows
    ]
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    return frame.sort_values(list(COLUMNS[:7]), kind="stable").reset_index(drop=True)


def periods(first: str, uttagsdatum: date) -> Iterator[Period]:
    """Every month, quarter, half-year and year from the month ``first`` that is over by the extraction."""
    begins, ends = pd.Period(first, "M"), pd.Timestamp(uttagsdatum)
    for typ, months, label in (
        ("manad", 1, "{year}-{number:02d}"),
        ("kvartal", 3, "{year}-K{number}"),
        ("halvar", 6, "{year}-H{number}"),
        ("ar", 12, "{year}"),
    ):
        for year in range(begins.year, ends.year + 1):
            for number in range(1, 12 // months + 1):
                start = pd.Timestamp(year, (number - 1) * months + 1, 1)
                last = start + pd.DateOffset(months=months) - pd.DateOffset(days=1)
                if start >= begins.start_time and last <= ends:
                    name = label.format(year=year, number=number)
                    yield Period(typ, name, day_number(start.date()), day_number(last.date()), year)


_Row = tuple[Period, str, str, int, int]
_Count = tuple[str, str, int, int]


def _state_rows(state: State, known: list[Period], lan: Lan) -> Iterator[_Row]:
    """A state of a period is that of its last day, which a month, a quarter and a year may share."""
    on_last_day: dict[int, list[_Count]] = {}
    for period in known:
        day = period.last
        if day not in on_last_day:
            alive = np.flatnonzero((state.units.fran <= day) & (day <= state.slut))
            whole, part = state.on(day, alive)
            on_last_day[day] = list(_counts(state.units, alive, whole, part, period.year, lan))
        yield from ((period, *count) for count in on_last_day[day])


def _event_rows(event: Event, known: list[Period], lan: Lan) -> Iterator[_Row]:
    order = np.argsort(event.units.fran, kind="stable")
    day = event.units.fran[order]
    for period in known:
        first, after = np.searchsorted(day, (period.first, period.last + 1))
        inside = order[first:after]
        replaced = (event.till[inside] >= period.first) & (event.till[inside] <= period.last)
        counted = inside[~replaced]
        whole = ~event.excluded[counted]
        found = _counts(event.units, counted, whole, whole & event.reached[counted], period.year, lan)
        yield from ((period, *count) for count in found)


def _counts(units: Units, rows: Ints, whole: Bools, part: Bools, year: int, lan: Lan) -> Iterator[_Count]:
    if not len(rows):
        return
    yield "total", "alla", int(whole.sum()), int(part.sum())
    sort = whole.astype(np.int64) + part  # excluded, in the denominator alone, in the numerator too
    values = {name: (codes[rows], labels) for name, (codes, labels) in units.groups.items()}
    values["aldersgrupp"] = _age_groups(units, rows, year, lan.aldersgranser)
    for brytning in lan.brytningar:
        codes, labels = _joined([values[name] for name in brytning.split("_x_")])
        sorts = np.bincount(codes * 3 + sort, minlength=3 * len(labels)).reshape(-1, 3).tolist()
        for label, (out, besides, reached) in zip(labels, sorts, strict=True):
            if out or besides or reached:
                yield brytning, label, besides + reached, reached


def _age_groups(units: Units, rows: Ints, year: int, limits: tuple[int, ...]) -> tuple[Ints, list[str]]:
    lows, highs = [0, *limits], [limit - 1 for limit in limits]
    labels = [f"{low}-{high}" for low, high in zip(lows, highs, strict=False)] + [f"{limits[-1]}+", NOT_SHOWN]
    age = year - units.birth_year[rows]
    group = np.searchsorted(np.array(limits), age, side="right")
    return np.where(units.age_known[rows] & (age >= 0), group, len(labels) - 1), labels


def _joined(parts: list[tuple[Ints, list[str]]]) -> tuple[Ints, list[str]]:
    """One grouping of one or two: a pair's group is written ``<first>_x_<second>``."""
    if len(parts) == 1:
        return parts[0]
    (first, first_labels), (second, second_labels) = parts
    labels = [f"{a}_x_{b}" for a in first_labels for b in second_labels]
    return first * len(second_labels) + second, labels
