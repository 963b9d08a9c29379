"""Codes that began, ended, were renamed, or came to mean something else, read from their periods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz, process

from ibic_pipeline.codes.periods import Period, Periods, same_title
from schemas.codelists import normalise

Kind = Literal["new", "withdrawn", "renamed", "redefined"]

_LIGHT_WORDS = frozenset(
    ("att", "av", "för", "funktioner", "genom", "i", "och", "om", "på", "sig", "som", "till", "vid")
)
_NEGATIONS = frozenset(("ej", "icke", "ingen", "inget", "inte", "utan"))

ALIKE = 80
"""Likeness (0 to 100) from which two titles, or the words in which they differ, may mean the same."""


@dataclass(frozen=True)
class Change:
    """What happened to a code on a day. ``likely``: the code that most likely means now what this one meant."""

    kind: Kind
    kod: str
    dag: date
    titel_fore: str | None
    titel_efter: str | None
    likely: str | None = None


def changes(codes: Mapping[str, Periods]) -> tuple[Change, ...]:
    """Every change whose day is known, by day and code."""
    found = [change for kod, periods in codes.items() for change in _of_code(kod, periods, codes)]
    return tuple(sorted(found, key=lambda each: (each.dag, each.kod, each.kind)))


def _of_code(kod: str, periods: Periods, codes: Mapping[str, Periods]) -> Iterator[Change]:
    first, last = periods[0], periods[-1]
    if first.fran is not None:
        yield Change("new", kod, first.fran, None, first.titel)
    for before, after in pairwise(periods):
        if before.till is None or after.fran is None:
            continue
        if before.till + timedelta(days=1) < after.fran:
            yield _withdrawn(kod, before, before.till, codes)
            yield Change("new", kod, after.fran, None, after.titel)
        else:
            yield _changed(kod, before, after, after.fran, codes)
    if last.till is not None:
        yield _withdrawn(kod, last, last.till, codes)


def _changed(kod: str, before: Period, after: Period, day: date, codes: Mapping[str, Periods]) -> Change:
    """A title that has moved to or from another code shows a new meaning, however alike the titles are."""
    moved_to = _bearer(before.titel, kod, codes, day)
    moved_from = _bearer(after.titel, kod, codes, day - timedelta(days=1))
    same = moved_to is None and moved_from is None and means_the_same(before, after)
    return Change("renamed" if same else "redefined", kod, day, before.titel, after.titel, moved_to)


def _withdrawn(kod: str, period: Period, till: date, codes: Mapping[str, Periods]) -> Change:
    gone = till + timedelta(days=1)
    return Change("withdrawn", kod, gone, period.titel, None, _successor(kod, period, codes, gone))


def means_the_same(before: Period, after: Period) -> bool:
    """Whether two titles of a code differ in spelling, inflection or words of little weight alone.

    The words that only one of them has are compared: "enkla" is not "komplexa", however long a title they share,
    and "otrygghet" is not "trygghet", however alike. Where only one title has more words, whole titles are compared.
    """
    if same_title(before, after):
        return True
    old, new = (_weighty_words(period.titel) for period in (before, after))
    gone, come = old - new, new - old
    if (gone | come) & _NEGATIONS or {f"o{word}" for word in gone} & new or {f"o{word}" for word in come} & old:
        return False
    if gone and come:
        return fuzz.ratio(" ".join(sorted(gone)), " ".join(sorted(come))) >= ALIKE
    return not (gone or come) or fuzz.ratio(normalise(before.titel), normalise(after.titel)) >= ALIKE


def _weighty_words(titel: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"\([^)]*\)", " ", normalise(titel)))) - _LIGHT_WORDS


def _bearer(titel: str, kod: str, codes: Mapping[str, Periods], day: date) -> str | None:
    """Another code that had exactly this title on the day."""
    wanted = normalise(titel)
    return next(
        (
            other
            for other, periods in codes.items()
            if other != kod and any(each.holds(day) and normalise(each.titel) == wanted for each in periods)
        ),
        None,
    )


def _successor(kod: str, last: Period, codes: Mapping[str, Periods], day: date) -> str | None:
    """The code that began, or changed its meaning, on the day, and is most like the one that ended."""
    begun = {
        other: normalise(each.titel)
        for other, periods in codes.items()
        for each in periods
        if each.fran == day and other != kod and other[:1] == kod[:1]
    }
    best = process.extractOne(normalise(last.titel), begun, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return best[2] if best else None
