"""What adds up to what among published figures: groups to everyone, municipalities to the county, months to years."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.periods import MONTHS_IN, period_number

CELL = ["place", "months", "number", "brytning", "grupp"]
"""What names a cell of one indicator: its place (empty: the county), its period's length and number, its group."""


@dataclass(frozen=True)
class Structure:
    """Equations: the children of each sum to its parent. No cell is a child twice, nor a parent twice.

    ``of_child``: per cell, the equation that it is a child of, or -1. ``parent``: per equation, the cell that is the
    sum.
    """

    of_child: np.ndarray
    parent: np.ndarray

    def __len__(self) -> int:
        return len(self.parent)

    def where(self, wanted: np.ndarray) -> Structure:
        """The same without the equations that are not ``wanted`` (per equation)."""
        place = np.where(wanted, wanted.cumsum() - 1, -1)
        return Structure(np.where(self.of_child >= 0, place[self.of_child], -1), self.parent[wanted])

    def of(self, rows: np.ndarray) -> Structure:
        """The same among the cells of ``rows`` (in rising order); none of its equations may hold others beside them."""
        whole = np.isin(self.parent, rows)
        number = np.append(np.where(whole, whole.cumsum() - 1, -1), -1)  # the last one: of cells that are no child
        return Structure(number[self.of_child[rows]], np.searchsorted(rows, self.parent[whole]))

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Per equation, the sum of its children's ``values`` (by cell, or by cell and measure)."""
        chosen = self.of_child >= 0
        rows = values[chosen].reshape(int(chosen.sum()), -1)
        added = np.stack(
            [np.bincount(self.of_child[chosen], each, minlength=len(self)) for each in rows.T.astype(float)], axis=1
        )
        found: np.ndarray = added.reshape(len(self), *values.shape[1:])
        return found

    def members(self, cells: np.ndarray) -> np.ndarray:
        """Equations that hold one of the cells (given as a mask)."""
        found: np.ndarray = cells[self.parent]
        child = (self.of_child >= 0) & cells
        found[self.of_child[child]] = True
        return found

    def within(self, equations: np.ndarray) -> np.ndarray:
        """Cells that one of the equations (given as a mask) holds."""
        found: np.ndarray = (self.of_child >= 0) & equations[self.of_child]
        found[self.parent[equations]] = True
        return found


def cells_of(figures: pd.DataFrame) -> pd.DataFrame:
    """``CELL`` of rows with ``niva, kommunkod, period_typ, period, brytning, grupp``, in the same order."""
    periods = figures[["period_typ", "period"]].drop_duplicates()
    periods["months"] = periods["period_typ"].map(MONTHS_IN)
    periods["number"] = [period_number(*names) for names in zip(periods["period_typ"], periods["period"], strict=True)]
    numbered = figures[["period_typ", "period"]].merge(periods, how="left")
    return pd.DataFrame(
        {
            "place": figures["kommunkod"].where(figures["niva"].eq("kommun"), "").to_numpy(),
            "months": numbered["months"].to_numpy(),
            "number": numbered["number"].to_numpy(),
            "brytning": figures["brytning"].to_numpy(),
            "grupp": figures["grupp"].to_numpy(),
        }
    )


def standing_for(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells of a state under the name of the month whose last day they are counted on."""
    last = (cells["number"] + 1) * cells["months"] - 1
    return cells.assign(number=last, months=1)


def cells_once(figures: pd.DataFrame, *, state: bool) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Cells of the figures, each once and in order; a row of each; and by row, which cell it is.

    A state's figures of a month, quarter and year that end on the same day are one cell.
    """
    names = cells_of(figures)
    of_row, unique = pd.factorize(pd.MultiIndex.from_frame(standing_for(names) if state else names), sort=True)
    return pd.DataFrame(list(unique), columns=CELL), np.unique(of_row, return_index=True)[1], of_row


EARLIER = "före:"
"""Before a place's name where a cell is of the release before, and holds something else there."""


def structures_of(cells: pd.DataFrame, shared: np.ndarray | None = None) -> list[Structure]:
    """Everything that adds up among ``cells`` (``CELL``, each once); what has no parent among them is left out.

    A crossed breakdown (``kon_x_lagrum``) adds up to the groups of both its parts where these are published, else to
    everyone. ``shared``: cells that hold the same in the release before, and so add up to its county too.
    """
    index = pd.MultiIndex.from_frame(cells[CELL])
    both = np.zeros(len(cells), dtype=bool) if shared is None else shared
    found = [_structure(children, parents, index) for children, parents in _parents(cells, both)]
    return [each for each in found if len(each) > 0]


def _structure(children: np.ndarray, parents: pd.DataFrame, index: pd.MultiIndex) -> Structure:
    """``children``: which cells are; ``parents``: the names of the cell that each of them adds up to."""
    place = index.get_indexer(pd.MultiIndex.from_frame(parents[CELL]))
    parent, of_child = np.unique(place[place >= 0], return_inverse=True)
    equation = np.full(len(index), -1)
    equation[np.flatnonzero(children)[place >= 0]] = of_child
    return Structure(equation, parent)


def _parents(cells: pd.DataFrame, shared: np.ndarray) -> Iterator[tuple[np.ndarray, pd.DataFrame]]:
    municipal = ~cells["place"].isin(["", EARLIER]).to_numpy()
    earlier = cells["place"].str.startswith(EARLIER).to_numpy()
    for children, place in ((municipal & ~earlier, ""), (municipal & (earlier | shared), EARLIER)):
        yield children, cells[children].assign(place=place)
    yield from _of_groups(cells)
    lengths = cells.groupby("brytning")["months"].unique()
    for shorter, longer in sorted({pair for each in lengths for pair in itertools.pairwise(sorted(each))}):
        broken = [name for name, each in lengths.items() if (shorter, longer) in itertools.pairwise(sorted(each))]
        child = (cells["brytning"].isin(broken) & cells["months"].eq(shorter)).to_numpy()
        yield child, cells[child].assign(months=longer, number=cells["number"] * shorter // longer)


def _of_groups(cells: pd.DataFrame) -> Iterator[tuple[np.ndarray, pd.DataFrame]]:
    published = set(cells["brytning"].unique())
    for brytning in sorted(published - {TOTAL}):
        child = cells["brytning"].eq(brytning).to_numpy()
        parts = brytning.split("_x_")
        wholes = {number: part for number, part in enumerate(parts) if len(parts) > 1 and part in published}
        for number, whole in wholes.items():
            groups = cells.loc[child, "grupp"].str.split("_x_").str[number]
            yield child, cells[child].assign(brytning=whole, grupp=groups)
        if not wholes:
            yield child, cells[child].assign(brytning=TOTAL, grupp=EVERYONE)
