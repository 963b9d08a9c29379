"""What a decision says of its days, its deadlines and the rules that apply to it."""

from __future__ import annotations

import pytest

from tests.support.small_tables import assert_rows, derived, inputs


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2024-11-30", "2025-02-28"),
        ("2023-11-30", "2024-02-29"),
        ("2023-11-29", "2024-02-29"),
        ("2024-12-01", "2025-03-01"),
        ("2024-12-31", "2025-03-31"),
        ("2024-09-30", "2024-12-30"),
        ("2024-09-01", "2024-12-01"),
        ("2024-10-01", "2025-01-01"),
        ("2024-01-31", "2024-04-30"),
        ("2024-02-29", "2024-05-29"),
    ],
)
def test_a_decision_is_to_be_carried_out_within_three_calendar_months(decided: str, due: str):
    found = derived("beslutsfakta", inputs({"beslut": f"beslutsdatum\n{decided}"}))
    assert_rows(found, f"verkstallighetsfrist\n{due}")


def test_twelve_months_after_the_29th_of_february_is_the_28th_and_the_county_decides_the_number_of_months():
    given = inputs({"beslut": "beslutsdatum | galler_fran\n2024-01-01 | 2024-02-29"})
    assert_rows(
        derived("manadsfrister", given, {"verkstallighet_manader": "0", "kedja_till_manader": "48"}),
        """
        dag        | manader | frist
        2024-01-01 | 0       | 2024-01-01
        2024-01-01 | 12      | 2025-01-01
        2024-01-01 | 48      | 2028-01-01
        2024-02-29 | 0       | 2024-02-29
        2024-02-29 | 12      | 2025-02-28
        2024-02-29 | 48      | 2028-02-29
        """,
    )


def test_a_decision_carries_its_own_days_and_the_application_of_its_investigation():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "utredning": "utredning_id | ansokan_datum\nA1 | 2023-11-01\nA2 |",
                "beslut": """
                beslut_id | utredning_id | galler_tom | upphort    | upphort_orsak | verkstallt | planerad_uppfoljning
                B1        | A1           | 2024-12-31 | 2024-05-01 | flytt         | 2024-01-09 | 2024-10-01
                B2        | A2           |            |            |               |            |
                B3        |              |            |            |               |            |
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        beslut_id | ansokan_datum | tidsbegransat | galler_tom | upphort    | upphort_orsak | verkstallt \
| planerad_uppfoljning
        B1        | 2023-11-01    | ja            | 2024-12-31 | 2024-05-01 | flytt         | 2024-01-09 \
| 2024-10-01
        B2        |               | nej           |            |            |               |            |
        B3        |               | nej           |            |            |               |            |
        """,
    )


def test_rules_know_the_intervention_and_the_law_of_a_protected_person_too():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "individ": "individ_id | skydd\nP1 | sekretessmarkering",
                "beslut": "beslut_id | insats | lagrum\nB1 | lss_boende | lss\nB2 | okand | okand",
            }
        ),
    )
    assert_rows(
        found,
        """
        beslut_id | insatsgrupp_villkor | lag_villkor  | insatsgrupp  | lagrum
        B1        | lss_boende          | LSS          | ej_redovisad | ej_redovisad
        B2        | ej_redovisad        | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )
