"""Bounds of figures hold for whatever counts there are, and tell no small count."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ibic_pipeline.quality.bounds import median_bounds, share_bounds, touched_share

LEAST = 5
"""The lowest count that may be told."""


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    """Counts of one figure: a denominator, a numerator, touched units of either side, and missing ones."""
    namnare = draw(st.integers(1, 2000))
    taljare = draw(st.integers(0, namnare))
    return {
        "namnare": namnare,
        "taljare": taljare,
        "berorda_i_taljaren": draw(st.integers(0, taljare)),
        "berorda_utanfor": draw(st.integers(0, namnare - taljare)),
        "saknade": draw(st.integers(0, 500)),
    }


def bounds(cell: dict[str, int]) -> tuple[float, float]:
    low, high = share_bounds(pd.DataFrame([cell]), LEAST)
    return float(low[0]), float(high[0])


@given(shares())
def test_a_share_lies_between_its_bounds_however_the_touched_units_turn_out(cell: dict[str, int]) -> None:
    low, high = bounds(cell)
    units = cell["namnare"] + cell["saknade"]
    worst = (cell["taljare"] - cell["berorda_i_taljaren"]) / units
    best = (cell["taljare"] + cell["berorda_utanfor"] + cell["saknade"]) / units
    assert 0 <= low <= worst + 1e-12
    assert low <= cell["taljare"] / cell["namnare"] <= high
    assert best - 1e-12 <= high <= 1


@given(shares())
def test_a_share_that_nothing_touches_is_its_own_bounds(cell: dict[str, int]) -> None:
    untouched = {**cell, "berorda_i_taljaren": 0, "berorda_utanfor": 0, "saknade": 0}
    assert bounds(untouched) == (cell["taljare"] / cell["namnare"],) * 2


@given(shares(), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_more_touched_units_never_narrow_the_bounds(cell: dict[str, int], inside: int, outside: int, gone: int) -> None:
    more = {
        **cell,
        "berorda_i_taljaren": min(cell["berorda_i_taljaren"] + inside, cell["taljare"]),
        "berorda_utanfor": min(cell["berorda_utanfor"] + outside, cell["namnare"] - cell["taljare"]),
        "saknade": cell["saknade"] + gone,
    }
    (low, high), (lower, higher) = bounds(cell), bounds(more)
    assert lower <= low + 1e-12
    assert higher >= high - 1e-12


@given(shares(), st.integers(1, LEAST), st.sampled_from(["berorda_i_taljaren", "berorda_utanfor", "saknade"]))
def test_a_small_count_of_touched_units_cannot_be_read_out_of_bounds(
    cell: dict[str, int], few: int, which: str
) -> None:
    room = {"berorda_i_taljaren": cell["taljare"], "berorda_utanfor": cell["namnare"] - cell["taljare"], "saknade": 99}
    one, several = ({**cell, which: min(count, room[which])} for count in (1, few))
    if room[which] >= LEAST:
        assert bounds(one) == bounds(several)
        touched = [
            touched_share(
                np.array([each["namnare"]]), np.array([each[which]]), np.array([each["saknade"]]), LEAST
            ).tolist()
            for each in (one, several)
        ]
        assert touched[0] == touched[1]


@st.composite
def medians(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Distinct values, rising, and how many units have each."""
    values = sorted(draw(st.sets(st.integers(-100, 3000), min_size=1, max_size=40)))
    counts = draw(st.lists(st.integers(1, 30), min_size=len(values), max_size=len(values)))
    return np.array(values, dtype=float), np.array(counts)


def median(values: np.ndarray, counts: np.ndarray) -> float:
    return float(np.median(np.repeat(values, counts)))


@given(medians())
def test_a_median_that_nothing_touches_is_its_own_bounds(units: tuple[np.ndarray, np.ndarray]) -> None:
    assert median_bounds(*units, 0, 0, LEAST) == (median(*units), median(*units), None)


@given(medians(), st.integers(0, 60), st.integers(0, 60), st.randoms(use_true_random=False))
def test_a_median_lies_between_its_bounds_whichever_units_are_the_touched_ones(
    units: tuple[np.ndarray, np.ndarray], touched: int, missing: int, random: object
) -> None:
    every = np.repeat(*units)
    touched = min(touched, len(every))
    low, high, why = median_bounds(*units, touched, missing, LEAST)
    if why is None:
        assert low <= median(*units) <= high
        kept = np.array(random.sample(every.tolist(), len(every) - touched))  # type: ignore[attr-defined]
        moved = [np.full(touched + missing, end) for end in (-1e9, 1e9)]
        assert low <= np.median(np.concatenate([kept, moved[0]]))
        assert np.median(np.concatenate([kept, moved[1]])) <= high


@given(medians(), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_more_touched_values_never_narrow_the_bounds_of_a_median(
    units: tuple[np.ndarray, np.ndarray], touched: int, missing: int, more: int, gone: int
) -> None:
    low, high, why = median_bounds(*units, touched, missing, LEAST)
    lower, higher, why_more = median_bounds(*units, touched + more, missing + gone, LEAST)
    assert why is None or why_more is not None
    if why_more is None:
        assert (lower <= low, higher >= high) == (True, True)
