"""What a goal aims at, from which state, and what the scale says of it when it is followed up."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PLANS = {
    "beslut": "beslut_id | beslutsdatum\nB1 | 2024-01-15",
    "uppdrag": "uppdrag_id\nU1",
    "genomforandeplan": """
    plan_id | status           | upprattad  | klarmarkerad
    G1      | klarmarkerad     | 2024-02-01 | 2024-02-10
    G2      | delgiven         |            | 2024-02-11
    G3      | arbetsanteckning |            | 2024-02-12
    """,
}


def test_a_goal_is_set_when_it_is_decided_or_when_its_plan_is_drawn_up_or_else_completed():
    given = inputs({**PLANS, "mal": "mal_id|beslut_id|plan_id\nM0|B1|\nM1||G1\nM2||G2\nM3||G3"})
    assert_rows(derived("malfakta", given), "mal_id | dag\nM0 | 2024-01-15\nM1 | 2024-02-01\nM2 | 2024-02-11\nM3 |")


def test_8_and_9_are_never_numbers_and_what_is_not_delivered_is_no_text():
    found = derived(
        "malfakta",
        inputs(
            {
                "beslut": "beslut_id\nB1",
                "mal": """
                mal_id | beslut_id | avsett | text_langd | endast_skala | inriktning
                M0     | B1        | 0      | 40         | nej          | utveckla
                M1     | B1        | 4      | 0          | ja           | bibehalla
                M2     | B1        | 8      |            |              |
                M3     | B1        | 9      | 5          | ja           |
                M4     | B1        |        | 30         | nej          |
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        mal_id | avsett_tal | text_langd | endast_skala | inriktning
        M0     | 0          | 40         | nej          | utveckla
        M1     | 4          | 0          | ja           | bibehalla
        M2     |            | 0          | nej          |
        M3     |            | 5          | ja           |
        M4     |            | 30         | nej          |
        """,
    )


def test_a_goal_starts_from_the_assessment_of_the_same_code_in_the_investigation_of_its_decision():
    found = derived(
        "malfakta",
        inputs(
            {
                "utredning": "utredning_id | avslutad\nA1 | 2024-01-10\nA2 |",
                "bedomning": """
                utredning_id | icf_kod | bedomt
                A1           | d450    | 3
                A1           | d510    | 8
                A2           | d450    | 1
                """,
                "beslut": """
                beslut_id | utredning_id | beslutsdatum
                B1        | A1           | 2024-01-15
                B2        | A2           | 2024-02-15
                B3        |              | 2024-03-15
                """,
                "uppdrag": "uppdrag_id | beslut_id\nU1 | B1",
                "genomforandeplan": "plan_id\nG1",
                "mal": """
                mal_id | beslut_id | plan_id | icf_kod
                M1     | B1        |         | d450
                M2     | B1        |         | d510
                M3     | B1        |         | d640
                M4     | B1        |         |
                M5     | B2        |         | d450
                M6     | B3        |         | d450
                M7     |           | G1      | d450
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        mal_id | bedomt_tal | bedomt_dag
        M1     | 3          | 2024-01-10
        M2     |            |
        M3     |            |
        M4     |            |
        M5     | 1          | 2024-02-15
        M6     |            |
        M7     | 3          | 2024-01-10
        """,
    )


def outcome(aimed: str, found: str) -> pa.Table:
    return inputs(
        {
            "beslut": "beslut_id\nB1",
            "mal": f"mal_id | beslut_id | avsett\nM1 | B1 | {aimed}",
            "uppfoljning": "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-05-01",
            "maluppfyllelse": f"uppfoljning_id | utfall | skala_vid_uppfoljning\nF1 | delvis | {found}",
        }
    )


@pytest.mark.parametrize(
    ("aimed", "found", "number", "computed"),
    [
        ("1", "1", "1", "helt"),
        ("1", "0", "0", "helt"),
        ("1", "2", "2", "inte"),
        ("0", "4", "4", "inte"),
        ("1", "8", "", ""),
        ("9", "1", "1", ""),
        ("", "1", "1", ""),
        ("1", "", "", ""),
    ],
)
def test_by_the_scale_a_goal_is_reached_when_the_state_is_as_aimed_or_better(
    aimed: str, found: str, number: str, computed: str
):
    assert_rows(
        derived("malbedomningar", outcome(aimed, found)),
        f"utfall | uppfoljt_tal | utfall_beraknat\ndelvis | {number} | {computed}",
    )


def test_of_two_follow_ups_of_a_goal_on_one_day_the_one_with_the_greatest_id_holds():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "mal": "mal_id | beslut_id | avsett | inriktning\nM1 | B1 | 1 | utveckla",
            "uppfoljning": """
            uppfoljning_id | beslut_id | datum
            F1             | B1        | 2024-05-01
            F2             | B1        | 2024-05-01
            F0             | B1        | 2024-09-01
            """,
            "maluppfyllelse": """
            uppfoljning_id | utfall | skala_vid_uppfoljning
            F1             | helt   | 0
            F2             | inte   | 3
            F0             | delvis | 1
            """,
        }
    )
    assert_rows(
        derived("malutfall", given),
        """
        mal_id | dag        | nasta_dag  | uppfoljning_id | utfall | uppfoljt_tal | utfall_beraknat | avsett_tal \
| inriktning
        M1     | 2024-05-01 | 2024-09-01 | F2             | inte   | 3            | inte            | 1          \
| utveckla
        M1     | 2024-09-01 |            | F0             | delvis | 1            | helt            | 1          \
| utveckla
        """,
    )
