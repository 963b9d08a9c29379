"""Synthetic personal numbers: right in form and check digit, drawn only from test series of birth numbers.

Every number has birth number 238 or 980 (woman, even last digit) or 239 or 981 (man, odd). Numbers of these
series are among the test numbers that Skatteverket publishes as open data, for use in place of real ones.
A number made here can never be a living person's *as far as that series is reserved on that birth date*:
Skatteverket's list holds single dates, and for dates outside it the reservation is an assumption. Until 1990
birth numbers were handed out by county of birth, so numbers made here must be treated as test data and never
be looked up in a register.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ibic_pipeline.errors import IbicError

SERIES = np.array([238, 239, 980, 981])
COORDINATION_SHARE = 0.01

AgeBand = tuple[int, int, float]
"""From age, below age, weight of the whole band."""


class Identities(NamedTuple):
    """People as parallel arrays."""

    numbers: NDArray[np.int64]
    """Twelve digits, ``ÅÅÅÅMMDDNNNK``; the day is raised by 60 in a coordination number."""
    birth_year: NDArray[np.int64]
    woman: NDArray[np.bool_]


def draw_identities(
    rng: np.random.Generator, count: int, *, at: date, ages: tuple[AgeBand, ...], women: float, taken: NDArray[np.int64]
) -> tuple[Identities, NDArray[np.int64]]:
    """Draw ``count`` people who are of the given ages on the day ``at``, none twice.

    ``taken`` are the cells (birth date and series) already used in the municipality; the second result
    is the same with this draw added, to be passed on to the next draw.

    Raises:
        IbicError: more people are asked for than the series have room for.
    """
    first_year = at.year - max(band[1] for band in ages)
    first_day = _day_number(first_year, 1, 1)
    days = np.arange(first_day, _day_number(at.year + 1, 1, 1))
    age = at.year - _year_of(days)
    weight_of_age = np.zeros(age.max() + 1)
    for low, high, weight in ages:
        weight_of_age[low:high] = weight / (high - low)
    cells = (days[:, None] * len(SERIES) + np.arange(len(SERIES))).ravel()
    of_sex = np.where(SERIES % 2 == 0, women, 1 - women)
    weights = (weight_of_age[age][:, None] * of_sex).ravel()
    weights[np.isin(cells, taken)] = 0
    room = int((weights > 0).sum())
    if count > room:
        raise IbicError(
            f"at most {room} synthetic people of these ages in one municipality", str(count), "Choose a smaller scale."
        )
    # Weighted draw without replacement: the smallest of exponential times with rates as the weights.
    with np.errstate(divide="ignore"):
        times = rng.exponential(size=len(cells)) / weights
    chosen = rng.permutation(cells[np.argsort(times, kind="stable")[:count]])
    birth_day, series = chosen // len(SERIES), SERIES[chosen % len(SERIES)]
    coordination = rng.random(count) < COORDINATION_SHARE
    people = Identities(_numbers(birth_day, series, coordination), _year_of(birth_day), series % 2 == 0)
    return people, np.concatenate([taken, chosen])


def with_check_digit(nine_digits: NDArray[np.int64]) -> NDArray[np.int64]:
    """The Luhn digit of numbers ``ÅÅMMDDNNN``, appended as their tenth digit."""
    total = np.zeros_like(nine_digits)
    rest = nine_digits
    for position in range(9):
        digit = rest % 10 * (2 if position % 2 == 0 else 1)
        total += digit // 10 + digit % 10
        rest = rest // 10
    return nine_digits * 10 + (-total) % 10


def _numbers(
    birth_day: NDArray[np.int64], series: NDArray[np.int64], coordination: NDArray[np.bool_]
) -> NDArray[np.int64]:
    moment = birth_day.astype("datetime64[D]")
    month = moment.astype("datetime64[M]")
    day = (moment - month).astype(np.int64) + 1 + np.where(coordination, 60, 0)
    year = _year_of(birth_day)
    short = ((year % 100 * 100 + month.astype(np.int64) % 12 + 1) * 100 + day) * 1000 + series
    return np.asarray(year // 100 * 10**10 + with_check_digit(short))


def _year_of(days: NDArray[np.int64]) -> NDArray[np.int64]:
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _day_number(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()
