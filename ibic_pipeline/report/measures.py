"""How a figure is written, by what its indicator compares: shares, medians in a unit, or percentage points."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal, get_minus_sign_symbol, get_plus_sign_symbol

from ibic_pipeline.report.numbers import LOCALE, NBSP, interval_text, one_decimal, percent, percent_text

Unit = tuple[str, str]
"""One and many of what a value counts."""

DAYS: Unit = ("dag", "dagar")
POINTS: Unit = ("procentenhet", "procentenheter")
UNITS: dict[str, Unit] = {
    "T4": DAYS,
    "T8": DAYS,
    "T13": DAYS,
    "D3": ("del", "delar"),
    "D4": ("livsområde", "livsområden"),
}
"""Indicators whose median is shown -> what it counts."""


def rounded(value: float, matt: str) -> Decimal:
    """A figure with the one decimal that is shown, a share as percent; comparisons on the page use this value."""
    return percent(value) if matt == "andel" else Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def counted_text(value: float, unit: Unit) -> str:
    """A median or a percentile: 212 dagar, 14,5 dagar, 1 dag."""
    return f"{_plain(value)}{NBSP}{unit[rounded(value, 'median') != 1]}"


def value_text(value: float, matt: str, unit: Unit) -> str:
    """A figure: 62,4 %, 212 dagar, +3,1 procentenheter."""
    if matt == "andel":
        return percent_text(value)
    return counted_text(value, unit) if matt == "median" else f"{signed(value)} {POINTS[1]}"


def span_text(low: float, high: float, matt: str, unit: Unit) -> str:
    """An interval: 57,1–67,5 %, 180–240 dagar, −2,0 till +8,2 procentenheter."""
    if matt == "andel":
        return interval_text(low, high)
    if matt == "median":
        return f"{_plain(low)}–{counted_text(high, unit)}"
    return f"{signed(low)} till {signed(high)} {POINTS[1]}"


def apart_text(difference: Decimal, matt: str, unit: Unit) -> str:
    """How far apart two figures are: 75,0 procentenheter, 60 dagar."""
    return counted_text(float(difference), unit) if matt == "median" else f"{one_decimal(difference)} {POINTS[1]}"


def signed(value: float) -> str:
    """A difference with its sign, but no sign before 0,0."""
    shown = rounded(value, "skillnad")
    sign = get_plus_sign_symbol(LOCALE) if shown > 0 else get_minus_sign_symbol(LOCALE) if shown < 0 else ""
    return f"{sign}{one_decimal(abs(shown))}"


def _plain(value: float) -> str:
    return format_decimal(rounded(value, "median"), "#,##0.#", locale=LOCALE)
