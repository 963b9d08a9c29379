"""Numbers, dates and lists as they are written in Swedish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

LOCALE = "sv_SE"
NBSP = "\N{NO-BREAK SPACE}"

_ONE_DECIMAL = Decimal("0.1")
_QUARTERS = {"1": "första", "2": "andra", "3": "tredje", "4": "fjärde"}
_ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}"})


def percent(share: float) -> Decimal:
    """A share 0–1 as percent with the one decimal that is shown; comparisons on the page use this value."""
    return (Decimal(str(share)) * 100).quantize(_ONE_DECIMAL, ROUND_HALF_UP)


def one_decimal(value: Decimal) -> str:
    """A number with one decimal: 62,4."""
    return format_decimal(value, "#,##0.0", locale=LOCALE)


def percent_text(share: float) -> str:
    """A share 0–1: 62,4 %."""
    return f"{one_decimal(percent(share))}{NBSP}%"


def interval_text(low: float, high: float) -> str:
    """An interval of shares: 57,1–67,5 %."""
    return f"{one_decimal(percent(low))}–{one_decimal(percent(high))}{NBSP}%"


def count_text(count: int) -> str:
    """A count with a space between thousands."""
    return format_decimal(count, locale=LOCALE)


def period_text(period: str) -> str:
    """A period in words: juni 2026, andra kvartalet 2026, första halvåret 2026, 2026."""
    year, _, part = period.partition("-")
    if part.startswith("K"):
        return f"{_QUARTERS[part[1:]]} kvartalet {year}"
    if part.startswith("H"):
        return f"{_QUARTERS[part[1:]]} halvåret {year}"
    if part:
        return format_date(date(int(year), int(part), 1), "MMMM yyyy", locale=LOCALE)
    return year


def day_text(day: date | str) -> str:
    """A day in words: 30 juni 2026."""
    given = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(given, "d MMMM yyyy", locale=LOCALE)


def names_text(names: Sequence[str]) -> str:
    """Names in one phrase: Aneby, Habo och Mullsjö."""
    return format_list(list(names), locale=LOCALE)


def in_alphabetical_order(municipalities: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Municipalities of a manifest by name."""
    return sorted(municipalities, key=lambda each: alphabetical(each["namn"]))


def alphabetical(name: str) -> str:
    """Sort key of the Swedish alphabet, which ends with å, ä, ö."""
    return name.casefold().translate(_ALPHABET)
