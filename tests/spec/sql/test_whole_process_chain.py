"""F1: does the whole process stand for decisions that began 12–24 months ago. Extraction 2026-06-30."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PERIODS = "fran | till | i_namnare | i_taljare | exkluderad"
WHOLE = {
    "utredning": "utredning_id | avslutad\nA1 | 2023-12-10",
    "bedomning": "utredning_id | icf_kod\nA1 | d450",
    "beslut": "beslut_id | utredning_id\nB1 | A1",
    "uppdrag": "uppdrag_id | mottaget\nU1 | 2024-01-05",
    "genomforandeplan": "plan_id | klarmarkerad\nG1 | 2024-01-20",
    "uppfoljning": "beslut_id | datum\nB1 | 2024-09-01",
}


def states(beslut: str = "", individ: str = "", uppfoljning: str = "", **parametrar: str) -> pa.Table:
    changed = {"beslut": beslut, "individ": individ, "uppfoljning": uppfoljning}
    return derived("F1", inputs(WHOLE | {name: text for name, text in changed.items() if text}), parametrar)


def test_a_decision_counts_from_12_to_24_calendar_months_after_it_began():
    assert_rows(states(), f"{PERIODS}\n2025-01-01 | 2026-01-01 | ja | ja |")


def test_a_decision_counts_in_the_numerator_from_the_day_its_last_step_stands():
    assert_rows(
        states(uppfoljning="beslut_id | datum\nB1 | 2025-05-01"),
        f"""
        {PERIODS}
        2025-01-01 | 2025-05-01 | ja | nej |
        2025-05-01 | 2026-01-01 | ja | ja  |
        """,
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-01-01", "2025-01-01 | 2026-01-01 | ja"),
        ("2025-12-31", "2025-01-01 | 2025-12-31 | nej\n2025-12-31 | 2026-01-01 | ja"),
        ("2026-01-01", "2025-01-01 | 2026-01-01 | nej"),
    ],
)
def test_a_step_on_the_first_or_the_last_day_counts_and_one_on_the_day_after_does_not(day: str, expected: str):
    assert_rows(states(uppfoljning=f"beslut_id | datum\nB1 | {day}"), f"fran | till | i_taljare\n{expected}")


def test_months_are_calendar_months():
    assert_rows(
        states(
            """
            beslut_id | galler_fran
            B1        | 2024-02-29
            B2        | 2023-02-28
            B3        | 2023-11-30
            """
        ),
        """
        enhet_id | fran       | till
        B1       | 2025-02-28 | 2026-02-28
        B2       | 2024-02-28 | 2025-02-28
        B3       | 2024-11-30 | 2025-11-30
        """,
    )


def test_nothing_is_known_after_the_day_of_extraction():
    assert_rows(
        states(
            """
            beslut_id | galler_fran
            B1        | 2025-06-30
            B2        | 2025-07-01
            B3        | 2024-06-30
            B4        | 2024-07-01
            """
        ),
        """
        enhet_id | fran       | till
        B1       | 2026-06-30 |
        B3       | 2025-06-30 | 2026-06-30
        B4       | 2025-07-01 |
        """,
    )


def test_a_decision_that_ended_still_counts_but_not_one_that_never_came_into_force():
    assert_rows(
        states(
            """
            beslut_id | utredning_id | galler_fran | galler_tom | upphort
            B1        | A1           | 2024-01-01  | 2024-03-31 |
            B2        |              | 2024-01-01  |            | 2024-01-01
            B3        |              | 2024-01-01  |            | 2023-12-31
            B4        |              |             |            |
            """
        ),
        f"""
        enhet_id | {PERIODS}
        B1 | 2025-01-01 | 2026-01-01 | ja | ja  |
        B2 | 2025-01-01 | 2026-01-01 | ja | nej |
        """,
    )


def test_the_first_reason_that_applies_excludes():
    beslut = """
        beslut_id | utfall | insats        | galler_fran
        B1        | bifall | hemtjanst     | 2024-01-01
        B2        | avslag | korttidsplats | 2023-12-31
        B3        | bifall | korttidsplats | 2023-12-31
        B4        | bifall | trygghetslarm | 2023-12-31
        B5        | bifall | hemtjanst     | 2023-12-31
        """
    expected = f"""
        enhet_id | {PERIODS}
        B1 | 2025-01-01 | 2026-01-01 | ja  | nej |
        B2 | 2024-12-31 | 2025-12-31 | nej | nej | ej_beviljat
        B3 | 2024-12-31 | 2025-12-31 | nej | nej | utan_genomforandeplan
        B4 | 2024-12-31 | 2025-12-31 | nej | nej | utan_uppfoljningskrav
        B5 | 2024-12-31 | 2025-12-31 | nej | nej | ej_observerbar
        """
    assert_rows(states(beslut, genomforandeplan_fran="2024-01-01"), expected)
    assert_rows(states(beslut, journal_fran="2024-01-01", genomforandeplan_fran="2023-01-01"), expected)


def test_an_excluded_decision_has_no_new_row_when_its_chain_becomes_whole():
    found = states(uppfoljning="beslut_id | datum\nB1 | 2025-05-01", journal_fran="2024-06-01")
    assert_rows(found, f"{PERIODS}\n2025-01-01 | 2026-01-01 | nej | nej | ej_observerbar")


def test_a_person_passes_an_age_limit_on_1_january_and_a_protected_person_has_no_group():
    assert_rows(
        states(
            "beslut_id | utredning_id | individ_id | galler_fran\nB1|A1|P1|2024-06-01\nB2||P2|2024-06-01\n"
            "B3||P3|2024-06-01\nB4||P1|2024-01-01",
            "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | |\nP3 | 1961 | fingerade",
        ),
        """
        enhet_id | fran       | till       | i_taljare | aldersgrupp  | kon          | insatsgrupp
        B1       | 2025-06-01 | 2026-01-01 | ja        | 18-64        | kvinna       | hemtjanst
        B1       | 2026-01-01 | 2026-06-01 | ja        | 65-79        | kvinna       | hemtjanst
        B2       | 2025-06-01 | 2026-06-01 | nej       | ej_redovisad | kvinna       | hemtjanst
        B3       | 2025-06-01 | 2026-06-01 | nej       | ej_redovisad | ej_redovisad | ej_redovisad
        B4       | 2025-01-01 | 2026-01-01 | nej       | 18-64        | kvinna       | hemtjanst
        """,
    )


def test_the_window_is_the_countys():
    assert_rows(states(kedja_fran_manader="9", kedja_till_manader="11"), "fran | till\n2024-10-01 | 2024-12-01")
