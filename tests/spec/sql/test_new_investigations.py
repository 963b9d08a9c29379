"""F3: is a new investigation made where a follow-up would have done. Look-back 60 days, successors within 90."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

UNITS = "enhet_id | fran | till | i_namnare | i_taljare | exkluderad"
BESLUT = """
    beslut_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
    B1        | A1           | 2024-01-01  | 2024-12-31 | 10         | timmar_per_manad
    B2        | A2           | 2025-01-01  |            | 10         | timmar_per_manad
    """
UTREDNING = "utredning_id | inledd\nA1 | 2023-11-01\nA2 | 2024-11-01"
FOLLOW_UP = "uppfoljning_id | beslut_id | plan_id | datum | part | kanal | status"


def units(
    uppfoljning: str = "",
    beslut: str = BESLUT,
    utredning: str = UTREDNING,
    individ: str = "individ_id\nP1\nP2",
    **parametrar: str,
) -> pa.Table:
    given = {
        "individ": individ,
        "utredning": utredning,
        "beslut": beslut,
        "uppdrag": "uppdrag_id\nU1",
        "genomforandeplan": "plan_id\nG1",
        "uppfoljning": uppfoljning,
    }
    return derived("F3", inputs({name: text for name, text in given.items() if text}), parametrar)


def test_a_new_investigation_without_a_follow_up_is_counted():
    assert_rows(units(), f"{UNITS}\nA2 | 2024-11-01 | | ja | ja |")


def test_a_follow_up_before_the_new_investigation_is_an_occasion_of_its_own_and_clears_the_investigation():
    assert_rows(
        units(f"{FOLLOW_UP}\nF1 | B1 | | 2024-10-15 | myndighet | folja_upp | klarmarkerad"),
        f"""
        {UNITS}
        F1 | 2024-10-15 | | ja | nej |
        A2 | 2024-11-01 | | ja | nej |
        """,
    )


@pytest.mark.parametrize(
    ("day", "counted"),
    [("2024-09-01", True), ("2024-09-02", False), ("2024-11-01", False), ("2024-11-02", True)],
)
def test_the_follow_up_lies_at_most_60_days_before_or_on_the_day_the_investigation_began(day: str, counted: bool):
    found = units(f"{FOLLOW_UP}\nF1 | B1 | | {day} | myndighet | folja_upp | klarmarkerad")
    assert_rows(found, f"enhet_id | i_taljare\nF1 | nej\nA2 | {'ja' if counted else 'nej'}")


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        ("B1 | | 2024-10-15 | utforare  | folja_upp | klarmarkerad", False),
        ("B1 | | 2024-10-15 | myndighet | journal   | klarmarkerad", True),
        ("B1 | | 2024-10-15 | myndighet | folja_upp | pagaende", True),
        ("B2 | | 2024-10-15 | myndighet | folja_upp | klarmarkerad", True),
        ("   | G1 | 2024-10-15 | myndighet | folja_upp | klarmarkerad", True),
    ],
)
def test_the_follow_up_is_done_in_the_step_and_of_the_earlier_decision(row: str, counted: bool):
    found = units(f"{FOLLOW_UP}\nF1 | {row}").to_pylist()
    assert [unit["i_taljare"] for unit in found if unit["enhet_id"] == "A2"] == [counted]


def test_every_done_follow_up_of_a_decision_by_the_authority_is_an_occasion_in_any_channel():
    assert_rows(
        units(
            f"""
            {FOLLOW_UP}
            F1 | B1 |    | 2024-05-01 | myndighet | folja_upp | klarmarkerad
            F2 | B1 |    | 2024-05-01 | myndighet | journal   | klarmarkerad
            F3 | B1 |    | 2024-05-01 | utforare  | folja_upp | klarmarkerad
            F4 |    | G1 | 2024-05-01 | myndighet | folja_upp | klarmarkerad
            F5 | B1 |    | 2024-05-01 | myndighet | folja_upp | pagaende
            F6 | B1 |    |            | myndighet | folja_upp | klarmarkerad
            """,
            beslut="beslut_id\nB1\nB2",
        ),
        """
        enhet_id | fran       | i_namnare | i_taljare
        F1       | 2024-05-01 | ja        | nej
        F2       | 2024-05-01 | ja        | nej
        """,
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("11 | timmar_per_manad", ""),
        ("9 | timmar_per_manad", ""),
        ("12 | timmar_per_manad", "andrad_omfattning"),
        ("8 | timmar_per_manad", "andrad_omfattning"),
        ("10 | timmar_per_vecka", "andrad_omfattning"),
        ("|", "andrad_omfattning"),
    ],
)
def test_an_investigation_that_led_to_another_extent_is_excluded(change: str, reason: str):
    beslut = f"""
        beslut_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
        B1        | A1           | 2024-01-01  | 2024-12-31 | 10         | timmar_per_manad
        B2        | A2           | 2025-01-01  |            | {change}
        """
    counted = "nej" if reason else "ja"
    assert_rows(
        units(beslut=beslut),
        f"enhet_id | i_namnare | i_taljare | exkluderad\nA2 | {counted} | {counted} | {reason}",
    )


@pytest.mark.parametrize(
    ("begun", "is_unit"),
    [
        ("2023-12-31", False),
        ("2024-01-01", True),
        ("2025-03-30", True),
        ("2025-03-31", False),
        ("", False),
    ],
)
def test_the_investigation_began_while_the_earlier_decision_held_or_less_than_90_days_after(begun: str, is_unit: bool):
    found = units(utredning=f"utredning_id | inledd\nA1 | 2023-11-01\nA2 | {begun}")
    assert found.num_rows == is_unit


@pytest.mark.parametrize(
    "second",
    [
        "B2 | P1 | hemtjanst     | bifall | A1 | 2025-01-01",
        "B2 | P1 | hemtjanst     | bifall |    | 2025-01-01",
        "B2 | P1 | hemtjanst     | avslag | A2 | 2025-01-01",
        "B2 | P1 | trygghetslarm | bifall | A2 | 2025-01-01",
        "B2 | P2 | hemtjanst     | bifall | A2 | 2025-01-01",
        "B2 | P1 | hemtjanst     | bifall | A2 | 2025-04-01",
    ],
)
def test_without_a_new_investigation_for_a_following_decision_there_is_no_occasion(second: str):
    beslut = f"""
        beslut_id | individ_id | insats | utfall | utredning_id | galler_fran | galler_tom
        B1 | P1 | hemtjanst | bifall | A1 | 2024-01-01 | 2024-12-31
        {second} |
        """
    assert units(beslut=beslut).num_rows == 0


def test_an_open_decision_may_be_investigated_again_at_any_time():
    beslut = """
        beslut_id | utredning_id | galler_fran | omfattning | omfattning_enhet
        B1        | A1           | 2020-01-01  | 10         | timmar_per_manad
        B2        | A2           | 2025-01-01  | 10         | timmar_per_manad
        """
    assert_rows(units(beslut=beslut), f"{UNITS}\nA2 | 2024-11-01 | | ja | ja |")


def test_an_investigation_that_follows_two_decisions_is_one_occasion_after_the_latest():
    beslut = """
        beslut_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
        B1        | A1           | 2024-01-01  | 2024-12-31 | 10         | timmar_per_manad
        B2        | A1           | 2024-01-01  | 2024-12-31 | 12         | timmar_per_manad
        B3        | A2           | 2025-01-01  |            | 12         | timmar_per_manad
        """
    assert_rows(
        units(f"{FOLLOW_UP}\nF1 | B1 | | 2024-10-15 | myndighet | folja_upp | klarmarkerad", beslut),
        "enhet_id | i_taljare | exkluderad\nF1 | nej |\nA2 | ja |",
    )


def test_after_a_migration_an_occasion_is_judged_first_when_the_whole_look_back_can_be_seen():
    follow_up = f"{FOLLOW_UP}\nF1 | B1 | | 2024-11-01 | myndighet | journal | klarmarkerad"
    assert_rows(
        units(follow_up, folja_upp_fran="2024-09-03"),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        F1       | nej       | nej       | ej_observerbar
        A2       | nej       | nej       | ej_observerbar
        """,
    )
    assert_rows(
        units(follow_up, folja_upp_fran="2024-09-02"),
        "enhet_id | i_namnare | i_taljare | exkluderad\nF1 | ja | nej |\nA2 | ja | ja |",
    )
    changed = BESLUT.replace("|            | 10", "|            | 20")
    found = units(beslut=changed, folja_upp_fran="2026-01-01")
    assert_rows(found, "enhet_id | exkluderad\nA2 | andrad_omfattning")


def test_groups_are_those_of_the_decision_that_should_have_been_followed_up():
    beslut = """
        beslut_id | individ_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
        B1        | P1         | A1           | 2025-01-01  | 2025-12-31 | 10         | timmar_per_manad
        B2        | P1         | A2           | 2026-01-01  |            | 10         | timmar_per_manad
        B3        | P2         | A3           | 2025-01-01  | 2025-12-31 | 10         | timmar_per_manad
        B4        | P2         | A4           | 2026-01-01  |            | 10         | timmar_per_manad
        """
    assert_rows(
        units(
            f"{FOLLOW_UP}\nF1 | B1 | | 2026-01-01 | myndighet | folja_upp | klarmarkerad",
            beslut,
            "utredning_id | individ_id | inledd\nA1|P1|\nA2|P1|2025-12-31\nA3|P2|\nA4|P2|2025-12-31",
            "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | fingerade",
        ),
        """
        enhet_id | i_taljare | aldersgrupp  | kon          | insatsgrupp  | lagrum       | regiform
        F1       | nej       | 65-79        | kvinna       | hemtjanst    | SoL          | kommunal
        A2       | ja        | 18-64        | kvinna       | hemtjanst    | SoL          | kommunal
        A4       | ja        | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_the_look_back_is_the_countys():
    follow_up = f"{FOLLOW_UP}\nF1 | B1 | | 2024-10-15 | myndighet | folja_upp | klarmarkerad"
    assert_rows(units(follow_up, ny_utredning_dagar="16"), "enhet_id | i_taljare\nF1 | nej\nA2 | ja")
    assert_rows(units(follow_up, ny_utredning_dagar="17"), "enhet_id | i_taljare\nF1 | nej\nA2 | nej")
