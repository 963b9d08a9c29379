"""Which cells of an additive structure must be hidden so that what must not be seen cannot be worked out.

First every equation that hides anything gets enough hidden cells (``complement``). That is necessary and nearly
enough: the equations together may still tell more than each does. So the range that they leave each hidden count is
found by linear programs, and where it is too narrow one more cell is hidden (``strengthen``) until none is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ibic_pipeline.compare.disclosure.intervals import NEAR, connected, ranges
from ibic_pipeline.compare.disclosure.structures import Structure


@dataclass(frozen=True)
class Cells:
    """Cells of one or several indicators with the same units; arrays by cell.

    ``counts`` is by cell and measure: counts that are never negative and that add up on their own (numerator and rest).
    Each ``parts`` measures that follow one another are the parts of a whole, the same whole for all.
    """

    counts: np.ndarray
    parts: int
    may_hide: np.ndarray
    """False where readers know the counts already, or where there is nobody."""
    order: np.ndarray
    """Which cell is hidden rather than another: the lowest first. Each cell has a number of its own."""
    structures: Sequence[Structure]
    few: np.ndarray
    """True where not even a large count may be known, because all there are are too few."""
    places: np.ndarray | None = None
    """The number of the place that it is of, or -1 for all places together; decides nothing, but saves time."""


@dataclass(frozen=True)
class Protection:
    """What a set of hidden cells must leave open."""

    width: int
    """The least distance between the lowest and the highest value that a hidden count can have; known zeros aside."""
    mass: int
    """Counts from 1 up to below this are small. What the hidden cells of an equation hold together must not be one."""


def protect(cells: Cells, hidden: np.ndarray, protection: Protection) -> tuple[np.ndarray, int]:
    """``hidden`` with all that must be hidden beside it, and how many of them remain too narrow all the same."""
    hidden = complement(cells, hidden, protection.mass)
    new, weak = hidden, np.zeros(len(hidden), dtype=bool)
    proven = np.zeros(cells.counts.shape, dtype=bool)
    while True:
        weak = _narrow(cells, hidden, protection, proven, weak, new)
        more = complement(cells, strengthen(cells, hidden, weak), protection.mass)
        if (more == hidden).all():
            return hidden, int(weak.sum())
        new, hidden = more & ~hidden, more


def complement(cells: Cells, hidden: np.ndarray, mass: int) -> np.ndarray:
    """Hidden cells with those that must be hidden beside them, equation by equation, until none needs another.

    An equation needs another hidden cell when it has one alone, or when what its hidden cells hold together is known
    and less than ``mass`` in some measure, but not 0.
    """
    hidden = hidden.copy()
    changed = True
    while changed:
        changed = False
        for structure in cells.structures:
            chosen = _next(cells, hidden, structure, _needs_more(cells, hidden, structure, mass))
            hidden[chosen] = True
            changed |= len(chosen) > 0
    return hidden


def is_complete(cells: Cells, hidden: np.ndarray, mass: int) -> bool:
    """Whether no equation needs another hidden cell; ``complement`` may have found none that could be hidden."""
    return not any(_needs_more(cells, hidden, each, mass).any() for each in cells.structures)


def strengthen(cells: Cells, hidden: np.ndarray, weak: np.ndarray) -> np.ndarray:
    """One more hidden cell in an equation of each ``weak`` cell.

    Where all of these are hidden already, one farther away: the first that is met on the way from equation to equation.
    """
    hidden = hidden.copy()
    near = _one_more(cells, hidden, weak)
    while near.any():
        beside = _beside(cells, near & hidden)
        able = beside & ~hidden & cells.may_hide
        if able.any():
            hidden[np.flatnonzero(able)[np.argmin(cells.order[able])]] = True
            return hidden
        if (beside | near == near).all():
            return hidden
        near |= beside
    return hidden


def _one_more(cells: Cells, hidden: np.ndarray, weak: np.ndarray) -> np.ndarray:
    """Hide one more cell in an equation of each weak cell, in those that hide the least; the cells without any."""
    left = weak.copy()
    most = max((int(_hidden_in(each, hidden).max()) for each in cells.structures), default=0)
    for number in range(1, most + 1):
        for structure in cells.structures:
            if not left.any():
                return left
            of_weak = structure.members(left) & (_hidden_in(structure, hidden) == number)
            chosen = np.zeros(len(hidden), dtype=bool)
            chosen[_next(cells, hidden, structure, of_weak)] = True
            hidden |= chosen
            left &= ~structure.within(structure.members(chosen))
    return left


def _beside(cells: Cells, some: np.ndarray) -> np.ndarray:
    """Cells that share an equation with one of them."""
    found = np.zeros(len(some), dtype=bool)
    for structure in cells.structures:
        found |= structure.within(structure.members(some))
    return found


def equations(cells: Cells, hidden: np.ndarray) -> tuple[Any, np.ndarray]:
    """What readers can set up: sparse equations over the hidden cells, and their known sides by measure."""
    from scipy.sparse import coo_array, csr_array, vstack

    place = hidden.cumsum() - 1
    matrices, known = [csr_array((0, int(hidden.sum())))], [np.zeros((0, cells.counts.shape[1]))]
    for structure in cells.structures:
        child = np.flatnonzero((structure.of_child >= 0) & hidden)
        above = np.flatnonzero(hidden[structure.parent])
        rows = np.concatenate([structure.of_child[child], above])
        columns = place[np.concatenate([child, structure.parent[above]])]
        signs = np.concatenate([np.ones(len(child)), -np.ones(len(above))])
        matrices.append(csr_array(coo_array((signs, (rows, columns)), shape=(len(structure), int(hidden.sum())))))
        shown = np.where(hidden[:, None], 0, cells.counts)
        known.append(shown[structure.parent] - structure.sums(shown))
    matrix, sides = vstack(matrices, format="csr"), np.concatenate(known)
    says = np.diff(matrix.indptr) > 0
    return matrix[says], sides[says]


def _narrow(
    cells: Cells, hidden: np.ndarray, protection: Protection, proven: np.ndarray, weak: np.ndarray, new: np.ndarray
) -> np.ndarray:
    """Hidden cells with a count that is known too well.

    Only what ``new`` hidden cells can have changed is looked at; of the rest the ``weak`` ones still are. ``proven``
    ones are passed over, and more are noted there. A known zero tells no more than a zero that is shown, and a count
    that is surely no small one may be known too. Where all other measures are known to be 0, a count is known not to
    be: a hidden cell holds somebody.
    """
    system = equations(cells, hidden)
    look = _connected(system[0], hidden, new)
    narrow = np.zeros(cells.counts.shape, dtype=bool)
    zero = np.zeros(cells.counts.shape, dtype=bool)
    for measure in range(cells.counts.shape[1]):
        wanted = look & ~proven[:, measure]
        narrow[:, measure], zero[:, measure] = _looked_at(cells, hidden, protection, system, measure, wanted)
        proven[:, measure] |= wanted & ~narrow[:, measure] & ~zero[:, measure]
    of_whole = zero.reshape(len(zero), -1, cells.parts)
    alone = np.repeat(of_whole.sum(axis=2) == cells.parts - 1, cells.parts, axis=1) & ~zero
    wider = replace(protection, width=protection.width + 1)
    for each in np.flatnonzero((alone & look[:, None]).any(axis=0)) if cells.parts > 1 else ():
        measure = int(each)
        wanted = look & alone[:, measure]
        narrow[:, measure] |= _looked_at(cells, hidden, wider, system, measure, wanted)[0]
    found: np.ndarray = np.where(look, narrow.any(axis=1), weak)
    return found


def _connected(matrix: Any, hidden: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Hidden cells that equations connect with ``some`` of them."""
    part = connected(matrix)
    found = np.zeros(len(hidden), dtype=bool)
    found[hidden] = np.isin(part, part[some[hidden]])
    return found


def _looked_at(
    cells: Cells,
    hidden: np.ndarray,
    protection: Protection,
    system: tuple[Any, np.ndarray],
    measure: int,
    wanted: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Of the wanted cells, those whose count in this measure is known too well, and those where it is known to be 0."""
    matrix, known = system
    places = None if cells.places is None else cells.places[hidden]
    counts = cells.counts[hidden, measure]
    low, high = ranges(matrix, known[:, measure], wanted[hidden], protection.width, counts, places)
    large = (low >= protection.mass - NEAR) & ~cells.few[hidden]
    fine = (high - low >= protection.width - NEAR) | large
    weak, zero = np.zeros((2, len(hidden)), dtype=bool)
    weak[hidden] = wanted[hidden] & ~fine & (high > NEAR)
    zero[hidden] = wanted[hidden] & (high <= NEAR)
    return weak, zero


def _hidden_in(structure: Structure, hidden: np.ndarray) -> np.ndarray:
    found: np.ndarray = structure.sums(hidden).astype(np.int64) + hidden[structure.parent]
    return found


def _needs_more(cells: Cells, hidden: np.ndarray, structure: Structure, mass: int) -> np.ndarray:
    number = _hidden_in(structure, hidden)
    above = hidden[structure.parent]
    rest = structure.sums(np.where(hidden[:, None], cells.counts, 0))
    alone = (number == 1) & (rest + np.where(above[:, None], cells.counts[structure.parent], 0) > 0).any(axis=1)
    little = ~above & ((rest > 0) & (rest < mass)).any(axis=1)
    needs: np.ndarray = alone | little
    return needs


def _next(cells: Cells, hidden: np.ndarray, structure: Structure, wanted: np.ndarray) -> np.ndarray:
    """For each wanted equation the child that is hidden next, or its sum when there is none; cells, each once."""
    able = ~hidden & cells.may_hide
    candidates = np.flatnonzero(able & (structure.of_child >= 0))
    candidates = candidates[wanted[structure.of_child[candidates]]]
    equation = structure.of_child[candidates]
    opens = _opens(cells.structures, hidden)[candidates] if len(candidates) else candidates
    in_order = np.lexsort((cells.order[candidates], opens, equation))
    equation, candidates = equation[in_order], candidates[in_order]
    found, first = np.unique(equation, return_index=True)
    without = wanted.copy()
    without[found] = False
    parents = structure.parent[without]
    return np.unique(np.concatenate([candidates[first], parents[able[parents]]]))


def _opens(structures: Sequence[Structure], hidden: np.ndarray) -> np.ndarray:
    """Per cell, in how many of its equations nothing is hidden yet: each would need another cell."""
    opens = np.zeros(len(hidden), dtype=np.int64)
    for structure in structures:
        untouched = _hidden_in(structure, hidden) == 0
        child = structure.of_child >= 0
        opens[child] += untouched[structure.of_child[child]]
        opens[structure.parent] += untouched
    return opens
