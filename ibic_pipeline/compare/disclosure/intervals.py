"""How far each unknown count can go when sums of them are known: what follows at once, then linear programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

NEAR = 1e-6
TOGETHER = 200
"""Unknowns that nothing connects share a program until it has so many: a program has a cost of its own."""

SOME = 800
"""Unknowns of so many places that a program of theirs is quick; a county has several times as many, a country fifty."""

FEW = 0.1
"""Where so small a part of the unknowns is open, a point inside costs more than it saves."""

ROUNDS = 20
ENOUGH = 0.1
"""Many counts are moved at once, in so many rounds at most, and as long as each settles so large a part of the rest."""


def ranges(
    matrix: Any,
    known: np.ndarray,
    wanted: np.ndarray,
    width: float,
    point: np.ndarray | None = None,
    places: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest values of unknowns ``x >= 0`` with ``matrix @ x == known``; both ends can be reached.

    Where ``wanted``, the ends are at least ``width`` apart, or are the true ends. Elsewhere they are what was found on
    the way.

    Args:
        matrix: sparse, equations by unknowns; its terms are 1 or -1.
        wanted: per unknown, whether its range is asked for.
        point: one solution, if there is one at hand.
        places: per unknown, the number of the place that it is of, or -1. Unknowns of some places are moved before all
            are, which changes no answer; where hardly an equation holds several places, few are open after that.

    Raises:
        ValueError: no ``x`` fits.
    """
    from scipy.sparse import csr_array

    value, rest, sides = _settled(csr_array(matrix), np.asarray(known, dtype=float))
    if (value < -NEAR).any() or (np.abs(sides[np.diff(rest.indptr) == 0]) > NEAR).any():
        raise ValueError("no counts fit what is shown")
    open_ = np.isnan(value)
    start = np.zeros(len(value)) if point is None else point.astype(float)
    low, high = np.where(open_, start, value), np.where(open_, start, value)
    columns = rest.tocsc()
    free = open_ & (np.diff(columns.indptr) == 0)
    low[free], high[free] = 0, np.inf
    for chosen in _apart(rest, open_ & ~free):
        if wanted[chosen].any():
            part = csr_array(columns[:, chosen])
            says = np.diff(part.indptr) > 0
            program = _Program(csr_array(part[says]), sides[says])
            found = _Found(low[chosen], high[chosen], wanted[chosen], width)
            if point is None or len(found.open()) > FEW * len(chosen):
                inside = program.inside()
                found = found if point is not None else _Found(inside, inside, wanted[chosen], width)
                found.note(inside)
            else:
                inside = start[chosen]
            if places is not None and len(chosen) > 2 * SOME:
                _move_some(program.matrix, inside, found, places[chosen])
            _move_many(program, found)
            _move_each(program, found)
            low[chosen], high[chosen] = found.low, found.high
    return low, high


def _settled(matrix: Any, known: np.ndarray) -> tuple[np.ndarray, Any, np.ndarray]:
    """What follows without any program: the value of each unknown or null, and what is left of the equations.

    An unknown that is alone in an equation is known then, and unknowns that add up to 0 are 0; and so on until no more
    follow. The equations are as many as before, some of them empty.
    """
    from scipy.sparse import csr_array

    value = np.full(matrix.shape[1], np.nan)
    rest, sides = matrix.copy(), known.copy()
    while True:
        number = np.diff(rest.indptr)
        of_term = np.repeat(np.arange(len(number)), number)
        added = np.bincount(of_term, rest.data > 0, len(number))
        alone = np.flatnonzero(number == 1)
        empty = (np.abs(sides) < NEAR) & ((added == 0) | (added == number))
        found = np.full(len(value), np.nan)
        found[rest.indices[rest.indptr[alone]]] = sides[alone] / rest.data[rest.indptr[alone]]
        found[rest.indices[empty[of_term]]] = 0
        new = ~np.isnan(found)
        if not new.any():
            return value, rest, sides
        value[new] = found[new]
        sides = sides - rest @ np.where(new, found, 0)
        rest = csr_array((rest.data * ~new[rest.indices], rest.indices, rest.indptr), rest.shape, copy=True)
        rest.eliminate_zeros()


def connected(matrix: Any) -> np.ndarray:
    """Per unknown the number of its part: equations (sparse, equations by unknowns) connect those of the same part."""
    from scipy.sparse import block_array
    from scipy.sparse.csgraph import connected_components

    graph = block_array([[None, matrix.T], [matrix, None]], format="csr")
    found: np.ndarray = connected_components(graph, directed=False)[1][: matrix.shape[1]]
    return found


def _apart(matrix: Any, some: np.ndarray) -> Iterator[np.ndarray]:
    """The unknowns ``some``, in parts that no equation connects; small ones together."""
    part = connected(matrix)
    chosen = np.flatnonzero(some)
    chosen = chosen[np.argsort(part[chosen], kind="stable")]
    begins = np.flatnonzero(np.diff(part[chosen], prepend=-1))
    since = 0
    for begin in [*begins[1:], len(chosen)]:
        if begin - since >= TOGETHER or begin == len(chosen):
            yield chosen[since:begin]
            since = begin


class _Found:
    """Values that unknowns can have, as far as they have been found."""

    def __init__(self, low: np.ndarray, high: np.ndarray, asked: np.ndarray, width: float) -> None:
        self.low, self.high, self.asked, self.width = low.copy(), high.copy(), asked, width

    def note(self, solution: np.ndarray) -> None:
        np.minimum(self.low, solution, out=self.low)
        np.maximum(self.high, solution, out=self.high)

    def open(self) -> np.ndarray:
        return np.flatnonzero(self.asked & ~(self.high - self.low >= self.width - NEAR))


def _move_some(matrix: Any, inside: np.ndarray, found: _Found, places: np.ndarray) -> None:
    """Push what is open in some places at a time, while everything in the others stays at ``inside``."""
    from scipy.sparse import csr_array

    columns = matrix.tocsc()
    numbers = np.bincount(places[places >= 0], minlength=1)
    part_of = numbers.cumsum() // SOME
    for part in np.unique(part_of[numbers > 0]):
        chosen = np.flatnonzero((places < 0) | (part_of[places] == part))
        own = _Found(found.low[chosen], found.high[chosen], found.asked[chosen], found.width)
        moved = csr_array(columns[:, chosen])
        moved = csr_array(moved[np.diff(moved.indptr) > 0])
        _move_many(_Program(moved, moved @ inside[chosen]), own)
        found.low[chosen], found.high[chosen] = own.low, own.high


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


_DUAL, _PRIMAL = 1, 4
"""The solver's numbers of the two simplex methods."""


class _Program:
    """A program that the solver keeps, so that each further objective starts where the last one ended."""

    def __init__(self, matrix: Any, known: np.ndarray) -> None:
        import highspy

        columns = matrix.tocsc()
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = columns.shape
        program.sense_ = highspy.ObjSense.kMaximize
        program.col_cost_ = np.zeros(columns.shape[1])
        program.col_lower_ = np.zeros(columns.shape[1])
        program.col_upper_ = np.full(columns.shape[1], highspy.kHighsInf)
        program.row_lower_ = program.row_upper_ = known
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = columns.indptr, columns.indices
        program.a_matrix_.value_ = columns.data.astype(float)
        self.status = highspy.HighsModelStatus
        self.matrix = matrix
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._options(output_flag=False, threads=1, solver="simplex", presolve="off")
        self.solver.passModel(program)
        self.within = False
        """Whether the solver stands at a solution."""
        self.places = np.arange(columns.shape[1], dtype=np.int32)
        self.costly = np.zeros(0, dtype=np.int32)
        self.upper = np.full(columns.shape[1], highspy.kHighsInf)

    def inside(self) -> np.ndarray:
        """A solution far from all bounds, from where most unknowns can go either way.

        Raises:
            ValueError: there is none.
        """
        self._options(solver="ipm", run_crossover="off", presolve="on")
        self.solver.run()
        found = self._solution()
        self._options(solver="simplex", presolve="off")
        self.within = False
        if found is None:
            raise ValueError("no counts fit what is shown")
        return found

    def hold(self, chosen: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Keep the chosen unknowns within bounds, which some solution meets."""
        self.solver.changeColsBounds(len(chosen), chosen.astype(np.int32), low, high)
        self.within = False

    def release(self) -> None:
        """Give all unknowns their own bounds again."""
        self.hold(self.places, np.zeros(len(self.places)), self.upper)

    def best(self, chosen: np.ndarray, costs: np.ndarray) -> np.ndarray | None:
        """The solution where the chosen unknowns, weighed by ``costs``, are highest; None where there is no end."""
        self.solver.changeColsCost(len(self.costly), self.costly, np.zeros(len(self.costly)))
        self.costly = chosen.astype(np.int32)
        if not self.within:
            # Without costs the dual method finds some solution ten times as fast as the other finds its first.
            self._options(simplex_strategy=_DUAL)
            self.solver.run()
            self._options(simplex_strategy=_PRIMAL)
            self.within = True
        self.solver.changeColsCost(len(chosen), self.costly, costs)
        self.solver.run()
        return self._solution()

    def _solution(self) -> np.ndarray | None:
        status = self.solver.getModelStatus()
        if status in (self.status.kUnbounded, self.status.kUnboundedOrInfeasible):
            return None
        if status == self.status.kInfeasible:
            raise ValueError("no counts fit what is shown")
        values: np.ndarray = np.maximum(np.array(self.solver.getSolution().col_value), 0.0)
        return values

    def _options(self, **options: Any) -> None:
        for option, value in options.items():
            self.solver.setOptionValue(option, value)
