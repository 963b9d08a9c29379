"""Indicators that count the same units: figures of one tell what those of another leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

FIGURE = ["niva", "kommunkod", "period_typ", "period", "brytning", "grupp"]
"""What names a figure of one indicator."""


@dataclass(frozen=True)
class Family:
    """Indicators with the same denominator and the same exclusions, which hide the same cells.

    ``inom``: each numerator holds the one before. ``isar``: no unit is in two of them. ``fritt``: they are not related.
    """

    members: tuple[str, ...]
    relation: Literal["inom", "isar", "fritt"] = "inom"


RELATED = (
    Family(("T1", "T2"), "inom"),
    Family(("M1", "M2"), "inom"),
    Family(("D1", "D2"), "isar"),
    Family(("D3", "D4", "P1"), "fritt"),
    Family(("F2", "P3"), "fritt"),
)


def families(ids: Sequence[str]) -> list[Family]:
    """``ids`` in families; one without relatives is a family of its own."""
    found = [Family(tuple(each for each in family.members if each in ids), family.relation) for family in RELATED]
    related = {each for family in found for each in family.members}
    return [each for each in found if each.members] + [Family((each,)) for each in ids if each not in related]


def measures(namnare: np.ndarray, taljare: Mapping[str, np.ndarray], family: Family) -> np.ndarray:
    """Counts by cell, whole and part, that are never negative, that add up on their own, and that the figures tell.

    The parts of each whole add up to the denominator. What is between two numerators, or in none of them, can be worked
    out from figures that are shown; so it is counted too, and must be no small count either.
    """
    counts = [taljare[each] for each in family.members]
    if family.relation == "fritt":
        return np.stack([np.stack([each, namnare - each], axis=1) for each in counts], axis=1)
    if family.relation == "inom":
        parts = [counts[0], *(after - before for before, after in pairwise(counts))]
        return np.stack([*parts, namnare - counts[-1]], axis=1)[:, None]
    return np.stack([*counts, namnare - sum(counts)], axis=1)[:, None]


def same_cells(frames: Sequence[pd.DataFrame]) -> bool:
    """Whether they have the same units: a municipality whose version is of an earlier definition makes a difference."""
    names = [*FIGURE, "namnare", "exkluderade"]
    first = frames[0][names].reset_index(drop=True)
    return all(first.equals(each[names].reset_index(drop=True)) for each in frames[1:])
