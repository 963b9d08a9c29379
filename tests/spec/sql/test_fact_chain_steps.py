"""How far along the process a decision that F1 counts has come, and from which day."""

from __future__ import annotations

import pytest

from tests.support.small_tables import assert_rows, derived, inputs

WHOLE = {
    "utredning": "utredning_id | avslutad\nA1 | 2024-01-10",
    "bedomning": "utredning_id | icf_kod\nA1 | d450",
    "beslut": "beslut_id | utredning_id | beslutsdatum | galler_fran\nB1 | A1 | 2024-01-15 | 2024-01-31",
    "uppdrag": "uppdrag_id | skickat\nU1 | 2024-01-20",
    "genomforandeplan": "plan_id | uppdrag_id | status | klarmarkerad\nG1 | U1 | klarmarkerad | 2024-03-01",
    "uppfoljning": "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-08-01",
}
EVERY_STEP = """
beslut_id | steg | fran       | till
B1        | 0    | 2025-01-31 | 2026-01-31
B1        | 1    | 2025-01-31 | 2026-01-31
B1        | 2    | 2025-01-31 | 2026-01-31
B1        | 3    | 2025-01-31 | 2026-01-31
B1        | 4    | 2025-01-31 | 2026-01-31
B1        | 5    | 2025-01-31 | 2026-01-31
"""


def steps(found: list[dict]) -> list[int]:
    return sorted(row["steg"] for row in found)


def test_a_decision_with_all_steps_is_left_after_each_of_them_as_long_as_it_is_looked_at():
    assert_rows(derived("kedjesteg", inputs(WHOLE)), EVERY_STEP)


@pytest.mark.parametrize(
    ("table", "without", "left"),
    [
        ("utredning", "utredning_id | avslutad\nA1 |", [0]),
        ("bedomning", "utredning_id | icf_kod\nA2 | d450", [0]),
        ("uppdrag", "uppdrag_id | skickat | mottaget\nU1 | |", [0, 1, 2]),
        ("genomforandeplan", "plan_id | uppdrag_id | status\nG1 | U1 | arbetsanteckning", [0, 1, 2, 3]),
        (
            "uppfoljning",
            "uppfoljning_id | beslut_id | datum | status\nF1 | B1 | 2024-08-01 | pagaende",
            [0, 1, 2, 3, 4],
        ),
    ],
)
def test_a_step_that_is_missing_ends_the_chain_there_whatever_stands_after_it(table: str, without: str, left: list):
    assert steps(derived("kedjesteg", inputs({**WHOLE, table: without})).to_pylist()) == left


def test_a_step_that_is_done_late_holds_back_itself_and_all_after_it():
    late = {**WHOLE, "utredning": "utredning_id | avslutad\nA1 | 2025-05-05"}
    late["uppfoljning"] = "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2025-09-09"
    assert_rows(
        derived("kedjesteg", inputs(late)),
        """
        beslut_id | steg | fran       | till
        B1        | 0    | 2025-01-31 | 2026-01-31
        B1        | 1    | 2025-05-05 | 2026-01-31
        B1        | 2    | 2025-05-05 | 2026-01-31
        B1        | 3    | 2025-05-05 | 2026-01-31
        B1        | 4    | 2025-05-05 | 2026-01-31
        B1        | 5    | 2025-09-09 | 2026-01-31
        """,
    )


def test_a_step_on_the_day_that_the_decision_is_no_longer_looked_at_comes_too_late():
    on_the_day = {**WHOLE, "uppfoljning": "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2026-01-31"}
    assert steps(derived("kedjesteg", inputs(on_the_day)).to_pylist()) == [0, 1, 2, 3, 4]
    the_day_before = {**WHOLE, "uppfoljning": "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2026-01-30"}
    assert steps(derived("kedjesteg", inputs(the_day_before)).to_pylist()) == [0, 1, 2, 3, 4, 5]


def test_a_decision_that_is_still_looked_at_has_no_last_day():
    given = inputs(WHOLE)
    found = derived("kedjesteg", given, {"uttagsdatum": "2025-06-30"}).to_pylist()
    assert steps(found) == [0, 1, 2, 3, 4, 5]
    assert {row["till"] for row in found} == {None}


def test_a_birthday_that_changes_the_age_group_divides_nothing():
    person = {**WHOLE, "individ": "individ_id | fodelsear\nP1 | 1960"}
    assert_rows(derived("kedjesteg", inputs(person)), EVERY_STEP)


@pytest.mark.parametrize(
    "decision",
    [
        "beslut_id | utredning_id | galler_fran | utfall\nB1 | A1 | 2024-01-31 | avslag",
        "beslut_id | utredning_id | galler_fran | insats\nB1 | A1 | 2024-01-31 | korttidsplats",
        "beslut_id | utredning_id | galler_fran | insats\nB1 | A1 | 2024-01-31 | trygghetslarm",
        "beslut_id | utredning_id | galler_fran\nB1 | A1 |",
        "beslut_id | utredning_id | galler_fran\nB1 | A1 | 2025-12-31",
    ],
)
def test_a_decision_that_f1_does_not_count_has_no_step(decision: str):
    assert derived("kedjesteg", inputs({**WHOLE, "beslut": decision})).num_rows == 0


def test_tables_without_rows_give_none():
    assert derived("kedjesteg", inputs({})).num_rows == 0
