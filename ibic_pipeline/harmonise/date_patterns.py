"""One text to a date: by the profile's patterns, or by another spelling that has one reading alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

_HERE = ZoneInfo("Europe/Stockholm")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$")
_WIDTHS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2, "%j": 3}
_ADJACENT = re.compile(f"((?:{'|'.join(_WIDTHS)}){{2,}})")

_CLOCK = r"[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_WITH_OFFSET = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:[.,]\d{1,9})? ?(?:(Z)|([+-]\d{2}):?(\d{2})?)", re.ASCII
)
_CLOCK_LAST = re.compile(rf"{_CLOCK}$", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2}|9999)(?P<m>\d{2})(?P<d>\d{2})", re.ASCII)
_SWEDISH = re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})[ -](?P<y>\d{4})", re.ASCII)
_NAMED = re.compile(r"(?:den )?(?P<d>\d{1,2})(?::?e)? (?P<name>[a-z]{3,9})\.? (?P<y>\d{4})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip
_MONTH = {
    **{name[:3]: number for number, name in enumerate(_MONTHS, start=1)},
    **{name: number for number, name in enumerate(_MONTHS, start=1)},
    "sept": 9,
}


_MOST_KNOWN = 1 << 16
"""A century and a half of days in one spelling; ``strptime`` is slow, and the same days stand in every file."""


@lru_cache(maxsize=_MOST_KNOWN)
def declared_date(text: str, patterns: tuple[str, ...]) -> date | None:
    """The date by the first pattern that fits; a clock of midnight may follow, an offset is moved to Swedish time."""
    for candidate in dict.fromkeys((text, _MIDNIGHT.sub("", text))):
        for pattern in patterns:
            fixed = _fixed_widths(pattern)
            if fixed is not None and not fixed.fullmatch(candidate):
                continue
            try:
                return _day_here(datetime.strptime(candidate, pattern))
            except (ValueError, OverflowError):
                continue
    return None


def unambiguous_date(text: str) -> date | None:
    """The date of a text that can mean one day alone; None when it is none, or may be day-month or month-day."""
    if match := _WITH_OFFSET.fullmatch(text):
        return _moved_here(match)
    text = _CLOCK_LAST.sub("", text)
    for pattern in (_YEAR_FIRST, _COMPACT, _SWEDISH):
        if match := pattern.fullmatch(text):
            return _day(match["y"], match["m"], match["d"])
    if match := _NAMED.fullmatch(text.casefold()):
        return _day(match["y"], _MONTH.get(match["name"], 0), match["d"])
    if match := _YEAR_LAST.fullmatch(text):
        first, _, second, year = match.groups()
        days = {day for day in (_day(year, second, first), _day(year, first, second)) if day is not None}
        return days.pop() if len(days) == 1 else None
    return None


def has_two_digit_years(patterns: Sequence[str]) -> bool:
    """Whether a number of five or six digits may be a date by the profile's own patterns."""
    return any("%y" in pattern for pattern in patterns)


@cache
def _fixed_widths(pattern: str) -> re.Pattern[str] | None:
    """What a text must look like where directives follow on each other; None when none do.

    Without it ``strptime`` would read 2024115 as a day of November by ``%Y%m%d``.
    """
    pieces = _ADJACENT.split(pattern)
    if len(pieces) == 1:
        return None
    return re.compile(
        "".join(
            rf"\d{{{sum(_WIDTHS[each] for each in re.findall('%.', piece))}}}" if i % 2 else ".*" if piece else ""
            for i, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )


def _moved_here(match: re.Match[str]) -> date | None:
    day, clock, seconds, zulu, hours, minutes = match.groups()
    offset = "+00:00" if zulu else f"{hours}:{minutes or '00'}"
    try:
        return _day_here(datetime.fromisoformat(f"{day}T{clock}{seconds or ':00'}{offset}"))
    except (ValueError, OverflowError):
        return None


def _day_here(moment: datetime) -> date:
    return moment.date() if moment.tzinfo is None else moment.astimezone(_HERE).date()


def _day(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
