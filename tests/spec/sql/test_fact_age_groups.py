"""The fact aldersgrupper, and the day whose year decides a person's age in everything that reads it."""

from __future__ import annotations

import pytest

from tests.support.small_tables import assert_rows, derived, inputs

DECISION = "beslutsdatum\n2020-01-01"
COMMISSION = "paborjat\n2020-01-01"
FOLLOW_UP = "beslut_id | datum\nB1 | DAY"
GOAL = "beslut_id\nB1"
OWN_DAY = {
    "beslutsfakta": {"beslut": "beslutsdatum\nDAY"},
    "beslutsslut": {"beslut": "galler_tom\nDAY"},
    "uppdragsfakta": {"beslut": DECISION, "uppdrag": "paborjat | skickat\nDAY | 2020-01-01"},
    "planfakta": {
        "beslut": DECISION,
        "uppdrag": COMMISSION,
        "genomforandeplan": "upprattad | klarmarkerad\n2020-01-01 | DAY",
    },
    "utredningsfakta": {"utredning": "inledd | avslutad\n2020-01-01 | DAY"},
    "malfakta": {
        "beslut": DECISION,
        "uppdrag": COMMISSION,
        "genomforandeplan": "upprattad | klarmarkerad\nDAY | 2021-01-01",
        "mal": "plan_id\nG1",
    },
    "uppfoljningsfakta": {"beslut": DECISION, "uppfoljning": FOLLOW_UP},
    "malutfall": {"beslut": DECISION, "uppfoljning": FOLLOW_UP, "mal": GOAL, "maluppfyllelse": "utfall\nhelt"},
    "maldagar": {"beslut": DECISION, "uppfoljning": FOLLOW_UP, "mal": GOAL},
    "nya_utredningar": {
        "utredning": "utredning_id | inledd\nA1 | 2019-01-01\nA2 | DAY",
        "beslut": """
        beslut_id | utredning_id | beslutsdatum | galler_fran | galler_tom
        B1        | A1           | 2020-01-01   | 2020-01-01  | 2026-02-01
        B2        | A2           | 2026-02-02   | 2026-02-02  |
        """,
    },
    "T9": {"beslut": "beslutsdatum\nEARLIER"},
    "T13": {"beslut": "beslutsdatum | verkstallt | insats\n2020-01-01 | DAY | lss_boende"},
}
"""Fact or indicator -> tables in which its own day is DAY, or three months after EARLIER."""


def test_a_year_minus_the_year_of_birth_is_the_age_up_to_199():
    people = "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 |\nP3 | 1940 | fingerade\nP4 | |"
    groups = {row["ar"]: row["grupp"] for row in derived("aldersgrupper", inputs({"individ": people})).to_pylist()}
    assert sorted(groups) == list(range(1961, 1961 + 200))
    changes = {ar: grupp for ar, grupp in groups.items() if groups.get(ar - 1) != grupp}
    assert changes == {1961: "0-17", 1979: "18-64", 2026: "65-79", 2041: "80+"}


@pytest.mark.parametrize("name", OWN_DAY)
@pytest.mark.parametrize(
    ("day", "earlier", "group"), [("2025-12-31", "2025-09-30", "18-64"), ("2026-01-01", "2025-10-01", "65-79")]
)
def test_the_age_is_that_of_the_year_of_the_day_that_counts(name: str, day: str, earlier: str, group: str):
    tables = {table: text.replace("DAY", day).replace("EARLIER", earlier) for table, text in OWN_DAY[name].items()}
    found = derived(name, inputs({"individ": "individ_id | fodelsear\nP1 | 1961", **tables}))
    assert_rows(found, f"aldersgrupp\n{group}")
