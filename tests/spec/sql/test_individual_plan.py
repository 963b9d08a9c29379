"""T12: is a person's individual plan by LSS reviewed within a year. Extraction 2026-06-30, window 365 days."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

LSS = "lagrum | insats | beslut_id | individ_id"
PERIODS = "fran | till | i_namnare | i_taljare | exkluderad"


def states(
    beslut: str, genomforandeplan: str, uppdrag: str = "", individ: str = "individ_id\nP1", **parametrar: str
) -> pa.Table:
    texts = {"individ": individ, "beslut": beslut, "uppdrag": uppdrag or "uppdrag_id\nU1"}
    return derived("T12", inputs({**texts, "genomforandeplan": genomforandeplan}), parametrar)


def test_a_person_counts_from_the_first_plan_and_a_review_holds_for_a_year():
    assert_rows(
        states(
            f"{LSS} | galler_fran\nlss | lss_boende | B1 | P1 | 2020-01-01",
            "plan_id | typ | klarmarkerad\nG1 | individuell_plan | 2023-03-01\nG2 | individuell_plan | 2025-01-01",
        ),
        f"""
        enhet_id | {PERIODS}
        P1 | 2023-03-01 | 2024-02-29 | ja | ja  |
        P1 | 2024-02-29 | 2025-01-01 | ja | nej |
        P1 | 2025-01-01 | 2026-01-01 | ja | ja  |
        P1 | 2026-01-01 |            | ja | nej |
        """,
    )


def test_the_plans_of_all_a_persons_lss_commissions_are_one_plan():
    assert_rows(
        states(
            f"{LSS} | galler_fran\nlss | lss_boende | B1 | P1 | 2020-01-01\nlss | hemtjanst | B2 | P1 | 2020-01-01",
            """
            plan_id | uppdrag_id | typ              | klarmarkerad
            G1      | U1         | individuell_plan | 2024-03-01
            G2      | U2         | individuell_plan | 2025-03-01
            """,
            "uppdrag_id | beslut_id\nU1 | B1\nU2 | B2",
        ),
        """
        enhet_id | fran       | till       | i_taljare
        P1       | 2024-03-01 | 2026-03-01 | ja
        P1       | 2026-03-01 |            | nej
        """,
    )


@pytest.mark.parametrize(
    ("lagrum", "plan"),
    [
        ("sol_2001", "individuell_plan | klarmarkerad"),
        ("lss", "plan | klarmarkerad"),
        ("lss", "rutinbeskrivning | klarmarkerad"),
        ("lss", " | klarmarkerad"),
        ("lss", "individuell_plan | arbetsanteckning"),
        ("lss", "individuell_plan | makulerad"),
    ],
)
def test_without_a_completed_individual_plan_by_lss_a_person_is_no_unit(lagrum: str, plan: str):
    beslut = f"{LSS}\n{lagrum} | lss_boende | B1 | P1"
    assert states(beslut, f"typ | status | klarmarkerad\n{plan} | 2025-01-01").num_rows == 0


def test_a_plan_of_a_sol_commission_is_not_one_by_lss_even_when_the_person_has_lss_too():
    found = states(
        f"{LSS}\nlss | lss_boende | B1 | P1\nsol_2001 | hemtjanst | B2 | P1",
        "uppdrag_id | typ | klarmarkerad\nU2 | individuell_plan | 2025-01-01",
        "uppdrag_id | beslut_id\nU1 | B1\nU2 | B2",
    )
    assert found.num_rows == 0


def test_a_person_counts_to_the_last_day_of_any_granted_lss_decision_that_came_into_force():
    assert_rows(
        states(
            f"""
            {LSS} | galler_fran | galler_tom | utfall
            lss      | lss_boende | B1 | P1 | 2022-01-01 | 2025-06-30 | bifall
            lss      | hemtjanst  | B2 | P1 | 2023-01-01 | 2024-12-31 | bifall
            sol_2001 | hemtjanst  | B3 | P1 | 2023-01-01 |            | bifall
            lss      | lss_boende | B4 | P1 | 2023-01-01 |            | avslag
            lss      | lss_boende | B5 | P1 | 2025-09-01 | 2025-08-31 | bifall
            lss      | lss_boende | B6 | P1 | 2026-07-01 |            | bifall
            """,
            "typ | klarmarkerad\nindividuell_plan | 2025-01-01",
        ),
        "enhet_id | fran | till | i_taljare\nP1 | 2025-01-01 | 2025-07-01 | ja",
    )


def test_a_decision_that_is_open_or_ends_after_the_extraction_stands_open():
    assert_rows(
        states(
            f"""
            {LSS} | galler_fran | galler_tom
            lss | lss_boende | B1 | P1 | 2022-01-01 | 2024-12-31
            lss | lss_boende | B2 | P1 | 2022-01-01 |
            lss | lss_boende | B3 | P2 | 2022-01-01 | 2026-06-30
            lss | lss_boende | B4 | P3 | 2022-01-01 | 2026-06-29
            lss | lss_boende | B5 | P4 | 2022-01-01 | 2026-03-31
            """,
            """
            plan_id | uppdrag_id | typ              | klarmarkerad
            G1      | U1         | individuell_plan | 2026-04-01
            G2      | U3         | individuell_plan | 2026-04-01
            G3      | U4         | individuell_plan | 2026-04-01
            G4      | U5         | individuell_plan | 2026-04-01
            """,
            "uppdrag_id | beslut_id\nU1 | B1\nU3 | B3\nU4 | B4\nU5 | B5",
            "individ_id\nP1\nP2\nP3\nP4",
        ),
        """
        enhet_id | fran       | till
        P1       | 2026-04-01 |
        P2       | 2026-04-01 |
        P3       | 2026-04-01 | 2026-06-30
        """,
    )


def test_a_person_whose_lss_decisions_are_all_refused_is_no_unit():
    beslut = f"{LSS} | utfall\nlss | lss_boende | B1 | P1 | avslag"
    assert states(beslut, "typ | klarmarkerad\nindividuell_plan | 2025-01-01").num_rows == 0


def test_after_a_migration_a_person_is_judged_first_when_a_whole_window_can_be_seen():
    beslut = f"{LSS}\nlss | lss_boende | B1 | P1"
    plans = "plan_id | typ | klarmarkerad\nG1 | individuell_plan | 2024-02-01\nG2 | individuell_plan | 2025-06-01"
    assert_rows(
        states(beslut, plans, genomforandeplan_fran="2024-03-01"),
        f"""
        {PERIODS}
        2024-02-01 | 2025-03-01 | nej | nej | ej_observerbar
        2025-03-01 | 2025-06-01 | ja  | nej |
        2025-06-01 | 2026-06-01 | ja  | ja  |
        2026-06-01 |            | ja  | nej |
        """,
    )


def test_groups_are_those_of_the_latest_lss_decision_and_ages_break_on_1_january():
    assert_rows(
        states(
            f"""
            {LSS} | galler_fran
            lss | lss_boende | B9 | P1 | 2022-01-01
            lss | lss_boende | B2 | P1 | 2023-01-01
            lss | hemtjanst  | B3 | P1 | 2023-01-01
            lss | lss_boende | B4 | P2 | 2022-01-01
            """,
            """
            plan_id | uppdrag_id | typ              | klarmarkerad
            G1      | U1         | individuell_plan | 2025-10-01
            G2      | U4         | individuell_plan | 2025-10-01
            """,
            "uppdrag_id | beslut_id | regiform\nU1 | B9 | kommunal\nU3 | B3 | privat_lov\nU4 | B4 | kommunal",
            "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | fingerade",
        ),
        """
        enhet_id | fran       | till       | kon          | aldersgrupp  | insatsgrupp  | lagrum       | regiform
        P1       | 2025-10-01 | 2026-01-01 | kvinna       | 18-64        | hemtjanst    | LSS          | privat
        P1       | 2026-01-01 |            | kvinna       | 65-79        | hemtjanst    | LSS          | privat
        P2       | 2025-10-01 |            | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_the_window_is_the_countys():
    assert_rows(
        states(
            f"{LSS}\nlss | lss_boende | B1 | P1",
            "typ | klarmarkerad\nindividuell_plan | 2026-01-01",
            individuell_plan_dagar="90",
            genomforandeplan_fran="2025-11-01",
        ),
        """
        fran       | till       | i_taljare | exkluderad
        2026-01-01 | 2026-01-30 | nej       | ej_observerbar
        2026-01-30 | 2026-04-01 | ja        |
        2026-04-01 |            | nej       |
        """,
    )
