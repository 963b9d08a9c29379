"""The day on which each step of a decision's process stood, and all of them."""

from __future__ import annotations

import pytest

from tests.support.small_tables import assert_rows, derived, inputs

WHOLE = {
    "utredning": "utredning_id | avslutad\nA1 | 2024-01-10",
    "bedomning": "utredning_id | icf_kod\nA1 | d450",
    "beslut": "beslut_id | utredning_id | beslutsdatum | galler_fran\nB1 | A1 | 2024-01-15 | 2024-01-31",
    "uppdrag": "uppdrag_id | skickat | mottaget\nU1 | 2024-01-20 | 2024-01-25\nU2 | | 2024-01-18",
    "genomforandeplan": """
    plan_id | uppdrag_id | status       | klarmarkerad
    G1      | U1         | klarmarkerad | 2024-03-01
    G2      | U2         | klarmarkerad | 2024-02-15
    """,
    "uppfoljning": """
    uppfoljning_id | beslut_id | plan_id | part     | kanal   | datum
    F1             |           | G1      | utforare | journal | 2024-08-01
    F2             | B1        |         |          |         | 2024-09-01
    """,
}


def test_the_chain_is_whole_on_the_day_of_its_last_step():
    assert_rows(
        derived("processkedja", inputs(WHOLE)),
        """
        beslut_id | utredning_dag | har_bedomning | beslut_dag | uppdrag_dag | plan_dag   | uppfoljning_dag \
| kedja_hel_dag | kedja_fran | kedja_till
        B1        | 2024-01-10    | ja            | 2024-01-15 | 2024-01-18  | 2024-02-15 | 2024-08-01      \
| 2024-08-01    | 2025-01-31 | 2026-01-31
        """,
    )


@pytest.mark.parametrize(
    ("table", "without"),
    [
        ("utredning", "utredning_id | avslutad\nA1 |"),
        ("bedomning", "utredning_id | icf_kod\nA2 | d450"),
        ("beslut", "beslut_id | utredning_id\nB1 |"),
        ("uppdrag", "uppdrag_id | skickat | mottaget\nU1 | |\nU2 | |"),
        ("genomforandeplan", "plan_id | uppdrag_id | status\nG1 | U1 | arbetsanteckning"),
        ("uppfoljning", "uppfoljning_id | beslut_id | datum | status\nF1 | B1 | 2024-08-01 | pagaende"),
    ],
)
def test_without_one_of_its_steps_the_chain_is_never_whole(table: str, without: str):
    found = derived("processkedja", inputs({**WHOLE, table: without}))
    assert_rows(found, "beslut_id | kedja_hel_dag\nB1 |")


def test_a_decision_that_never_began_has_no_time_to_be_looked_at():
    found = derived("processkedja", inputs({"beslut": "beslut_id | galler_fran\nB1 |"}))
    assert_rows(found, "beslut_id | kedja_fran | kedja_till\nB1 | |")


@pytest.mark.parametrize(
    ("table", "late"),
    [
        ("utredning", "utredning_id | avslutad\nA1 | 2024-12-24"),
        ("beslut", "beslut_id | utredning_id | beslutsdatum\nB1 | A1 | 2024-12-24"),
        ("uppdrag", "uppdrag_id | skickat\nU1 | 2024-12-24\nU2 |"),
        ("genomforandeplan", "plan_id | klarmarkerad\nG1 | 2024-12-24"),
        ("uppfoljning", "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-12-24"),
    ],
)
def test_any_step_may_be_the_last(table: str, late: str):
    found = derived("processkedja", inputs({**WHOLE, table: late}))
    assert_rows(found, "beslut_id | kedja_hel_dag\nB1 | 2024-12-24")
