"""T3: is a continuous intervention without follow-up for two years (730 days). Extraction 2026-06-30."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

PERIODS = "fran | till | i_namnare | i_taljare | exkluderad"


def states(beslut: str, uppfoljning: str = "", individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"beslut": beslut, "uppfoljning": uppfoljning, "individ": individ}
    return derived("T3", inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_an_intervention_is_judged_from_its_day_730():
    assert_rows(
        states("galler_fran\n2023-01-01"),
        f"""
        {PERIODS}
        2023-01-01 | 2024-12-31 | nej | nej | ej_moget
        2024-12-31 |            | ja  | ja  |
        """,
    )


def test_a_follow_up_holds_on_its_day_and_the_729_days_after():
    assert_rows(
        states("galler_fran\n2020-01-01", "beslut_id | datum\nB1 | 2023-01-01"),
        f"""
        {PERIODS}
        2020-01-01 | 2021-12-31 | nej | nej | ej_moget
        2021-12-31 | 2023-01-01 | ja  | ja  |
        2023-01-01 | 2024-12-31 | ja  | nej |
        2024-12-31 |            | ja  | ja  |
        """,
    )


def test_a_new_decision_does_not_start_the_time_anew():
    found = states("beslut_id | galler_fran | galler_tom\nB1 | 2022-01-01 | 2023-06-30\nB2 | 2023-07-01 |")
    assert_rows(
        found,
        f"""
        enhet_id | {PERIODS}
        B1 | 2022-01-01 | 2024-01-01 | nej | nej | ej_moget
        B1 | 2024-01-01 |            | ja  | ja  |
        """,
    )


def test_a_follow_up_of_any_decision_of_the_intervention_counts_for_it():
    assert_rows(
        states(
            "beslut_id | galler_fran | galler_tom\nB1 | 2022-01-01 | 2023-06-30\nB2 | 2023-07-01 |",
            "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2023-06-01\nF2 | B2 | 2025-05-31",
        ),
        f"""
        enhet_id | {PERIODS}
        B1 | 2022-01-01 | 2024-01-01 | nej | nej | ej_moget
        B1 | 2024-01-01 |            | ja  | nej |
        """,
    )


def test_after_a_long_break_a_new_intervention_begins():
    assert_rows(
        states("beslut_id | galler_fran | galler_tom\nB1 | 2022-01-01 | 2022-12-31\nB2 | 2023-02-01 |"),
        """
        enhet_id | fran       | till       | i_taljare | exkluderad
        B1       | 2022-01-01 | 2023-01-01 | nej       | ej_moget
        B2       | 2023-02-01 | 2025-01-31 | nej       | ej_moget
        B2       | 2025-01-31 |            | ja        |
        """,
    )


@pytest.mark.parametrize(
    ("followed_up", "counts"),
    [
        ("beslut_id | part | kanal | status\nB1 | myndighet | journal | klarmarkerad", True),
        ("beslut_id | part | kanal | status\nB1 | utforare | journal | klarmarkerad", True),
        ("plan_id | part | kanal | status\nG1 | utforare | folja_upp | klarmarkerad", True),
        ("plan_id | part | kanal | status\nG1 | utforare | folja_upp | pagaende", False),
        ("beslut_id | part | kanal | status\nB1 | myndighet | folja_upp | makulerad", False),
        ("beslut_id | part | kanal | status\nB2 | myndighet | folja_upp | klarmarkerad", False),
    ],
)
def test_anyone_may_have_followed_up_in_any_channel_the_decision_or_its_plan(followed_up: str, counts: bool):
    head, row = followed_up.splitlines()
    given = inputs(
        {
            "beslut": "beslut_id | galler_fran | utfall\nB1 | 2023-01-01 | bifall\nB2 | 2023-01-01 | avslag",
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id\nG1",
            "uppfoljning": f"datum | {head}\n2025-06-01 | {row}",
        }
    )
    at_the_end = [row["i_taljare"] for row in derived("T3", given).to_pylist() if row["till"] is None]
    assert at_the_end == [not counts]


def test_an_intervention_counts_on_its_last_day_and_one_that_goes_on_stands_open():
    assert_rows(
        states(
            """
            beslut_id | individ_id | galler_fran | galler_tom
            B1        | P1         | 2023-01-01  | 2025-01-31
            B2        | P2         | 2023-01-01  | 2026-06-30
            B3        | P3         | 2023-01-01  | 2026-06-29
            B4        | P4         | 2026-07-01  |
            """
        ),
        """
        enhet_id | fran       | till       | exkluderad
        B1       | 2023-01-01 | 2024-12-31 | ej_moget
        B1       | 2024-12-31 | 2025-02-01 |
        B2       | 2023-01-01 | 2024-12-31 | ej_moget
        B2       | 2024-12-31 |            |
        B3       | 2023-01-01 | 2024-12-31 | ej_moget
        B3       | 2024-12-31 | 2026-06-30 |
        """,
    )


def test_the_first_reason_that_applies_excludes_and_refused_decisions_are_no_intervention():
    assert_rows(
        states(
            """
            beslut_id | galler_fran | utfall | insats
            B1        | 2024-05-01  | bifall | trygghetslarm
            B2        | 2024-05-01  | bifall | hemtjanst
            B3        | 2020-01-01  | avslag | korttidsplats
            """,
            journal_fran="2024-03-01",
        ),
        f"""
        enhet_id | {PERIODS}
        B1 | 2024-05-01 |            | nej | nej | utan_uppfoljningskrav
        B2 | 2024-05-01 | 2026-03-01 | nej | nej | ej_observerbar
        B2 | 2026-03-01 | 2026-05-01 | nej | nej | ej_moget
        B2 | 2026-05-01 |            | ja  | ja  |
        """,
    )


def test_it_does_not_matter_since_when_the_step_can_be_seen():
    seen = states("galler_fran\n2020-01-01", folja_upp_fran="2026-01-01")
    assert "ej_observerbar" not in seen["exkluderad"].to_pylist()


def test_the_stretches_break_where_a_person_passes_an_age_limit():
    assert_rows(
        states(
            "beslut_id | individ_id | galler_fran\nB1 | P1 | 2022-06-01\nB2 | P2 | 2022-06-01\nB3 | P3 | 2022-06-01",
            individ="individ_id | fodelsear | skydd\nP1 | 1960 |\nP2 | |\nP3 | 1960 | fingerade",
        ),
        """
        enhet_id | fran       | till       | exkluderad | kon          | aldersgrupp  | insatsgrupp
        B1       | 2022-06-01 | 2024-05-31 | ej_moget   | kvinna       | 18-64        | hemtjanst
        B1       | 2024-05-31 | 2025-01-01 |            | kvinna       | 18-64        | hemtjanst
        B1       | 2025-01-01 |            |            | kvinna       | 65-79        | hemtjanst
        B2       | 2022-06-01 | 2024-05-31 | ej_moget   | kvinna       | ej_redovisad | hemtjanst
        B2       | 2024-05-31 |            |            | kvinna       | ej_redovisad | hemtjanst
        B3       | 2022-06-01 | 2024-05-31 | ej_moget   | ej_redovisad | ej_redovisad | ej_redovisad
        B3       | 2024-05-31 |            |            | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_the_county_decides_how_long_is_long():
    assert_rows(
        states("galler_fran\n2026-01-01", "beslut_id | datum\nB1 | 2026-02-01", lang_tid_dagar="90"),
        f"""
        {PERIODS}
        2026-01-01 | 2026-04-01 | nej | nej | ej_moget
        2026-04-01 | 2026-05-02 | ja  | nej |
        2026-05-02 |            | ja  | ja  |
        """,
    )
