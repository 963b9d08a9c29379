"""What adds up to what for an outsider who attacks a release, who shares nothing with disclosure control."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

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


def sums(**of: str) -> Sums:
    return {(parent, frozenset(children.split())) for parent, children in of.items()}


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
