"""How far a hidden count can go, by a linear program for that count alone."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def true_range(matrix: np.ndarray, known: np.ndarray, number: int) -> tuple[float, float]:
    """The least and the most that a count of zero or more can be where the equations hold; infinite without end."""
    cost = np.zeros(matrix.shape[1])
    ends = []
    for sign in (1.0, -1.0):
        cost[number] = sign
        found = linprog(cost, A_eq=matrix, b_eq=known, method="highs")
        ends.append(sign * found.fun if found.status == 0 else np.inf)
    return ends[0], ends[1]
