"""Cells of an official file made clean, every repair counted by its kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

BLANK_CELL = "cell of blanks alone"
NO_BREAK_SPACE = "no-break space or soft hyphen"
WHITE_SPACE = "white space around or doubled, or a line break"
FORMULA = "formula"
SPELLED_BOOLEAN = "boolean written as text"
UNREADABLE_BOOLEAN = "boolean that is neither true nor false"
DATE_IN_TEXT = "date with a line break or in parentheses"
UNREADABLE_DATE = "date that cannot be read"

_TRUE, _FALSE = ("true", "sant", "1", "ja"), ("false", "falskt", "falsk", "0", "nej")
_PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: 00:00:00)?")
_PLAIN_BOOLEANS = ("true", "false")


def clean_text(column: pa.Array, repairs: Counter[str]) -> pa.Array:
    """Trimmed strings of single spaces; "" for what is empty, blank or a formula instead of its result."""
    text = pc.fill_null(column, "")
    blank = pc.match_substring_regex(text, r"^[\s\p{Z}]+$")
    hidden = pc.match_substring_regex(text, "[\u00a0\u00ad]")
    tidy = pc.replace_substring(pc.replace_substring(text, "\u00ad", ""), "\u00a0", " ")
    stray = pc.match_substring_regex(tidy, r"^[\s\p{Z}]|[\s\p{Z}]$|[\s\p{Z}]{2}|[\r\n\t]")
    tidy = pc.utf8_trim_whitespace(pc.replace_substring_regex(tidy, r"[\s\p{Z}]+", " "))
    formula = pc.match_substring_regex(tidy, r"^(=|#(REF|NAME|VALUE|N/A))")
    _count(repairs, BLANK_CELL, blank)
    _count(repairs, NO_BREAK_SPACE, pc.and_not(hidden, blank))
    _count(repairs, WHITE_SPACE, pc.and_not(stray, pc.or_(blank, hidden)))
    _count(repairs, FORMULA, formula)
    return pc.if_else(formula, "", tidy)


def read_boolean(text: str, repairs: Counter[str]) -> bool | None:
    """The truth that a clean cell tells; None when it is empty or contradicts itself."""
    word = text.casefold()
    if word and word not in _PLAIN_BOOLEANS:
        repairs[SPELLED_BOOLEAN if word in _TRUE + _FALSE else UNREADABLE_BOOLEAN] += 1
    return True if word in _TRUE else False if word in _FALSE else None


def read_day(text: str, repairs: Counter[str]) -> date | None:
    """The last day that a clean cell tells outside parentheses, where the files put the day of an earlier code."""
    if not text:
        return None
    days = re.findall(r"\d{4}-\d{2}-\d{2}", re.sub(r"\([^)]*\)", " ", text))
    try:
        day = date.fromisoformat(days[-1])
    except (IndexError, ValueError):
        repairs[UNREADABLE_DATE] += 1
        return None
    if not _PLAIN_DATE.fullmatch(text):
        repairs[DATE_IN_TEXT] += 1
    return day


def day_before(day: date | None) -> date | None:
    """The last day on which something held that ended on ``day``."""
    return None if day is None else day - timedelta(days=1)


def counted(repairs: Mapping[str, int]) -> dict[str, int]:
    """Kinds that occurred, by name."""
    return {kind: repairs[kind] for kind in sorted(repairs) if repairs[kind]}


def _count(repairs: Counter[str], kind: str, mask: pa.Array) -> None:
    repairs[kind] += pc.sum(mask).as_py() or 0
