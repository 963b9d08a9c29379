"""Which code each local value probably means, and which values may be shown in a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from ibic_pipeline.extract.names import mask
from ibic_pipeline.profiling.facts import Facts, is_blank_word, yes_or_no
from ibic_pipeline.profiling.vocabulary import fold, spellings
from schemas.codelists import codelist, normalise

LEAST = 0.55
"""Below this confidence a value is left without a code."""

_SHOWN_AT_MOST = 30
_LONGEST_SHOWN = 60
_PLAIN = 0.8
"""From this confidence a value is plainly of the list."""
_BELIEVED_FROM, _SHOWN_FROM = 0.2, 0.5
"""Shares of filled cells that must be plainly of the list."""
_PART = re.compile(r"[^\W\d_]+|\d+")
_ITEM_NUMBER = re.compile(r"^\s*\d{1,2}\s*[-.:)]?\s+(?=\D)")


@dataclass(frozen=True)
class Meaning:
    """What became of a column's values. ``codes``: value -> (code, confidence). ``hidden``: how many are not shown."""

    codes: dict[str, tuple[str, float]]
    blank: tuple[str, ...]
    unknown: tuple[str, ...]
    hidden: int


def meanings(facts: Facts, kodlista: str) -> Meaning:
    """The probable code of each value of a code column.

    Likenesses are believed, and values without a code shown, only where other values make it plain that the column is
    coded by this list: a column of names that was taken for one of codes must not be printed.
    """
    many = len(facts.counts) >= _SHOWN_AT_MOST
    texts = sorted(facts.counts, key=lambda each: (-facts.counts[each], each))
    likely = {
        text: (code, sure) for text in texts if (code := (found := code_of(text, kodlista))[0]) and (sure := found[1])
    }
    plain = sum(facts.counts[text] for text, (_, sure) in likely.items() if sure >= _PLAIN) / max(facts.filled, 1)
    least = LEAST if plain >= _BELIEVED_FROM and not many else _PLAIN
    codes = {text: each for text, each in likely.items() if each[1] >= least and (_may_be_shown(text) or each[1] == 1)}
    blank = tuple(text for text in texts if text not in codes and is_blank_word(text))
    unknown = [text for text in texts if text not in codes and text not in blank]
    shown = tuple(
        text for text in unknown if plain >= _SHOWN_FROM and not many and _may_be_shown(text) and not _has_digit(text)
    )
    return Meaning(_doubted_where_shared(codes), blank, shown, len(unknown) - len(shown))


def _doubted_where_shared(codes: dict[str, tuple[str, float]]) -> dict[str, tuple[str, float]]:
    """A value that only resembles a code is doubted where another value means that code more surely."""
    surest = {code: max(sure for other, sure in codes.values() if other == code) for code, _ in codes.values()}
    return {
        text: (code, sure if sure == 1 or sure == surest[code] else max(LEAST, sure - 0.2))
        for text, (code, sure) in codes.items()
    }


def answers(facts: Facts) -> dict[str, str]:
    """Local value -> ja or nej, for a column of yes and no."""
    found = {text: yes_or_no(text) for text in sorted(facts.counts)}
    return {text: "ja" if answer else "nej" for text, answer in found.items() if answer is not None}


def are_plain(found: dict[str, str]) -> bool:
    """Whether the answers are the very words."""
    return {normalise(text) for text in found} <= {"ja", "nej"}


@cache
def code_of(text: str, kodlista: str) -> tuple[str | None, float]:
    """The code that a value most probably means, with its confidence 0–1; None when nothing is like it."""
    known = spellings(kodlista)
    exact = known.get(normalise(text))
    if exact is not None:
        return exact, 1.0
    if is_blank_word(text):
        return None, 0.0
    numbered = _ITEM_NUMBER.sub("", text)
    own = _parts(numbered)
    if not own:
        return None, 0.0
    best: dict[str, float] = {}
    for spelling, code in known.items():
        best[code] = max(best.get(code, 0.0), _confidence(own, _parts(spelling)))
    ranked = sorted(best.items(), key=lambda each: (-each[1], each[0]))
    code, confidence = ranked[0]
    if len(ranked) > 1 and confidence < 1 and ranked[1][1] > confidence - 0.03:
        confidence -= 0.2
    return (code, min(confidence, 0.95)) if confidence >= LEAST else (None, confidence)


def is_a_code(text: str, kodlista: str) -> bool:
    """Whether the value is the code itself, so that no line is needed."""
    return text in _codes(kodlista)


def _confidence(own: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The best of: the same letters, abbreviated words in order, words in any order, and initials."""
    one, two = "".join(own), "".join(other)
    if one == two:
        return 0.97
    letters = fuzz.ratio(one, two) / 100
    found = [letters * 0.95 if letters > 0.75 else 0.0]
    if _abbreviates(own, other):
        found.append(0.9 - 0.15 * (len(two) > 4 * len(one)))
    if len(own) == 1 and len(own[0]) >= 2 and len(other) >= 2 and own[0] == "".join(word[0] for word in other):
        found.append(0.7)
    if len(own) == 1 and len(own[0]) <= 2 and two.startswith(own[0]) and not own[0].isdigit():
        found.append(0.6)
    found.append(_shared_words(own, other))
    return max(found)


def _abbreviates(own: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether each word begins the word in the same place: ``Delv. bif.`` for ``Delvis bifall``."""
    if len(own) != len(other):
        return False
    return all(
        two.startswith(one) and (len(one) >= 3 or one == two or len(own) > 1)
        for one, two in zip(own, other, strict=True)
    )


def _shared_words(own: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Weighted by length: how much of both is said by words that begin alike."""
    said = sum(len(word) for word in own if any(_begins(word, each) for each in other))
    heard = sum(len(word) for word in other if any(_begins(word, each) for each in own))
    whole = sum(map(len, own)) + sum(map(len, other))
    return 0.9 * (said + heard) / whole if min(map(len, own)) else 0.0


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or (len(shorter) >= 4 and longer.startswith(shorter[: max(4, len(shorter) - 1)]))


@cache
def _parts(text: str) -> tuple[str, ...]:
    return tuple(_PART.findall(fold(text)))


@cache
def _codes(kodlista: str) -> frozenset[str]:
    return frozenset(codelist(kodlista)["kod"])


def _has_digit(text: str) -> bool:
    return any(each.isdigit() for each in text)


def _may_be_shown(text: str) -> bool:
    return len(text) <= _LONGEST_SHOWN and mask(text) == text
