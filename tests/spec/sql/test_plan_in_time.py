"""T10: is the provider's plan completed within fourteen days. Extraction 2026-06-30."""

from __future__ import annotations

import pyarrow as pa

from tests.support.small_tables import assert_rows, derived, inputs


def units(uppdrag: str, genomforandeplan: str = "", beslut: str = "beslut_id\nB1", **parametrar: str) -> pa.Table:
    texts = {"beslut": beslut, "uppdrag": uppdrag, "genomforandeplan": genomforandeplan}
    return derived("T10", inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_a_plan_completed_on_day_14_is_in_time_and_on_day_15_it_is_late():
    assert_rows(
        units(
            "uppdrag_id | mottaget\nU1 | 2026-03-01\nU2 | 2026-03-01\nU3 | 2026-03-01\nU4 | 2026-03-01",
            """
            plan_id | uppdrag_id | klarmarkerad
            G1      | U1         | 2026-03-15
            G2      | U2         | 2026-03-16
            G3      | U3         | 2026-02-27
            """,
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        U1       | 2026-03-01 |      | ja        | ja        |            | 14
        U2       | 2026-03-01 |      | ja        | nej       |            | 15
        U3       | 2026-03-01 |      | ja        | ja        |            | -2
        U4       | 2026-03-01 |      | ja        | nej       |            |
        """,
    )


def test_the_deadline_runs_from_the_start_and_otherwise_from_the_day_it_was_received():
    assert_rows(
        units("uppdrag_id | mottaget | paborjat\nU1 | 2026-03-01 | 2026-03-20\nU2 | 2026-03-01 |"),
        "enhet_id | fran | i_namnare\nU1 | 2026-03-20 | ja\nU2 | 2026-03-01 | ja",
    )


def test_a_commission_is_not_due_until_its_deadline_has_passed_by_the_extraction():
    assert_rows(
        units("uppdrag_id | mottaget\nU1 | 2026-06-16\nU2 | 2026-06-17", "uppdrag_id | klarmarkerad\nU2 | 2026-06-18"),
        """
        enhet_id | i_namnare | i_taljare | exkluderad | varde
        U1       | ja        | nej       |            |
        U2       | nej       | nej       | ej_moget   | 1
        """,
    )


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        units(
            """
            uppdrag_id | beslut_id | skickat    | mottaget   | avslutat
            U1         | B1        | 2026-03-01 | 2026-03-01 |
            U2         | B2        | 2026-03-01 | 2026-03-01 |
            U3         | B3        | 2026-03-01 |            |
            U4         | B3        | 2025-12-01 | 2025-12-01 |
            U5         | B3        | 2026-06-20 | 2026-06-20 | 2026-06-21
            U6         | B3        | 2026-03-01 | 2026-03-01 | 2026-03-14
            U7         | B3        | 2026-03-01 | 2026-03-01 | 2026-03-15
            """,
            beslut="""
            beslut_id | utfall | insats        | beslutsdatum
            B1        | avslag | korttidsplats | 2026-02-01
            B2        | avslag | hemtjanst     | 2026-02-01
            B3        | bifall | hemtjanst     | 2026-02-01
            B4        | bifall | hemtjanst     | 2026-02-02
            B5        | avslag | hemtjanst     | 2026-02-03
            B6        | bifall | korttidsplats | 2026-02-04
            """,
            genomforandeplan_fran="2026-01-01",
        ),
        """
        enhet_id | fran       | i_namnare | exkluderad
        U1       | 2026-03-01 | nej       | utan_genomforandeplan
        U2       | 2026-03-01 | nej       | ej_beviljat
        U3       | 2026-03-01 | nej       | ej_paborjat
        U4       | 2025-12-01 | nej       | ej_observerbar
        U5       | 2026-06-20 | nej       | ej_moget
        U6       | 2026-03-01 | nej       | avslutat_fore_frist
        U7       | 2026-03-01 | ja        |
        B4       | 2026-02-02 | nej       | utan_uppdrag
        B5       | 2026-02-03 | nej       | ej_beviljat
        B6       | 2026-02-04 | nej       | utan_genomforandeplan
        """,
    )


def test_a_commission_that_ended_before_its_deadline_counts_when_its_plan_came_in_time():
    assert_rows(
        units(
            "uppdrag_id | mottaget | avslutat\nU1 | 2026-03-01 | 2026-03-10\nU2 | 2026-03-01 | 2026-03-10",
            "plan_id | uppdrag_id | klarmarkerad\nG1 | U1 | 2026-03-12\nG2 | U2 | 2026-03-16",
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad          | varde
        U1       | ja        | ja        |                     | 11
        U2       | nej       | nej       | avslutat_fore_frist | 15
        """,
    )


def test_age_is_counted_in_the_year_of_the_start_and_regiform_is_the_commissions_own():
    given = inputs(
        {
            "individ": "individ_id | fodelsear\nP1 | 1961",
            "beslut": "beslut_id\nB1",
            "uppdrag": """
            uppdrag_id | regiform   | skickat    | mottaget
            U1         | kommunal   | 2025-12-01 | 2025-12-31
            U2         | privat_lov | 2026-01-01 | 2026-01-01
            """,
        }
    )
    assert_rows(
        derived("T10", given),
        """
        enhet_id | kon    | aldersgrupp | insatsgrupp | lagrum | regiform
        U1       | kvinna | 18-64       | hemtjanst   | SoL    | kommunal
        U2       | kvinna | 65-79       | hemtjanst   | SoL    | privat
        """,
    )
