"""Columns that stand several times on a row with a number each: ``Mål 1``, ``Avsett 1``, ``Mål 2``, ``Avsett 2``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ibic_pipeline.profiling.vocabulary import fold

_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_BETWEEN_WORDS = re.compile(r"[\s_.:()#-]+")


Groups = Mapping[str, Mapping[int, str]]
"""Columns whose names differ by a number alone: the first one's name -> number -> the other's."""


def numbered(names: Iterable[str]) -> Groups:
    """The groups among some names: numbered from 1, or from 2 where the first has no number, without a gap."""
    found: dict[str, dict[int, str]] = {}
    plain: dict[str, str] = {}
    for name in names:
        places = list(_NUMBER.finditer(name))
        if len(places) != 1:
            plain[_key(name)] = name
            continue
        without = f"{name[: places[0].start()]} {name[places[0].end() :]}"
        found.setdefault(_key(without), {})[int(places[0][0])] = name
    groups: dict[str, dict[int, str]] = {}
    for key, columns in found.items():
        if 1 not in columns and key in plain:
            columns[1] = plain[key]
        if key and len(columns) > 1 and sorted(columns) == list(range(1, len(columns) + 1)):
            groups[columns.pop(1)] = columns
    return groups


def later(groups: Groups) -> frozenset[str]:
    """Every column but the first of each group."""
    return frozenset(name for group in groups.values() for name in group.values())


def _key(name: str) -> str:
    return _BETWEEN_WORDS.sub("", fold(name))
