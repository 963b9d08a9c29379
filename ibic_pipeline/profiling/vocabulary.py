"""How alike a header and a contract column are in Swedish: the alias table, read once, and the comparison of words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from schemas import CONTRACTS
from schemas.codelists import lookup, normalise

_FILE = Path(__file__).parent / "alias.yaml"
_WORD = re.compile(r"[A-ZÅÄÖ]+(?![a-zåäö])|[A-ZÅÄÖ]?[a-zåäö]+|[A-ZÅÄÖ]+|\d+")
_ENDINGS = ("ens", "ets", "en", "et", "s")
_LITTLE = 0.3
"""Weight of a word that says little, against 1 for others."""


@cache
def alias() -> dict[str, Any]:
    """The alias table, ``alias.yaml``."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def fold(text: str) -> str:
    """Lower case without diacritics: exports often write ``Malnr`` for ``Målnr``."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


@cache
def words(text: str) -> tuple[str, ...]:
    """Folded words of a header: split at case, digits and punctuation, abbreviations written out."""
    found = [fold(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]
    short = _abbreviations()
    written: list[str] = []
    place = 0
    while place < len(found):
        for length in (3, 2, 1):
            phrase = " ".join(found[place : place + length])
            if phrase in short and length <= len(found) - place:
                written += short[phrase].split()
                place += length
                break
        else:
            written.append(found[place])
            place += 1
    return tuple(written)


@cache
def likeness(header: str, tabell: str, phrases: tuple[str, ...]) -> float:
    """How alike a header is to the best of some phrases, 0–1; the table's subject may stand in the header or not."""
    own = words(header)
    bare = tuple(word for word in own if word not in subject_words(tabell)) or own
    best = 0.0
    for phrase in phrases:
        other = words(phrase)
        best = max(best, _alike(own, other), _alike(bare, other) * (1.0 if bare == own else 0.98))
    return best


@cache
def subject_words(tabell: str) -> frozenset[str]:
    """What a row of the table is called, in the forms in which it stands in headers."""
    stems = {fold(word) for phrase in alias()["subjekt"].get(tabell, ()) for word in phrase.split()}
    return frozenset(stem + ending for stem in stems for ending in ("", *_ENDINGS)) | {stem + "t" for stem in stems}


@cache
def phrases_of(tabell: str, kolumn: str) -> tuple[str, ...]:
    """What a contract column is called."""
    known = alias()["kolumner"].get(f"{tabell}.{kolumn}", [])
    return (kolumn.replace("_", " "), *known, *(_key_names(tabell, kolumn)))


@cache
def spellings(kodlista: str) -> dict[str, str]:
    """Normalised spelling -> code: those of the code list, and the conventions of the alias table."""
    own = alias()["varden"].get(kodlista, {})
    return {normalise(word): code for code, listed in own.items() for word in listed} | lookup(kodlista)


def _key_names(tabell: str, kolumn: str) -> list[str]:
    """Names of an identifier: the subject of the table that it identifies, with a word for number or without."""
    if not kolumn.endswith("_id") or (tabell, kolumn) == ("uppdrag", "utforare_id"):
        return []
    owner = next((name for name, each in CONTRACTS.items() if each.key() == (kolumn,)), None)
    if owner is None:
        return []
    subjects = alias()["subjekt"][owner] if owner != "individ" else ["person"]
    joined = [f"{subject}{joint}{key}" for subject in subjects for joint in ("", "s") for key in alias()["nyckelord"]]
    return [*subjects, *joined, *(f"{subject} {key}" for subject in subjects for key in alias()["nyckelord"])]


@cache
def _abbreviations() -> dict[str, str]:
    return {" ".join(fold(short).split()): fold(long) for short, long in alias()["forkortningar"].items()}


@cache
def _weight(word: str) -> float:
    fillers = {fold(each) for each in alias()["fyllnadsord"]} | {fold(each) for each in alias()["nyckelord"]}
    return _LITTLE if word in fillers else 1.0


@cache
def _alike(own: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The better of two measures: as one string, and word by word in any order, weighted by what words say."""
    if not own or not other:
        return 0.0
    joined = fuzz.ratio("".join(own), "".join(other)) / 100
    return max(_sharpened(joined), _word_by_word(own, other))


def _sharpened(ratio: float) -> float:
    """A ratio of letters below a half is chance."""
    return max(0.0, (ratio - 0.5) * 2) if ratio < 0.9 else ratio


def _word_by_word(own: tuple[str, ...], other: tuple[str, ...]) -> float:
    found = sum(_weight(word) * max(_same_word(word, each) for each in other) for word in own)
    covered = sum(_weight(word) * max(_same_word(word, each) for each in own) for word in other)
    return (found + covered) / (sum(map(_weight, own)) + sum(map(_weight, other)))


@cache
def _same_word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter):
        return 0.95 if len(longer) - len(shorter) <= 3 else 0.7
    ratio = fuzz.ratio(one, other) / 100
    return ratio if ratio >= 0.8 else 0.0
