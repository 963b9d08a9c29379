"""The calendar of periods: months, quarters, half-years and years, as numbers and as names.

Months are numbered from year 0 (``12 * year + month - 1``). A period type of ``n`` months numbers its periods from
year 0 too, so month ``m`` lies in period ``m // n`` and period ``k`` ends with month ``(k + 1) * n - 1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_IN = {"manad": 1, "kvartal": 3, "halvar": 6, "ar": 12}
"""Period type -> its length in months."""


@dataclass(frozen=True)
class Period:
    """One period; both days inclusive."""

    typ: str
    number: int
    name: str
    start: date
    end: date

    @property
    def last_month(self) -> int:
        """The number of the period's last month."""
        return (self.number + 1) * MONTHS_IN[self.typ] - 1


def month_number(day: date) -> int:
    """The number of the month that holds the day."""
    return 12 * day.year + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month by number."""
    return date(month // 12, month % 12 + 1, 1)


def period_name(typ: str, number: int) -> str:
    """A period's name: ``2026-06``, ``2026-K2``, ``2026-H1``, ``2026``."""
    in_a_year = 12 // MONTHS_IN[typ]
    year, part = divmod(number, in_a_year)
    return {
        "manad": f"{year}-{part + 1:02d}",
        "kvartal": f"{year}-K{part + 1}",
        "halvar": f"{year}-H{part + 1}",
        "ar": f"{year}",
    }[typ]


def last_whole_month(uttagsdatum: date) -> int:
    """The number of the last month that ends on or before the day of extraction."""
    return month_number(uttagsdatum + timedelta(days=1)) - 1


def calendar(forsta_period: str, uttagsdatum: date) -> tuple[Period, ...]:
    """Every period that begins in or after the month ``forsta_period`` and ends on or before ``uttagsdatum``."""
    first = month_number(date.fromisoformat(f"{forsta_period}-01"))
    last = last_whole_month(uttagsdatum)
    return tuple(
        Period(typ, number, period_name(typ, number), first_day(number * length), _last_day(number, length))
        for typ, length in MONTHS_IN.items()
        for number in range(-(-first // length), (last + 1) // length)
    )


def _last_day(number: int, length: int) -> date:
    return first_day((number + 1) * length) - timedelta(days=1)


def period_number(typ: str, name: str) -> int:
    """A period's number by its name; the inverse of ``period_name``."""
    year, _, part = name.partition("-")
    in_a_year = 12 // MONTHS_IN[typ]
    return int(year) * in_a_year + (int(part.lstrip("KH")) - 1 if part else 0)
