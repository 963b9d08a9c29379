"""Indicators whose numerators are parts of the same units: figures of one tell what those of another leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Family:
    """Indicators with the same denominator and the same exclusions, of which one pattern is made.

    ``inom``: each numerator holds the one before. ``isar``: no unit is in two of them.
    """

    members: tuple[str, ...]
    relation: Literal["inom", "isar"] = "inom"


RELATED = (Family(("T1", "T2"), "inom"), Family(("M1", "M2"), "inom"), Family(("D1", "D2"), "isar"))


def families(ids: Sequence[str]) -> list[Family]:
    """``ids`` in families; one without relatives is a family of its own."""
    found = [Family(tuple(each for each in family.members if each in ids), family.relation) for family in RELATED]
    related = {each for family in found for each in family.members}
    return [each for each in found if each.members] + [Family((each,)) for each in ids if each not in related]


def measures(namnare: np.ndarray, taljare: Mapping[str, np.ndarray], family: Family) -> np.ndarray:
    """Counts by cell and measure that are never negative, that add up on their own, and that the figures tell.

    What is between two numerators, or in none of them, can be worked out from figures that are shown; so it is counted
    too, and must be no small count either.
    """
    counts = [taljare[each] for each in family.members]
    if family.relation == "inom":
        steps = [counts[0], *(after - before for before, after in zip(counts, counts[1:], strict=False))]
        return np.stack([*steps, namnare - counts[-1]], axis=1)
    return np.stack([*counts, namnare - sum(counts)], axis=1)
