"""P2 and P3: is the person's part described in the plan, and is the person asked about quality."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PROTECTED = "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | fingerade"


def plans(genomforandeplan: str, individ: str = "individ_id\nP1\nP2", **parametrar: str) -> pa.Table:
    given = {
        "individ": individ,
        "beslut": "beslut_id | individ_id\nB1 | P1\nB2 | P2",
        "uppdrag": "uppdrag_id | beslut_id | regiform\nU1 | B1 | privat_lov\nU2 | B2 | kommunal",
        "genomforandeplan": genomforandeplan,
    }
    return derived("P2", inputs(given), parametrar)


def follow_ups(uppfoljning: str, svar: str = "", individ: str = "individ_id\nP1\nP2", **parametrar: str) -> pa.Table:
    given = {
        "individ": individ,
        "beslut": "beslut_id | individ_id\nB1 | P1\nB2 | P2",
        "uppdrag": "uppdrag_id\nU1",
        "genomforandeplan": "plan_id\nG1",
        "uppfoljning": uppfoljning,
        "kvalitetssvar": svar,
    }
    return derived("P3", inputs({name: text for name, text in given.items() if text}), parametrar)


def test_a_text_about_participation_or_a_wish_is_enough():
    assert_rows(
        plans(
            """
            plan_id | klarmarkerad | delaktighet_text_langd | onskemal
            G1      | 2024-03-01   | 1                      | nej
            G2      | 2024-03-01   | 0                      | ja
            G3      | 2024-03-01   | 0                      | nej
            G4      | 2024-03-01   |                        |
            G5      | 2024-03-01   |                        | ja
            """
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad
        G1       | 2024-03-01 |      | ja        | ja        |
        G2       | 2024-03-01 |      | ja        | ja        |
        G3       | 2024-03-01 |      | ja        | nej       |
        G4       | 2024-03-01 |      | ja        | nej       |
        G5       | 2024-03-01 |      | ja        | ja        |
        """,
    )


@pytest.mark.parametrize(
    ("plan", "is_unit"),
    [
        ("plan | klarmarkerad | 2024-03-01", True),
        (" | delgiven | 2024-03-01", True),
        ("plan | klarmarkerad |", False),
        ("plan | arbetsanteckning | 2024-03-01", False),
        ("plan | makulerad | 2024-03-01", False),
        ("rutinbeskrivning | klarmarkerad | 2024-03-01", False),
        ("individuell_plan | klarmarkerad | 2024-03-01", False),
    ],
)
def test_only_a_completed_plan_of_the_provider_is_a_unit(plan: str, is_unit: bool):
    assert plans(f"typ | status | klarmarkerad\n{plan}").num_rows == is_unit


def test_a_plan_from_before_it_could_be_observed_is_excluded():
    assert_rows(
        plans(
            "plan_id | klarmarkerad | onskemal\nG1 | 2024-02-29 | ja\nG2 | 2024-03-01 | ja",
            genomforandeplan_fran="2024-03-01",
        ),
        "enhet_id | i_namnare | i_taljare | exkluderad\nG1 | nej | nej | ej_observerbar\nG2 | ja | ja |",
    )


def test_a_plan_has_its_commissions_provider_and_a_protected_person_no_group():
    assert_rows(
        plans(
            """
            plan_id | uppdrag_id | klarmarkerad
            G1      | U1         | 2025-12-31
            G2      | U1         | 2026-01-01
            G3      | U2         | 2026-01-01
            """,
            PROTECTED,
        ),
        """
        enhet_id | aldersgrupp  | kon          | regiform
        G1       | 18-64        | kvinna       | privat
        G2       | 65-79        | kvinna       | privat
        G3       | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_one_answer_is_enough_and_the_value_is_the_positive_share_of_the_opinions():
    assert_rows(
        follow_ups(
            """
            uppfoljning_id | beslut_id | datum
            F1             | B1        | 2024-05-01
            F2             | B1        | 2024-05-01
            F3             | B1        | 2024-05-01
            F4             | B1        | 2024-05-01
            """,
            """
            uppfoljning_id | fraga | svar
            F1             | e598A | mycket_bra
            F1             | e598B | mycket_daligt
            F2             | e598A | ganska_bra
            F2             | e598B | vet_inte
            F3             | e598A | vet_inte
            """,
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        F1       | 2024-05-01 |      | ja        | ja        |            | 0.5
        F2       | 2024-05-01 |      | ja        | ja        |            | 1
        F3       | 2024-05-01 |      | ja        | ja        |            |
        F4       | 2024-05-01 |      | ja        | nej       |            |
        """,
    )


def test_every_done_follow_up_is_a_unit_whoever_made_it_and_in_whatever_channel():
    assert_rows(
        follow_ups(
            """
            uppfoljning_id | beslut_id | plan_id | datum      | part      | kanal     | status
            F1             | B1        |         | 2024-05-01 | myndighet | folja_upp | klarmarkerad
            F2             | B1        |         | 2024-05-01 | myndighet | journal   | klarmarkerad
            F3             |           | G1      | 2024-05-01 | utforare  | folja_upp | klarmarkerad
            F4             | B1        |         | 2024-05-01 | myndighet | folja_upp | pagaende
            F5             | B1        |         |            | myndighet | folja_upp | klarmarkerad
            """
        ),
        "enhet_id | i_namnare\nF1 | ja\nF2 | ja\nF3 | ja",
    )


def test_a_follow_up_from_before_the_step_could_be_observed_is_excluded():
    assert_rows(
        follow_ups(
            "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-04-30\nF2 | B1 | 2024-05-01",
            "uppfoljning_id | fraga | svar\nF1 | e598A | mycket_bra\nF2 | e598A | mycket_bra",
            folja_upp_fran="2024-05-01",
        ),
        "enhet_id | i_namnare | i_taljare | exkluderad | varde\nF1|nej|nej|ej_observerbar|1\nF2|ja|ja||1",
    )


def test_age_is_counted_in_the_year_of_the_follow_up_and_a_protected_person_has_no_group():
    assert_rows(
        follow_ups(
            "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2025-12-31\nF2 | B1 | 2026-01-01\nF3 | B2 | 2026-01-01",
            individ=PROTECTED,
        ),
        "enhet_id | aldersgrupp | kon\nF1 | 18-64 | kvinna\nF2 | 65-79 | kvinna\nF3 | ej_redovisad | ej_redovisad",
    )
