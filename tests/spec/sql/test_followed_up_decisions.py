"""T1 and T2: is a decision followed up within twelve months. Extraction 2026-06-30, window 365 days."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PERIODS = "fran | till | i_namnare | i_taljare | exkluderad"


def states(indicator: str, beslut: str, uppfoljning: str = "", individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"beslut": beslut, "uppfoljning": uppfoljning, "individ": individ}
    return derived(indicator, inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_a_decision_is_due_on_its_day_365():
    assert_rows(
        states("T1", "galler_fran\n2025-01-01"),
        f"""
        {PERIODS}
        2025-01-01 | 2026-01-01 | nej | nej | ej_moget
        2026-01-01 |            | ja  | nej |
        """,
    )


def test_a_decision_from_30_november_is_due_on_30_november_or_the_day_before_in_a_leap_year():
    assert_rows(
        states("T1", "beslut_id | galler_fran\nB1 | 2022-11-30\nB2 | 2023-11-30"),
        """
        enhet_id | fran       | till       | exkluderad
        B1       | 2022-11-30 | 2023-11-30 | ej_moget
        B1       | 2023-11-30 |            |
        B2       | 2023-11-30 | 2024-11-29 | ej_moget
        B2       | 2024-11-29 |            |
        """,
    )


def test_a_follow_up_counts_on_its_day_and_the_364_days_after():
    assert_rows(
        states("T1", "galler_fran\n2023-01-01", "beslut_id | datum\nB1 | 2024-06-01"),
        f"""
        {PERIODS}
        2023-01-01 | 2024-01-01 | nej | nej | ej_moget
        2024-01-01 | 2024-06-01 | ja  | nej |
        2024-06-01 | 2025-06-01 | ja  | ja  |
        2025-06-01 |            | ja  | nej |
        """,
    )


def test_overlapping_follow_ups_are_one_stretch():
    assert_rows(
        states(
            "T1",
            "galler_fran\n2022-01-01",
            "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2023-06-01\nF2 | B1 | 2024-01-01\nF3 | B1 | 2024-01-01",
        ),
        f"""
        {PERIODS}
        2022-01-01 | 2023-01-01 | nej | nej | ej_moget
        2023-01-01 | 2023-06-01 | ja  | nej |
        2023-06-01 | 2024-12-31 | ja  | ja  |
        2024-12-31 |            | ja  | nej |
        """,
    )


def test_a_follow_up_on_the_day_the_window_of_the_last_closes_leaves_no_gap():
    found = states(
        "T1",
        "galler_fran\n2021-01-01",
        "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2022-06-01\nF2 | B1 | 2023-06-01",
    )
    assert_rows(
        found,
        f"""
        {PERIODS}
        2021-01-01 | 2022-01-01 | nej | nej | ej_moget
        2022-01-01 | 2022-06-01 | ja  | nej |
        2022-06-01 | 2024-05-31 | ja  | ja  |
        2024-05-31 |            | ja  | nej |
        """,
    )


def test_a_follow_up_while_the_decision_was_new_or_not_yet_valid_still_counts_when_it_is_due():
    assert_rows(
        states(
            "T1",
            "beslut_id | beslutsdatum | galler_fran\nB1 | 2024-01-01 | 2024-03-01\nB2 | 2022-01-01 | 2024-03-01",
            "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-12-01\nF2 | B2 | 2022-02-01",
        ),
        """
        enhet_id | fran       | till       | i_taljare | exkluderad
        B1       | 2024-03-01 | 2025-03-01 | nej       | ej_moget
        B1       | 2025-03-01 | 2025-12-01 | ja        |
        B1       | 2025-12-01 |            | nej       |
        B2       | 2024-03-01 | 2025-03-01 | nej       | ej_moget
        B2       | 2025-03-01 |            | nej       |
        """,
    )


def test_a_decision_counts_on_its_last_day_but_not_the_day_after():
    assert_rows(
        states(
            "T1", "beslut_id | galler_fran | galler_tom\nB1 | 2023-01-01 | 2024-05-31\nB2 | 2023-01-01 | 2023-11-30"
        ),
        """
        enhet_id | fran       | till       | exkluderad
        B1       | 2023-01-01 | 2024-01-01 | ej_moget
        B1       | 2024-01-01 | 2024-06-01 |
        B2       | 2023-01-01 | 2023-12-01 | ej_moget
        """,
    )


def test_nothing_is_known_after_the_day_of_extraction():
    assert_rows(
        states(
            "T1",
            """
            beslut_id | galler_fran | galler_tom
            B1        | 2025-12-01  | 2027-01-01
            B2        | 2026-06-30  | 2026-06-30
            B3        | 2026-07-01  |
            """,
        ),
        """
        enhet_id | fran       | till | exkluderad
        B1       | 2025-12-01 |      | ej_moget
        B2       | 2026-06-30 |      | ej_moget
        """,
    )


def test_a_new_decision_is_not_a_follow_up():
    found = states("T1", "beslut_id | galler_fran | galler_tom\nB1 | 2023-01-01 | 2024-12-31\nB2 | 2025-01-01 |")
    assert not any(found["i_taljare"].to_pylist())
    assert_rows(
        states("T2", "beslut_id | galler_fran | galler_tom\nB1 | 2023-01-01 | 2024-12-31\nB2 | 2025-01-01 |"),
        """
        enhet_id | fran       | till       | i_taljare | exkluderad
        B1       | 2023-01-01 | 2024-01-01 | nej       | ej_moget
        B1       | 2024-01-01 | 2025-01-01 | nej       |
        B2       | 2025-01-01 | 2026-01-01 | nej       | ej_moget
        B2       | 2026-01-01 |            | nej       |
        """,
    )


@pytest.mark.parametrize(
    ("followed_up", "in_t1", "in_t2"),
    [
        ("part | kanal | status\nmyndighet | folja_upp | klarmarkerad", True, True),
        ("part | kanal | status\nmyndighet | journal | klarmarkerad", False, True),
        ("part | kanal | status\nutforare | folja_upp | klarmarkerad", False, False),
        ("part | kanal | status\nmyndighet | folja_upp | pagaende", False, False),
        ("part | kanal | status\nmyndighet | journal | makulerad", False, False),
    ],
)
def test_t1_wants_the_authority_in_the_step_and_t2_takes_the_journal_too(followed_up: str, in_t1: bool, in_t2: bool):
    head, row = followed_up.splitlines()
    uppfoljning = f"beslut_id | datum | {head}\nB1 | 2025-06-01 | {row}"
    for indicator, counted in (("T1", in_t1), ("T2", in_t2)):
        found = states(indicator, "galler_fran\n2024-01-01", uppfoljning)
        assert any(found["i_taljare"].to_pylist()) is counted


def test_a_follow_up_of_a_plan_is_not_one_of_its_decision():
    given = inputs(
        {
            "beslut": "galler_fran\n2024-01-01",
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id\nG1",
            "uppfoljning": "plan_id | datum\nG1 | 2025-06-01",
        }
    )
    assert not any(derived("T2", given)["i_taljare"].to_pylist())


def test_the_first_reason_that_applies_excludes():
    found = states(
        "T1",
        """
        beslut_id | galler_fran | utfall | insats
        B1        | 2025-01-01  | avslag | trygghetslarm
        B2        | 2025-01-01  | bifall | trygghetslarm
        B3        | 2025-01-01  | bifall | hemtjanst
        B4        |             | avslag | hemtjanst
        """,
        "beslut_id | datum\nB2 | 2026-02-01",
        folja_upp_fran="2024-07-01",
    )
    assert_rows(
        found,
        f"""
        enhet_id | {PERIODS}
        B1 | 2025-01-01 |            | nej | nej | ej_beviljat
        B2 | 2025-01-01 |            | nej | nej | utan_uppfoljningskrav
        B3 | 2025-01-01 | 2025-07-01 | nej | nej | ej_observerbar
        B3 | 2025-07-01 | 2026-01-01 | nej | nej | ej_moget
        B3 | 2026-01-01 |            | ja  | nej |
        """,
    )


def test_after_a_migration_a_decision_can_be_judged_first_when_a_whole_window_can_be_seen():
    beslut, uppfoljning = "galler_fran\n2020-01-01", "beslut_id | datum\nB1 | 2025-06-01"
    unseen = f"""
        {PERIODS}
        2020-01-01 | 2026-03-01 | nej | nej | ej_observerbar
        2026-03-01 | 2026-06-01 | ja  | ja  |
        2026-06-01 |            | ja  | nej |
        """
    assert_rows(states("T1", beslut, uppfoljning, folja_upp_fran="2025-03-01"), unseen)
    assert_rows(states("T2", beslut, uppfoljning, journal_fran="2025-03-01"), unseen)
    seen = states("T2", beslut, uppfoljning, folja_upp_fran="2025-03-01")
    assert "ej_observerbar" not in seen["exkluderad"].to_pylist()


def test_a_decision_may_end_on_the_first_day_that_can_be_seen_or_is_due():
    assert_rows(
        states(
            "T1",
            """
            beslut_id | galler_fran | galler_tom
            B1        | 2024-10-01  | 2025-03-01
            B2        | 2024-10-01  | 2025-10-01
            """,
            folja_upp_fran="2024-03-01",
        ),
        """
        enhet_id | fran       | till       | exkluderad
        B1       | 2024-10-01 | 2025-03-01 | ej_observerbar
        B1       | 2025-03-01 | 2025-03-02 | ej_moget
        B2       | 2024-10-01 | 2025-03-01 | ej_observerbar
        B2       | 2025-03-01 | 2025-10-01 | ej_moget
        B2       | 2025-10-01 | 2025-10-02 |
        """,
    )


def test_a_person_passes_an_age_limit_on_1_january():
    assert_rows(
        states(
            "T1",
            "beslut_id | individ_id | galler_fran\nB1 | P1 | 2023-06-01\nB2 | P2 | 2023-06-01\nB3 | P3 | 2023-06-01",
            individ="individ_id | fodelsear | skydd\nP1 | 1960 |\nP2 | | \nP3 | 1960 | sekretessmarkering",
        ),
        """
        enhet_id | fran       | till       | exkluderad | aldersgrupp  | insatsgrupp
        B1       | 2023-06-01 | 2024-05-31 | ej_moget   | 18-64        | hemtjanst
        B1       | 2024-05-31 | 2025-01-01 |            | 18-64        | hemtjanst
        B1       | 2025-01-01 |            |            | 65-79        | hemtjanst
        B2       | 2023-06-01 | 2024-05-31 | ej_moget   | ej_redovisad | hemtjanst
        B2       | 2024-05-31 |            |            | ej_redovisad | hemtjanst
        B3       | 2023-06-01 | 2024-05-31 | ej_moget   | ej_redovisad | ej_redovisad
        B3       | 2024-05-31 |            |            | ej_redovisad | ej_redovisad
        """,
    )


def test_the_window_is_the_municipalitys_own():
    assert_rows(
        states("T1", "galler_fran\n2026-01-01", "beslut_id | datum\nB1 | 2026-02-01", uppfoljning_dagar="90"),
        f"""
        {PERIODS}
        2026-01-01 | 2026-04-01 | nej | nej | ej_moget
        2026-04-01 | 2026-05-02 | ja  | ja  |
        2026-05-02 |            | ja  | nej |
        """,
    )
