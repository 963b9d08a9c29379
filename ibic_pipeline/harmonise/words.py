"""Local words to codes and to yes or no, and unknown words that can only be a known one misspelt by a program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import pyarrow as pa

from ibic_pipeline.harmonise.values import Read
from schemas.codelists import normalise

ENCODED_TWICE, LOST_ZEROS, WITH_DECIMALS = "REP-022", "REP-029", "REP-030"

_WHOLE_WITH_DECIMALS = re.compile(r"([0-9]+)[.,]0+")
_ZEROS_FIRST = re.compile(r"0+([0-9]+)")

Meaning = TypeVar("Meaning")


def read_words(texts: pa.Array, meanings: Mapping[str, Any]) -> Read:
    """What each text means, by its normalised spelling; one that is unknown as it stands is mended where certain."""
    words = texts.to_pylist()
    values = [meanings.get(normalise(word)) if word else None for word in words]
    unknown = [i for i, word in enumerate(words) if word and values[i] is None]
    repairs: list[tuple[str, int]] = []
    zeros = without_zeros(meanings) if unknown else {}
    for i in unknown:
        values[i], codes = mended(words[i], meanings, zeros)
        repairs += [(code, i) for code in codes]
    return Read(values, repairs)


def mended(
    word: str, meanings: Mapping[str, Meaning], zeros: Mapping[str, Meaning]
) -> tuple[Meaning | None, tuple[str, ...]]:
    """What an unknown word means when one known spelling alone can be behind it, and the repairs that tell it.

    ``zeros``: ``without_zeros`` of the same meanings.
    """
    if (once := encoded_once(word)) is not None and (meaning := meanings.get(normalise(once))) is not None:
        return meaning, (ENCODED_TWICE,)
    match = _WHOLE_WITH_DECIMALS.fullmatch(word)
    digits, made = (match[1], (WITH_DECIMALS,)) if match else (word, ())
    if match and (meaning := meanings.get(digits)) is not None:
        return meaning, made
    if (meaning := zeros.get(digits)) is not None:
        return meaning, (*made, LOST_ZEROS)
    return None, ()


def without_zeros(meanings: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """Spellings that begin with zeros, without them, where that leaves one meaning alone."""
    short: dict[str, set[Meaning]] = {}
    for spelling, meaning in meanings.items():
        if match := _ZEROS_FIRST.fullmatch(spelling):
            short.setdefault(match[1].lstrip("0"), set()).add(meaning)
    return {spelling: next(iter(found)) for spelling, found in short.items() if spelling and len(found) == 1}


def encoded_once(text: str) -> str | None:
    """A text without its second UTF-8 encoding; None when it has none, or when only a part of it has."""
    if text.isascii():
        return None
    try:
        mended_text = b"".join(_byte(letter) for letter in text).decode("utf-8")
    except UnicodeError:
        return None
    return mended_text


def _byte(letter: str) -> bytes:
    """The byte that a letter was made from; Windows-1252 leaves five undefined, which pass as they are."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
