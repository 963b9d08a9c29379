"""What adds up to what: as disclosure control sees it, and as an outsider who attacks a release does."""

from __future__ import annotations

from typing import Any

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
from ibic_pipeline.compare.disclosure.system import (
    BOTH,
    NAME,
    System,
    add_sums,
    holds,
    last_month,
    period_above,
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


TYPES = {"": "ar", "K": "kvartal", "H": "halvar"}


def counts(**values: float | None) -> pd.DataFrame:
    """Counts by ``utgava|kommunkod|period|brytning|grupp``, as an outsider names them; no place is the county."""
    rows = []
    for name, value in values.items():
        utgava, kommunkod, period, brytning, grupp = name.split("|")
        part = period.partition("-")[2]
        rows.append(
            {"utgava": utgava, "niva": "kommun" if kommunkod else "lan", "kommunkod": kommunkod, "period": period}
            | {"brytning": brytning, "grupp": grupp, "matt": "taljare", "varde": value}
            | {"period_typ": TYPES.get(part[:1], "manad")}
        )
    return pd.DataFrame(rows).astype({"varde": float})


def found_by_an_outsider(*names: str, happens: bool = False) -> Sums:
    table = counts(**dict.fromkeys(names))
    system = System()
    add_sums(system, table, happens=happens)
    found = set()
    for (terms, equation, sign), sides in zip(system.rows, system.sides, strict=True):
        assert (sides == 0).all()
        keys = terms[[name for name in NAME if name not in ("niva", "matt")]].agg("|".join, axis=1).to_numpy()
        for each in np.unique(equation):
            (parent,) = keys[(equation == each) & (sign < 0)]
            found.add((parent, frozenset(keys[(equation == each) & (sign > 0)].tolist())))
    return found


def test_an_outsider_adds_municipalities_and_groups():
    assert found_by_an_outsider(
        "a||2025-01|total|alla", "a|1|2025-01|total|alla", "a|2|2025-01|total|alla", "a|1|2025-01|kon|man",
        "a|1|2025-01|kon|kvinna", "a|1|2025-01|kon_x_lag|man_x_S", "a|1|2025-01|lag_x_ort|S_x_by",
        "a|2|2025-02|kon|man",
    ) == sums(
        **{
            "a||2025-01|total|alla": "a|1|2025-01|total|alla a|2|2025-01|total|alla",
            "a|1|2025-01|total|alla": "a|1|2025-01|kon|man a|1|2025-01|kon|kvinna",
            "a|1|2025-01|kon|man": "a|1|2025-01|kon_x_lag|man_x_S",
        }
    ) | sums(**{"a|1|2025-01|total|alla": "a|1|2025-01|lag_x_ort|S_x_by"})  # fmt: skip


def test_an_outsider_adds_what_is_the_same_in_two_releases_to_the_county_of_each():
    assert found_by_an_outsider(
        "a||2025|total|alla", "b||2025|total|alla", f"{BOTH}|1|2025|total|alla", "a|2|2025|total|alla",
        "b|2|2025|total|alla",
    ) == sums(
        **{
            f"{each}||2025|total|alla": f"{BOTH}|1|2025|total|alla {each}|2|2025|total|alla"
            for each in ("a", "b")
        }
    )  # fmt: skip


def quarters(place: str = "1", brytning: str = "total|alla", wanted: str = "1234") -> list[str]:
    return [f"a|{place}|2025-K{number}|{brytning}" for number in wanted]


def test_an_outsider_adds_events_over_time_where_every_part_is_there():
    halves = ["a|1|2025-H1|total|alla", "a|1|2025-H2|total|alla"]
    of_halves = sums(
        **{halves[0]: " ".join(quarters(wanted="12")), halves[1]: " ".join(quarters(wanted="34"))},
        **{"a|1|2025|total|alla": " ".join(halves)},
    )
    every = [*quarters(), *halves, "a|1|2025|total|alla"]
    assert found_by_an_outsider(*every) == set()
    assert found_by_an_outsider(*every, happens=True) == of_halves
    without = [each for each in every if "K3" not in each]
    assert found_by_an_outsider(*without, happens=True) == {each for each in of_halves if each[0] != halves[1]}
    of_year = ["a|1|2025|total|alla", *quarters()]
    assert found_by_an_outsider(*of_year, happens=True) == sums(**{of_year[0]: " ".join(of_year[1:])})


def test_an_outsider_adds_months_and_groups_and_reasons_over_time_each_by_themselves():
    months = [f"a|1|2025-0{number}|orsak|2" for number in (4, 5, 6)]
    groups = ["a|1|2025-H1|kon|man", "a|1|2025-H2|kon|man", "a|1|2025|kon|man"]
    assert found_by_an_outsider("a|1|2025-K2|orsak|2", *months, *groups, happens=True) == sums(
        **{"a|1|2025-K2|orsak|2": " ".join(months), groups[2]: " ".join(groups[:2])}
    )


def test_the_countys_periods_add_up_only_when_they_are_of_the_same_municipalities():
    county = ["a||2025|total|alla", *quarters("")]
    one = ["a|1|2025|total|alla", *quarters()]
    of_two = [*one, "a|2|2025|total|alla", *quarters("2")]
    the_countys = ("a||2025|total|alla", frozenset(quarters("")))
    assert the_countys in found_by_an_outsider(*county, *of_two, happens=True)
    later = [each for each in of_two if each != quarters("2", wanted="1")[0]]
    assert the_countys not in found_by_an_outsider(*county, *later, happens=True)
    gone = [each for each in of_two if each != "a|2|2025|total|alla"]
    assert the_countys not in found_by_an_outsider(*county, *gone, happens=True)
    both = [each.replace("a|2|", f"{BOTH}|2|") for each in of_two]
    assert the_countys in found_by_an_outsider(*county, *both, happens=True)


def test_shorter_periods_add_up_when_nothing_that_is_shown_says_otherwise():
    year, parts = "a|1|2025|total|alla", quarters()

    def told(whole: float | None, *of_parts: float | None) -> bool:
        return holds(counts(**{year: whole}, **dict(zip(parts, of_parts, strict=True))))

    assert told(10, 1, 2, 3, 4)
    assert not told(9, 1, 2, 3, 4)
    assert told(9, 1, 2, None, 4)
    assert told(None, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("period", "longer", "above"),
    [
        ("2025-03", "kvartal", "2025-K1"),
        ("2025-04", "kvartal", "2025-K2"),
        ("2025-12", "kvartal", "2025-K4"),
        ("2025-06", "halvar", "2025-H1"),
        ("2025-07", "halvar", "2025-H2"),
        ("2025-K2", "halvar", "2025-H1"),
        ("2025-K3", "halvar", "2025-H2"),
        ("2025-H2", "ar", "2025"),
        ("2025-01", "ar", "2025"),
    ],
)
def test_an_outsider_knows_the_longer_period_that_holds_a_period(period: str, longer: str, above: str):
    assert period_above(period, longer) == above


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("2025", "2025-12"),
        ("2025-H1", "2025-06"),
        ("2025-H2", "2025-12"),
        ("2025-K3", "2025-09"),
        ("2025-02", "2025-02"),
    ],
)
def test_an_outsider_knows_the_month_that_a_period_ends_with(period: str, last: str):
    assert last_month(period) == last


def solved(system: System) -> tuple[list[str], list[list[float]], list[float]]:
    names, matrix, sides = system.solved_for()
    return names["period"].tolist(), matrix.toarray().tolist(), sides.tolist()


def test_what_is_shown_moves_to_the_other_side_and_what_no_table_names_is_none():
    def term(period: str, **changed: Any) -> pd.DataFrame:
        return counts(**{f"a|1|{period}|total|alla": 0.0}).assign(**changed)

    system = System()
    system.know(counts(**{"a|1|2024|total|alla": 9, "a|1|2025|total|alla": None, "a|1|2026|total|alla": None}))
    # The same count once more, hidden there: it is known all the same.
    system.know(counts(**{"a|1|2024|total|alla": None}))
    terms = pd.concat([term("2024"), term("2025"), term("2026"), term("2023")])
    system.add(terms, np.zeros(4, dtype=int), np.array([-1.0, 1, -1, 1]), np.array([5]))
    system.add(pd.concat([term("2024")]), np.zeros(1, dtype=int), np.ones(1), np.array([9]))
    system.add(pd.concat([term("2025"), term("2026")]), np.arange(2), np.ones(2), np.array([30, 16]))
    assert solved(system) == (["2025", "2026"], [[1, -1], [1, 0], [0, 1]], [14, 30, 16])
