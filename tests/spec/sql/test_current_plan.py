"""T11 and F6: has an ongoing commission a plan from the last year. Extraction 2026-06-30, deadline 14 days."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PERIODS = "fran | till | i_namnare | i_taljare | exkluderad"


def states(
    uppdrag: str,
    genomforandeplan: str = "",
    beslut: str = "beslut_id\nB1",
    individ: str = "individ_id\nP1",
    indicator: str = "T11",
    **parametrar: str,
) -> pa.Table:
    texts = {"individ": individ, "beslut": beslut, "uppdrag": uppdrag, "genomforandeplan": genomforandeplan}
    return derived(indicator, inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_a_commission_counts_from_its_day_14_and_a_plan_for_the_day_it_is_completed_and_364_days_after():
    assert_rows(
        states("mottaget\n2024-01-01", "klarmarkerad\n2024-03-01"),
        f"""
        {PERIODS}
        2024-01-15 | 2024-03-01 | ja | nej |
        2024-03-01 | 2025-03-01 | ja | ja  |
        2025-03-01 |            | ja | nej |
        """,
    )


def test_plans_whose_windows_meet_are_one_stretch_and_a_day_between_breaks_it():
    assert_rows(
        states(
            "uppdrag_id | mottaget\nU1 | 2023-01-01\nU2 | 2023-01-01",
            """
            plan_id | uppdrag_id | klarmarkerad
            G1      | U1         | 2023-03-01
            G2      | U1         | 2024-02-29
            G3      | U1         | 2024-02-29
            G4      | U1         | 2024-06-01
            G5      | U2         | 2023-03-01
            G6      | U2         | 2024-03-01
            """,
        ),
        f"""
        enhet_id | {PERIODS}
        U1 | 2023-01-15 | 2023-03-01 | ja | nej |
        U1 | 2023-03-01 | 2025-06-01 | ja | ja  |
        U1 | 2025-06-01 |            | ja | nej |
        U2 | 2023-01-15 | 2023-03-01 | ja | nej |
        U2 | 2023-03-01 | 2024-02-29 | ja | ja  |
        U2 | 2024-02-29 | 2024-03-01 | ja | nej |
        U2 | 2024-03-01 | 2025-03-01 | ja | ja  |
        U2 | 2025-03-01 |            | ja | nej |
        """,
    )


def test_a_plan_from_before_the_commission_was_due_still_counts_and_one_that_is_too_old_does_not():
    assert_rows(
        states(
            "uppdrag_id | mottaget\nU1 | 2025-01-01\nU2 | 2025-01-01",
            "plan_id | uppdrag_id | klarmarkerad\nG1 | U1 | 2024-12-20\nG2 | U2 | 2024-01-01",
        ),
        """
        enhet_id | fran       | till       | i_taljare
        U1       | 2025-01-15 | 2025-12-20 | ja
        U1       | 2025-12-20 |            | nej
        U2       | 2025-01-15 |            | nej
        """,
    )


@pytest.mark.parametrize(
    ("plan", "counts"),
    [
        ("plan | klarmarkerad", True),
        (" | delgiven", True),
        ("plan | arbetsanteckning", False),
        ("plan | makulerad", False),
        ("rutinbeskrivning | klarmarkerad", False),
        ("individuell_plan | klarmarkerad", False),
    ],
)
def test_only_a_completed_plan_counts(plan: str, counts: bool):
    found = states("mottaget\n2026-01-01", f"typ | status | klarmarkerad\n{plan} | 2026-02-01")
    assert any(found["i_taljare"].to_pylist()) is counts


def test_a_plan_of_another_commission_does_not_count():
    found = states("uppdrag_id | mottaget\nU1 | 2026-01-01\nU2 | 2026-01-01", "uppdrag_id|klarmarkerad\nU2|2026-02-01")
    assert_rows(
        found,
        """
        enhet_id | fran       | till       | i_taljare
        U1       | 2026-01-15 |            | nej
        U2       | 2026-01-15 | 2026-02-01 | nej
        U2       | 2026-02-01 |            | ja
        """,
    )


def test_a_commission_counts_on_its_last_day_which_is_its_own_or_its_decisions():
    assert_rows(
        states(
            """
            uppdrag_id | beslut_id | mottaget   | avslutat
            U1         | B1        | 2024-01-01 | 2024-05-31
            U2         | B2        | 2024-01-01 | 2024-12-31
            U3         | B1        | 2024-01-01 | 2024-01-14
            U4         | B1        | 2024-01-01 | 2024-01-15
            """,
            beslut="beslut_id | galler_tom\nB1 |\nB2 | 2024-03-31",
        ),
        """
        enhet_id | fran       | till
        U1       | 2024-01-15 | 2024-06-01
        U2       | 2024-01-15 | 2024-04-01
        U4       | 2024-01-15 | 2024-01-16
        """,
    )


def test_nothing_is_known_after_the_day_of_extraction():
    assert_rows(
        states(
            """
            uppdrag_id | mottaget   | avslutat
            U1         | 2026-06-16 |
            U2         | 2026-06-17 |
            U3         | 2026-01-01 | 2026-06-29
            U4         | 2026-01-01 | 2026-06-30
            U5         | 2025-06-01 | 2027-01-01
            """,
            "plan_id | uppdrag_id | klarmarkerad\nG1 | U5 | 2025-07-01",
        ),
        """
        enhet_id | fran       | till       | i_taljare
        U1       | 2026-06-30 |            | nej
        U3       | 2026-01-15 | 2026-06-30 | nej
        U4       | 2026-01-15 |            | nej
        U5       | 2025-06-15 | 2025-07-01 | nej
        U5       | 2025-07-01 |            | ja
        """,
    )


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        states(
            """
            uppdrag_id | beslut_id | skickat    | mottaget
            U1         | B1        | 2025-01-01 |
            U2         | B2        | 2025-01-01 |
            U3         | B3        | 2025-01-01 |
            U4         | B3        | 2025-01-01 | 2025-01-01
            """,
            "plan_id | uppdrag_id | klarmarkerad\nG1 | U1 | 2025-02-01\nG2 | U3 | 2025-02-01\nG3 | U4 | 2025-11-01",
            beslut="""
            beslut_id | utfall | insats
            B1        | avslag | korttidsplats
            B2        | avslag | hemtjanst
            B3        | bifall | hemtjanst
            """,
            genomforandeplan_fran="2025-03-01",
        ),
        f"""
        enhet_id | {PERIODS}
        U1 | 2025-01-15 |            | nej | nej | utan_genomforandeplan
        U2 | 2025-01-15 |            | nej | nej | ej_beviljat
        U3 | 2025-01-15 |            | nej | nej | ej_paborjat
        U4 | 2025-01-15 | 2026-03-01 | nej | nej | ej_observerbar
        U4 | 2026-03-01 |            | ja  | ja  |
        """,
    )


def test_what_was_completed_and_ran_out_before_all_could_be_seen_is_not_there_on_the_first_day_that_is_judged():
    assert_rows(
        states("mottaget\n2020-01-01", "klarmarkerad\n2023-06-01", genomforandeplan_fran="2023-07-01"),
        f"""
        {PERIODS}
        2020-01-15 | 2024-06-30 | nej | nej | ej_observerbar
        2024-06-30 |            | ja  | nej |
        """,
    )


def test_a_person_passes_an_age_limit_on_1_january_and_a_protected_person_has_no_group():
    assert_rows(
        states(
            "uppdrag_id | beslut_id | mottaget\nU1 | B1 | 2024-06-01\nU2 | B2 | 2024-06-01\nU3 | B3 | 2024-06-01",
            "plan_id | uppdrag_id | klarmarkerad\nG1 | U1 | 2024-12-01",
            beslut="beslut_id | individ_id\nB1 | P1\nB2 | P2\nB3 | P3",
            individ="individ_id | fodelsear | skydd\nP1 | 1960 |\nP2 | |\nP3 | 1960 | fingerade",
        ),
        """
        enhet_id | fran       | till       | i_taljare | aldersgrupp  | kon          | regiform
        U1       | 2024-06-15 | 2024-12-01 | nej       | 18-64        | kvinna       | kommunal
        U1       | 2024-12-01 | 2025-01-01 | ja        | 18-64        | kvinna       | kommunal
        U1       | 2025-01-01 | 2025-12-01 | ja        | 65-79        | kvinna       | kommunal
        U1       | 2025-12-01 |            | nej       | 65-79        | kvinna       | kommunal
        U2       | 2024-06-15 |            | nej       | ej_redovisad | kvinna       | kommunal
        U3       | 2024-06-15 |            | nej       | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_the_deadline_and_the_window_are_the_municipalitys_own():
    assert_rows(
        states("mottaget\n2026-01-01", "klarmarkerad\n2026-02-01", gp_frist_dagar="30", gp_aktuell_dagar="90"),
        """
        fran       | till       | i_taljare
        2026-01-31 | 2026-02-01 | nej
        2026-02-01 | 2026-05-02 | ja
        2026-05-02 |            | nej
        """,
    )


def test_f6_compares_only_commissions_whose_provider_is_known_as_municipal_or_private():
    uppdrag = """
        uppdrag_id | beslut_id | mottaget   | regiform
        U1         | B1        | 2025-01-01 | kommunal
        U2         | B1        | 2025-01-01 | privat_lov
        U3         | B1        | 2025-01-01 |
        U4         | B2        | 2025-01-01 | kommunal
        U5         | B3        | 2025-01-01 |
        """
    beslut = "beslut_id | individ_id | utfall\nB1 | P1 | bifall\nB2 | P2 | bifall\nB3 | P1 | avslag"
    individ = "individ_id | skydd\nP1 |\nP2 | sekretessmarkering"
    assert_rows(
        states(uppdrag, "uppdrag_id | klarmarkerad\nU2 | 2025-12-01", beslut, individ, "F6"),
        f"""
        enhet_id | regiform | {PERIODS}
        U1 | kommunal     | 2025-01-15 |            | ja  | nej |
        U2 | privat       | 2025-01-15 | 2025-12-01 | ja  | nej |
        U2 | privat       | 2025-12-01 |            | ja  | ja  |
        U3 | ej_redovisad | 2025-01-15 |            | nej | nej | ej_redovisad_regiform
        U4 | ej_redovisad | 2025-01-15 |            | nej | nej | ej_redovisad_regiform
        U5 | ej_redovisad | 2025-01-15 |            | nej | nej | ej_beviljat
        """,
    )


def test_f6_is_t11_wherever_the_provider_is_known():
    uppdrag = "uppdrag_id | mottaget | regiform\nU1 | 2024-01-01 | kommunal\nU2 | 2025-01-01 | privat_lov"
    plans = "plan_id | uppdrag_id | klarmarkerad\nG1 | U1 | 2024-03-01\nG2 | U2 | 2025-01-10"
    t11, f6 = (states(uppdrag, plans, indicator=each).drop_columns("indikator") for each in ("T11", "F6"))
    assert t11.num_rows == 5
    assert f6.equals(t11)
