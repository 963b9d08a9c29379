"""What must be hidden beside what is hidden: small tables whose answer can be seen, and random ones checked in full."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibic_pipeline.compare.disclosure.structures import Structure
from ibic_pipeline.compare.disclosure.suppression import (
    Cells,
    Protection,
    complement,
    equations,
    is_complete,
    protect,
)
from tests.support.true_ranges import true_range

NORMAL = Protection(width=3, mass=5)


def cells(counts: list[list[int]], *sums: tuple[list[int], list[int]], keep: tuple[int, ...] = ()) -> Cells:
    """Cells in the order in which they are hidden; ``sums``: per structure ``of_child`` and ``parent``."""
    number = np.arange(len(counts))
    structures = [Structure(np.array(of_child), np.array(parent)) for of_child, parent in sums]
    none = np.zeros(len(counts), dtype=bool)
    return Cells(np.array(counts), len(counts[0]), ~np.isin(number, keep), number, structures, none)


def hidden_of(found: Cells, *start: int, protection: Protection = NORMAL) -> tuple[list[int], int]:
    """Which cells are hidden when these are, and how many of them are known too well all the same."""
    pattern, narrow = protect(found, np.isin(np.arange(len(found.counts)), start), protection)
    return np.flatnonzero(pattern).tolist(), narrow


ONE_SUM = ([0, 0, 0, -1], [3])


def test_a_cell_that_is_hidden_alone_takes_the_next_one_with_it():
    assert hidden_of(cells([[2, 9], [20, 30], [30, 40], [52, 79]], ONE_SUM), 0) == ([0, 1], 0)
    assert hidden_of(cells([[20, 30], [2, 9], [30, 40], [52, 79]], ONE_SUM), 1) == ([0, 1], 0)


def test_one_that_may_not_be_hidden_is_passed_over_and_the_sum_is_the_last_resort():
    counts = [[2, 9], [20, 30], [30, 40], [52, 79]]
    assert hidden_of(cells(counts, ONE_SUM, keep=(1,)), 0) == ([0, 2], 0)
    assert hidden_of(cells(counts, ONE_SUM, keep=(1, 2)), 0) == ([0, 3], 0)
    assert hidden_of(cells(counts, ONE_SUM, keep=(1, 2, 3)), 0) == ([0], 1)


def test_a_cell_that_holds_nobody_needs_no_other():
    assert hidden_of(cells([[0, 0], [20, 30], [30, 40], [50, 70]], ONE_SUM), 0) == ([0], 0)
    assert hidden_of(cells([[0, 9], [20, 30], [30, 40], [50, 79]], ONE_SUM), 0) == ([0, 1], 0)


def test_a_cell_that_adds_up_with_no_other_is_hidden_alone():
    assert hidden_of(cells([[2, 9], [20, 30]]), 0) == ([0], 0)


def test_a_hidden_sum_takes_a_part_with_it():
    assert hidden_of(cells([[7, 9], [20, 30], [30, 40], [57, 79]], ONE_SUM), 3) == ([0, 3], 0)


def test_what_hidden_cells_hold_together_is_no_small_count_unless_the_sum_is_hidden():
    counts = [[2, 9], [2, 9], [30, 40], [34, 58]]
    assert hidden_of(cells(counts, ONE_SUM), 0, 1) == ([0, 1, 2], 0)
    assert hidden_of(cells([[2, 9], [3, 9], [30, 40], [35, 58]], ONE_SUM), 0, 1) == ([0, 1], 0)
    assert hidden_of(cells([[0, 9], [0, 9], [30, 40], [30, 58]], ONE_SUM), 0, 1) == ([0, 1], 0)
    assert hidden_of(cells(counts, ONE_SUM), 0, 1, 3) == ([0, 1, 3], 0)
    assert hidden_of(cells(counts, ONE_SUM), 0, 1, protection=Protection(width=3, mass=4)) == ([0, 1], 0)


def test_of_two_cells_the_one_whose_other_sums_are_hiding_something_already_is_taken():
    """0 + 1 + 2 = 6; 1 + 3 = 7; 2 + 4 + 5 = 8: nothing of the first of these is hidden, of the other 4 and 5 are."""
    counts = [[9, 9]] * 6 + [[27, 27], [18, 18], [27, 27]]
    other = ([-1, 0, 1, 0, 1, 1, -1, -1, -1], [7, 8])
    found = cells(counts, ([0, 0, 0, -1, -1, -1, -1, -1, -1], [6]), other)
    start = np.isin(np.arange(9), [0, 4, 5])
    assert np.flatnonzero(complement(found, start, 5)).tolist() == [0, 2, 4, 5]
    assert np.flatnonzero(complement(found, start & (np.arange(9) < 4), 5)).tolist() == [0, 1, 3]


def test_it_is_known_whether_every_sum_hides_enough():
    found = cells([[2, 9], [20, 30], [30, 40], [52, 79]], ONE_SUM)
    assert is_complete(found, np.array([True, True, False, False]), 5)
    assert not is_complete(found, np.array([True, False, False, False]), 5)
    assert is_complete(found, np.zeros(4, dtype=bool), 5)


def test_readers_set_up_what_is_hidden_against_what_is_shown():
    found = cells([[2, 9], [20, 30], [30, 40], [52, 79]], ONE_SUM)
    matrix, known = equations(found, np.array([True, True, False, False]))
    assert (matrix.toarray().tolist(), known.tolist()) == ([[1, 1]], [[22, 39]])
    matrix, known = equations(found, np.array([True, False, False, True]))
    assert (matrix.toarray().tolist(), known.tolist()) == ([[1, -1]], [[-50, -70]])
    assert equations(found, np.zeros(4, dtype=bool))[0].shape == (0, 0)


@pytest.mark.parametrize("turned", [False, True])
def test_a_cell_known_to_hold_somebody_needs_a_value_more(turned: bool):
    """All five of two hidden cells are in the same part of the whole, so that each of them holds one to four."""
    counts = [[3, 0], [2, 0], [40, 40], [45, 40]]
    found = cells([each[::-1] for each in counts] if turned else counts, ONE_SUM)
    assert hidden_of(found, 0, 1, protection=Protection(width=5, mass=5)) == ([0, 1, 2], 0)
    assert hidden_of(found, 0, 1, protection=Protection(width=4, mass=5)) == ([0, 1], 0)
    assert hidden_of(cells([[3, 1], [2, 9], [40, 40], [45, 50]], ONE_SUM), 0, 1, protection=Protection(5, 5))[1] == 0


def table(inside: np.ndarray) -> Cells:
    """A table of rows and columns with its sums; ``inside``: by row, column and measure."""
    rows, columns, measures = inside.shape
    counts = np.concatenate(
        [inside.reshape(-1, measures), inside.sum(axis=1), inside.sum(axis=0), inside.sum(axis=(0, 1))[None]]
    )
    number, whole = rows * columns, len(counts) - 1
    of_row, of_column = np.full((2, len(counts)), -1)
    of_row[:number] = np.repeat(np.arange(rows), columns)
    of_row[number + rows : whole] = rows
    of_column[:number] = np.tile(np.arange(columns), rows)
    of_column[number : number + rows] = columns
    first = [*range(number, number + rows), whole]
    second = [*range(number + rows, whole), whole]
    structures = [Structure(of_row, np.array(first)), Structure(of_column, np.array(second))]
    size = np.lexsort((np.arange(len(counts)), counts.sum(axis=1))).argsort()
    some = counts.sum(axis=1) > 0
    few = some & (counts.sum(axis=1) < 10)
    return Cells(counts, measures, some, size, structures, few)


def known_too_well(found: Cells, hidden: np.ndarray) -> list[int]:
    """Hidden cells with a count that a reader can work out too well, each looked at alone."""
    place, weak = np.flatnonzero(hidden), set()
    rows = []
    for structure in found.structures:
        for number, parent in enumerate(structure.parent):
            row = (structure.of_child == number).astype(float)
            row[parent] = -1
            rows.append(row)
    matrix = np.array(rows)
    for at, cell in enumerate(place):
        ends = []
        for measure in range(found.counts.shape[1]):
            known = -matrix[:, ~hidden] @ found.counts[~hidden, measure]
            ends.append(true_range(matrix[:, place], known, at))
        zero = [high < 1e-6 for _, high in ends]
        for number, (low, high) in enumerate(ends):
            alone = all(zero[:number] + zero[number + 1 :])
            large = low >= NORMAL.mass - 1e-6 and not found.few[cell]
            if not zero[number] and not large and high - low < NORMAL.width + alone - 1e-6:
                weak.add(int(cell))
    return sorted(weak)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.data(), st.integers(2, 4), st.integers(2, 4), st.sampled_from([1.0, 4.0, 12.0]), st.integers(0, 10**6))
def test_what_readers_can_work_out_of_a_table_is_never_too_exact(
    data: st.DataObject, rows: int, columns: int, mean: float, seed: int
):
    random = np.random.default_rng(seed)
    found = table(random.poisson(mean * random.choice([0.1, 1, 1], (rows, columns, 2))))
    wanted = data.draw(st.sets(st.integers(0, len(found.counts) - 1), max_size=4))
    start = np.isin(np.arange(len(found.counts)), list(wanted)) & found.may_hide
    hidden, narrow = protect(found, start, NORMAL)
    assert (hidden >= start).all()
    assert (found.may_hide >= hidden).all()
    assert start.any() or not hidden.any()
    assert len(known_too_well(found, hidden)) == narrow


def test_where_all_beside_a_cell_is_hidden_one_farther_away_is_taken():
    """Of this table many cells may not be hidden; one sum after the other leads to some that may."""
    inside = [
        [[2, 1], [11, 5], [6, 7], [6, 8]],
        [[3, 11], [7, 7], [3, 0], [1, 11]],
        [[10, 4], [3, 4], [0, 6], [0, 1]],
    ]
    found = table(np.array(inside))
    kept = np.isin(np.arange(20), [0, 2, 5, 7, 8, 12, 14, 18])
    hidden, narrow = protect(replace(found, may_hide=found.may_hide & ~kept), np.isin(np.arange(20), [0, 10]), NORMAL)
    assert (narrow, np.flatnonzero(hidden).tolist()) == (0, [0, 1, 3, 4, 6, 9, 10, 11, 15, 16, 17])


@pytest.mark.parametrize("seed", range(6))
def test_one_hidden_cell_of_a_table_takes_few_others_with_it(seed: int):
    random = np.random.default_rng(seed)
    found = table(random.poisson(6.0, (4, 4, 2)))
    start = np.arange(len(found.counts)) == random.integers(16)
    hidden, narrow = protect(found, start, NORMAL)
    assert narrow == 0
    assert hidden.sum() <= 6
