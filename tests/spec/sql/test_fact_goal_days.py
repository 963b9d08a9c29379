"""The facts maldagar and nya_utredningar: goals on the days of follow-ups, and investigations after a decision."""

from __future__ import annotations

from tests.support.small_tables import assert_rows, derived, inputs


def test_a_goal_has_a_row_per_day_on_which_its_own_decision_was_followed_up():
    given = inputs(
        {
            "beslut": """
            beslut_id | lagrum
            B1        | sol_2001
            B2        | sol_2001_utan_behovsprovning
            """,
            "mal": "mal_id | beslut_id\nM1 | B1\nM2 | B1\nM3 | B2",
            "uppfoljning": """
            uppfoljning_id | beslut_id | datum      | status
            F1             | B1        | 2024-02-29 | klarmarkerad
            F2             | B1        | 2024-03-01 | klarmarkerad
            F3             | B1        | 2024-03-01 | klarmarkerad
            F4             | B1        | 2024-04-01 | makulerad
            F5             | B2        | 2024-05-01 | klarmarkerad
            """,
            "maluppfyllelse": "uppfoljning_id | mal_id | utfall\nF2 | M1 | inte\nF3 | M2 | ej_bedomt\nF5 | M1 | helt",
        }
    )
    assert_rows(
        derived("maldagar", given, {"maluppfyllelse_fran": "2024-03-01"}),
        """
        mal_id | dag        | nasta_dag  | exkluderad          | bedomt
        M1     | 2024-02-29 | 2024-03-01 | ej_observerbar      | nej
        M1     | 2024-03-01 |            |                     | ja
        M2     | 2024-02-29 | 2024-03-01 | ej_observerbar      | nej
        M2     | 2024-03-01 |            |                     | nej
        M3     | 2024-05-01 |            | utan_behovsprovning | nej
        """,
    )


def test_a_new_investigation_is_one_begun_while_the_decision_held_or_within_the_days_after_it():
    def begun(inledd: str, followed_up: str = "2024-01-01", kanal: str = "folja_upp") -> list[tuple]:
        given = inputs(
            {
                "utredning": f"utredning_id | inledd\nA1 | 2023-01-01\nA2 | {inledd}",
                "beslut": """
                beslut_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
                B1        | A1           | 2024-01-01  | 2024-12-31 | 10         | timmar_per_vecka
                B2        | A2           | 2025-01-05  |            | 11         | timmar_per_vecka
                """,
                "uppfoljning": f"beslut_id | datum | kanal\nB1 | {followed_up} | {kanal}",
            }
        )
        found = derived("nya_utredningar", given).select(["forra_beslut_id", "oforandrad", "uppfoljd_fore"])
        return [tuple(row.values()) for row in found.to_pylist()]

    assert begun("2023-12-31") == []
    assert begun("2024-01-01") == [("B1", True, True)]
    assert begun("2025-03-30") == [("B1", True, False)]
    assert begun("2025-03-31") == []
    assert begun("2024-06-01", followed_up="2024-04-02") == [("B1", True, True)]
    assert begun("2024-06-01", followed_up="2024-04-01") == [("B1", True, False)]
    assert begun("2024-06-01", followed_up="2024-06-02") == [("B1", True, False)]
    assert begun("2024-06-01", followed_up="2024-06-01", kanal="journal") == [("B1", True, False)]
