"""T4: how many days since a decision was last followed up. Extraction 2026-06-30, at most 365 days."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PERIODS = "fran | till | i_namnare | i_taljare | exkluderad | varde"


def states(beslut: str, uppfoljning: str = "", individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"beslut": beslut, "uppfoljning": uppfoljning, "individ": individ}
    return derived("T4", inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_a_decision_never_followed_up_counts_from_its_first_day_and_passes_the_limit_on_day_366():
    assert_rows(
        states("galler_fran\n2025-01-01"),
        f"""
        {PERIODS}
        2025-01-01 | 2026-01-02 | ja | ja  | | 0
        2026-01-02 |            | ja | nej | | 366
        """,
    )


def test_each_follow_up_starts_the_days_anew():
    assert_rows(
        states(
            "galler_fran\n2024-01-01",
            "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-10-01\nF2 | B1 | 2024-10-01\nF3 | B1 | 2026-01-01",
        ),
        f"""
        {PERIODS}
        2024-01-01 | 2024-10-01 | ja | ja  | | 0
        2024-10-01 | 2025-10-02 | ja | ja  | | 0
        2025-10-02 | 2026-01-01 | ja | nej | | 366
        2026-01-01 |            | ja | ja  | | 0
        """,
    )


def test_a_follow_up_on_the_day_after_the_limit_leaves_no_day_over_it():
    assert_rows(
        states("galler_fran\n2024-01-01", "beslut_id | datum\nB1 | 2025-01-01"),
        f"""
        {PERIODS}
        2024-01-01 | 2025-01-01 | ja | ja  | | 0
        2025-01-01 | 2026-01-02 | ja | ja  | | 0
        2026-01-02 |            | ja | nej | | 366
        """,
    )


def test_a_follow_up_before_the_decision_began_or_on_its_first_day_changes_nothing():
    never = states("galler_fran\n2026-03-01")
    before = states(
        "beslutsdatum | galler_fran\n2026-01-01 | 2026-03-01",
        "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2026-02-01\nF2 | B1 | 2026-03-01",
    )
    assert before.equals(never)


@pytest.mark.parametrize(
    ("followed_up", "counts"),
    [
        ("beslut_id | part | kanal | status\nB1 | myndighet | folja_upp | klarmarkerad", True),
        ("beslut_id | part | kanal | status\nB1 | myndighet | journal | klarmarkerad", True),
        ("beslut_id | part | kanal | status\nB1 | utforare | folja_upp | klarmarkerad", False),
        ("plan_id | part | kanal | status\nG1 | myndighet | folja_upp | klarmarkerad", False),
        ("beslut_id | part | kanal | status\nB1 | myndighet | folja_upp | pagaende", False),
    ],
)
def test_the_authority_follows_up_the_decision_in_any_channel(followed_up: str, counts: bool):
    head, row = followed_up.splitlines()
    given = inputs(
        {
            "beslut": "galler_fran\n2026-01-01",
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id\nG1",
            "uppfoljning": f"datum | {head}\n2026-03-01 | {row}",
        }
    )
    assert derived("T4", given).num_rows == (2 if counts else 1)


def test_a_decision_counts_on_its_last_day_and_one_that_goes_on_stands_open():
    assert_rows(
        states(
            """
            beslut_id | galler_fran | galler_tom | upphort
            B1        | 2026-01-01  | 2026-01-31 |
            B2        | 2026-01-01  | 2026-06-30 |
            B3        | 2026-01-01  | 2026-12-31 | 2026-02-28
            B4        | 2026-06-30  |            |
            B5        | 2026-07-01  |            |
            B6        | 2026-02-01  |            | 2026-01-31
            """
        ),
        """
        enhet_id | fran       | till       | i_taljare | varde
        B1       | 2026-01-01 | 2026-02-01 | ja        | 0
        B2       | 2026-01-01 |            | ja        | 0
        B3       | 2026-01-01 | 2026-03-01 | ja        | 0
        B4       | 2026-06-30 |            | ja        | 0
        """,
    )


def test_the_first_reason_that_applies_excludes_and_an_excluded_decision_has_no_days():
    assert_rows(
        states(
            """
            beslut_id | galler_fran | utfall | insats
            B1        | 2024-01-01  | avslag | trygghetslarm
            B2        | 2024-01-01  | bifall | trygghetslarm
            B3        | 2024-01-01  | bifall | hemtjanst
            """,
            "uppfoljning_id | beslut_id | datum\nF1 | B2 | 2026-02-01\nF2 | B3 | 2025-08-01\nF3 | B3 | 2025-09-01",
            journal_fran="2025-01-01",
        ),
        f"""
        enhet_id | {PERIODS}
        B1 | 2024-01-01 |            | nej | nej | ej_beviljat           |
        B2 | 2024-01-01 |            | nej | nej | utan_uppfoljningskrav |
        B3 | 2024-01-01 | 2026-01-01 | nej | nej | ej_observerbar        |
        B3 | 2026-01-01 |            | ja  | ja  |                       | 122
        """,
    )


def test_it_does_not_matter_since_when_the_step_can_be_seen():
    seen = states("galler_fran\n2020-01-01", folja_upp_fran="2026-01-01")
    assert "ej_observerbar" not in seen["exkluderad"].to_pylist()


def test_the_days_go_on_where_a_person_passes_an_age_limit():
    assert_rows(
        states(
            "beslut_id | individ_id | galler_fran\nB1 | P1 | 2024-12-30\nB2 | P2 | 2025-12-30",
            individ="individ_id | fodelsear | skydd\nP1 | 1960 |\nP2 | 1961 | sekretessmarkering",
        ),
        """
        enhet_id | fran       | till       | i_taljare | varde | aldersgrupp  | lagrum
        B1       | 2024-12-30 | 2025-01-01 | ja        | 0     | 18-64        | SoL
        B1       | 2025-01-01 | 2025-12-31 | ja        | 2     | 65-79        | SoL
        B1       | 2025-12-31 |            | nej       | 366   | 65-79        | SoL
        B2       | 2025-12-30 |            | ja        | 0     | ej_redovisad | ej_redovisad
        """,
    )


def test_an_age_limit_passed_in_the_first_year_breaks_nothing_and_on_the_last_day_it_does():
    assert_rows(
        states(
            """
            beslut_id | individ_id | galler_fran | galler_tom
            B1        | P1         | 2025-06-01  | 2025-12-31
            B2        | P2         | 2025-06-01  | 2025-12-31
            B3        | P2         | 2025-06-01  | 2026-01-01
            B4        | P1         | 2025-01-01  | 2025-06-01
            """,
            individ="individ_id | fodelsear\nP1 | 1960\nP2 | 1961",
        ),
        """
        enhet_id | fran       | till       | varde | aldersgrupp
        B1       | 2025-06-01 | 2026-01-01 | 0     | 65-79
        B2       | 2025-06-01 | 2026-01-01 | 0     | 18-64
        B3       | 2025-06-01 | 2026-01-01 | 0     | 18-64
        B3       | 2026-01-01 | 2026-01-02 | 214   | 65-79
        B4       | 2025-01-01 | 2025-06-02 | 0     | 65-79
        """,
    )


def test_a_decision_that_can_be_seen_on_its_last_day_counts_that_day():
    assert_rows(
        states(
            "beslut_id | galler_fran | galler_tom\nB1 | 2025-12-01 | 2026-01-01\nB2 | 2025-12-01 | 2025-12-31",
            journal_fran="2025-01-01",
        ),
        """
        enhet_id | fran       | till       | exkluderad     | varde
        B1       | 2025-12-01 | 2026-01-01 | ej_observerbar |
        B1       | 2026-01-01 | 2026-01-02 |                | 31
        B2       | 2025-12-01 | 2026-01-01 | ej_observerbar |
        """,
    )


def test_the_limit_is_the_municipalitys_own():
    assert_rows(
        states("galler_fran\n2026-01-01", uppfoljning_dagar="90"),
        f"""
        {PERIODS}
        2026-01-01 | 2026-04-02 | ja | ja  | | 0
        2026-04-02 |            | ja | nej | | 91
        """,
    )
