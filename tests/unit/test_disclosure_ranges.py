"""How far hidden counts can go when sums of them are known: against a linear program for each of them alone."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from ibic_pipeline.compare.disclosure import intervals
from ibic_pipeline.compare.disclosure.intervals import TOGETHER, ranges
from tests.support.true_ranges import true_range

SIGNS = st.sampled_from([0, 0, 1, 1, 1, -1])


def found_ranges(
    matrix: list[list[int]], known: list[int], width: float, point: list[int] | None = None
) -> list[tuple[float, float]]:
    given_point = None if point is None else np.array(point)
    low, high = ranges(csr_array(np.array(matrix)), np.array(known), np.ones(len(matrix[0]), bool), width, given_point)
    return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(low, high, strict=True)]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.data(), st.integers(1, 6), st.integers(1, 4), st.sampled_from([1.0, 3.0, 1e6]), st.booleans())
def test_a_range_is_wide_enough_or_the_true_one(
    data: st.DataObject, unknowns: int, equations: int, width: float, with_a_point: bool
):
    row = st.lists(SIGNS, min_size=unknowns, max_size=unknowns)
    matrix = np.array(data.draw(st.lists(row, min_size=equations, max_size=equations)))
    point = np.array(data.draw(st.lists(st.integers(0, 5), min_size=unknowns, max_size=unknowns)))
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=unknowns, max_size=unknowns)))
    known = matrix @ point
    low, high = ranges(csr_array(matrix), known, wanted, width, point if with_a_point else None)
    for number in np.flatnonzero(wanted):
        lowest, highest = true_range(matrix, known, number)
        assert low[number] >= lowest - 1e-5
        assert high[number] <= highest + 1e-5
        if high[number] - low[number] < width - 1e-5:
            assert (low[number], high[number]) == pytest.approx((lowest, highest), abs=1e-5)
        if with_a_point:
            assert low[number] - 1e-5 <= point[number] <= high[number] + 1e-5


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3.0, 1e6]))
def test_moving_some_places_at_a_time_changes_no_answer(seed: int, width: float):
    """Counts of six places add up to hidden and shown counts of the county, and within each place."""
    random = np.random.default_rng(seed)
    places, each = 6, 5
    matrix = np.zeros((each + places, places * each + each), dtype=int)
    for number in range(places * each):
        matrix[number % each, number] = matrix[each + number // each, number] = 1
    shown = random.random(each) < 0.5
    matrix[np.arange(each), places * each + np.arange(each)] = np.where(shown, 0, -1)
    point = random.integers(0, 4, matrix.shape[1])
    point[places * each :] = np.where(shown, 0, matrix[:each, : places * each] @ point[: places * each])
    of_place = np.append(np.repeat(np.arange(places), each), np.full(each, -1))
    wanted = np.ones(matrix.shape[1], bool)
    wanted[places * each :] = ~shown
    with mock.patch.object(intervals, "SOME", 10):
        low, high = ranges(csr_array(matrix), matrix @ point, wanted, width, point, of_place)
    for number in np.flatnonzero(wanted):
        lowest, highest = true_range(matrix, matrix @ point, number)
        assert lowest - 1e-5 <= low[number] <= point[number] + 1e-5
        assert point[number] - 1e-5 <= high[number] <= highest + 1e-5
        if high[number] - low[number] < width - 1e-5:
            assert (low[number], high[number]) == pytest.approx((lowest, highest), abs=1e-5)


def test_most_of_what_is_open_is_found_in_programs_of_some_places():
    """The program of all places has little left to move, where the places share but one sum."""
    places, each = 40, 50
    matrix = np.vstack([np.kron(np.eye(places, dtype=int), np.ones((1, each), dtype=int)), np.ones((1, places * each))])
    point = np.full(places * each, 2)
    open_in: list[tuple[int, int]] = []

    def counted(program: intervals._Program, found: intervals._Found) -> None:
        open_in.append((len(found.low), len(found.open())))
        move(program, found)

    move = intervals._move_many
    with mock.patch.object(intervals, "SOME", 500), mock.patch.object(intervals, "_move_many", counted):
        low, high = ranges(
            csr_array(matrix), matrix @ point, np.ones(2000, bool), 3, point, np.arange(places).repeat(each)
        )
    assert (high - low >= 3 - 1e-6).all()
    *of_some, of_all = open_in
    assert sum(open_ for _, open_ in of_some) > 1000
    assert max(size for size, _ in of_some) <= 500 + each
    assert of_all[0] == 2000
    assert of_all[1] < 200


def test_two_hidden_counts_of_a_known_sum_can_each_be_none_or_all_of_it():
    assert found_ranges([[1, 1]], [7], 100) == [(0, 7), (0, 7)]


def test_what_is_alone_in_a_sum_is_known_and_so_is_what_then_follows():
    assert found_ranges([[1, 1, 0], [0, 1, 1], [0, 0, 1]], [9, 7, 3], 100) == [(5, 5), (4, 4), (3, 3)]


def test_counts_that_add_up_to_none_are_none():
    assert found_ranges([[1, 1, 0], [0, 1, 1]], [0, 4], 100) == [(0, 0), (0, 0), (4, 4)]
    assert found_ranges([[-1, -1]], [0], 100) == [(0, 0), (0, 0)]


def test_counts_whose_difference_is_none_can_be_any():
    assert found_ranges([[1, -1]], [0], 100) == [(0, np.inf), (0, np.inf)]


def test_a_count_that_no_sum_holds_can_be_any():
    assert found_ranges([[1, 1, 0]], [7], 100, point=[3, 4, 2])[2] == (0, np.inf)


def test_counts_that_nothing_connects_are_found_together_and_apart():
    """More than fit in one program, and one that is no part of it."""
    pairs = TOGETHER
    matrix = np.kron(np.eye(pairs, dtype=int), [[1, 1]])
    known = np.arange(1, pairs + 1)
    low, high = ranges(csr_array(matrix), known, np.ones(2 * pairs, bool), 1e6)
    assert low == pytest.approx(np.zeros(2 * pairs), abs=1e-6)
    assert high == pytest.approx(np.repeat(known, 2), abs=1e-6)


@pytest.mark.parametrize(
    ("matrix", "known"),
    [
        ([[1, 0], [1, 0]], [3, 4]),  # the same count is 3 and 4
        ([[1, 1]], [-2]),  # a sum of counts is below 0
        ([[1]], [-2]),
        ([[1, 1, 0], [0, 1, 1], [1, 0, -1]], [5, 3, 4]),  # two sums differ by 2, and by 4
    ],
)
def test_sums_that_contradict_each_other_are_told(matrix: list[list[int]], known: list[int]):
    with pytest.raises(ValueError, match="no counts fit"):
        found_ranges(matrix, known, 100)
