"""F4: is a plan still a working note when its deadline has passed. Extraction 2026-06-30, deadline 14 days."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PERIODS = "fran | till | i_namnare | i_taljare | exkluderad"
NOTE = "plan_id | uppdrag_id | status | upprattad"


def states(
    genomforandeplan: str,
    uppdrag: str = "uppdrag_id\nU1",
    beslut: str = "beslut_id\nB1",
    individ: str = "individ_id\nP1",
    **parametrar: str,
) -> pa.Table:
    texts = {"individ": individ, "beslut": beslut, "uppdrag": uppdrag, "genomforandeplan": genomforandeplan}
    return derived("F4", inputs(texts), parametrar)


def test_a_plan_counts_from_day_14_and_is_left_as_a_note_until_it_is_completed():
    assert_rows(
        states("upprattad | klarmarkerad\n2026-01-01 | 2026-03-01"),
        f"""
        {PERIODS}
        2026-01-15 | 2026-03-01 | ja | ja  |
        2026-03-01 |            | ja | nej |
        """,
    )


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        ("2026-01-14", "2026-01-15 | | nej"),
        ("2026-01-15", "2026-01-15 | | nej"),
        ("2026-01-16", "2026-01-15 | 2026-01-16 | ja\n2026-01-16 | | nej"),
    ],
)
def test_a_plan_completed_on_day_14_was_never_left_and_on_day_15_it_was_for_a_day(completed: str, expected: str):
    found = states(f"upprattad | klarmarkerad\n2026-01-01 | {completed}")
    assert_rows(found, f"fran | till | i_taljare\n{expected}")


@pytest.mark.parametrize(
    ("plan", "left"),
    [
        ("plan | arbetsanteckning", True),
        (" | arbetsanteckning", True),
        ("plan | klarmarkerad", False),
        ("plan | delgiven", False),
    ],
)
def test_only_a_completed_status_makes_a_plan_complete(plan: str, left: bool):
    found = states(f"typ | status | upprattad | klarmarkerad\n{plan} | 2026-01-01 | 2026-01-02")
    assert_rows(found, f"{PERIODS}\n2026-01-15 | | ja | {'ja' if left else 'nej'} |")


def test_every_version_is_a_unit_and_one_without_a_day_or_an_individual_plan_is_none():
    assert_rows(
        states(
            """
            plan_id | typ              | status           | upprattad  | klarmarkerad
            G1      | plan             | klarmarkerad     | 2026-01-01 | 2026-01-10
            G2      | plan             | arbetsanteckning | 2026-01-01 |
            G3      | plan             | arbetsanteckning |            |
            G4      | individuell_plan | arbetsanteckning | 2026-01-01 |
            """
        ),
        "enhet_id | i_taljare\nG1 | nej\nG2 | ja",
    )


def test_a_plan_counts_on_the_commissions_last_day_which_may_be_the_decisions():
    assert_rows(
        states(
            f"""
            {NOTE}
            G1 | U1 | arbetsanteckning | 2025-01-01
            G2 | U2 | arbetsanteckning | 2025-01-01
            G3 | U3 | arbetsanteckning | 2025-01-01
            G4 | U4 | arbetsanteckning | 2025-01-01
            """,
            """
            uppdrag_id | beslut_id | avslutat
            U1         | B1        | 2025-05-31
            U2         | B2        | 2025-12-31
            U3         | B1        | 2025-01-14
            U4         | B1        | 2025-01-15
            """,
            "beslut_id | galler_tom\nB1 |\nB2 | 2025-03-31",
        ),
        """
        enhet_id | fran       | till
        G1       | 2025-01-15 | 2025-06-01
        G2       | 2025-01-15 | 2025-04-01
        G4       | 2025-01-15 | 2025-01-16
        """,
    )


def test_nothing_is_known_after_the_day_of_extraction():
    assert_rows(
        states(
            f"""
            {NOTE}
            G1 | U1 | arbetsanteckning | 2026-06-16
            G2 | U1 | arbetsanteckning | 2026-06-17
            G3 | U2 | arbetsanteckning | 2026-01-01
            G4 | U3 | arbetsanteckning | 2026-01-01
            """,
            "uppdrag_id | avslutat\nU1 |\nU2 | 2026-06-29\nU3 | 2026-06-30",
        ),
        """
        enhet_id | fran       | till
        G1       | 2026-06-30 |
        G3       | 2026-01-15 | 2026-06-30
        G4       | 2026-01-15 |
        """,
    )


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        states(
            """
            plan_id | typ              | status           | upprattad  | klarmarkerad
            G1      | rutinbeskrivning | makulerad        | 2025-12-31 |
            G2      | plan             | makulerad        | 2025-12-31 |
            G3      | plan             | klarmarkerad     | 2025-12-31 | 2026-03-01
            G4      | plan             | arbetsanteckning | 2026-01-01 |
            """,
            genomforandeplan_fran="2026-01-01",
        ),
        f"""
        enhet_id | {PERIODS}
        G1 | 2026-01-14 | | nej | nej | rutinbeskrivning
        G2 | 2026-01-14 | | nej | nej | makulerad
        G3 | 2026-01-14 | | nej | nej | ej_observerbar
        G4 | 2026-01-15 | | ja  | ja  |
        """,
    )


def test_a_person_passes_an_age_limit_on_1_january_and_a_protected_person_has_no_group():
    assert_rows(
        states(
            f"""
            {NOTE}
            G1 | U1 | arbetsanteckning | 2025-06-01
            G2 | U2 | arbetsanteckning | 2025-06-01
            G3 | U3 | arbetsanteckning | 2025-12-18
            """,
            "uppdrag_id | beslut_id | regiform\nU1 | B1 | privat_lov\nU2 | B2 | kommunal\nU3 | B1 | kommunal",
            "beslut_id | individ_id\nB1 | P1\nB2 | P2",
            "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | sekretessmarkering",
        ),
        """
        enhet_id | fran       | till       | i_taljare | aldersgrupp  | regiform
        G1       | 2025-06-15 | 2026-01-01 | ja        | 18-64        | privat
        G1       | 2026-01-01 |            | ja        | 65-79        | privat
        G2       | 2025-06-15 |            | ja        | ej_redovisad | ej_redovisad
        G3       | 2026-01-01 |            | ja        | 65-79        | kommunal
        """,
    )


def test_the_deadline_is_the_municipalitys_own():
    found = states(f"{NOTE}\nG1 | U1 | arbetsanteckning | 2026-01-01", gp_frist_dagar="30")
    assert_rows(found, "fran | till\n2026-01-31 |")
