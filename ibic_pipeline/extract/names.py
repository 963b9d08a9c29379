"""Names of files and folders: the day that a delivery's begins with, and what of a name may be shown."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ibic_pipeline.identities import twelve_digits

DONE = "klar"
"""A file of this name in a delivery folder says that all of it has been written; it is part of no delivery."""

_DASH = r"\s*[-+_\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]?\s*"
_LIKE_PERSONAL_NUMBER = re.compile(rf"(?<!\d)(?:\d{{2}})?\d{{6}}{_DASH}\d{{4}}(?!\d)")
_DATE_AND_FOUR_DIGITS = re.compile(rf"(?<!\d)\d{{4}}{_DASH}\d{{2}}{_DASH}\d{{2}}{_DASH}\d{{4}}(?!\d)")
_MASKED = "PERSONNUMMER"


def date_of(folder_name: str) -> date | None:
    """The ISO date with which a delivery folder's name begins; None when it does not begin with one."""
    try:
        return date.fromisoformat(folder_name[:10]) if re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", folder_name) else None
    except ValueError:
        return None


def mask(name: str) -> str:
    """A file or folder name that may be shown: what is not printable or like a personal number is replaced."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    shown = _LIKE_PERSONAL_NUMBER.sub(_MASKED, "".join(c if c.isprintable() else "\ufffd" for c in text))
    return _DATE_AND_FOUR_DIGITS.sub(lambda found: _MASKED if _is_personal_number(found[0]) else found[0], shown)


def masked_delivery(folder_name: str) -> str:
    """The masked name, which begins with the day whatever was masked."""
    masked = mask(folder_name)
    return masked if date_of(masked) else f"{folder_name[:10]}_{masked}"


def comparable(name: str) -> str:
    """A name or a pattern as it is compared: without regard to case, or to how letters are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def _is_personal_number(text: str) -> bool:
    """A date with four digits after it is a day and a clock unless the check digit holds."""
    digits = re.sub(r"\D", "", text)
    return twelve_digits(digits, date.max) is not None
