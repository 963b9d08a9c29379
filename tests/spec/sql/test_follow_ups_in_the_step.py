"""F2: are follow-ups documented in the step Följa upp."""

from __future__ import annotations

from tests.support.small_tables import assert_rows, derived, inputs

UPPFOLJNING = """
uppfoljning_id | beslut_id | plan_id | datum      | kanal     | part      | status
F1             | B1        |         | 2024-05-01 | folja_upp | myndighet | klarmarkerad
F2             | B1        |         | 2024-05-01 | journal   | myndighet | klarmarkerad
F3             |           | G1      | 2025-01-01 | folja_upp | utforare  | klarmarkerad
F4             | B1        |         | 2025-01-01 | folja_upp | myndighet | pagaende
F5             | B1        |         |            | folja_upp | myndighet | planerad
"""


def test_every_done_follow_up_is_a_unit_and_those_in_the_step_are_counted():
    given = inputs(
        {
            "individ": "individ_id | fodelsear\nP1 | 1945",
            "beslut": "beslut_id\nB1",
            "uppdrag": "uppdrag_id | regiform\nU1 | privat_lov",
            "genomforandeplan": "plan_id\nG1",
            "uppfoljning": UPPFOLJNING,
        }
    )
    assert_rows(
        derived("F2", given),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | aldersgrupp
        F1       | 2024-05-01 |      | ja        | ja        |            | 65-79
        F2       | 2024-05-01 |      | ja        | nej       |            | 65-79
        F3       | 2025-01-01 |      | ja        | ja        |            | 80+
        """,
    )
    assert_rows(
        derived("F2", given, {"folja_upp_fran": "2025-01-01"}),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        F1       | nej       | nej       | ej_observerbar
        F2       | nej       | nej       | ej_observerbar
        F3       | ja        | ja        |
        """,
    )
