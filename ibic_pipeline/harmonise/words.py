"""Local words to codes and to yes or no, and unknown words that can only be a known one misspelt by a program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import pyarrow as pa

from ibic_pipeline.extract.text import word_encoded_once
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
    if (once := word_encoded_once(word)) is not None and (meaning := meanings.get(normalise(once))) is not None:
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
