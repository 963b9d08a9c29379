"""The two kinds of indicators, and things that happen to units, day by day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_facts import Units


@dataclass(frozen=True)
class State:
    """Units that last until ``slut`` inclusive, and what is true of given ones on a day."""

    units: Units
    slut: Ints
    on: Callable[[int, Ints], tuple[Bools, Bools]]
    """(day, rows) -> in the denominator, in the numerator."""


@dataclass(frozen=True)
class Event:
    """Units that happen on a day, until they are replaced on the day ``till``."""

    units: Units
    till: Ints
    excluded: Bools
    reached: Bools


class Happenings:
    """Days on which something happened to some of ``units`` units."""

    def __init__(self, unit: Ints, day: Ints, units: int) -> None:
        order = np.argsort(day, kind="stable")
        self._unit, self._day, self._units = unit[order], day[order], units

    def latest(self, day: int) -> Ints:
        """Per unit the last day, no later than ``day``, on which it happened; ``-NEVER`` where it had not."""
        known = int(np.searchsorted(self._day, day, side="right"))
        found = np.full(self._units, -NEVER)
        found[self._unit[:known]] = self._day[:known]  # a later assignment to the same unit wins
        return found

    def first(self) -> Ints:
        """Per unit the first day on which it happened; ``NEVER`` where it never did."""
        found = np.full(self._units, NEVER)
        found[self._unit[::-1]] = self._day[::-1]
        return found

    def any_within(self, unit: Ints, first: Ints, last: Ints) -> Bools:
        """True where it happened to the unit on a day from ``first`` to ``last``, both included."""
        order = np.lexsort((self._day, self._unit))
        keys = _key(self._unit[order], self._day[order])
        at = np.append(keys, np.iinfo(np.int64).max)[np.searchsorted(keys, _key(unit, first))]
        return np.asarray(at <= _key(unit, last))


def never_replaced(units: int) -> Ints:
    """``till`` of units that stay."""
    return np.full(units, NEVER)


def _key(unit: Ints, day: Ints) -> Ints:
    return np.asarray(unit * (4 * NEVER) + day)
