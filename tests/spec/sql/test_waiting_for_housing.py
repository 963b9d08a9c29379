"""T13: how long from application or decision until a person moves in. Limit 90 days."""

from __future__ import annotations

import pyarrow as pa

from tests.support.small_tables import assert_rows, derived, inputs

BESLUT = "beslut_id | utredning_id | insats | lagrum | beslutsdatum | verkstallt"


def units(beslut: str, utredning: str = "utredning_id\nA1", individ: str = "individ_id\nP1", **given: str) -> pa.Table:
    return derived("T13", inputs({"individ": individ, "utredning": utredning, "beslut": beslut}), given)


def test_special_housing_is_waited_for_from_the_application_and_lss_housing_from_the_decision():
    assert_rows(
        units(
            f"""
            {BESLUT}
            B1 | A1 | sarskilt_boende | sol_2001 | 2025-03-01 | 2025-04-01
            B2 | A1 | lss_boende      | lss      | 2025-03-01 | 2025-04-01
            """,
            "utredning_id | ansokan_datum\nA1 | 2025-01-15",
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        B1       | 2025-04-01 |      | ja        | ja        |            | 76
        B2       | 2025-04-01 |      | ja        | ja        |            | 31
        """,
    )


def test_day_90_is_in_time_and_day_91_is_not():
    beslut = f"""
        {BESLUT}
        B1 | A1 | sarskilt_boende | sol_2001 | 2025-01-02 | 2025-04-01
        B2 | A1 | sarskilt_boende | sol_2001 | 2025-01-02 | 2025-04-02
        B3 | A1 | lss_boende      | lss      | 2025-01-01 | 2025-04-01
        B4 | A1 | lss_boende      | lss      | 2025-01-01 | 2025-04-02
        """
    utredning = "utredning_id | ansokan_datum\nA1 | 2025-01-01"
    assert_rows(
        units(beslut, utredning),
        "enhet_id | i_taljare | varde\nB1 | ja | 90\nB2 | nej | 91\nB3 | ja | 90\nB4 | nej | 91",
    )
    assert not any(units(beslut, utredning, boende_vantetid_dagar="89")["i_taljare"].to_pylist())


def test_moving_in_before_the_application_or_decision_was_registered_is_a_negative_wait():
    assert_rows(
        units(f"{BESLUT}\nB1 | A1 | lss_boende | lss | 2025-01-05 | 2025-01-01"),
        "enhet_id | i_taljare | varde\nB1 | ja | -4",
    )


def test_only_housing_that_someone_has_moved_into_is_a_unit():
    assert_rows(
        units(
            f"""
            {BESLUT}
            B1 | A1 | sarskilt_boende | sol_2001 | 2025-01-01 |
            B2 | A1 | hemtjanst       | sol_2001 | 2025-01-01 | 2025-02-01
            B3 | A1 | korttidsplats   | sol_2001 | 2025-01-01 | 2025-02-01
            B4 | A1 | lss_boende      | lss      | 2025-01-01 | 2025-02-01
            """
        ),
        "enhet_id | i_namnare\nB4 | ja",
    )


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        units(
            f"""
            {BESLUT} | utfall
            B1 | A1 | sarskilt_boende | sol_2001 | 2025-01-01 | 2025-02-01 | avslag
            B2 | A2 | sarskilt_boende | sol_2001 | 2025-01-01 | 2025-02-01 | avslag
            B3 | A1 | sarskilt_boende | sol_2001 | 2025-01-01 | 2025-02-01 | bifall
            B4 |    | sarskilt_boende | sol_2001 | 2025-01-01 | 2025-02-01 | delvis_bifall
            B5 | A1 | lss_boende      | lss      | 2025-01-01 | 2025-02-01 | bifall
            """,
            "utredning_id | ansokan_datum\nA1 |\nA2 | 2024-12-01",
        ),
        """
        enhet_id | i_namnare | exkluderad     | varde
        B1       | nej       | ej_beviljat    |
        B2       | nej       | ej_beviljat    | 62
        B3       | nej       | saknar_ansokan |
        B4       | nej       | fornyat_beslut |
        B5       | ja        |                | 31
        """,
    )


def test_age_is_counted_in_the_year_of_moving_in_and_a_protected_person_has_no_group():
    assert_rows(
        units(
            f"""
            {BESLUT} | individ_id
            B1 | A1 | lss_boende | lss | 2025-12-01 | 2025-12-31 | P1
            B2 | A1 | lss_boende | lss | 2025-12-01 | 2026-01-01 | P2
            B3 | A1 | lss_boende | lss | 2025-12-01 | 2026-01-01 | P3
            """,
            individ="individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 |\nP3 | 1961 | sekretessmarkering",
        ),
        """
        enhet_id | i_namnare | aldersgrupp  | kon          | insatsgrupp  | lagrum
        B1       | ja        | 18-64        | kvinna       | lss_boende   | LSS
        B2       | ja        | 65-79        | kvinna       | lss_boende   | LSS
        B3       | ja        | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_a_decision_that_continues_the_housing_is_not_a_wait():
    """Thirty days without a decision are a continuation, thirty-one are not; another kind of housing is a move."""
    assert_rows(
        units(
            """
            beslut_id | individ_id | insats          | lagrum   | beslutsdatum | galler_fran | galler_tom | verkstallt
            B1        | P1         | lss_boende      | lss      | 2024-01-01   | 2024-01-10  | 2024-12-31 | 2024-02-01
            B2        | P1         | lss_boende      | lss      | 2024-12-20   | 2025-01-31  | 2025-06-30 | 2025-01-31
            B3        | P1         | lss_boende      | lss      | 2025-06-20   | 2025-08-01  |            | 2025-08-01
            B4        | P1         | sarskilt_boende | sol_2001 | 2025-08-05   | 2025-08-10  |            | 2025-09-01
            """,
        ),
        """
        enhet_id | i_namnare | exkluderad
        B1       | ja        |
        B2       | nej       | fornyat_beslut
        B3       | ja        |
        B4       | nej       | saknar_ansokan
        """,
    )
