"""F5: does a commission carry the goals of its decision."""

from __future__ import annotations

import pyarrow as pa

from tests.support.small_tables import assert_rows, derived, inputs


def units(
    uppdrag: str, mal: str = "", beslut: str = "beslut_id\nB1\nB2", individ: str = "individ_id\nP1", plan: str = ""
) -> pa.Table:
    texts = {"individ": individ, "beslut": beslut, "uppdrag": uppdrag, "mal": mal, "genomforandeplan": plan}
    return derived("F5", inputs({name: text for name, text in texts.items() if text}))


def test_the_number_of_goals_decides_and_without_it_the_goals_of_the_decision():
    assert_rows(
        units(
            """
            uppdrag_id | beslut_id | antal_mal
            U1         | B1        | 0
            U2         | B1        |
            U3         | B2        | 1
            U4         | B2        |
            """,
            "mal_id | beslut_id\nM1 | B1\nM2 | B1",
        ),
        "enhet_id | i_namnare | i_taljare\nU1 | ja | nej\nU2 | ja | ja\nU3 | ja | ja\nU4 | ja | nej",
    )


def test_a_goal_in_the_providers_own_plan_did_not_come_with_the_commission():
    found = units("uppdrag_id\nU1", "mal_id | plan_id\nM1 | G1", plan="plan_id\nG1")
    assert_rows(found, "enhet_id | i_taljare\nU1 | nej")


def test_a_commission_is_an_occasion_on_the_day_it_started():
    assert_rows(
        units(
            """
            uppdrag_id | skickat    | mottaget   | paborjat   | antal_mal
            U1         | 2024-02-01 | 2024-02-02 | 2024-02-03 | 1
            U2         | 2024-02-01 | 2024-02-02 |            | 1
            U3         | 2024-02-01 |            |            | 1
            U4         |            |            |            | 1
            """
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad
        U1       | 2024-02-03 |      | ja        | ja        |
        U2       | 2024-02-02 |      | ja        | ja        |
        U3       | 2024-02-01 |      | ja        | ja        |
        U4       | 2024-01-01 |      | ja        | ja        |
        """,
    )


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        units(
            "uppdrag_id | beslut_id | antal_mal\nU1 | B1 | 1\nU2 | B2 | 1\nU3 | B3 | 1",
            beslut="""
            beslut_id | utfall | insats
            B1        | avslag | korttidsplats
            B2        | avslag | hemtjanst
            B3        | bifall | trygghetslarm
            """,
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        U1       | nej       | nej       | utan_genomforandeplan
        U2       | nej       | nej       | ej_beviljat
        U3       | ja        | ja        |
        """,
    )


def test_age_is_counted_in_the_year_of_the_start_and_a_protected_person_has_no_group():
    assert_rows(
        units(
            """
            uppdrag_id | beslut_id | mottaget   | regiform
            U1         | B1        | 2025-12-31 | kommunal
            U2         | B1        | 2026-01-01 | privat_lov
            U3         | B2        | 2026-01-01 | kommunal
            """,
            beslut="beslut_id | individ_id\nB1 | P1\nB2 | P2",
            individ="individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | fingerade",
        ),
        """
        enhet_id | aldersgrupp  | kon          | regiform
        U1       | 18-64        | kvinna       | kommunal
        U2       | 65-79        | kvinna       | privat
        U3       | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )
