"""Commissions and plans: when they hold, and when a plan is completed."""

from __future__ import annotations

from tests.support.small_tables import assert_rows, derived, inputs


def test_a_commission_ends_with_itself_or_with_its_decision_whichever_comes_first():
    given = inputs(
        {
            "beslut": "beslut_id | galler_tom\nB1 | 2024-12-31\nB2 |",
            "uppdrag": """
            uppdrag_id | beslut_id | avslutat   | skickat    | mottaget   | antal_mal
            U1         | B1        | 2024-06-30 | 2024-01-02 | 2024-01-03 | 3
            U2         | B1        | 2025-03-31 |            | 2024-01-03 | 0
            U3         | B1        |            |            |            |
            U4         | B2        | 2024-06-30 |            |            |
            U5         | B2        |            |            |            |
            """,
        }
    )
    assert_rows(
        derived("uppdragsfakta", given),
        """
        uppdrag_id | slut       | lamnat     | antal_mal | individ_id
        U1         | 2024-06-30 | 2024-01-02 | 3         | P1
        U2         | 2024-12-31 | 2024-01-03 | 0         | P1
        U3         | 2024-12-31 |            |           | P1
        U4         | 2024-06-30 |            |           | P1
        U5         |            |            |           | P1
        """,
    )


def test_a_plan_is_completed_when_it_is_marked_so_and_is_still_neither_a_note_nor_cancelled():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "uppdrag": "uppdrag_id | mottaget\nU1 | 2024-01-05",
            "genomforandeplan": """
            plan_id | typ              | status           | klarmarkerad | delaktighet_text_langd | onskemal
            G1      | plan             | klarmarkerad     | 2024-02-01   | 120                    | ja
            G2      |                  | delgiven         | 2024-02-02   | 0                      | nej
            G3      | rutinbeskrivning | arbetsanteckning | 2024-02-03   |                        |
            G4      | individuell_plan | makulerad        | 2024-02-04   |                        |
            """,
        }
    )
    assert_rows(
        derived("planfakta", given),
        """
        plan_id | typ              | klarmarkerad | delaktighet_text_langd | onskemal | beslut_id | startdag
        G1      | plan             | 2024-02-01   | 120                    | ja       | B1        | 2024-01-05
        G2      | plan             | 2024-02-02   | 0                      | nej      | B1        | 2024-01-05
        G3      | rutinbeskrivning |              | 0                      | nej      | B1        | 2024-01-05
        G4      | individuell_plan |              | 0                      | nej      | B1        | 2024-01-05
        """,
    )


def test_a_plan_has_the_provider_of_its_commission_and_a_protected_person_no_group():
    given = inputs(
        {
            "individ": "individ_id | skydd\nP1 |\nP2 | fingerade",
            "beslut": "beslut_id | individ_id | lagrum | insats\nB1|P1|lss|lss_boende\nB2|P2|lss|lss_boende",
            "uppdrag": "uppdrag_id | beslut_id | regiform\nU1|B1|privat_lov\nU2|B1|kommunal\nU3|B2|kommunal",
            "genomforandeplan": "plan_id | uppdrag_id\nG1 | U1\nG2 | U2\nG3 | U3",
        }
    )
    assert_rows(
        derived("planfakta", given),
        """
        plan_id | individ_id | lag_villkor | insatsgrupp_villkor | lagrum       | insatsgrupp  | regiform
        G1      | P1         | LSS         | lss_boende          | LSS          | lss_boende   | privat
        G2      | P1         | LSS         | lss_boende          | LSS          | lss_boende   | kommunal
        G3      | P2         | LSS         | lss_boende          | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_an_individual_plan_by_lss_is_no_plan_of_the_provider():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id | typ | klarmarkerad\nG1 | individuell_plan | 2024-01-02",
        }
    )
    assert_rows(derived("uppdragsfakta", given), "uppdrag_id | forsta_klarmarkerad\nU1 |")


def test_answers_are_counted_per_follow_up_and_not_knowing_is_an_answer_without_an_opinion():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "uppfoljning": """
            uppfoljning_id | beslut_id | datum      | typ       | individen_deltog | andrat_behov
            F1             | B1        | 2024-05-01 | planerad  | ja               | nej
            F2             | B1        | 2024-05-01 | vid_behov | nej              | ja
            F3             | B1        | 2024-05-01 |           |                  |
            """,
            "kvalitetssvar": """
            uppfoljning_id | fraga | svar
            F1             | e598A | mycket_bra
            F1             | e598B | ganska_bra
            F2             | e598A | vet_inte
            F2             | e598B | varken_eller
            """,
        }
    )
    assert_rows(
        derived("uppfoljningsfakta", given),
        """
        uppfoljning_id | typ       | individen_deltog | andrat_behov | antal_svar | antal_svar_med_asikt \
| antal_positiva_svar
        F1             | planerad  | ja               | nej          | 2          | 2                    | 2
        F2             | vid_behov | nej              | ja           | 2          | 1                    | 0
        F3             |           |                  |              | 0          | 0                    | 0
        """,
    )
