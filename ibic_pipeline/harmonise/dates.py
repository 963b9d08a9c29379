"""A column's texts to dates: declared patterns, then certain spellings, Excel's numbers, no end and no date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ibic_pipeline.harmonise.date_patterns import declared_date, has_two_digit_years, unambiguous_date
from ibic_pipeline.harmonise.values import Values, masks
from ibic_pipeline.profile import Format
from schemas.codelists import normalise

OTHER_PATTERN, EXCEL_NUMBER, ENDLESS, NO_DATE = "REP-023", "REP-024", "REP-025", "REP-026"
END_DATES = frozenset({"galler_tom"})
"""Columns in which the last day of the calendar can only mean that there is no end."""

_LAST_DAY = date(9999, 12, 31)
_LAST_EXCEL_NUMBER = "2958465"
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_FIRST = date(1990, 1, 1)
_AHEAD = timedelta(days=3653)
_FIVE_DIGITS = re.compile(r"([0-9]{5})(?:[.,]0+)?", re.ASCII)
_FIVE_OR_SIX_DIGITS = re.compile(r"[0-9]{5,6}(?:[.,][0-9]+)?", re.ASCII)
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})


class Dated(NamedTuple):
    """What a text alone tells: its day, and the repair that it took."""

    day: date | None
    repair: str | None = None


@dataclass
class DateReader:
    """Reads columns of one file; ``known`` remembers texts already read."""

    form: Format
    uttagsdatum: date
    known: dict[str, Dated] = field(default_factory=dict)

    def read(self, texts: pa.Array, kolumn: str) -> Values:
        """Dates; null and absent where the text means no end, or is one of the dates that mean nothing."""
        words = texts.to_pylist()
        dated = self._with_excel_numbers(words, [self._dated(word) for word in words], kolumn)
        days: list[date | None] = [None] * len(words)
        present = np.array([bool(word) for word in words], dtype=bool)
        repairs: list[tuple[str, int]] = []
        for i, (word, (day, repair)) in enumerate(zip(words, dated, strict=True)):
            meaning = self._means_nothing(word, day, repair, kolumn) if word else None
            if meaning is not None:
                present[i] = False
                repair = meaning or None
            else:
                days[i] = day
            if repair:
                repairs.append((repair, i))
        return Values(pa.array(days, pa.date32()), present, masks(repairs, len(words)))

    def _means_nothing(self, word: str, day: date | None, repair: str | None, kolumn: str) -> str | None:
        """The repair by which a text is read as empty, "" when the profile says so; None when it is a date or no text.

        The profile's texts are compared as dates too, since the same day is written with and without a clock.
        """
        if day is None:
            spelling = normalise(word)
            if spelling in self._endless_words:
                return ""
            return NO_DATE if spelling in self._empty_words else None
        if repair is None and day in self._endless_days:
            return ""
        if kolumn in END_DATES and (day == _LAST_DAY or day in self._endless_days):
            return ENDLESS
        return NO_DATE if day in self._empty_days else None

    def _dated(self, word: str) -> Dated:
        if word not in self.known:
            self.known[word] = self._read_one(word)
        return self.known[word]

    def _read_one(self, word: str) -> Dated:
        if not word:
            return Dated(None)
        if (day := declared_date(word, self.form.datum)) is not None:
            return Dated(day)
        if normalise(word) in self._endless_words:
            return Dated(None)
        day = unambiguous_date(word)
        return Dated(day, OTHER_PATTERN if day is not None else None)

    def _with_excel_numbers(self, words: list[str], dated: list[Dated], kolumn: str) -> list[Dated]:
        """Days for the numbers that the column can only have from Excel.

        In a workbook such a number is a cell whose format was lost. In a text file it may also be ``yymmdd`` without
        its first zero, so all numbers of the column must fit, and one of them at least must be no such date.
        """
        numbers = {word for word, each in zip(words, dated, strict=True) if each.day is None and _is_short(word)}
        days = {word: day for word in numbers if (day := self._excel_day(word)) is not None}
        if has_two_digit_years(self.form.datum):
            return dated
        certain = self.form.typ in WORKBOOKS or (len(days) == len(numbers) and any(map(_is_no_short_date, days)))
        days = days if certain else {}
        if kolumn in END_DATES:
            days[_LAST_EXCEL_NUMBER] = _LAST_DAY
        return [
            Dated(days[word], EXCEL_NUMBER) if each.day is None and word in days else each
            for word, each in zip(words, dated, strict=True)
        ]

    def _excel_day(self, word: str) -> date | None:
        match = _FIVE_DIGITS.fullmatch(word)
        if match is None:
            return None
        day = _EXCEL_ZERO + timedelta(days=int(match[1]))
        return day if _EXCEL_FIRST <= day <= self.uttagsdatum + _AHEAD else None

    @cached_property
    def _endless_words(self) -> frozenset[str]:
        return frozenset(map(normalise, self.form.tills_vidare))

    @cached_property
    def _empty_words(self) -> frozenset[str]:
        return frozenset(map(normalise, self.form.inget_datum))

    @cached_property
    def _endless_days(self) -> frozenset[date]:
        return frozenset(self._days(self.form.tills_vidare))

    @cached_property
    def _empty_days(self) -> frozenset[date]:
        return frozenset(self._days(self.form.inget_datum))

    def _days(self, texts: Iterable[str]) -> Iterable[date]:
        found = (declared_date(text, self.form.datum) or unambiguous_date(text) for text in texts)
        return (day for day in found if day is not None)


def _is_short(word: str) -> bool:
    return _FIVE_OR_SIX_DIGITS.fullmatch(word) is not None


def _is_no_short_date(word: str) -> bool:
    return declared_date(f"0{word[:5]}", ("%y%m%d",)) is None
