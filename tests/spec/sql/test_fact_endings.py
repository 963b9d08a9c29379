"""The fact beslutsslut: time-limited decisions whose last day has come. Extraction 2026-06-30."""

from __future__ import annotations

from tests.support.small_tables import assert_rows, derived, inputs


def test_a_time_limited_decision_has_one_row_when_its_last_day_has_come():
    given = inputs(
        {
            "beslut": """
            beslut_id | galler_fran | galler_tom | upphort    | utfall | insats
            B1        | 2025-01-01  | 2026-06-30 |            | bifall | hemtjanst
            B2        | 2025-01-01  | 2026-07-01 |            | bifall | hemtjanst
            B3        | 2025-01-01  |            | 2025-12-31 | bifall | hemtjanst
            B4        | 2025-01-01  | 2026-06-01 | 2026-05-31 | bifall | hemtjanst
            B5        | 2025-01-01  | 2026-06-01 | 2026-05-31 | bifall | trygghetslarm
            B6        | 2025-01-01  | 2026-06-01 | 2026-05-31 | avslag | trygghetslarm
            """,
        }
    )
    assert_rows(
        derived("beslutsslut", given),
        """
        beslut_id | galler_tom | fonster_fran | exkluderad            | efterfoljare_fran | ombeslut
        B1        | 2026-06-30 | 2026-04-01   |                       |                   | nej
        B4        | 2026-06-01 | 2026-03-03   | avslutat_fore_slut    |                   | nej
        B5        | 2026-06-01 | 2026-03-03   | utan_uppfoljningskrav |                   | nej
        B6        | 2026-06-01 | 2026-03-03   | ej_beviljat           |                   | nej
        """,
    )


def test_many_follow_ups_and_what_followed_stand_on_one_row():
    given = inputs(
        {
            "individ": "individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | fingerade",
            "utredning": "utredning_id\nA1\nA2",
            "beslut": """
            beslut_id | individ_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
            B1        | P1         | A1           | 2025-01-01  | 2025-12-31 | 10         | timmar_per_vecka
            B2        | P1         | A2           | 2026-01-11  |            | 11         | timmar_per_vecka
            B3        | P2         | A1           | 2025-01-01  | 2026-01-01 |            |
            B4        | P2         | A1           | 2026-01-02  |            |            |
            """,
            "uppfoljning": """
            uppfoljning_id | beslut_id | datum      | kanal
            F1             | B1        | 2025-03-01 | folja_upp
            F2             | B1        | 2025-03-02 | folja_upp
            F3             | B1        | 2025-12-31 | journal
            F4             | B3        | 2025-06-01 | journal
            F5             | B3        | 2026-01-02 | journal
            """,
        }
    )
    found = derived("beslutsslut", given)
    assert_rows(found, "beslut_id | aldersgrupp | lagrum\nB1 | 18-64 | SoL\nB3 | ej_redovisad | ej_redovisad")
    assert_rows(
        found,
        """
        beslut_id | uppfoljt_fore_slut | efterfoljare_fran | glapp_dagar_antal | ombeslut | uppfoljt_i_steget
        B1        | ja                 | 2026-01-11        | 10                | ja       | ja
        B3        | nej                | 2026-01-02        | 0                 | nej      | nej
        """,
    )
