"""D1 and D2: can a goal be followed up, or does it only hold a mark on the scale."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

BOTH = ("D1", "D2")


def units(indicator: str, mal: str, beslut: str = "beslut_id\nB1", **parametrar: str) -> pa.Table:
    return derived(indicator, inputs({"beslut": beslut, "mal": mal}), parametrar)


GOALS = """
mal_id | beslut_id | avsett | text_langd | endast_skala
M01    | B1        | 2      | 20         | nej
M02    | B1        | 2      | 19         | nej
M03    | B1        | 2      | 40         | ja
M04    | B1        | 2      |            |
M05    | B1        | 2      | 0          | nej
M06    | B1        |        | 40         | nej
M07    | B1        | 8      | 40         | nej
M08    | B1        | 9      | 0          | ja
M09    | B1        | 0      | 40         |
M10    | B1        |        |            |
"""


def test_a_goal_can_be_followed_up_when_it_has_a_number_and_twenty_signs_that_say_more_than_the_scale():
    assert_rows(
        units("D1", GOALS),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        M01      | 2024-01-01 |      | ja        | ja        |            |
        M02      | 2024-01-01 |      | ja        | nej       |            |
        M03      | 2024-01-01 |      | ja        | nej       |            |
        M04      | 2024-01-01 |      | ja        | nej       |            |
        M05      | 2024-01-01 |      | ja        | nej       |            |
        M06      | 2024-01-01 |      | ja        | nej       |            |
        M07      | 2024-01-01 |      | ja        | nej       |            |
        M08      | 2024-01-01 |      | ja        | nej       |            |
        M09      | 2024-01-01 |      | ja        | ja        |            |
        M10      | 2024-01-01 |      | ja        | nej       |            |
        """,
    )


def test_a_county_chooses_how_long_a_goals_text_must_be():
    mal = "mal_id | beslut_id | avsett | text_langd\nM1 | B1 | 2 | 19\nM2 | B1 | 2 | 18"
    assert_rows(units("D1", mal, minsta_textlangd="19"), "enhet_id | i_taljare\nM1 | ja\nM2 | nej")


def test_a_goal_with_a_number_and_nothing_more_is_counted_in_d2_and_a_short_text_in_neither():
    assert_rows(
        units("D2", GOALS),
        """
        enhet_id | i_namnare | i_taljare | exkluderad | varde
        M01      | ja        | nej       |            |
        M02      | ja        | nej       |            |
        M03      | ja        | ja        |            |
        M04      | ja        | ja        |            |
        M05      | ja        | ja        |            |
        M06      | ja        | nej       |            |
        M07      | ja        | nej       |            |
        M08      | ja        | nej       |            |
        M09      | ja        | nej       |            |
        M10      | ja        | nej       |            |
        """,
    )


@pytest.mark.parametrize("indicator", BOTH)
def test_goals_without_needs_assessment_are_excluded_by_the_decision_or_its_law(indicator: str):
    found = units(
        indicator,
        """
        mal_id | beslut_id | avsett | text_langd | endast_skala
        M1     | B1        | 2      | 40         | nej
        M2     | B2        | 2      |            | ja
        """,
        """
        beslut_id | lagrum                       | utan_behovsprovning
        B1        | sol_2001_utan_behovsprovning |
        B2        | sol_2001                     | ja
        """,
    )
    assert_rows(
        found,
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        M1       | nej       | nej       | utan_behovsprovning
        M2       | nej       | nej       | utan_behovsprovning
        """,
    )


@pytest.mark.parametrize("indicator", BOTH)
def test_a_goal_of_a_plan_is_of_the_day_of_the_plan_and_one_without_a_day_is_no_unit(indicator: str):
    given = inputs(
        {
            "beslut": "beslut_id | utan_behovsprovning\nB1 |",
            "uppdrag": "uppdrag_id | regiform\nU1 | privat_lov",
            "genomforandeplan": """
            plan_id | upprattad  | klarmarkerad | status
            G1      | 2024-02-01 | 2024-03-01   | klarmarkerad
            G2      |            | 2024-04-01   | delgiven
            G3      |            | 2024-05-01   | arbetsanteckning
            G4      | 2024-06-01 |              | makulerad
            """,
            "mal": "mal_id | plan_id\nM1 | G1\nM2 | G2\nM3 | G3\nM4 | G4",
        }
    )
    assert_rows(
        derived(indicator, given),
        """
        enhet_id | fran       | i_namnare | regiform
        M1       | 2024-02-01 | ja        | privat
        M2       | 2024-04-01 | ja        | privat
        M4       | 2024-06-01 | ja        | privat
        """,
    )


@pytest.mark.parametrize("indicator", BOTH)
def test_a_goal_of_a_refused_decision_is_a_unit_and_nothing_is_hidden_by_a_migration(indicator: str):
    found = units(
        indicator,
        "mal_id | beslut_id\nM1 | B1",
        "beslut_id | utfall\nB1 | avslag",
        maluppfyllelse_fran="2025-01-01",
        folja_upp_fran="2025-01-01",
    )
    assert_rows(found, "enhet_id | i_namnare | exkluderad\nM1 | ja |")


@pytest.mark.parametrize("indicator", BOTH)
def test_a_goal_has_the_groups_of_its_decision_and_a_protected_person_has_none(indicator: str):
    given = inputs(
        {
            "individ": """
            individ_id | fodelsear | kon    | skydd
            P1         | 1960      | man    |
            P2         | 1944      | kvinna | sekretessmarkering
            P3         |           | okant  | ingen
            """,
            "beslut": """
            beslut_id | individ_id | insats     | lagrum
            B1        | P1         | lss_boende | lss
            B2        | P2         | lss_boende | lss
            B3        | P3         | hemtjanst  | sol_2001
            """,
            "uppdrag": "uppdrag_id | beslut_id\nU1 | B1\nU2 | B2",
            "mal": "mal_id | beslut_id\nM1 | B1\nM2 | B2\nM3 | B3",
        }
    )
    assert_rows(
        derived(indicator, given),
        """
        enhet_id | kon          | aldersgrupp  | insatsgrupp  | lagrum       | regiform
        M1       | man          | 18-64        | lss_boende   | LSS          | kommunal
        M2       | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        M3       | ej_redovisad | ej_redovisad | hemtjanst    | SoL          | ej_redovisad
        """,
    )
