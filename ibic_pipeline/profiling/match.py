"""Which contract column each column of a file is: names and values weighed together, then the best whole assignment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from ibic_pipeline.profiling.chronology import in_order
from ibic_pipeline.profiling.facts import Facts
from ibic_pipeline.profiling.layout import ESSENTIAL, KINDS, Kind, Slot
from ibic_pipeline.profiling.numbered import Groups, later, numbered
from ibic_pipeline.profiling.source import Source
from ibic_pipeline.profiling.vocabulary import likeness

LEAST = 0.45
"""Below this confidence a column is left for a person to place."""
SURE = 0.7
"""Below this confidence a line carries a TODO."""

_NAME_WEIGHT = 0.6
_FILE_NAME_WEIGHT = 1.0
_MISSING_PENALTY = 0.2
_IMPOSSIBLE = -1.0

Keys = Mapping[str, frozenset[str]]
"""Link column -> the values of the key in the file of its own table."""


@dataclass(frozen=True)
class Candidate:
    """One file with what its columns are like; ``facts`` per local column."""

    source: Source
    facts: dict[str, Facts]

    @classmethod
    def of(cls, source: Source, without: str | None = None) -> Candidate:
        """Without the column that names the municipality."""
        return cls(source, {name: Facts.of(cells) for name, cells in source.columns.items() if name != without})

    @cached_property
    def numbered(self) -> Groups:
        """Columns that stand several times on a row, by the first of them."""
        return numbered(self.facts)


Columns = dict[Slot, tuple[str, float]]
"""Slot -> (local column, confidence 0–1)."""


@dataclass(frozen=True)
class Matched:
    """A file as a kind of file. ``repeats``: columns of the second row of a table beside the first, of the third, …"""

    candidate: Candidate
    kind: Kind
    columns: Columns
    score: float
    left: tuple[str, ...] = field(default=())
    """Local columns that became nothing."""
    repeats: tuple[Columns, ...] = field(default=())

    def of(self, tabell: str) -> Columns:
        """The columns of one table."""
        return _of(self.columns, tabell)

    def repeats_of(self, tabell: str) -> list[Columns]:
        """The columns of each further row of one table."""
        return [found for each in self.repeats if (found := _of(each, tabell))]

    def every_column(self) -> Iterator[tuple[Slot, str]]:
        """Slots and local columns, those of further rows as well."""
        for columns in (self.columns, *self.repeats):
            yield from ((slot, local) for slot, (local, _) in columns.items())


def _of(columns: Columns, tabell: str) -> Columns:
    return {slot: found for slot, found in columns.items() if slot.tabell == tabell}


def match_files(candidates: Sequence[Candidate]) -> list[Matched]:
    """The best kind of each file, twice: the second time knowing which values are keys of which table."""
    keys: Keys = {}
    found: list[Matched] = []
    for _ in range(2):
        found = [max((_as_kind(each, kind, keys) for kind in KINDS), key=lambda one: one.score) for each in candidates]
        keys = _keys(found)
    return found


def _keys(found: Sequence[Matched]) -> Keys:
    """The values of each key, out of the files whose rows are those of its table."""
    keys: dict[str, set[str]] = {}
    for matched in found:
        for slot, (local, confidence) in matched.columns.items():
            is_key = slot.is_link and matched.kind.parent is None and _owner(slot) == slot.tabell
            if is_key and confidence >= LEAST:
                keys.setdefault(slot.kolumn, set()).update(matched.candidate.facts[local].counts)
    return {kolumn: frozenset(values) for kolumn, values in keys.items()}


def _owner(slot: Slot) -> str:
    names = {"plan_id": "genomforandeplan"}
    return names.get(slot.kolumn, slot.kolumn.removesuffix("_id"))


def _as_kind(candidate: Candidate, kind: Kind, keys: Keys) -> Matched:
    """The best assignment; of numbered columns the first, and the others as it where its table can be repeated."""
    groups = candidate.numbered
    columns = _assigned(candidate, kind, keys, groups)
    if groups:
        repeated = {local for slot, (local, _) in columns.items() if slot.tabell in kind.repeatable}
        groups = {first: group for first, group in groups.items() if first in repeated}
        columns = _assigned(candidate, kind, keys, groups) if len(groups) < len(candidate.numbered) else columns
    side_by_side = {slot: local for slot, (local, _) in columns.items() if slot.tabell in kind.repeatable}
    repeats = _repeats(candidate, side_by_side, groups, keys)
    needed = {slot for slot in kind.slots if slot.tabell == kind.head and slot.meta["saknas"] == "avvisa"}
    missing = len(needed - set(columns))
    total = sum(confidence - LEAST for _, confidence in columns.values())
    named = likeness(candidate.source.label, "", kind.words)
    score = total - _MISSING_PENALTY * missing + _FILE_NAME_WEIGHT * named
    used = {local for each in (columns, *repeats) for local, _ in each.values()}
    left = tuple(name for name in candidate.facts if name not in used)
    return Matched(candidate, kind, columns, score, left, repeats)


def _assigned(candidate: Candidate, kind: Kind, keys: Keys, groups: Groups) -> Columns:
    """Each slot's column; of the groups the first column alone."""
    away = later(groups)
    names = [name for name in candidate.facts if name not in away]
    slots = kind.slots
    scores = np.array([[_confidence(name, candidate.facts[name], slot, keys) for slot in slots] for name in names])
    scores += in_order(candidate.source, names, candidate.facts, slots, scores)
    gains = np.maximum(scores - LEAST, 0)
    rows, places = linear_sum_assignment(gains, maximize=True)
    chosen = {
        slots[j]: (names[i], float(min(scores[i, j], 1.0)))
        for i, j in zip(rows, places, strict=True)
        if gains[i, j] > 0
    }
    return _that_stand(kind, chosen)


def _repeats(candidate: Candidate, first: dict[Slot, str], groups: Groups, keys: Keys) -> tuple[Columns, ...]:
    """The columns of each further number, as its first column is; a table without its essential ones is left out."""
    found: list[Columns] = []
    for number in range(2, 2 + max((len(group) for group in groups.values()), default=0)):
        row = {
            slot: (other, _confidence(other, candidate.facts[other], slot, keys))
            for slot, local in first.items()
            if local in groups and (other := groups[local].get(number))
        }
        found.append({slot: each for slot, each in row.items() if _is_whole(slot.tabell, row)})
    return tuple(each for each in found if each)


def _is_whole(tabell: str, columns: Collection[Slot]) -> bool:
    return {Slot(tabell, kolumn) for kolumn in ESSENTIAL[tabell]} <= set(columns)


def _that_stand(kind: Kind, chosen: Columns) -> Columns:
    """Without columns of parts whose essential ones were not found; answers one way, in one column or several."""
    if Slot("kvalitetssvar", "fraga") in chosen:
        chosen = {slot: found for slot, found in chosen.items() if slot.fraga is None}
    elif any(slot.fraga for slot in chosen):
        chosen = {slot: found for slot, found in chosen.items() if slot != Slot("kvalitetssvar", "svar")}
    links = {slot.kolumn for slot in chosen if slot.tabell == kind.head}
    found = {tabell: {slot.kolumn for slot in chosen if slot.tabell == tabell} | links for tabell in kind.others}
    stands = {kind.head} | {tabell for tabell in kind.others if set(ESSENTIAL[tabell]) <= found[tabell]}
    return {slot: each for slot, each in chosen.items() if slot.tabell in stands}


def _confidence(name: str, facts: Facts, slot: Slot, keys: Keys) -> float:
    fit, tells = value_fit(facts, slot, keys)
    if fit == _IMPOSSIBLE:
        return 0.0
    named = likeness(name, slot.tabell, slot.phrases)
    weighed = _NAME_WEIGHT * named + (1 - _NAME_WEIGHT) * fit
    # Values that only one kind of column has say it whatever the header is.
    return max(weighed, 0.55 + 0.4 * named) if tells else weighed


def value_fit(facts: Facts, slot: Slot, keys: Keys) -> tuple[float, bool]:
    """How well values fit a place (-1 impossible, else 0–1), and whether they alone nearly tell it."""
    if not facts.filled:
        return 0.5, False
    reading, meta = slot.meta["lasning"], slot.meta
    if reading == "personnummer" or facts.personal_share > 0.5:
        is_person = reading == "personnummer" and facts.personal_share > 0.5
        return (1.0, True) if is_person else (_IMPOSSIBLE, False)
    if reading == "date" or facts.date_share > 0.8:
        return (0.8, False) if reading == "date" and facts.date_share > 0.6 else (_IMPOSSIBLE, False)
    if reading == "code":
        return _code_fit(facts, str(meta["kodlista"]))
    if reading == "boolean":
        return (0.9, False) if facts.yes_no_share > 0.9 and len(facts.counts) <= 4 else (_IMPOSSIBLE, False)
    if reading in ("integer", "decimal"):
        return (0.7, False) if facts.number_share > 0.9 else (_IMPOSSIBLE, False)
    if reading == "identifier":
        return _link_fit(facts, slot, keys)
    return _text_fit(facts), False


def _code_fit(facts: Facts, kodlista: str) -> tuple[float, bool]:
    share = facts.code_shares[kodlista]
    if share > 0.8:
        digits_only = facts.number_share > 0.9
        return 1.0, not digits_only and facts.yes_no_share < 0.9
    if not facts.is_coded or (facts.prose_share > 0.7 and len(facts.counts) > 40):
        return _IMPOSSIBLE, False
    return 0.3 + 0.6 * share, False


def _link_fit(facts: Facts, slot: Slot, keys: Keys) -> tuple[float, bool]:
    if facts.prose_share > 0.2:
        return _IMPOSSIBLE, False
    if slot.is_link and keys:
        shared = {name: _shared(facts, values) for name, values in keys.items()}
        own = shared.get(slot.kolumn, 0.0)
        if own > 0.5 and own == max(shared.values()):
            return 1.0, list(shared.values()).count(own) == 1
        if max(shared.values(), default=0.0) > 0.5:
            return _IMPOSSIBLE, False
    looks_like_one = (facts.digit_share > 0.8 and facts.number_share < 1) or len(facts.counts) > 12
    return (0.7 if looks_like_one else 0.3), False


def _shared(facts: Facts, values: frozenset[str]) -> float:
    return sum(text in values for text in facts.sample) / len(facts.sample)


def _text_fit(facts: Facts) -> float:
    if facts.number_share > 0.5:
        return _IMPOSSIBLE
    if facts.prose_share > 0.3:
        return 1.0
    return 0.5 if not facts.is_coded else 0.2
