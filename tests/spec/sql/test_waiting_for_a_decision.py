"""T8 and T9: days from application to decision, and decisions that are not carried out. Extraction 2026-06-30."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs


def decided(utredning: str, beslut: str, individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"utredning": utredning, "beslut": beslut, "individ": individ}
    return derived("T8", inputs({name: text for name, text in texts.items() if text}), parametrar)


def carried_out(beslut: str, individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"beslut": beslut, "individ": individ}
    return derived("T9", inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_a_decision_is_in_time_on_day_30_and_late_on_day_31():
    assert_rows(
        decided(
            "utredning_id | ansokan_datum\nA1 | 2026-01-01\nA2 | 2026-01-02",
            """
            beslut_id | utredning_id | beslutsdatum
            B1        | A1           | 2026-01-31
            B2        | A1           | 2026-02-01
            B3        | A2           | 2026-02-01
            B4        | A1           | 2026-01-01
            """,
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        B1       | 2026-01-31 |      | ja        | ja        |            | 30
        B2       | 2026-02-01 |      | ja        | nej       |            | 31
        B3       | 2026-02-01 |      | ja        | ja        |            | 30
        B4       | 2026-01-01 |      | ja        | ja        |            | 0
        """,
    )


def test_refusals_are_answers_too_but_dismissed_and_written_off_applications_are_not():
    assert_rows(
        decided(
            "ansokan_datum\n2026-01-01",
            """
            beslut_id | utredning_id | beslutsdatum | utfall
            B1        | A1           | 2026-01-15   | bifall
            B2        | A1           | 2026-01-15   | delvis_bifall
            B3        | A1           | 2026-01-15   | avslag
            B4        | A1           | 2026-01-15   | avvisat
            B5        | A1           | 2026-01-15   | avskrivet
            """,
        ),
        "enhet_id | i_taljare\nB1 | ja\nB2 | ja\nB3 | ja",
    )


def test_without_an_application_before_the_decision_there_is_nothing_to_measure():
    assert_rows(
        decided(
            "utredning_id | ansokan_datum\nA1 |\nA2 | 2026-01-16",
            """
            beslut_id | utredning_id | beslutsdatum
            B1        |              | 2026-01-15
            B2        | A1           | 2026-01-15
            B3        | A2           | 2026-01-15
            """,
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad           | varde
        B1       | nej       | nej       | saknar_ansokan       |
        B2       | nej       | nej       | saknar_ansokan       |
        B3       | nej       | nej       | ansokan_efter_beslut | -1
        """,
    )


def test_the_aim_is_the_municipalitys_own():
    given = "ansokan_datum\n2026-01-01", "utredning_id | beslutsdatum\nA1 | 2026-01-15"
    assert decided(*given, utredningstid_dagar="14")["i_taljare"].to_pylist() == [True]
    assert decided(*given, utredningstid_dagar="13")["i_taljare"].to_pylist() == [False]


def test_three_calendar_months_end_in_the_month_and_not_on_a_day_90():
    assert_rows(
        carried_out(
            """
            beslut_id | beslutsdatum | verkstallt
            B1        | 2025-11-30   | 2026-02-28
            B2        | 2025-11-30   | 2026-03-01
            B3        | 2025-12-15   |
            B4        | 2025-12-15   | 2025-12-15
            B5        | 2025-12-15   | 2025-12-10
            """
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        B1       | 2026-02-28 |      | ja        | nej       |            | 90
        B2       | 2026-02-28 |      | ja        | ja        |            | 91
        B3       | 2026-03-15 |      | ja        | ja        |            |
        B4       | 2026-03-15 |      | ja        | nej       |            | 0
        B5       | 2026-03-15 |      | ja        | nej       |            | -5
        """,
    )


def test_a_decision_that_ended_before_its_day_was_never_late_unless_it_was_carried_out():
    assert_rows(
        carried_out(
            """
            beslut_id | beslutsdatum | galler_tom | upphort    | verkstallt
            B1        | 2026-01-15   |            | 2026-04-14 |
            B2        | 2026-01-15   |            | 2026-04-15 |
            B3        | 2026-01-15   | 2026-03-01 |            |
            B4        | 2026-01-15   | 2026-03-01 |            | 2026-02-01
            B5        | 2026-01-15   | 2026-12-31 | 2026-03-01 |
            """
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad         | varde
        B1       | nej       | nej       | upphort_fore_frist |
        B2       | ja        | ja        |                    |
        B3       | nej       | nej       | upphort_fore_frist |
        B4       | ja        | nej       |                    | 17
        B5       | nej       | nej       | upphort_fore_frist |
        """,
    )


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        carried_out(
            """
            beslut_id | beslutsdatum | upphort    | utfall    | ej_verkstallt_skal
            B1        | 2026-05-01   | 2026-05-02 | avslag    | vill_vanta
            B2        | 2026-05-01   | 2026-05-02 | bifall    | vill_vanta
            B3        | 2026-05-01   |            | bifall    | vill_vanta
            B4        | 2026-03-31   |            | bifall    | resursbrist
            B5        | 2026-03-30   |            | bifall    | resursbrist
            B6        | 2026-04-01   |            | bifall    | tackat_nej
            B7        | 2026-01-01   |            | avskrivet |
            """
        ),
        """
        enhet_id | fran       | i_namnare | i_taljare | exkluderad
        B1       | 2026-08-01 | nej       | nej       | ej_beviljat
        B2       | 2026-08-01 | nej       | nej       | upphort_fore_frist
        B3       | 2026-08-01 | nej       | nej       | vill_vanta
        B4       | 2026-06-30 | ja        | ja        |
        B5       | 2026-06-30 | ja        | ja        |
        B6       | 2026-07-01 | nej       | nej       | ej_moget
        B7       | 2026-04-01 | nej       | nej       | ej_beviljat
        """,
    )


def test_who_wanted_to_wait_is_apart_even_when_it_was_carried_out_later():
    found = carried_out("beslutsdatum | verkstallt | ej_verkstallt_skal\n2026-01-01 | 2026-05-01 | vill_vanta")
    assert_rows(found, "exkluderad | varde\nvill_vanta | 120")


def test_the_law_may_change_its_months():
    found = carried_out("beslutsdatum | verkstallt\n2025-12-31 | 2026-02-28", verkstallighet_manader="2")
    assert_rows(found, "fran | i_taljare\n2026-02-28 | nej")


@pytest.mark.parametrize(
    ("indicator", "day", "next_day"), [("T8", "2025-12-31", "2026-01-01"), ("T9", "2025-09-30", "2025-10-01")]
)
def test_age_is_counted_in_the_year_of_the_event_and_protected_persons_are_in_no_group(
    indicator: str, day: str, next_day: str
):
    found = derived(
        indicator,
        inputs(
            {
                "individ": "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | sekretessmarkering",
                "beslut": f"""
                beslut_id | individ_id | beslutsdatum
                B1        | P1         | {day}
                B2        | P1         | {next_day}
                B3        | P2         | {next_day}
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        enhet_id | kon          | aldersgrupp  | insatsgrupp  | lagrum
        B1       | kvinna       | 18-64        | hemtjanst    | SoL
        B2       | kvinna       | 65-79        | hemtjanst    | SoL
        B3       | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )
