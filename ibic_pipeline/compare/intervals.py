"""How far each unknown count can go when sums of them are known: linear programs, one connected part at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

NEAR = 1e-6
SHARE, TRIES = 12, 3


def ranges(
    matrix: Any, known: np.ndarray, wanted: np.ndarray, width: float, point: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest values of unknowns ``x >= 0`` with ``matrix @ x == known``; both ends can be reached.

    Where ``wanted``, the ends are at least ``width`` apart, or are the true ends. Elsewhere they are what was found on
    the way.

    Args:
        matrix: sparse, equations by unknowns.
        wanted: per unknown, whether its range is asked for.
        point: one solution, if there is one at hand.

    Raises:
        ValueError: no ``x`` fits.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    matrix = csr_array(matrix)
    unknowns = matrix.shape[1]
    low = np.full(unknowns, np.inf) if point is None else point.astype(float)
    high = np.full(unknowns, -np.inf) if point is None else point.astype(float)
    number, part = connected_components(matrix.T @ matrix, directed=False)
    order = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[order], np.arange(number + 1))
    row_part = part[matrix.indices[np.minimum(matrix.indptr[:-1], max(matrix.nnz - 1, 0))]] if matrix.nnz else part[:0]
    row_part = np.where(np.diff(matrix.indptr) > 0, row_part, -1)
    rows_in_order = np.argsort(row_part, kind="stable")
    row_ends = np.searchsorted(row_part[rows_in_order], np.arange(number + 1))
    for each in np.unique(part[wanted]):
        columns = order[ends[each] : ends[each + 1]]
        rows = rows_in_order[row_ends[each] : row_ends[each + 1]]
        if not len(rows):
            low[columns], high[columns] = 0, np.inf
            continue
        program = _Program(matrix[rows][:, columns], known[rows])
        low[columns], high[columns] = _explore(program, low[columns], high[columns], wanted[columns], width)
    return low, high


def _explore(
    program: _Program, low: np.ndarray, high: np.ndarray, wanted: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(len(low))
    tried = np.zeros(len(low), dtype=np.int64)
    wanted = wanted & ~program.zero
    low[program.zero], high[program.zero] = 0, 0

    def pending() -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return np.flatnonzero(wanted & ~(high - low >= width - NEAR))

    def try_for(chosen: np.ndarray, sign: float) -> None:
        found = program.best(chosen, sign * random.uniform(0.5, 1.5, len(chosen)))
        if found is None:  # one of them has no upper end
            if len(chosen) == 1:
                high[chosen] = np.inf
            return
        np.minimum(low, found, out=low)
        np.maximum(high, found, out=high)

    batch = max(len(low) // SHARE, 1)
    while batch > 1 and len(open_ := pending()[tried[pending()] < TRIES]):
        chosen = open_ if len(open_) <= batch else np.sort(random.choice(open_, batch, replace=False))
        tried[chosen] += 1
        try_for(chosen, 1.0)
        if len(pending()) > len(open_) - len(chosen) // 4:
            batch //= 2
    for each in pending():
        for sign in (1.0, -1.0):
            if not high[each] - low[each] >= width - NEAR:
                try_for(np.array([each]), sign)
    return low, high


class _Program:
    """One connected part, kept by the solver so that each further objective starts where the last one ended."""

    def __init__(self, matrix: Any, known: np.ndarray) -> None:
        import highspy

        self.zero = _forced_to_zero(matrix, known)
        columns = matrix.tocsc()
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = columns.shape
        program.sense_ = highspy.ObjSense.kMaximize
        program.col_cost_ = np.zeros(columns.shape[1])
        program.col_lower_ = np.zeros(columns.shape[1])
        program.col_upper_ = np.where(self.zero, 0.0, highspy.kHighsInf)
        program.row_lower_ = program.row_upper_ = known.astype(float)
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = columns.indptr, columns.indices
        program.a_matrix_.value_ = columns.data.astype(float)
        self.status = highspy.HighsModelStatus
        self.solver = highspy.Highs()
        for option, value in {"output_flag": False, "threads": 1, "presolve": "off", "simplex_strategy": 4}.items():
            self.solver.setOptionValue(option, value)
        self.solver.passModel(program)
        self.costs = np.zeros(columns.shape[1])
        self.places = np.arange(columns.shape[1], dtype=np.int32)

    def best(self, chosen: np.ndarray, costs: np.ndarray) -> np.ndarray | None:
        """The solution where the chosen unknowns, weighed by ``costs``, are highest; None where there is no end."""
        self.costs[:] = 0
        self.costs[chosen] = costs
        self.solver.changeColsCost(len(self.places), self.places, self.costs)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status in (self.status.kUnbounded, self.status.kUnboundedOrInfeasible):
            return None
        if status == self.status.kInfeasible:
            raise ValueError("no counts fit what is shown")
        return np.maximum(np.array(self.solver.getSolution().col_value), 0.0)


def _forced_to_zero(matrix: Any, known: np.ndarray) -> np.ndarray:
    """Unknowns that must be 0 because they add up to 0, equation by equation until no more follow."""
    zero = np.zeros(matrix.shape[1], dtype=bool)
    subtracts = matrix.minimum(0)
    while True:
        free = (subtracts @ ~zero) < 0
        empty = (known == 0) & ~free
        found = zero | ((abs(matrix).T @ empty) > 0)
        if (found == zero).all():
            return zero
        zero = found
