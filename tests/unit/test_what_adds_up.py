"""What adds up to what among published figures, as disclosure control sees it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ibic_pipeline.compare.disclosure.structures import (
    CELL,
    EARLIER,
    Structure,
    cells_of,
    cells_once,
    structures_of,
)

Sums = set[tuple[str, frozenset[str]]]


def cells(text: str) -> pd.DataFrame:
    """A cell per word: place (``-``: the county), length and number of its period, and group after its breakdown."""
    rows = [word.split("/") for word in text.split()]
    return pd.DataFrame(
        [("" if place == "-" else place, int(months), int(number), *what) for place, months, number, *what in rows],
        columns=CELL,
    )


def adding_up(text: str, shared: set[int] | None = None) -> Sums:
    names = text.split()
    found = cells(text)
    which = None if shared is None else np.isin(np.arange(len(names)), list(shared))
    return {
        (names[parent], frozenset(np.array(names)[each.of_child == number].tolist()))
        for each in structures_of(found, which)
        for number, parent in enumerate(each.parent)
    }


def sums(**of: str) -> Sums:
    return {(parent, frozenset(children.split())) for parent, children in of.items()}


def test_municipalities_add_up_to_the_county_group_by_group():
    assert adding_up("-/1/7/total/alla A/1/7/total/alla B/1/7/total/alla -/1/8/total/alla A/1/8/total/alla") == {
        ("-/1/7/total/alla", frozenset({"A/1/7/total/alla", "B/1/7/total/alla"})),
        ("-/1/8/total/alla", frozenset({"A/1/8/total/alla"})),
    }


def test_groups_add_up_to_everyone_and_crossed_ones_to_the_groups_of_both_parts():
    crossed = "A/1/7/k_x_l/m_x_S A/1/7/k_x_l/m_x_L A/1/7/k_x_l/q_x_S"
    found = adding_up(f"A/1/7/total/alla A/1/7/k/m A/1/7/k/q A/1/7/l/S A/1/7/l/L {crossed}")
    assert found == sums(
        **{
            "A/1/7/total/alla": "A/1/7/k/m A/1/7/k/q",
            "A/1/7/k/m": "A/1/7/k_x_l/m_x_S A/1/7/k_x_l/m_x_L",
            "A/1/7/k/q": "A/1/7/k_x_l/q_x_S",
            "A/1/7/l/S": "A/1/7/k_x_l/m_x_S A/1/7/k_x_l/q_x_S",
            "A/1/7/l/L": "A/1/7/k_x_l/m_x_L",
        }
    ) | sums(**{"A/1/7/total/alla": "A/1/7/l/S A/1/7/l/L"})
    assert adding_up(f"A/1/7/total/alla {crossed}") == sums(**{"A/1/7/total/alla": crossed})
    assert adding_up(f"A/1/7/total/alla A/1/7/k/m {crossed}") == sums(**{"A/1/7/total/alla": "A/1/7/k/m"}) | sums(
        **{"A/1/7/k/m": "A/1/7/k_x_l/m_x_S A/1/7/k_x_l/m_x_L"}
    )


def test_each_period_adds_up_to_the_next_longer_one_that_its_breakdown_has():
    months = " ".join(f"A/1/{number}/total/alla" for number in range(12))
    quarters = " ".join(f"A/3/{number}/total/alla" for number in range(4))
    halves = "A/6/0/total/alla A/6/1/total/alla"
    found = adding_up(f"{months} {quarters} {halves} A/12/0/total/alla A/12/0/k/m A/6/0/k/m A/6/1/k/m")
    assert found == sums(
        **{f"A/3/{q}/total/alla": " ".join(f"A/1/{3 * q + m}/total/alla" for m in range(3)) for q in range(4)},
        **{f"A/6/{h}/total/alla": f"A/3/{2 * h}/total/alla A/3/{2 * h + 1}/total/alla" for h in range(2)},
        **{"A/12/0/total/alla": halves, "A/12/0/k/m": "A/6/0/k/m A/6/1/k/m"},
    ) | sums(**{"A/6/0/total/alla": "A/6/0/k/m", "A/6/1/total/alla": "A/6/1/k/m"}) | sums(
        **{"A/12/0/total/alla": "A/12/0/k/m"}
    )


def test_what_is_the_same_in_the_release_before_adds_up_to_its_county_too():
    text = "-/1/7/t/a A/1/7/t/a B/1/7/t/a före:/1/7/t/a före:B/1/7/t/a"
    assert EARLIER == "före:"
    assert adding_up(text, {1}) == sums(
        **{"-/1/7/t/a": "A/1/7/t/a B/1/7/t/a", "före:/1/7/t/a": "A/1/7/t/a före:B/1/7/t/a"}
    )


def test_what_has_no_sum_among_the_cells_is_left_out():
    assert adding_up("A/1/7/kon/man B/1/7/kon/man") == set()


def test_some_sums_and_some_cells_are_taken_out_with_their_own_numbers():
    """Cells 0 = 1 + 2, 3 = 4 + 5; cell 6 is in no sum."""
    whole = Structure(np.array([-1, 0, 0, -1, 1, 1, -1]), np.array([0, 3]))
    second = whole.where(np.array([False, True]))
    assert (second.of_child.tolist(), second.parent.tolist()) == ([-1, -1, -1, -1, 0, 0, -1], [3])
    part = whole.of(np.array([3, 4, 5, 6]))
    assert (part.of_child.tolist(), part.parent.tolist()) == ([-1, 0, 0, -1], [0])
    assert whole.sums(np.array([9, 1, 2, 9, 4, 8, 9])).tolist() == [3, 12]
    assert whole.sums(np.array([[9, 9], [1, 5], [2, 6], [9, 9], [4, 0], [8, 1], [9, 9]])).tolist() == [[3, 11], [12, 1]]


@pytest.mark.parametrize(
    ("cell", "holds_it"), [(0, [True, False]), (2, [True, False]), (5, [False, True]), (6, [False] * 2)]
)
def test_a_cell_is_in_the_sums_that_it_is_the_whole_or_a_part_of(cell: int, holds_it: list[bool]):
    whole = Structure(np.array([-1, 0, 0, -1, 1, 1, -1]), np.array([0, 3]))
    assert whole.members(np.arange(7) == cell).tolist() == holds_it
    assert whole.within(np.array(holds_it))[cell] == any(holds_it)
    assert whole.within(np.array([False, True])).tolist() == [False, False, False, True, True, True, False]


def figures(*rows: tuple[str, str, str]) -> pd.DataFrame:
    named = pd.DataFrame(rows, columns=["kommunkod", "period_typ", "period"])
    return named.assign(niva=np.where(named["kommunkod"] == "", "lan", "kommun"), brytning="total", grupp="alla")


def test_a_states_month_quarter_and_year_that_end_on_the_same_day_are_one_cell():
    rows = figures(
        ("9902", "manad", "2025-12"), ("9901", "ar", "2025"),
        ("9901", "manad", "2025-12"), ("9901", "kvartal", "2025-K3"),
    )  # fmt: skip
    found, row, of_row = cells_once(rows, state=True)
    december = 12 * 2025 + 11
    assert found[["place", "months", "number"]].to_numpy().tolist() == [
        ["9901", 1, december - 3],
        ["9901", 1, december],
        ["9902", 1, december],
    ]
    assert (row.tolist(), of_row.tolist()) == ([3, 1, 0], [2, 1, 1, 0])
    assert len(cells_once(rows, state=False)[0]) == 4


def test_a_cell_is_named_by_its_place_and_its_period():
    rows = figures(("", "halvar", "2025-H2"), ("9901", "kvartal", "2025-K3"))
    assert cells_of(rows).to_numpy().tolist() == [
        ["", 6, 2 * 2025 + 1, "total", "alla"],
        ["9901", 3, 4 * 2025 + 2, "total", "alla"],
    ]
