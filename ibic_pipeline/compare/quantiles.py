"""Median and 90th percentile of the units' values, with intervals, from how often each value occurs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

ALPHA = 0.05
QUANTILES = {"median": 0.5, "p90": 0.9}
"""Column -> the share of units that lie at or below it."""

INTERVALS = tuple(f"{name}_ki_{side}" for name in QUANTILES for side in ("lag", "hog"))
SUMMARY = ("antal_varden", "median", "p90", *INTERVALS)
"""Columns that a summary of values adds: how many units have a value, the quantiles, and their 95 % intervals."""


def summarise(values: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """One row per combination of ``keys``, with the columns of ``SUMMARY``.

    Args:
        values: ``keys``, ``varde`` and ``antal`` (how many units have the value), ordered by ``keys`` and ``varde``,
            each combination of them once.
        keys: what the values are grouped by; never null.

    An interval's bound is the value of one unit in order, so chosen that the true quantile lies outside with at most
    2.5 % probability on either side, whatever the distribution. NaN where there are too few units for such a bound.
    """
    first = ~values.duplicated(list(keys)).to_numpy()
    cells = values.loc[first, list(keys)].reset_index(drop=True)
    counts = values["antal"].to_numpy(dtype=np.int64)
    if not len(cells):
        return cells.assign(**dict.fromkeys(SUMMARY, np.array([], dtype=float)))
    n = np.add.reduceat(counts, np.flatnonzero(first))
    in_order = _InOrder(values["varde"].to_numpy(dtype=float), counts.cumsum(), n.cumsum() - n)
    found = {"antal_varden": n, "median": (in_order.at((n + 1) // 2) + in_order.at(n // 2 + 1)) / 2}
    found["p90"] = in_order.at(p90_rank(n))
    for name in QUANTILES:
        for side, rank in zip(("lag", "hog"), interval_ranks(n, QUANTILES[name]), strict=True):
            found[f"{name}_ki_{side}"] = in_order.at(rank)
    return cells.assign(**found)


def p90_rank(n: np.ndarray) -> np.ndarray:
    """Which unit in order is the 90th percentile: the first at or below which nine tenths lie."""
    rank: np.ndarray = (9 * n + 9) // 10
    return rank


def interval_ranks(n: np.ndarray, quantile: float) -> tuple[np.ndarray, np.ndarray]:
    """Which units in order, 1 being the lowest, bound a quantile; 0 where no unit of so few does.

    Conover, W. J. (1999), Practical Nonparametric Statistics, section 3.2.
    """
    from scipy.stats import binom  # takes a second to load, and most commands need no statistics

    sizes, place = np.unique(n, return_inverse=True)
    low = binom.ppf(ALPHA / 2, sizes, quantile).astype(np.int64)
    high = binom.ppf(1 - ALPHA / 2, sizes, quantile).astype(np.int64) + 1
    return low[place], np.where(high > sizes, 0, high)[place]


class _InOrder:
    """Units of many cells in order of their values; ``at`` picks one unit per cell."""

    def __init__(self, values: np.ndarray, cumulated: np.ndarray, before: np.ndarray) -> None:
        self.values, self.cumulated, self.before = values, cumulated, before

    def at(self, rank: np.ndarray) -> np.ndarray:
        """The value of the unit with this rank in each cell; NaN where the rank is 0."""
        place = np.searchsorted(self.cumulated, self.before + np.maximum(rank, 1))
        return np.where(rank > 0, self.values[place], np.nan)
