"""The ways in which a file can hold contract tables: which places a kind of file offers to its columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

from ibic_pipeline.profiling.vocabulary import alias, phrases_of
from schemas import CONTRACTS

FOLLOWS_THE_TEXT = {("mal", "endast_skala"): "text_langd"}
"""Contract columns that are read from the same local column as another of their table."""
DERIVED = {("individ", "fodelsear")}
"""Contract columns that the personal number gives."""


class Slot(NamedTuple):
    """A contract column that a local column can become; ``fraga`` when the column answers one question only."""

    tabell: str
    kolumn: str
    fraga: str | None = None

    @property
    def meta(self) -> dict[str, Any]:
        """Reading, code list and severities, as in ``schemas.contract.field``."""
        return _meta(self.tabell, self.kolumn)

    @property
    def phrases(self) -> tuple[str, ...]:
        """What such a column is called."""
        if self.fraga is not None:
            return tuple(alias()["breda"]["kvalitetssvar.fraga"][self.fraga])
        return phrases_of(self.tabell, self.kolumn)

    @property
    def is_link(self) -> bool:
        """Whether it names a row of a table: its own or a parent's."""
        return self.kolumn.endswith("_id") and self.kolumn != "utforare_id"


@dataclass(frozen=True)
class Kind:
    """A kind of file: the table of its rows, its parent's column where it is a file of lines, and what repeats it."""

    export: str
    head: str
    parent: str | None = None
    others: tuple[str, ...] = ()

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every place, those of the head first; what the parts share stands once."""
        found = [Slot(self.head, kolumn) for kolumn in _columns(self.head) if not self._is_other_parent(kolumn)]
        links = {slot.kolumn for slot in found}
        for tabell in self.others:
            found += [Slot(tabell, kolumn) for kolumn in _columns(tabell) if kolumn not in links | _PARENTS_OF_GOALS]
        if "kvalitetssvar" in (self.head, *self.others):
            found += [Slot("kvalitetssvar", "svar", fraga) for fraga in alias()["breda"]["kvalitetssvar.fraga"]]
        return tuple(found)

    @property
    def repeatable(self) -> frozenset[str]:
        """Tables of which one row of the file can hold several rows side by side."""
        return _SIDE_BY_SIDE & {*self.others}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What such a file is called."""
        names = alias()["filnamn"]
        own = names.get(f"{self.export}.{self.head}", names.get(self.head, []))
        return (self.head.replace("_", " "), *own, *(alias()["subjekt"][self.head] if self.head != "mal" else ()))

    def _is_other_parent(self, kolumn: str) -> bool:
        return self.parent is not None and kolumn in _PARENTS_OF_GOALS - {self.parent}


KINDS = (
    Kind("utredning", "utredning", others=("individ", "bedomning")),
    Kind("utredning", "bedomning", parent="utredning_id"),
    Kind("beslut", "beslut", others=("individ", "mal")),
    Kind("beslut", "mal", parent="beslut_id"),
    Kind("uppdrag", "uppdrag"),
    Kind("genomforandeplan", "genomforandeplan", others=("mal",)),
    Kind("genomforandeplan", "mal", parent="plan_id"),
    Kind("uppfoljning", "uppfoljning", others=("maluppfyllelse", "kvalitetssvar")),
    Kind("uppfoljning", "maluppfyllelse", parent="uppfoljning_id"),
    Kind("uppfoljning", "kvalitetssvar", parent="uppfoljning_id"),
)
"""Every kind of file, in the order in which a profile tells them."""

ESSENTIAL = {
    "individ": ("individ_id",),
    "bedomning": ("icf_kod",),
    "mal": ("mal_id",),
    "maluppfyllelse": ("mal_id", "utfall"),
    "kvalitetssvar": ("svar",),
}
"""Columns without which a part does not stand in a file."""

_PARENTS_OF_GOALS = {"beslut_id", "plan_id"}
_SIDE_BY_SIDE = frozenset({"bedomning", "mal", "maluppfyllelse"})


@cache
def _columns(tabell: str) -> tuple[str, ...]:
    return tuple(
        kolumn
        for kolumn in CONTRACTS[tabell].own_columns()
        if (tabell, kolumn) not in FOLLOWS_THE_TEXT and (tabell, kolumn) not in DERIVED
    )


@cache
def _meta(tabell: str, kolumn: str) -> dict[str, Any]:
    found: dict[str, Any] = CONTRACTS[tabell].own_columns()[kolumn].metadata
    return found
