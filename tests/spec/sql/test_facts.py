"""What each fact says about small histories."""

from __future__ import annotations

import pytest

from ibic_pipeline.errors import IbicError
from tests.support.small_tables import assert_rows, derived, inputs


def test_a_person_with_protected_identity_has_neither_sex_nor_age():
    found = derived(
        "individfakta",
        inputs(
            {
                "individ": """
                individ_id | kon    | fodelsear | skydd
                P1         | kvinna | 1950      |
                P2         | man    | 1950      | ingen
                P3         | man    | 1950      | sekretessmarkering
                P4         | okant  |           |
                """
            }
        ),
    )
    assert_rows(
        found,
        """
        individ_id | skyddad | kon          | fodelsear
        P1         | nej     | kvinna       | 1950
        P2         | nej     | man          | 1950
        P3         | ja      | ej_redovisad |
        P4         | nej     | ej_redovisad |
        """,
    )


def test_a_decision_ends_on_the_first_of_its_last_days():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "beslut": """
                beslut_id | galler_tom | upphort
                B1        |            |
                B2        | 2024-12-31 |
                B3        |            | 2024-06-30
                B4        | 2024-12-31 | 2024-06-30
                """
            }
        ),
    )
    assert_rows(
        found,
        """
        beslut_id | slut
        B1        |
        B2        | 2024-12-31
        B3        | 2024-06-30
        B4        | 2024-06-30
        """,
    )


def test_only_bifall_and_delvis_bifall_are_granted():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "beslut": """
                beslut_id | utfall
                B1        | bifall
                B2        | delvis_bifall
                B3        | avslag
                B4        | avvisat
                """
            }
        ),
    )
    assert_rows(found, "beslut_id | beviljat\nB1 | ja\nB2 | ja\nB3 | nej\nB4 | nej")


def test_a_decision_is_without_needs_assessment_by_its_flag_or_its_law():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "beslut": """
                beslut_id | lagrum                       | utan_behovsprovning
                B1        | sol_2001                     |
                B2        | sol_2001                     | ja
                B3        | sol_2001_utan_behovsprovning | nej
                B4        | lss                          | nej
                """
            }
        ),
    )
    assert_rows(
        found,
        """
        beslut_id | utan_behovsprovning | lagrum
        B1        | nej                 | SoL
        B2        | ja                  | SoL
        B3        | ja                  | SoL
        B4        | nej                 | LSS
        """,
    )


def test_a_decision_has_the_regiform_of_the_commission_sent_last():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "beslut": "beslut_id\nB1\nB2\nB3\nB4",
                "uppdrag": """
                uppdrag_id | beslut_id | regiform   | skickat
                U1         | B1        | kommunal   | 2024-02-01
                U2         | B1        | privat_lov | 2024-03-01
                U3         | B2        | kommunal   | 2024-03-01
                U4         | B2        | privat_lov |
                U5         | B3        | kommunal   | 2024-03-01
                U6         | B3        | privat_lov | 2024-03-01
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        beslut_id | har_uppdrag | regiform
        B1        | ja          | privat
        B2        | ja          | kommunal
        B3        | ja          | privat
        B4        | nej         | ej_redovisad
        """,
    )


def test_a_protected_person_belongs_to_no_group_but_keeps_the_rules_of_the_intervention():
    found = derived(
        "beslutsfakta",
        inputs(
            {
                "individ": "individ_id | skydd\nP1 | fingerade",
                "beslut": "beslut_id | insats\nB1 | korttidsplats",
                "uppdrag": "beslut_id\nB1",
            }
        ),
    )
    assert_rows(
        found,
        """
        kon          | fodelsear | insatsgrupp  | lagrum       | regiform     | utan_genomforandeplan
        ej_redovisad |           | ej_redovisad | ej_redovisad | ej_redovisad | ja
        """,
    )


def test_a_commission_starts_when_carried_out_or_received_or_sent_or_decided():
    found = derived(
        "uppdragsfakta",
        inputs(
            {
                "beslut": "beslut_id | beslutsdatum\nB1 | 2024-01-01",
                "uppdrag": """
                uppdrag_id | skickat    | mottaget   | paborjat
                U1         | 2024-01-02 | 2024-01-03 | 2024-01-04
                U2         | 2024-01-02 | 2024-01-03 |
                U3         | 2024-01-02 |            |
                U4         |            |            |
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        uppdrag_id | startdag   | paborjat
        U1         | 2024-01-04 | ja
        U2         | 2024-01-03 | ja
        U3         | 2024-01-02 | nej
        U4         | 2024-01-01 | nej
        """,
    )


def test_working_notes_routines_and_cancelled_plans_are_not_plans():
    found = derived(
        "uppdragsfakta",
        inputs(
            {
                "beslut": "beslut_id\nB1",
                "uppdrag": "uppdrag_id\nU1\nU2",
                "genomforandeplan": """
                plan_id | uppdrag_id | typ             | status           | klarmarkerad
                G1      | U1         | plan            | arbetsanteckning | 2024-01-02
                G2      | U1         | rutinbeskrivning| klarmarkerad     | 2024-01-03
                G3      | U1         | plan            | makulerad        | 2024-01-04
                G4      | U1         | plan            | delgiven         | 2024-01-07
                G5      | U1         |                 | klarmarkerad     | 2024-01-06
                """,
            }
        ),
    )
    assert_rows(found, "uppdrag_id | forsta_klarmarkerad\nU1 | 2024-01-06\nU2 |")


def test_goals_and_follow_ups_of_a_plan_belong_to_the_decision_of_its_commission():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "uppdrag": "uppdrag_id | regiform | skickat\nU1 | privat_lov | 2024-01-01\nU2 | kommunal | 2024-02-01",
            "genomforandeplan": "plan_id | uppdrag_id\nG1 | U1",
            "mal": "mal_id | beslut_id | plan_id\nM1 | B1 |\nM2 | | G1",
            "uppfoljning": """
            uppfoljning_id | beslut_id | plan_id | datum
            F1             | B1        |         | 2024-05-01
            F2             |           | G1      | 2024-05-01
            """,
        }
    )
    assert_rows(
        derived("uppfoljningsforemal", given),
        """
        foremal | foremal_id | beslut_id | regiform
        beslut  | B1         | B1        | kommunal
        plan    | G1         | B1        | privat
        """,
    )
    assert_rows(derived("malfakta", given), "mal_id | foremal | beslut_id\nM1 | beslut | B1\nM2 | plan | B1")
    assert_rows(derived("uppfoljningsfakta", given), "uppfoljning_id | regiform\nF1 | kommunal\nF2 | privat")


def test_only_a_completed_and_dated_follow_up_is_done():
    found = derived(
        "uppfoljningsfakta",
        inputs(
            {
                "beslut": "beslut_id\nB1",
                "uppfoljning": """
                uppfoljning_id | beslut_id | status       | datum
                F1             | B1        | klarmarkerad | 2024-05-01
                F2             | B1        | pagaende     | 2024-05-01
                F3             | B1        | klarmarkerad |
                F4             | B1        | makulerad    | 2024-05-01
                """,
            }
        ),
    )
    assert_rows(found, "uppfoljning_id | gjord\nF1 | ja\nF2 | nej\nF3 | nej\nF4 | nej")


def test_two_follow_ups_on_one_day_are_one_follow_up_day():
    found = derived(
        "uppfoljningsdagar",
        inputs(
            {
                "beslut": "beslut_id\nB1",
                "uppfoljning": """
                uppfoljning_id | beslut_id | part       | kanal     | datum
                F1             | B1        | myndighet  | folja_upp | 2024-05-01
                F2             | B1        | utforare   | journal   | 2024-05-01
                F3             | B1        | myndighet  | journal   | 2024-09-01
                """,
            }
        ),
    )
    assert_rows(found, "foremal_id | dag | nasta_dag\nB1 | 2024-05-01 | 2024-09-01\nB1 | 2024-09-01 |")


def test_an_outcome_counts_only_at_a_done_follow_up_and_may_be_at_that_of_a_later_plan():
    found = derived(
        "malbedomningar",
        inputs(
            {
                "beslut": "beslut_id\nB1",
                "uppdrag": "uppdrag_id\nU1",
                "genomforandeplan": "plan_id\nG1\nG2",
                "mal": "mal_id | plan_id\nM1 | G1",
                "uppfoljning": """
                uppfoljning_id | plan_id | status       | datum
                F1             | G1      | klarmarkerad | 2024-05-01
                F2             | G1      | pagaende     | 2024-06-01
                F3             | G2      | klarmarkerad | 2024-07-01
                """,
                "maluppfyllelse": "uppfoljning_id | utfall\nF1 | helt\nF2 | inte\nF3 | delvis",
            }
        ),
    )
    assert_rows(
        found,
        """
        mal_id | uppfoljning_id | dag        | utfall | samma_foremal
        M1     | F1             | 2024-05-01 | helt   | ja
        M1     | F3             | 2024-07-01 | delvis | nej
        """,
    )


def test_a_fact_that_loses_a_row_is_refused_with_counts_only():
    given = inputs({"beslut": "beslut_id\nB1", "uppdrag": "uppdrag_id | beslut_id\nU1 | B1\nhemligt-id | B9"})
    with pytest.raises(IbicError, match=r"Expected 2 rows in uppdragsfakta, as in uppdrag\. Found 1 rows") as refused:
        derived("uppdragsfakta", given)
    assert "hemligt" not in str(refused.value)
