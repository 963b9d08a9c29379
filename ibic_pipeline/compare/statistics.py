"""Shares, differences and ranks, and how sure they are; arrays in, arrays of the same length out."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from ibic_pipeline.county import Direction

Z95 = NormalDist().inv_cdf(0.975)


def share(taljare: np.ndarray, namnare: np.ndarray) -> np.ndarray:
    """``taljare / namnare``; NaN where the denominator is 0."""
    shares: np.ndarray = np.divide(taljare, namnare, out=np.full(len(namnare), np.nan), where=namnare > 0)
    return shares


def wilson_interval(taljare: np.ndarray, namnare: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % Wilson score interval of a share, without continuity correction; NaN where the denominator is 0.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22:209-212.
    """
    p = share(taljare, namnare)
    n = np.where(namnare > 0, namnare, np.nan)
    centre = p + Z95**2 / (2 * n)
    half = Z95 * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2))
    scale = 1 + Z95**2 / n
    low = np.where(taljare == 0, 0.0, (centre - half) / scale)
    high = np.where(taljare == namnare, 1.0, (centre + half) / scale)
    empty = np.isnan(p)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def difference_interval(
    taljare_a: np.ndarray, namnare_a: np.ndarray, taljare_b: np.ndarray, namnare_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The difference of two independent shares, a - b, and its 95 % hybrid score interval; NaN where either is empty.

    Newcombe, R. G. (1998), Statistics in Medicine 17:873-890, method 10.
    """
    a, b = share(taljare_a, namnare_a), share(taljare_b, namnare_b)
    low_a, high_a = wilson_interval(taljare_a, namnare_a)
    low_b, high_b = wilson_interval(taljare_b, namnare_b)
    low = a - b - np.hypot(a - low_a, high_b - b)
    high = a - b + np.hypot(high_a - a, b - low_b)
    return a - b, low, high


def sign_test(better: np.ndarray, worse: np.ndarray) -> np.ndarray:
    """The two-sided p-value of the exact sign test, pairs without a change left out; NaN where none changed."""
    from scipy.stats import binom  # takes a second to load, and most commands need no statistics

    changed = better + worse
    p = np.minimum(1.0, 2 * binom.cdf(np.minimum(better, worse), changed, 0.5))
    return np.where(changed > 0, p, np.nan)


def funnel_limits(namnare: np.ndarray, centre: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The shares between which ``level`` of samples of ``namnare`` units lie when the true share is ``centre``.

    Exact binomial: at most ``(1 - level) / 2`` lie below the lower limit, and at most as many above the upper one. NaN
    where the denominator is 0 or the centre unknown.
    """
    from scipy.stats import binom

    n = np.where((namnare > 0) & ~np.isnan(centre), namnare, np.nan)
    tail = (1 - level) / 2
    return binom.ppf(tail, n, centre) / n, binom.ppf(1 - tail, n, centre) / n


def rank_groups(low: np.ndarray, high: np.ndarray, riktning: Direction) -> tuple[np.ndarray, np.ndarray]:
    """The best and the worst rank that each group can have, 1 being best, when overlapping intervals are equal.

    A group is surely better than another when its whole interval lies on the better side of the other's. Groups without
    an interval (NaN) have no rank and take part in nobody's.
    """
    above = (low[:, None] > high[None, :]).sum(axis=1)  # groups that lie entirely below this one
    below = (high[:, None] < low[None, :]).sum(axis=1)
    better, worse = (below, above) if riktning == "hogre_ar_battre" else (above, below)
    known = ~(np.isnan(low) | np.isnan(high))
    return np.where(known, 1.0 + better, np.nan), np.where(known, known.sum() - 1.0 * worse, np.nan)
