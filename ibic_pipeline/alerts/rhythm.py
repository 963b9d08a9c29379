"""When a municipality's next delivery is late: after so many Swedish working days from the end of a period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import holidays

from ibic_pipeline.nights import Rytm

_MONTHS = {"manad": 1, "kvartal": 3, "halvar": 6, "ar": 12}
_ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Not a Saturday, a Sunday, a holiday, or one of the eves on which Swedish offices are closed."""
    return day.weekday() < 5 and day not in _holidays_of(day.year)


def last_day_to_deliver(end: date, rhythm: Rytm) -> date:
    """The last day on which a delivery for the period that ended on ``end`` is in time."""
    day, left = end, rhythm.arbetsdagar
    while left:
        day += _ONE_DAY
        left -= is_working_day(day)
    return day


class Late(NamedTuple):
    """A delivery that has not come: extracted on ``expected`` or later, delivered on ``due`` at the latest."""

    expected: date
    due: date


def late(rhythm: Rytm, latest: date | None, today: date) -> Late | None:
    """What should have come before ``today``; None where the latest delivery's date of extraction is new enough."""
    expected = latest_expected(rhythm, today)
    if latest is not None and latest >= expected:
        return None
    return Late(expected, last_day_to_deliver(expected, rhythm))


def latest_expected(rhythm: Rytm, today: date) -> date:
    """The end of the latest period whose delivery should have come before ``today``."""
    return next(end for end in _ends_before(rhythm, today) if last_day_to_deliver(end, rhythm) < today)


def _ends_before(rhythm: Rytm, today: date) -> Iterator[date]:
    """Ends of periods, the latest first."""
    day = today
    while True:
        day -= _ONE_DAY
        if _is_an_end(rhythm, day):
            yield day


def _is_an_end(rhythm: Rytm, day: date) -> bool:
    if rhythm.varje == "dag":
        return is_working_day(day)
    if rhythm.varje == "vecka":
        return day.weekday() == 6
    following = day + _ONE_DAY
    return following.day == 1 and day.month % _MONTHS[rhythm.varje] == 0


@cache
def _holidays_of(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("SE", years=year, categories=("public", "de_facto"))
