"""The decision that follows on a decision, and whether anything changed."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs


def found(beslut: str, utredning: str = "", **parametrar: str) -> pa.Table:
    texts = {"individ": "individ_id\nP1\nP2", "beslut": beslut, "utredning": utredning}
    return derived("efterfoljare", inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_the_gap_is_the_number_of_days_without_a_decision_and_an_overlap_is_negative():
    assert_rows(
        found(
            """
            beslut_id | galler_fran | galler_tom
            B1        | 2024-01-01  | 2024-01-31
            B2        | 2024-02-01  | 2024-02-29
            B3        | 2024-03-03  | 2024-04-10
            B4        | 2024-04-01  | 2024-05-31
            """
        ),
        """
        beslut_id | efterfoljare_id | galler_fran | glapp_dagar_antal
        B1        | B2              | 2024-02-01  | 0
        B2        | B3              | 2024-03-03  | 2
        B3        | B4              | 2024-04-01  | -10
        """,
    )


def test_a_successor_begins_at_most_ninety_days_after_the_end():
    given = "beslut_id | galler_fran | galler_tom\nB1 | 2024-01-01 | 2024-01-31\nB2 | {} |"
    assert found(given.format("2024-04-30")).num_rows == 1
    assert found(given.format("2024-05-01")).num_rows == 0
    assert found(given.format("2024-02-11"), glapp_sok_dagar="10").num_rows == 0


def test_a_decision_without_end_has_a_successor_whenever_it_begins_and_no_gap():
    assert_rows(
        found("beslut_id | galler_fran\nB1 | 2019-01-01\nB2 | 2025-01-01"),
        "beslut_id | efterfoljare_id | glapp_dagar_antal\nB1 | B2 |",
    )


def test_the_last_day_is_when_the_decision_ceased_and_not_when_it_was_to_end():
    assert_rows(
        found("beslut_id | galler_fran | galler_tom | upphort\nB1|2024-01-01|2024-12-31|2024-01-31\nB2|2024-02-11||"),
        "beslut_id | glapp_dagar_antal\nB1 | 10",
    )


def test_decisions_from_the_same_day_do_not_follow_on_each_other_but_share_the_next():
    assert_rows(
        found(
            """
            beslut_id | galler_fran
            B2        | 2024-01-01
            B1        | 2024-01-01
            B4        | 2024-06-01
            B3        | 2024-06-01
            """
        ),
        "beslut_id | efterfoljare_id\nB1 | B3\nB2 | B3",
    )


def test_refused_never_begun_and_others_decisions_do_not_follow_and_are_not_followed():
    given = """
    beslut_id | individ_id | insats        | utfall | galler_fran | upphort
    B0        | P1         | hemtjanst     | avslag | 2023-12-01  |
    B1        | P1         | hemtjanst     | bifall | 2024-01-01  |
    B2        | P2         | hemtjanst     | bifall | 2024-02-01  |
    B3        | P1         | korttidsplats | bifall | 2024-02-01  |
    B4        | P1         | hemtjanst     | avslag | 2024-02-01  |
    B5        | P1         | hemtjanst     | bifall | 2024-02-01  | 2024-01-31
    """
    assert found(given).num_rows == 0


@pytest.mark.parametrize(
    ("before", "after", "unit_after", "change"),
    [
        ("10", "10", "timmar_per_vecka", "oforandrad"),
        ("10", "11", "timmar_per_vecka", "oforandrad"),
        ("10", "9", "timmar_per_vecka", "oforandrad"),
        ("4.5", "4.95", "timmar_per_vecka", "oforandrad"),
        ("10", "11.1", "timmar_per_vecka", "okad"),
        ("10", "8.9", "timmar_per_vecka", "minskad"),
        ("0", "0", "timmar_per_vecka", "oforandrad"),
        ("0", "1", "timmar_per_vecka", "okad"),
        ("10", "10", "timmar_per_manad", "okand"),
        ("10", "10", "", "okand"),
        ("10", "", "timmar_per_vecka", "okand"),
        ("", "10", "timmar_per_vecka", "okand"),
    ],
)
def test_the_extent_is_unchanged_within_ten_percent_in_the_same_unit(
    before: str, after: str, unit_after: str, change: str
):
    given = f"""
    beslut_id | galler_fran | omfattning | omfattning_enhet
    B1        | 2024-01-01  | {before}   | timmar_per_vecka
    B2        | 2024-06-01  | {after}    | {unit_after}
    """
    assert_rows(found(given), f"beslut_id | omfattning_andrad\nB1 | {change}")


def test_a_new_investigation_is_one_that_the_earlier_decision_did_not_come_from():
    assert_rows(
        found(
            """
            beslut_id | galler_fran | utredning_id
            B1        | 2024-01-01  | A1
            B2        | 2024-02-01  | A1
            B3        | 2024-03-01  | A2
            B4        | 2024-04-01  |
            B5        | 2024-05-01  | A3
            """,
            "utredning_id | inledd\nA1 | 2023-12-01\nA2 | 2024-02-15\nA3 | 2024-04-15",
        ),
        """
        beslut_id | utredning_id | ny_utredning | utredning_inledd | nummer_i_utredningen
        B1        | A1           | nej          | 2023-12-01       |
        B2        | A2           | ja           | 2024-02-15       | 1
        B3        |              | nej          |                  |
        B4        | A3           | ja           | 2024-04-15       | 1
        """,
    )


def test_an_investigation_that_follows_on_several_decisions_counts_for_the_latest_of_them():
    assert_rows(
        found(
            """
            beslut_id | insats        | galler_fran | utredning_id
            B1        | hemtjanst     | 2024-01-01  | A1
            B2        | korttidsplats | 2024-02-01  | A1
            B3        | korttidsplats | 2024-02-01  | A1
            B4        | hemtjanst     | 2024-06-01  | A2
            B5        | korttidsplats | 2024-06-01  | A2
            """,
            "utredning_id | inledd\nA1 | 2023-12-01\nA2 | 2024-05-01",
        ),
        "beslut_id | nummer_i_utredningen\nB1 | 3\nB2 | 2\nB3 | 1",
    )


def test_only_decisions_that_came_from_another_investigation_are_numbered_within_the_new_one():
    assert_rows(
        found(
            """
            beslut_id | galler_fran | utredning_id
            B1        | 2024-01-01  | A1
            B2        | 2024-02-01  | A2
            B3        | 2024-03-01  | A2
            """,
            "utredning_id\nA1\nA2",
        ),
        "beslut_id | ny_utredning | nummer_i_utredningen\nB1 | ja | 1\nB2 | nej |",
    )
