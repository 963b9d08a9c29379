"""Values as a database's driver gives them, written in the one form in which the pipeline reads them back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import singledispatch
from typing import Any
from zoneinfo import ZoneInfo

_AS_THEY_ARE = {str, int, type(None)}
_LOCAL_TIME = ZoneInfo("Europe/Stockholm")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def in_text(column: Sequence[Any]) -> Sequence[Any]:
    """A column's values, those that are not text, whole numbers or nothing written as text."""
    if _AS_THEY_ARE.issuperset(map(type, column)):
        return column
    return [None if value is None else as_text(value) for value in column]


@singledispatch
def as_text(value: Any) -> str:
    """One value: dates without clock, by the clock of Sweden; numbers with a comma and no needless decimals."""
    return str(value)


@as_text.register
def _(value: bool) -> str:
    return "ja" if value else "nej"


@as_text.register
def _(value: date) -> str:
    return value.isoformat()


@as_text.register
def _(value: datetime) -> str:
    try:
        return (value if value.tzinfo is None else value.astimezone(_LOCAL_TIME)).date().isoformat()
    except OverflowError:  # the last hour of the year 9999 means no end, and Sweden is ahead of it
        return value.date().isoformat()


@as_text.register
def _(value: Decimal) -> str:
    if not value.is_finite():
        return str(value)
    whole = value.to_integral_value()
    return f"{whole if value == whole else value:f}".replace(".", ",")


@as_text.register
def _(value: float) -> str:
    return as_text(Decimal(repr(value)))


@as_text.register(bytes)
@as_text.register(bytearray)
@as_text.register(memoryview)
def _(value: Any) -> str:
    return bytes(value).hex()


def without_unwritable(text: str) -> str:
    """Text with the replacement character for what no text file can hold: NUL, and halves of UTF-16 pairs."""
    return _UNWRITABLE.sub("\ufffd", text)
