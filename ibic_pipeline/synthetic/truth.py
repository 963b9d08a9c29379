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
    counted = [
        *((name, _state_counts(state(facts, decided), known, lan)) for name, state in truth_indicators.STATES.items()),
        *((name, _event_counts(event(facts, decided), known, lan)) for name, event in truth_indicators.EVENTS.items()),
    ]
    return _as_frame(counted, known, profil.kommunkod)


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


@dataclass(frozen=True)
class _Counts:
    """Parallel arrays: the place of a period and of a group, units in the denominator and in the numerator."""

    period: Ints
    group: Ints
    whole: Ints
    part: Ints
    groups: list[tuple[str, str]]
    """Breakdown and group by place; the total comes first."""


class _Grouping:
    """The groups that the units of an indicator belong to, in every breakdown; the age is that of a year's end."""

    def __init__(self, units: Units, lan: Lan) -> None:
        self._units, self._lan = units, lan
        self._by_year: dict[int, Ints] = {}
        self.groups: list[tuple[str, str]] = []

    def count(self, rows: Ints, whole: Bools, part: Bools, year: int) -> tuple[Ints, Ints, Ints]:
        """Groups that hold any of the rows, and how many are in the denominator and in the numerator of each."""
        if year not in self._by_year:
            self._by_year[year] = self._places(year)
        sort = whole.astype(np.int64) + part  # excluded, in the denominator alone, in the numerator too
        places = self._by_year[year][:, rows] * 3 + sort
        sorts = np.bincount(places.ravel(), minlength=3 * len(self.groups)).reshape(-1, 3)
        held = np.flatnonzero(sorts.any(axis=1))
        return held, sorts[held, 1] + sorts[held, 2], sorts[held, 2]

    def _places(self, year: int) -> Ints:
        """By breakdown and unit, the place of the unit's group."""
        every = np.arange(len(self._units.fran))
        values = dict(self._units.groups) | {
            "aldersgrupp": _age_groups(self._units, every, year, self._lan.aldersgranser)
        }
        groups = [("total", "alla")]
        places = [np.zeros(len(every), dtype=np.int64)]
        for brytning in self._lan.brytningar:
            codes, labels = _joined([values[name] for name in brytning.split("_x_")])
            places.append(codes + len(groups))
            groups += [(brytning, label) for label in labels]
        self.groups = groups
        return np.stack(places)


def _state_counts(state: State, known: list[Period], lan: Lan) -> _Counts:
    """A state of a period is that of its last day, which a month, a quarter and a year may share."""
    grouping = _Grouping(state.units, lan)
    on_last_day: dict[int, tuple[Ints, Ints, Ints]] = {}
    for period in known:
        day = period.last
        if day not in on_last_day:
            alive = np.flatnonzero((state.units.fran <= day) & (day <= state.slut))
            on_last_day[day] = grouping.count(alive, *state.on(day, alive), period.year)
    return _together([on_last_day[period.last] for period in known], grouping)


def _event_counts(event: Event, known: list[Period], lan: Lan) -> _Counts:
    grouping = _Grouping(event.units, lan)
    order = np.argsort(event.units.fran, kind="stable")
    day = event.units.fran[order]
    found = []
    for period in known:
        first, after = np.searchsorted(day, (period.first, period.last + 1))
        inside = order[first:after]
        replaced = (event.till[inside] >= period.first) & (event.till[inside] <= period.last)
        counted = inside[~replaced]
        whole = ~event.excluded[counted]
        found.append(grouping.count(counted, whole, whole & event.reached[counted], period.year))
    return _together(found, grouping)


def _together(found: list[tuple[Ints, Ints, Ints]], grouping: _Grouping) -> _Counts:
    group, whole, part = (np.concatenate(each) for each in zip(*found, strict=True))
    period = np.repeat(np.arange(len(found)), [len(groups) for groups, _, _ in found])
    return _Counts(period, group, whole, part, grouping.groups)


def _as_frame(counted: list[tuple[str, _Counts]], known: list[Period], kommunkod: str) -> pd.DataFrame:
    """One row per indicator, period and group, in the order of their texts."""
    typs, names = [each.typ for each in known], [each.name for each in known]
    coded = {
        "indikator": _coded([([name], np.zeros(len(each.period), np.int64)) for name, each in counted]),
        "period_typ": _coded([(typs, each.period) for _, each in counted]),
        "period": _coded([(names, each.period) for _, each in counted]),
        "brytning": _coded([([brytning for brytning, _ in each.groups], each.group) for _, each in counted]),
        "grupp": _coded([([group for _, group in each.groups], each.group) for _, each in counted]),
    }
    order = np.lexsort([places for _, places in reversed(coded.values())])
    texts = {name: labels.array.take(places[order]) for name, (labels, places) in coded.items()}
    same = {name: np.zeros(len(order), np.int64) for name in ("niva", "kommunkod")}
    texts |= {
        name: pd.Series([text], dtype="str").array.take(same[name])
        for name, text in {"niva": "kommun", "kommunkod": kommunkod}.items()
    }
    numbers = {
        name: np.concatenate([getattr(counts, each) for _, counts in counted])[order]
        for name, each in {"namnare": "whole", "taljare": "part"}.items()
    }
    return pd.DataFrame({name: (texts | numbers)[name] for name in COLUMNS})


def _coded(parts: list[tuple[list[str], Ints]]) -> tuple[pd.Series, Ints]:
    """Texts in order, each once, and the place of every row's text; each part: texts, and rows as places in them."""
    labels = sorted({text for texts, _ in parts for text in texts})
    place = {text: number for number, text in enumerate(labels)}
    rows = [np.array([place[text] for text in texts])[codes] for texts, codes in parts]
    return pd.Series(labels, dtype="str"), np.concatenate(rows)


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
