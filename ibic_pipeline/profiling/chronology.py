"""Dates of a row follow the order of the work: what was sent was received later, and begun after that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ibic_pipeline.profiling.facts import ENDLESS_FROM, Facts
from ibic_pipeline.profiling.layout import Slot
from ibic_pipeline.profiling.source import Source

ORDER = {
    "utredning": ("ansokan_datum", "aktualiserad", "inledd", "avslutad"),
    "beslut": ("beslutsdatum", "galler_fran", "verkstallt", "planerad_uppfoljning", "upphort", "galler_tom"),
    "uppdrag": ("skickat", "mottaget", "paborjat", "avslutat"),
    "genomforandeplan": ("upprattad", "klarmarkerad", "delgiven", "nasta_uppfoljning"),
    "uppfoljning": ("planerad", "datum"),
}
_WEIGHT = 0.15
_ROWS = 2000


def in_order(
    source: Source, names: Sequence[str], facts: dict[str, Facts], slots: Sequence[Slot], scores: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the order of its days adds to each (column, slot) that is possible at all.

    A column's place is the mean share of the row's other days that come before its own; a slot's is its place in the
    order of the work. The further they are apart, the less is added.
    """
    bonus = np.zeros(scores.shape)
    dated = [name for name in names if facts[name].dates]
    if len(dated) < 2:
        return bonus
    places = dict(zip(dated, _places([_days(source.columns[name], facts[name]) for name in dated]), strict=True))
    for j, slot in enumerate(slots):
        order = ORDER.get(slot.tabell, ())
        if slot.kolumn not in order:
            continue
        expected = order.index(slot.kolumn) / (len(order) - 1)
        for i, name in enumerate(names):
            if name in places and scores[i, j] > 0:
                bonus[i, j] = _WEIGHT * (0.5 - abs(places[name] - expected))
    return bonus


def _days(cells: list[str], facts: Facts) -> NDArray[np.float64]:
    known = {text: day.toordinal() for text, day in facts.dates.items() if day < ENDLESS_FROM}
    return np.array([known.get(text, np.nan) for text in cells[:_ROWS]])


def _places(days: list[NDArray[np.float64]]) -> list[float]:
    table = np.array(days)
    found = []
    for own in table:
        with np.errstate(invalid="ignore"):
            before, after = (table < own).sum(), (table > own).sum()
        found.append(before / (before + after) if before + after else 0.5)
    return found
