"""What the values of one column show about what it can be, without keeping which value stood on which row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

from ibic_pipeline.identities import twelve_digits
from ibic_pipeline.profiling.vocabulary import alias, spellings
from schemas import codelists
from schemas.codelists import normalise

_SHAPES = {
    "%Y-%m-%d": r"\d{4}-\d\d?-\d\d?",
    "%Y%m%d": r"\d{8}",
    "%d/%m %Y": r"\d\d?/\d\d? \d{4}",
    "%d/%m/%Y": r"\d\d?/\d\d?/\d{4}",
    "%d.%m.%Y": r"\d\d?\.\d\d?\.\d{4}",
    "%Y/%m/%d": r"\d{4}/\d\d?/\d\d?",
    "%d-%m-%Y": r"\d\d?-\d\d?-\d{4}",
    "%Y-%m-%d %H:%M:%S": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
}
"""``strptime`` patterns in which a day may be written, and the shape of such a text."""
ENDLESS_FROM = date(2099, 1, 1)
_EARLIEST = date(1900, 1, 2)
_SAMPLE = 2000
_FEW = 400
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$")
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d{1,6})?")
_YES = frozenset(("ja", "j", "sant", "true", "yes", "x", "1"))
_NO = frozenset(("nej", "n", "falskt", "falsk", "false", "no", "0", "-"))


@dataclass(frozen=True)
class Facts:
    """Of one column: how many rows, and how often each of its filled values occurs."""

    rows: int
    counts: Counter[str]

    @classmethod
    def of(cls, cells: Iterable[str]) -> Facts:
        counts = Counter(cells)
        rows = counts.total()
        counts.pop("", None)
        return cls(rows, counts)

    @cached_property
    def filled(self) -> int:
        return self.counts.total()

    @cached_property
    def sample(self) -> list[str]:
        return sorted(self.counts)[:: max(1, len(self.counts) // _SAMPLE)]

    @cached_property
    def dates(self) -> dict[str, date]:
        """Text -> day, of those that are written in the patterns of ``date_patterns``."""
        days: dict[str, date] = {}
        for pattern in self.date_patterns:
            for text in self.sample:
                day = _day(text, pattern)
                if day is not None:
                    days.setdefault(text, day)
        return days

    @cached_property
    def date_patterns(self) -> tuple[str, ...]:
        """The patterns in which the column's days are written, the most frequent first; usually one."""
        left = list(self.sample)
        found: list[str] = []
        while left:
            hits = {pattern: [text for text in left if _day(text, pattern)] for pattern in _SHAPES}
            best = max(hits, key=lambda pattern: len(hits[pattern]))
            if len(hits[best]) < max(1, 0.05 * len(self.sample)):
                break
            found.append(best)
            left = [text for text in left if text not in set(hits[best])]
        return tuple(found)

    @cached_property
    def date_share(self) -> float:
        """Share of distinct values that are days; texts that mean no end are left out."""
        texts = [text for text in self.sample if normalise(text) not in endless_words() and text not in _blanks()]
        return sum(text in self.dates for text in texts) / len(texts) if texts else 0.0

    @cached_property
    def endless(self) -> list[str]:
        """Texts among days that mean: no end."""
        far = [text for text, day in self.dates.items() if day >= ENDLESS_FROM]
        return sorted({*far, *(text for text in self.counts if normalise(text) in endless_words())})

    @cached_property
    def personal_share(self) -> float:
        """Share of distinct values that are personal numbers with the right check digit."""
        return self._share(lambda text: twelve_digits(text, date.today()) is not None)

    @cached_property
    def number_share(self) -> float:
        return self._share(lambda text: _NUMBER.fullmatch("".join(text.split())) is not None)

    @cached_property
    def prose_share(self) -> float:
        """Share of distinct values that are several words."""
        return self._share(lambda text: len(text.split()) >= 3 or len(text) > 40)

    @cached_property
    def digit_share(self) -> float:
        return self._share(lambda text: any(each.isdigit() for each in text))

    @cached_property
    def distinct_share(self) -> float:
        return len(self.counts) / self.filled if self.filled else 0.0

    @cached_property
    def is_coded(self) -> bool:
        """Whether the column can be coded: few values, or values that return."""
        return 0 < len(self.counts) <= _FEW and (len(self.counts) <= 12 or self.distinct_share < 0.5)

    @cached_property
    def yes_no_share(self) -> float:
        known = sum(count for text, count in self.counts.items() if yes_or_no(text) is not None)
        return known / self.filled if self.filled else 0.0

    @cached_property
    def words(self) -> Counter[str]:
        """Normalised texts of the values that occur most, without those that say nothing."""
        found: Counter[str] = Counter()
        for text, count in self.counts.most_common(_FEW):
            found[normalise(text)] += count
        return Counter({word: count for word, count in found.items() if word not in _blanks()})

    @cached_property
    def code_shares(self) -> dict[str, float]:
        """Code list -> share of filled cells that are spellings of it."""
        total = self.words.total()
        return {
            name: sum(count for word, count in self.words.items() if word in spellings(name)) / total if total else 0.0
            for name in codelists.names()
        }

    def _share(self, holds: Any) -> float:
        return sum(map(bool, map(holds, self.sample))) / len(self.sample) if self.sample else 0.0


@cache
def endless_words() -> frozenset[str]:
    """Normalised words that mean: no end."""
    return frozenset(normalise(word) for word in alias()["tills_vidare"])


@cache
def _blanks() -> frozenset[str]:
    return frozenset(normalise(word) for word in alias()["tomma"])


def yes_or_no(text: str) -> bool | None:
    """Whether a text says yes; None when it says neither."""
    word = normalise(text)
    return True if word in _YES else False if word in _NO else None


def is_blank_word(text: str) -> bool:
    """Whether a filled cell says nothing."""
    return normalise(text) in _blanks()


def _day(text: str, pattern: str) -> date | None:
    text = _MIDNIGHT.sub("", text)  # a workbook's day, which the reader takes as one
    if not re.fullmatch(_SHAPES[pattern], text):
        return None
    try:
        day = datetime.strptime(text, pattern).date()
    except ValueError:
        return None
    return day if day >= _EARLIEST else None
