"""Changes to counts: what stands at each period's end, or happened in it, for many cells at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ibic_pipeline.compare.changes import COUNTS
from ibic_pipeline.compare.periods import MONTHS_IN, Period
from ibic_pipeline.derive.headers import indicators

_CELL = ["indikator", "brytning", "grupp"]


def counts_of(changes: pd.DataFrame, cells: pd.DataFrame, periods: Sequence[Period]) -> dict[str, np.ndarray]:
    """Count -> an array by cell and period.

    Args:
        changes: as ``changes_by`` gives them.
        cells: ``indikator, brytning, grupp``, each once; changes of other cells are left out.
        periods: as ``calendar`` gives them: without gaps within a type.
    """
    places = pd.MultiIndex.from_frame(cells[_CELL]).get_indexer(pd.MultiIndex.from_frame(changes[_CELL]))
    wanted = places >= 0
    found, places = changes[wanted], places[wanted]
    happens = found["indikator"].isin([each.id for each in indicators() if each.typ == "handelse"]).to_numpy()
    cube = np.zeros((len(cells), len(periods), len(COUNTS)), dtype=np.int64)
    _count_events(cube, found[happens], places[happens], periods)
    _count_standing(cube, found[~happens], places[~happens], periods)
    return {name: cube[..., place] for place, name in enumerate(COUNTS)}


def _count_events(cube: np.ndarray, changes: pd.DataFrame, cells: np.ndarray, periods: Sequence[Period]) -> None:
    numbered = pd.MultiIndex.from_arrays(
        [[MONTHS_IN[period.typ] for period in periods], [period.number for period in periods]]
    )
    place = numbered.get_indexer(pd.MultiIndex.from_frame(changes[["manader", "nummer"]]))
    known = place >= 0
    cube[cells[known], place[known]] = _values(changes)[known]


def _count_standing(cube: np.ndarray, changes: pd.DataFrame, cells: np.ndarray, periods: Sequence[Period]) -> None:
    """The running sum at each period's last month."""
    if not len(changes):
        return
    months = np.array([period.last_month for period in periods], dtype=np.int64)
    month = changes["nummer"].to_numpy(dtype=np.int64)
    first = min(months.min(initial=month.min()), month.min())
    standing, place = np.unique(cells, return_inverse=True)
    by_month = np.zeros((len(standing), max(months.max(initial=first), month.max()) - first + 1, len(COUNTS)), np.int64)
    by_month[place, month - first] = _values(changes)
    cube[standing] = by_month.cumsum(axis=1)[:, months - first]


def _values(changes: pd.DataFrame) -> np.ndarray:
    values: np.ndarray = changes[list(COUNTS)].to_numpy(dtype=np.int64)
    return values
