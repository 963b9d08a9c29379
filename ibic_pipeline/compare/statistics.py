"""Shares and their uncertainty."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

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
