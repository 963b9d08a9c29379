"""M2 and M4–M7: what became of goals, as it was said and as the scale has it, where 8 and 9 are no numbers."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs, records

FROM_THE_OUTCOME = ("M2", "M4", "M5", "M6", "M7")
FROM_THE_ASSESSMENT = ("M5", "M6")

UTREDNING = "utredning_id | avslutad\nA1 | 2024-01-01"
BESLUT = "beslut_id | utredning_id\nB1 | A1"
ONE_DAY = "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-05-01"


def units(
    indicator: str,
    goals: str,
    uppfoljning: str = ONE_DAY,
    beslut: str = BESLUT,
    utredning: str = UTREDNING,
    individ: str = "individ_id\nP1",
    **parametrar: str,
) -> pa.Table:
    """Units of goals in B1, each with an ICF code of its own: ``avsett``, ``bedomt``, ``utfall`` and ``uppfoljt``."""
    rows = records(goals)
    mal, bedomning, maluppfyllelse = (
        "mal_id | beslut_id | icf_kod | avsett | inriktning\n",
        "utredning_id | icf_kod | bedomt\n",
        "uppfoljning_id | mal_id | utfall | skala_vid_uppfoljning\n",
    )
    mal += "\n".join(f"{r['mal_id']} | B1 | d{r['mal_id']} | {r['avsett']} | {r.get('inriktning', '')}" for r in rows)
    bedomning += "\n".join(f"A1 | d{row['mal_id']} | {row['bedomt']}" for row in rows if row.get("bedomt"))
    maluppfyllelse += "\n".join(f"F1 | {row['mal_id']} | {row['utfall']} | {row['uppfoljt']}" for row in rows)
    texts = {
        "individ": individ,
        "utredning": utredning,
        "bedomning": bedomning,
        "beslut": beslut,
        "mal": mal,
        "uppfoljning": uppfoljning,
        "maluppfyllelse": maluppfyllelse,
    }
    return derived(indicator, inputs(texts), parametrar)


def test_a_goal_that_was_reached_in_part_is_counted_in_m2():
    assert_rows(
        units(
            "M2",
            """
            mal_id | avsett | utfall    | uppfoljt
            M1     |        | helt      |
            M2     |        | delvis    |
            M3     |        | inte      |
            M4     |        | ej_bedomt |
            """,
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        M1       | 2024-05-01 |      | ja        | ja        |            |
        M2       | 2024-05-01 |      | ja        | ja        |            |
        M3       | 2024-05-01 |      | ja        | nej       |            |
        M4       | 2024-05-01 |      | nej       | nej       | ej_bedomt  |
        """,
    )


def test_the_scale_says_that_a_goal_is_reached_when_the_state_is_the_intended_one_or_better():
    assert_rows(
        units(
            "M4",
            """
            mal_id | avsett | utfall | uppfoljt
            M1     | 2      | inte   | 1
            M2     | 2      | inte   | 2
            M3     | 2      | helt   | 3
            M4     | 0      | delvis | 0
            M5     | 4      | inte   | 4
            """,
        ),
        """
        enhet_id | fran       | i_namnare | i_taljare | exkluderad
        M1       | 2024-05-01 | ja        | ja        |
        M2       | 2024-05-01 | ja        | ja        |
        M3       | 2024-05-01 | ja        | nej       |
        M4       | 2024-05-01 | ja        | ja        |
        M5       | 2024-05-01 | ja        | ja        |
        """,
    )


def test_eight_and_nine_are_never_numbers_of_the_intended_state_or_of_that_at_the_follow_up():
    goals = """
    mal_id | avsett | bedomt | utfall | uppfoljt
    M1     | 8      | 2      | helt   | 2
    M2     | 2      | 2      | helt   | 8
    M3     | 9      | 9      | helt   | 9
    M4     |        | 2      | inte   | 2
    M5     | 2      | 2      | inte   |
    """
    for indicator in ("M4", "M7"):
        assert_rows(
            units(indicator, goals),
            """
            enhet_id | i_namnare | i_taljare | exkluderad
            M1       | nej       | nej       | saknar_skala
            M2       | nej       | nej       | saknar_skala
            M3       | nej       | nej       | saknar_skala
            M4       | nej       | nej       | saknar_skala
            M5       | nej       | nej       | saknar_skala
            """,
        )


def test_change_goes_from_the_state_in_the_investigation_to_that_at_the_follow_up():
    assert_rows(
        units(
            "M5",
            """
            mal_id | avsett | bedomt | utfall | uppfoljt
            M1     |        | 3      | helt   | 1
            M2     |        | 3      | helt   | 3
            M3     |        | 3      | inte   | 4
            M4     |        | 8      | inte   | 1
            M5     |        | 3      | inte   | 9
            M6     |        |        | inte   | 1
            M7     |        | 0      | helt   | 0
            """,
        ),
        """
        enhet_id | fran       | i_namnare | i_taljare | exkluderad   | varde
        M1       | 2024-05-01 | ja        | ja        |              | -2
        M2       | 2024-05-01 | ja        | nej       |              | 0
        M3       | 2024-05-01 | ja        | nej       |              | 1
        M4       | 2024-05-01 | nej       | nej       | saknar_skala |
        M5       | 2024-05-01 | nej       | nej       | saknar_skala |
        M6       | 2024-05-01 | nej       | nej       | saknar_skala |
        M7       | 2024-05-01 | ja        | nej       |              | 0
        """,
    )


def test_a_goal_without_an_intended_state_can_have_changed_but_not_been_kept():
    goals = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | | 3 | helt | 3\nM2 | 9 | 3 | helt | 3"
    assert_rows(units("M5", goals), "enhet_id | i_namnare | exkluderad\nM1 | ja |\nM2 | ja |")
    assert_rows(
        units("M6", goals), "enhet_id | i_namnare | exkluderad\nM1 | nej | ej_bibehallande\nM2 | nej | ej_bibehallande"
    )


def test_a_state_is_kept_when_it_was_the_aim_and_is_no_worse_whatever_the_goal_says_of_its_direction():
    assert_rows(
        units(
            "M6",
            """
            mal_id | avsett | bedomt | utfall | uppfoljt | inriktning
            M1     | 2      | 2      | helt   | 2        | utveckla
            M2     | 2      | 2      | inte   | 1        |
            M3     | 2      | 2      | helt   | 3        | bibehalla
            M4     | 1      | 2      | helt   | 1        | bibehalla
            M5     | 3      | 2      | helt   | 2        | bibehalla
            M6     | 2      | 2      | helt   | 8        | bibehalla
            M7     | 8      | 8      | helt   | 2        | bibehalla
            """,
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad      | varde
        M1       | ja        | ja        |                 |
        M2       | ja        | ja        |                 |
        M3       | ja        | nej       |                 |
        M4       | nej       | nej       | ej_bibehallande |
        M5       | nej       | nej       | ej_bibehallande |
        M6       | nej       | nej       | saknar_skala    |
        M7       | nej       | nej       | saknar_skala    |
        """,
    )


@pytest.mark.parametrize("indicator", FROM_THE_ASSESSMENT)
def test_change_is_measured_from_the_sixtieth_day_after_the_assessment(indicator: str):
    goals = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 3 | 3 | helt | 2"
    for day, expected in (("2024-02-29", "nej | for_tatt"), ("2024-03-01", "ja |")):
        found = units(indicator, goals, uppfoljning=f"uppfoljning_id | beslut_id | datum\nF1 | B1 | {day}")
        assert_rows(found, f"enhet_id | fran | i_namnare | exkluderad\nM1 | {day} | {expected}")
    sooner = units(
        indicator,
        goals,
        uppfoljning="uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-02-29",
        skala_avstand_dagar="59",
    )
    assert_rows(sooner, "enhet_id | i_namnare | i_taljare\nM1 | ja | ja")


@pytest.mark.parametrize("indicator", FROM_THE_ASSESSMENT)
def test_an_assessment_without_a_day_of_its_own_has_that_of_the_decision(indicator: str):
    goals = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 3 | 3 | helt | 2"
    for decided, expected in (("2024-03-03", "nej | for_tatt"), ("2024-03-02", "ja |")):
        found = units(
            indicator,
            goals,
            utredning="utredning_id | avslutad\nA1 |",
            beslut=f"beslut_id | utredning_id | beslutsdatum\nB1 | A1 | {decided}",
        )
        assert_rows(found, f"enhet_id | i_namnare | exkluderad\nM1 | {expected}")


def test_what_is_said_and_what_the_scale_says_agree_or_not():
    assert_rows(
        units(
            "M7",
            """
            mal_id | avsett | utfall    | uppfoljt
            M1     | 2      | helt      | 2
            M2     | 2      | helt      | 3
            M3     | 2      | inte      | 3
            M4     | 2      | inte      | 2
            M5     | 2      | delvis    | 3
            M6     |        | delvis    | 3
            M7     | 2      | ej_bedomt | 2
            """,
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        M1       | ja        | ja        |
        M2       | ja        | nej       |
        M3       | ja        | ja        |
        M4       | ja        | nej       |
        M5       | nej       | nej       | delvis
        M6       | nej       | nej       | saknar_skala
        M7       | nej       | nej       | ej_bedomt
        """,
    )


def test_the_reason_that_comes_first_is_the_one_that_is_given():
    """Every goal here would also be excluded for each later reason."""
    uppfoljning = "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-01-02"
    without = "beslut_id | utredning_id | utan_behovsprovning\nB1 | A1 | ja"
    unsaid = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 1 | 2 | ej_bedomt |"
    said = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 1 | 2 | delvis |"
    late = "2024-01-03"
    for indicator in FROM_THE_OUTCOME:
        reasons = [
            units(indicator, unsaid, uppfoljning, without, maluppfyllelse_fran=late),
            units(indicator, unsaid, uppfoljning, maluppfyllelse_fran=late),
            units(indicator, unsaid, uppfoljning, maluppfyllelse_fran="2024-01-02"),
        ]
        found = [each["exkluderad"].to_pylist() for each in reasons]
        assert found == [["utan_behovsprovning"], ["ej_observerbar"], ["ej_bedomt"]]
    for indicator in FROM_THE_OUTCOME[1:]:
        assert units(indicator, said, uppfoljning)["exkluderad"].to_pylist() == ["saknar_skala"]
    with_scale = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 1 | 2 | delvis | 2"
    assert units("M6", with_scale, uppfoljning)["exkluderad"].to_pylist() == ["for_tatt"]
    assert units("M7", with_scale, uppfoljning)["exkluderad"].to_pylist() == ["delvis"]


def test_an_excluded_goal_still_says_how_it_changed():
    early = "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2024-01-02"
    found = units("M5", "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | | 4 | inte | 1", early)
    assert_rows(found, "enhet_id | i_namnare | i_taljare | exkluderad | varde\nM1 | nej | nej | for_tatt | -3")


def test_interventions_without_needs_assessment_by_their_law_are_excluded():
    goals = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 2 | 2 | helt | 2"
    beslut = "beslut_id | utredning_id | lagrum\nB1 | A1 | sol_2001_utan_behovsprovning"
    for indicator in FROM_THE_OUTCOME:
        found = units(indicator, goals, beslut=beslut)
        assert_rows(found, "enhet_id | i_namnare | exkluderad\nM1 | nej | utan_behovsprovning")


def two_follow_ups(indicator: str, first: str, second: str) -> pa.Table:
    """One goal, followed up on two days or twice on one; the state goes from worse (F1) to better (F2)."""
    texts = {
        "utredning": UTREDNING,
        "bedomning": "icf_kod | bedomt\nd510 | 2",
        "beslut": BESLUT,
        "mal": "beslut_id | icf_kod | avsett\nB1 | d510 | 2",
        "uppfoljning": f"uppfoljning_id | beslut_id | datum\nF1 | B1 | {first}\nF2 | B1 | {second}",
        "maluppfyllelse": "uppfoljning_id | utfall | skala_vid_uppfoljning\nF1 | helt | 3\nF2 | helt | 1",
    }
    return derived(indicator, inputs(texts))


@pytest.mark.parametrize("indicator", ["M4", "M5", "M6", "M7"])
def test_each_day_of_assessment_is_a_unit_until_the_next_and_the_greatest_id_decides_on_one_day(indicator: str):
    assert_rows(
        two_follow_ups(indicator, "2024-05-01", "2025-05-01"),
        """
        enhet_id | fran       | till       | i_namnare | i_taljare
        M1       | 2024-05-01 | 2025-05-01 | ja        | nej
        M1       | 2025-05-01 |            | ja        | ja
        """,
    )
    assert_rows(
        two_follow_ups(indicator, "2024-05-01", "2024-05-01"),
        "enhet_id | fran | till | i_namnare | i_taljare\nM1 | 2024-05-01 | | ja | ja",
    )


@pytest.mark.parametrize("indicator", FROM_THE_OUTCOME)
def test_a_goal_has_the_groups_of_its_decision_and_the_age_of_the_year_and_a_protected_person_has_none(indicator: str):
    goals = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 2 | 2 | helt | 2"
    groups = "enhet_id | i_namnare | kon | aldersgrupp | insatsgrupp | lagrum | regiform"
    nobody = " | ".join(["ej_redovisad"] * 5)
    known = units(indicator, goals, individ="individ_id | fodelsear | kon\nP1 | 1944 | man")
    assert_rows(known, f"{groups}\nM1 | ja | man | 80+ | hemtjanst | SoL | ej_redovisad")
    younger = units(indicator, goals, individ="individ_id | fodelsear | kon\nP1 | 1945 | man")
    assert_rows(younger, f"{groups}\nM1 | ja | man | 65-79 | hemtjanst | SoL | ej_redovisad")
    hidden = units(indicator, goals, individ="individ_id | fodelsear | kon | skydd\nP1 | 1944 | man | fingerade")
    assert_rows(hidden, f"{groups}\nM1 | ja | {nobody}")


@pytest.mark.parametrize("indicator", FROM_THE_OUTCOME)
def test_a_follow_up_that_is_not_done_makes_no_unit(indicator: str):
    unfinished = "uppfoljning_id | beslut_id | datum | status\nF1 | B1 | 2024-05-01 | pagaende"
    goals = "mal_id | avsett | bedomt | utfall | uppfoljt\nM1 | 2 | 2 | helt | 2"
    assert units(indicator, goals, uppfoljning=unfinished).num_rows == 0
