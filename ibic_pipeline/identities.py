"""Personal and coordination numbers in every spelling, and what spreadsheets made of them, read as twelve digits."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

LONGEST = 64
"""No number of a person is longer than this; longer texts are not looked into."""

_NUMBER = re.compile(r"(?P<century>\d{2})?(?P<rest>\d{6})(?P<sep>[-+]?)(?P<last>\d{4})", re.ASCII)
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})[-+]?(\d{4})", re.ASCII)
_WITHIN = re.compile(r"(?<!\d)(?:\d{8} ?[-+]? ?\d{4}|\d{6}(?: ?[-+] ?| )\d{4})(?!\d)", re.ASCII)
_WITH_DECIMALS = re.compile(r"(\d{9,12})[.,]0{1,6}", re.ASCII)
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d{0,15}))?[eE]\+?(\d{1,3})", re.ASCII)
_LENGTHS = (9, 10, 12)
"""Digits of a number that a spreadsheet took for a number: nine when it began with a zero."""
_DASHES = (
    "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u301c\u3030"
    "\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d"
)
_SPELLING = str.maketrans(dict.fromkeys(_DASHES, "-"))
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
"""A digit doubled, and the digits of that added up."""


class Reading(NamedTuple):
    """What one text was read as.

    ``number``: twelve digits, or None. ``as_number``: it was written as a number, all digits kept. ``zero_put_back``:
    nine digits, valid with a zero before them. ``rounded``: a number of that size whose last digits are lost.
    """

    number: str | None = None
    as_number: bool = False
    zero_put_back: bool = False
    rounded: bool = False


def compact(text: str) -> str:
    """The text without blanks, every dash as ``-``."""
    written = "".join(text.split())
    return written if written.isascii() else written.translate(_SPELLING)


def twelve_digits(text: str, uttagsdatum: date) -> str | None:
    """A personal or coordination number as twelve digits; None when it is not a valid one.

    Without a century it is the youngest person born on or before ``uttagsdatum``; with ``+``, which is written from
    the year in which a person turns a hundred, the youngest of those who reach that age by the end of the year.
    The rules are those of the ``personnummer`` library, which settles centuries by the day it is run.
    """
    if len(text) > LONGEST:
        return None
    match = _NUMBER.fullmatch(compact(text))
    if match is None or match["last"].startswith("000") or not _check_digit_holds(match["rest"] + match["last"]):
        return None
    if match["century"]:
        year = int(match["century"] + match["rest"][:2])
        return _if_born(year, match["rest"], match["last"], uttagsdatum)
    youngest = uttagsdatum.year - (uttagsdatum.year - int(match["rest"][:2])) % 100
    if match["sep"] == "+":
        return _if_born(youngest - 100, match["rest"], match["last"], uttagsdatum)
    return _if_born(youngest, match["rest"], match["last"], uttagsdatum) or _if_born(
        youngest - 100, match["rest"], match["last"], uttagsdatum
    )


def read_as_written(text: str, uttagsdatum: date) -> Reading:
    """A number in one of the ways people write it, in a column of numbers; with dashes in its date too."""
    number = twelve_digits(text, uttagsdatum)
    if number is not None or len(text) > LONGEST:
        return Reading(number)
    dated = _DATED.fullmatch(compact(text))
    return Reading(twelve_digits("".join(dated.groups()), uttagsdatum)) if dated else Reading()


def read_as_mended(text: str, uttagsdatum: date) -> Reading:
    """A number that a spreadsheet took for a number: with decimals, in powers of ten, or without its first zero.

    ``zero_put_back`` is proved by the check digit alone, so that one in a hundred serial numbers passes: it is for
    the caller to ask whether the rest of the column holds numbers of persons.
    """
    if len(text) > LONGEST:
        return Reading()
    written = compact(text)
    if re.fullmatch(r"\d{9}", written, re.ASCII):
        return _from_digits(written, uttagsdatum, as_number=False)
    decimals = _WITH_DECIMALS.fullmatch(written)
    if decimals:
        return _from_digits(decimals[1], uttagsdatum, as_number=True)
    power = _SCIENTIFIC.fullmatch(written)
    if power is None or int(power[3]) + 1 not in _LENGTHS:
        return Reading()
    digits = power[1] + (power[2] or "")
    if len(digits) != int(power[3]) + 1:
        return Reading(rounded=len(digits) <= int(power[3]))
    return _from_digits(digits, uttagsdatum, as_number=True)


def is_like_personal_number(text: str, uttagsdatum: date) -> bool:
    """Whether an identifier is a valid personal number, or holds one among other characters.

    Ten digits without a separator count only alone: among other characters they are too often a serial number.
    """
    within = _WITHIN.findall(text.translate(_SPELLING))
    return any(twelve_digits(each, uttagsdatum) for each in (text, *within))


def _from_digits(digits: str, uttagsdatum: date, *, as_number: bool) -> Reading:
    lost = len(digits) == min(_LENGTHS)
    number = twelve_digits(digits.zfill(10) if lost else digits, uttagsdatum)
    return Reading() if number is None else Reading(number, as_number=as_number, zero_put_back=lost)


def _if_born(year: int, rest: str, last: str, uttagsdatum: date) -> str | None:
    month, day = int(rest[2:4]), int(rest[4:])
    try:
        born = date(year, month, day - 60 if day > 60 else day)
    except ValueError:
        return None
    return f"{year:04d}{rest[2:]}{last}" if born <= uttagsdatum else None


def _check_digit_holds(ten: str) -> bool:
    digits = ten.encode("ascii")
    # The letters of ten digits add up to their values and 480, which the check does not see.
    return (sum(digits[::2].translate(_DOUBLED)) + sum(digits[1::2])) % 10 == 0
