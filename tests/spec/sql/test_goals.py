"""M1 and M3: are goals reached, and are they looked at when their decision is followed up."""

from __future__ import annotations

import pyarrow as pa

from tests.support.small_tables import assert_rows, derived, inputs

TWO_GOALS = "mal_id | beslut_id\nM1 | B1\nM2 | B1"
TWO_DAYS = "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-05-01\nF2 | B1 | 2025-05-01"


def units(
    indicator: str,
    mal: str = TWO_GOALS,
    uppfoljning: str = TWO_DAYS,
    maluppfyllelse: str = "",
    beslut: str = "beslut_id\nB1",
    **parametrar: str,
) -> pa.Table:
    texts = {"beslut": beslut, "mal": mal, "uppfoljning": uppfoljning, "maluppfyllelse": maluppfyllelse}
    return derived(indicator, inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_each_assessed_goal_is_a_unit_until_it_is_assessed_again():
    assert_rows(
        units(
            "M1", maluppfyllelse="uppfoljning_id | mal_id | utfall\nF1 | M1 | delvis\nF2 | M1 | helt\nF1 | M2 | inte"
        ),
        """
        enhet_id | fran       | till       | i_namnare | i_taljare | exkluderad
        M1       | 2024-05-01 | 2025-05-01 | ja        | nej       |
        M1       | 2025-05-01 |            | ja        | ja        |
        M2       | 2024-05-01 |            | ja        | nej       |
        """,
    )


def test_of_two_follow_ups_on_one_day_the_one_with_the_greatest_id_decides():
    found = units(
        "M1",
        uppfoljning="uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-05-01\nF2 | B1 | 2024-05-01",
        maluppfyllelse="uppfoljning_id | mal_id | utfall\nF1 | M1 | helt\nF2 | M1 | inte",
    )
    assert_rows(found, "enhet_id | fran | till | i_namnare | i_taljare\nM1 | 2024-05-01 | | ja | nej")


def test_a_goal_that_was_not_assessed_is_excluded_from_m1_and_uncovered_in_m3():
    maluppfyllelse = "uppfoljning_id | mal_id | utfall\nF1 | M1 | ej_bedomt\nF1 | M2 | inte"
    uppfoljning = "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-05-01"
    assert_rows(
        units("M1", uppfoljning=uppfoljning, maluppfyllelse=maluppfyllelse),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        M1       | nej       | nej       | ej_bedomt
        M2       | ja        | nej       |
        """,
    )
    assert_rows(
        units("M3", uppfoljning=uppfoljning, maluppfyllelse=maluppfyllelse),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        M1       | ja        | nej       |
        M2       | ja        | ja        |
        """,
    )


def test_every_goal_of_a_followed_up_decision_is_a_unit_of_m3_on_every_such_day():
    assert_rows(
        units("M3", maluppfyllelse="uppfoljning_id | mal_id | utfall\nF2 | M1 | delvis"),
        """
        enhet_id | fran       | till       | i_namnare | i_taljare
        M1       | 2024-05-01 | 2025-05-01 | ja        | nej
        M1       | 2025-05-01 |            | ja        | ja
        M2       | 2024-05-01 | 2025-05-01 | ja        | nej
        M2       | 2025-05-01 |            | ja        | nej
        """,
    )


def test_two_follow_ups_on_one_day_cover_a_goal_when_one_of_them_assessed_it():
    found = units(
        "M3",
        mal="mal_id | beslut_id\nM1 | B1",
        uppfoljning="""
        uppfoljning_id | beslut_id | datum      | kanal     | part
        F1             | B1        | 2024-05-01 | journal   | utforare
        F2             | B1        | 2024-05-01 | folja_upp | myndighet
        """,
        maluppfyllelse="uppfoljning_id | mal_id | utfall\nF1 | M1 | helt\nF2 | M1 | ej_bedomt",
    )
    assert_rows(found, "enhet_id | fran | till | i_taljare\nM1 | 2024-05-01 | | ja")


def test_goals_of_a_decision_and_of_its_plan_are_followed_up_separately():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "uppdrag": "uppdrag_id | regiform\nU1 | privat_lov",
            "genomforandeplan": "plan_id\nG1",
            "mal": "mal_id | beslut_id | plan_id\nM1 | B1 |\nM2 | | G1",
            "uppfoljning": "uppfoljning_id | plan_id | datum\nF1 | G1 | 2024-05-01",
            "maluppfyllelse": "mal_id\nM2",
        }
    )
    for indicator in ("M1", "M3"):
        assert_rows(derived(indicator, given), "enhet_id | i_taljare | regiform\nM2 | ja | privat")


def test_interventions_without_needs_assessment_and_what_was_before_the_migration_are_excluded_in_that_order():
    texts = {
        "mal": "mal_id | beslut_id\nM1 | B1\nM2 | B2\nM3 | B3",
        "uppfoljning": """
        uppfoljning_id | beslut_id | datum
        F1             | B1        | 2024-05-01
        F2             | B2        | 2024-05-01
        F3             | B3        | 2024-06-01
        """,
        "maluppfyllelse": "uppfoljning_id | mal_id | utfall\nF1 | M1 | helt\nF2 | M2 | ej_bedomt\nF3 | M3 | helt",
        "beslut": "beslut_id | lagrum\nB1 | sol_2001_utan_behovsprovning\nB2 | sol_2001\nB3 | sol_2001",
    }
    for indicator in ("M1", "M3"):
        assert_rows(
            units(indicator, **texts, maluppfyllelse_fran="2024-06-01"),
            """
            enhet_id | i_namnare | i_taljare | exkluderad
            M1       | nej       | nej       | utan_behovsprovning
            M2       | nej       | nej       | ej_observerbar
            M3       | ja        | ja        |
            """,
        )


def test_an_unfinished_follow_up_assesses_nothing():
    uppfoljning = "uppfoljning_id | beslut_id | datum | status\nF1 | B1 | 2024-05-01 | pagaende"
    for indicator in ("M1", "M3"):
        found = units(indicator, uppfoljning=uppfoljning, maluppfyllelse="uppfoljning_id | mal_id\nF1 | M1")
        assert found.num_rows == 0


def test_a_goal_assessed_at_the_follow_up_of_the_next_plan_is_reached_but_does_not_cover_that_plan():
    given = inputs(
        {
            "beslut": "beslut_id\nB1",
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id\nG1\nG2",
            "mal": "mal_id | plan_id\nM1 | G1\nM2 | G2",
            "uppfoljning": "uppfoljning_id | plan_id | datum\nF1 | G2 | 2024-05-01\nF2 | G1 | 2024-05-01",
            "maluppfyllelse": "mal_id\nM1",
        }
    )
    assert_rows(derived("M1", given), "enhet_id | fran | i_taljare\nM1 | 2024-05-01 | ja")
    assert_rows(derived("M3", given), "enhet_id | fran | i_taljare\nM1 | 2024-05-01 | nej\nM2 | 2024-05-01 | nej")
