"""What dated lists say together: each code's periods, one after the other, with the title that it had in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from schemas.codelists import normalise


@dataclass(frozen=True)
class Period:
    """A code with one title; ``fran`` and ``till`` are its first and last valid day, None = open."""

    titel: str
    alias: str = ""
    fran: date | None = None
    till: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the code was valid on the day."""
        return (self.fran is None or self.fran <= day) and (self.till is None or day <= self.till)

    def overlaps(self, other: Period) -> bool:
        """Whether there is a day on which both held."""
        return (self.fran or date.min) <= (other.till or date.max) and (other.fran or date.min) <= (
            self.till or date.max
        )


Periods = tuple[Period, ...]


def merged(known: Periods, told: Periods, day: date, before: date | None) -> Periods:
    """A code's periods when a list that is in force from ``day`` is laid over what was known.

    Args:
        known: what earlier lists say; none: they do not have the code.
        told: what the list says, days of its own included; none: the list does not have the code.
        day: the list's first day.
        before: the first day of the list before this one; None when only an excerpt was known, so that a code
            that it lacked need not be new.

    A day that the list itself tells wins, unless the list before had the other title still; otherwise a code
    begins, ends or changes its meaning on ``day``.
    """
    ended = tuple(period for period in told if period.till is not None and period.till < day)
    current = next((period for period in told if period not in ended), None)
    found = _with_current(_with_told_ends(known, ended), current, day, before)
    untold = tuple(period for period in ended if not any(period.overlaps(other) for other in found))
    return _in_order((*untold, *found))


def _with_current(past: Periods, current: Period | None, day: date, before: date | None) -> Periods:
    """What was known and what a list has from ``day`` on."""
    on_the_day = next((period for period in past if period.holds(day)), None)
    if current is None:
        return past if on_the_day is None else _cut(past, on_the_day, day)
    if on_the_day is None:
        is_known_later = any(period.fran and period.fran > day for period in past)
        return past if is_known_later else (*past, _begun(past, current, day, before))
    if same_title(on_the_day, current):
        return tuple(_both(period, current) if period is on_the_day else period for period in past)
    changed = _day_of_change(on_the_day, current, day, before)
    return (*_cut(past, on_the_day, changed), replace(current, fran=changed, till=on_the_day.till))


def same_title(one: Period, other: Period) -> bool:
    """Whether a title of one is a title of the other, however it is spelled."""
    return normalise(one.titel) in _titles(other) or normalise(other.titel) in _titles(one)


def _titles(period: Period) -> set[str]:
    return {normalise(text) for text in (period.titel, *period.alias.split("|")) if text}


def _day_of_change(known: Period, told: Period, day: date, before: date | None) -> date:
    day_told = told.fran
    if day_told is None or day_told == known.fran or not known.holds(day_told):
        return day
    return day if before is not None and day_told <= before else day_told


def _begun(past: Periods, current: Period, day: date, before: date | None) -> Period:
    """A code that is new, or back; when nothing says since when, it always was, or not before it had ended."""
    last = max((each.till for each in past if each.till), default=None)
    if last is None:
        return current if current.fran or before is None else replace(current, fran=day)
    return (
        current if current.fran and current.fran > last else replace(current, fran=max(day, last + timedelta(days=1)))
    )


def _both(known: Period, told: Period) -> Period:
    """One period of the same meaning: the list's title, all spellings, the day that is told."""
    spellings = [text for text in (*known.alias.split("|"), *told.alias.split("|"), known.titel) if text]
    kept = {normalise(text): text for text in reversed(spellings) if normalise(text) != normalise(told.titel)}
    return replace(
        known,
        titel=told.titel,
        alias="|".join(sorted(kept.values())),
        fran=told.fran if known.fran is None else known.fran,
    )


def _with_told_ends(known: Periods, ended: Periods) -> Periods:
    """Known periods that end when a list tells that they ended, unless the code had another meaning by then."""
    found = list(known)
    for i, period in enumerate(known):
        following = known[i + 1].fran if i + 1 < len(known) else None
        for gone in ended:
            if gone.till and same_title(period, gone) and not (following and following <= gone.till):
                found[i] = replace(period, till=gone.till)
    return tuple(found)


def _cut(periods: Periods, period: Period, day: date) -> Periods:
    """The periods with one that ends before ``day``; it vanishes when nothing of it is left."""
    shorter = replace(period, till=day - timedelta(days=1))
    kept = shorter.fran is None or shorter.till is None or shorter.fran <= shorter.till
    return tuple(shorter if each is period else each for each in periods if kept or each is not period)


def _in_order(periods: Periods) -> Periods:
    return tuple(sorted(periods, key=lambda period: period.fran or date.min))
