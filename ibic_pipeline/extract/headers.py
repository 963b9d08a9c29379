"""Names of columns: those that a profile wants, found in a header although they are spelled otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from ibic_pipeline.extract.delivery import DeliveredFile
from ibic_pipeline.extract.names import mask
from ibic_pipeline.extract.text import word_encoded_once

MOST_COLUMNS = 10_000
"""A header with more is a file without line ends, and would take minutes to refuse column by column."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\\s\x00-\x1f\x7f-\x9f]")
_VERY_LIKE = 80
_LONGEST_SHOWN = 60


class Matched(NamedTuple):
    """A header held against what is wanted.

    ``names``: the header, tidied, with wanted columns named as the profile names them. ``respelled``: whether that
    changed a name. ``missing`` and ``repeated``: wanted columns that are not there once.
    """

    names: list[str]
    respelled: bool
    missing: list[str]
    repeated: list[str]


def wanted_columns(file: DeliveredFile) -> list[str]:
    """The local columns that the profile reads, in its order."""
    return list(dict.fromkeys([*(c for part in file.fil.delar for c in part.kolumner.values()), *file.required]))


def joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The names of two header rows: ``Grupp / Namn``; a text of the upper row applies until the next one."""
    width = max(len(upper), len(lower))
    names, group = [], ""
    for above, below in zip(_widened(upper, width), _widened(lower, width), strict=True):
        group = above.strip() or group
        names.append(
            " / ".join(part for part in (group, below.strip()) if part) if above.strip() or below.strip() else ""
        )
    return names


def match(header: Sequence[str], wanted: Iterable[str]) -> Matched:
    """Find the wanted columns: by name, else by the only name that differs in nothing that can be seen, or in case."""
    names = [" ".join(name.split()) for name in header]
    count = Counter(names)
    asked = list(wanted)
    loosely = Counter(map(_loose, asked))
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(_loose(name), []).append(place)
    respelled = False
    for name in asked:
        near = places.get(_loose(name), [])
        if not count[name] and len(near) == 1 and loosely[_loose(name)] == 1:
            names[near[0]] = name
            respelled = True
    count = Counter(names)
    return Matched(
        names,
        respelled,
        [name for name in asked if not count[name]],
        [name for name in asked if count[name] > 1],
    )


def with_likeness(missing: str, found: Iterable[str]) -> str:
    """The missing name and, when one name that was found is very like it and can be no value, that name."""
    candidates = [each for each in found if 0 < len(each) <= _LONGEST_SHOWN and not re.search(r"\d", each)]
    near = process.extractOne(missing, candidates, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_VERY_LIKE)
    return f"{missing} (liknar: {mask(near[0])})" if near else missing


def _widened(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _loose(name: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", word_encoded_once(name) or name)).casefold()
