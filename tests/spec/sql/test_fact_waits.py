"""How long a decision waits for its first follow-up, and a commission for its first plan."""

from __future__ import annotations

from tests.support.small_tables import assert_rows, derived, inputs

DECISIONS = """
beslut_id | utfall | insats        | galler_fran | galler_tom | upphort    | upphort_orsak
B1        | bifall | hemtjanst     | 2025-01-01  |            |            |
B2        | bifall | hemtjanst     | 2025-01-01  | 2025-06-30 | 2025-03-31 | avliden
B3        | bifall | hemtjanst     | 2025-01-01  | 2025-06-30 | 2025-03-31 | behov_upphort
B4        | bifall | hemtjanst     | 2025-01-01  | 2025-06-30 |            |
B5        | bifall | hemtjanst     | 2026-01-01  | 2026-12-31 |            |
B6        | avslag | hemtjanst     | 2025-01-01  |            |            |
B7        | bifall | trygghetslarm | 2025-01-01  |            |            |
B8        | bifall | hemtjanst     | 2025-02-01  |            | 2025-01-15 | flytt
B9        | bifall | hemtjanst     | 2026-07-01  |            |            |
"""


def test_a_wait_for_a_follow_up_ends_with_it_or_when_the_decision_can_no_longer_be_seen():
    found = derived("tid_till_uppfoljning", inputs({"beslut": DECISIONS}))
    assert_rows(
        found,
        """
        beslut_id | start      | slut       | dagar | handelse | censurerad
        B1        | 2025-01-01 | 2026-06-30 | 545   | nej      | uttag
        B2        | 2025-01-01 | 2025-03-31 | 89    | nej      | avliden
        B3        | 2025-01-01 | 2025-03-31 | 89    | nej      | avslutat
        B4        | 2025-01-01 | 2025-06-30 | 180   | nej      | avslutat
        B5        | 2026-01-01 | 2026-06-30 | 180   | nej      | uttag
        """,
    )


def test_the_first_follow_up_by_the_authority_counts_in_any_channel_but_only_while_the_decision_lasts():
    followed = """
    uppfoljning_id | beslut_id | part       | kanal     | datum      | status
    F1             | B1        | myndighet  | journal   | 2025-03-02 | klarmarkerad
    F2             | B1        | myndighet  | folja_upp | 2025-05-01 | klarmarkerad
    F3             | B3        | utforare   | folja_upp | 2025-02-01 | klarmarkerad
    F4             | B3        | myndighet  | folja_upp | 2024-12-31 | klarmarkerad
    F5             | B3        | myndighet  | folja_upp | 2025-02-01 | planerad
    F6             | B3        | myndighet  | folja_upp | 2025-04-01 | klarmarkerad
    F7             | B4        | myndighet  | folja_upp | 2025-06-30 | klarmarkerad
    """
    found = derived("tid_till_uppfoljning", inputs({"beslut": DECISIONS, "uppfoljning": followed}))
    assert_rows(
        found.filter([row["beslut_id"] in ("B1", "B3", "B4") for row in found.to_pylist()]),
        """
        beslut_id | slut       | dagar | handelse | censurerad
        B1        | 2025-03-02 | 60    | ja       |
        B3        | 2025-03-31 | 89    | nej      | avslutat
        B4        | 2025-06-30 | 180   | ja       |
        """,
    )


def test_a_decision_from_before_the_journal_can_be_seen_is_left_out():
    found = derived("tid_till_uppfoljning", inputs({"beslut": DECISIONS}), {"journal_fran": "2026-01-01"})
    assert found["beslut_id"].to_pylist() == ["B5"]


def test_a_wait_for_a_plan_begins_when_the_commission_does():
    tables = {
        "beslut": DECISIONS,
        "uppdrag": """
        uppdrag_id | beslut_id | mottaget   | paborjat   | avslutat
        U1         | B1        | 2025-01-10 |            |
        U2         | B1        | 2025-01-05 | 2025-01-10 | 2025-02-09
        U3         | B2        | 2025-01-10 |            |
        U4         | B3        | 2025-01-10 |            |
        U5         | B6        | 2025-01-10 |            |
        U6         | B1        |            |            |
        U7         | B4        | 2025-07-10 |            |
        U8         | B1        | 2025-01-10 |            |
        """,
        "genomforandeplan": """
        plan_id | uppdrag_id | typ              | status          | klarmarkerad
        G1      | U1         | rutinbeskrivning | klarmarkerad    | 2025-01-11
        G2      | U1         | plan             | delgiven        | 2025-01-20
        G3      | U4         | plan             | klarmarkerad    | 2025-01-02
        G4      | U8         | plan             | arbetsanteckning | 2025-01-12
        """,
    }
    assert_rows(
        derived("tid_till_plan", inputs(tables)),
        """
        uppdrag_id | start      | slut       | dagar | handelse | censurerad
        U1         | 2025-01-10 | 2025-01-20 | 10    | ja       |
        U2         | 2025-01-10 | 2025-02-09 | 30    | nej      | avslutat
        U3         | 2025-01-10 | 2025-03-31 | 80    | nej      | avliden
        U4         | 2025-01-10 | 2025-01-10 | 0     | ja       |
        U8         | 2025-01-10 | 2026-06-30 | 536   | nej      | uttag
        """,
    )


def test_a_short_stay_needs_no_plan_and_is_not_waited_for():
    tables = {
        "beslut": "beslut_id | insats\nB1 | korttidsplats",
        "uppdrag": "uppdrag_id | beslut_id | mottaget\nU1 | B1 | 2025-01-10",
    }
    assert derived("tid_till_plan", inputs(tables)).num_rows == 0
