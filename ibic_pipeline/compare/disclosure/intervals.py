"""How far each unknown count can go when sums of them are known: linear programs."""

from __future__ import annotations

from typing import Any

import numpy as np

NEAR = 1e-6
ROUNDS = 20
ENOUGH = 0.1
"""Many counts are moved at once, in so many rounds at most, and as long as each settles so large a part of the rest."""


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

    matrix = csr_array(matrix)
    zero = _forced_to_zero(matrix, known)
    free = np.diff(matrix.tocsc().indptr) == 0
    asked = wanted & ~zero & ~free
    if not asked.any():
        low = np.zeros(len(wanted))
        return low, np.where(zero, 0.0, np.inf if point is None else np.where(free, np.inf, point))
    program = _Program(matrix, known, zero)
    start = program.best(np.zeros(0, dtype=np.int64), np.zeros(0)) if point is None else point
    if start is None:
        raise ValueError("no counts fit what is shown")
    found = _Found(start.astype(float), start.astype(float), asked, width)
    _move_many(program, found)
    _move_each(program, found)
    found.low[zero | free], found.high[zero], found.high[free] = 0, 0, np.inf
    return found.low, found.high


class _Found:
    """Values that unknowns can have, as far as they have been found."""

    def __init__(self, low: np.ndarray, high: np.ndarray, asked: np.ndarray, width: float) -> None:
        self.low, self.high, self.asked, self.width = low.copy(), high.copy(), asked, width

    def note(self, solution: np.ndarray) -> None:
        np.minimum(self.low, solution, out=self.low)
        np.maximum(self.high, solution, out=self.high)

    def open(self) -> np.ndarray:
        return np.flatnonzero(self.asked & ~(self.high - self.low >= self.width - NEAR))


def _move_many(program: _Program, found: _Found) -> None:
    """Push all that is open up or down at once, each no farther than it needs to go."""
    random = np.random.default_rng(len(found.low))
    for _ in range(ROUNDS):
        open_ = found.open()
        if len(open_) < 2:
            return
        program.hold(open_, np.maximum(found.high[open_] - found.width, 0), found.low[open_] + found.width)
        solution = program.best(open_, random.choice([-1.0, 1.0], len(open_)) * random.uniform(0.5, 1.5, len(open_)))
        if solution is not None:
            found.note(solution)
        if len(found.open()) > (1 - ENOUGH) * len(open_):
            return


def _move_each(program: _Program, found: _Found) -> None:
    program.release()
    for each in found.open():
        for sign in (1.0, -1.0):
            if found.high[each] - found.low[each] < found.width - NEAR:
                solution = program.best(np.array([each]), np.array([sign]))
                if solution is None:
                    found.high[each] = np.inf
                else:
                    found.note(solution)


class _Program:
    """A program that the solver keeps, so that each further objective starts where the last one ended."""

    def __init__(self, matrix: Any, known: np.ndarray, zero: np.ndarray) -> None:
        import highspy

        columns = matrix.tocsc()
        self.upper = np.where(zero, 0.0, highspy.kHighsInf)
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = columns.shape
        program.sense_ = highspy.ObjSense.kMaximize
        program.col_cost_ = np.zeros(columns.shape[1])
        program.col_lower_ = np.zeros(columns.shape[1])
        program.col_upper_ = self.upper
        program.row_lower_ = program.row_upper_ = known.astype(float)
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = columns.indptr, columns.indices
        program.a_matrix_.value_ = columns.data.astype(float)
        self.status = highspy.HighsModelStatus
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        options: dict[str, Any] = {"output_flag": False, "threads": 1, "presolve": "off", "simplex_strategy": 4}
        for option, value in options.items():
            self.solver.setOptionValue(option, value)
        self.solver.passModel(program)
        self.places = np.arange(columns.shape[1], dtype=np.int32)
        self.costly = np.zeros(0, dtype=np.int32)

    def hold(self, chosen: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Keep the chosen unknowns within bounds, which the latest solution meets."""
        self.solver.changeColsBounds(len(chosen), chosen.astype(np.int32), low, high)

    def release(self) -> None:
        """Give all unknowns their own bounds again."""
        self.hold(self.places, np.zeros(len(self.places)), self.upper)

    def best(self, chosen: np.ndarray, costs: np.ndarray) -> np.ndarray | None:
        """The solution where the chosen unknowns, weighed by ``costs``, are highest; None where there is no end."""
        self.solver.changeColsCost(len(self.costly), self.costly, np.zeros(len(self.costly)))
        self.costly = chosen.astype(np.int32)
        self.solver.changeColsCost(len(chosen), self.costly, costs)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status in (self.status.kUnbounded, self.status.kUnboundedOrInfeasible):
            return None
        if status == self.status.kInfeasible:
            raise ValueError("no counts fit what is shown")
        values: np.ndarray = np.maximum(np.array(self.solver.getSolution().col_value), 0.0)
        return values


def _forced_to_zero(matrix: Any, known: np.ndarray) -> np.ndarray:
    """Unknowns that must be 0 because they add up to 0, equation by equation until no more follow."""
    zero = np.zeros(matrix.shape[1], dtype=bool)
    subtracts, holds = matrix.minimum(0), abs(matrix).T.tocsr()
    while True:
        free = (subtracts @ ~zero) < 0
        empty = (known == 0) & ~free
        found = zero | ((holds @ empty) > 0)
        if (found == zero).all():
            return zero
        zero = found
