"""T6 and T7: what follows on a time-limited decision, and was anyone without one. Extraction 2026-06-30."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs

INVESTIGATIONS = "utredning_id\nA1\nA2"
RENEWED = """
    beslut_id | utredning_id | galler_fran | galler_tom | omfattning | omfattning_enhet
    B1        | A1           | 2025-01-01  | 2025-06-30 | 20         | timmar_per_manad
    B2        | A2           | 2025-07-01  |            | 22         | timmar_per_manad
    """
"""A decision, and another about nearly the same after an investigation of its own."""


def units(indicator: str, beslut: str, uppfoljning: str = "", individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"utredning": INVESTIGATIONS, "beslut": beslut, "uppfoljning": uppfoljning, "individ": individ}
    return derived(indicator, inputs({name: text for name, text in texts.items() if text}), parametrar)


def ending(day: str, **parametrar: str) -> dict[str, object]:
    """T6 of a decision that is renewed at once and ends on ``day``."""
    renewed = f"""
        beslut_id | utredning_id | galler_fran | galler_tom
        B1        | A1           | 2025-01-01  | {day}
        B2        | A2           | 2025-02-01  |
        """
    (unit,) = units("T6", renewed, **parametrar).to_pylist()
    return unit


def test_renewed_after_a_new_investigation_with_the_same_extent_and_no_follow_up():
    assert_rows(
        units("T6", RENEWED),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        B1       | 2025-06-30 |      | ja        | ja        |            |
        """,
    )


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("A2           | 2025-07-01  |            | 22 ", "A1           | 2025-07-01  |            | 22 "),
        ("A2           | 2025-07-01  |            | 22 ", "             | 2025-07-01  |            | 22 "),
        ("A2           | 2025-07-01  |            | 22 ", "A2           | 2025-07-01  |            | 23 "),
        ("A2           | 2025-07-01  |            | 22 ", "A2           | 2025-07-01  |            | 17 "),
        ("A2           | 2025-07-01  |            | 22 ", "A2           | 2025-07-01  |            |    "),
    ],
)
def test_without_an_investigation_of_its_own_or_with_another_extent_it_was_not_forced(was: str, becomes: str):
    assert was in RENEWED
    (unit,) = units("T6", RENEWED.replace(was, becomes)).to_pylist()
    assert (unit["i_namnare"], unit["i_taljare"]) == (True, False)


@pytest.mark.parametrize(
    ("followed_up", "forced"),
    [
        ("datum | part | kanal | status\n2025-01-01 | myndighet | folja_upp | klarmarkerad", True),
        ("datum | part | kanal | status\n2025-01-02 | myndighet | folja_upp | klarmarkerad", False),
        ("datum | part | kanal | status\n2025-07-01 | myndighet | folja_upp | klarmarkerad", False),
        ("datum | part | kanal | status\n2025-07-02 | myndighet | folja_upp | klarmarkerad", True),
        ("datum | part | kanal | status\n2025-04-01 | myndighet | journal | klarmarkerad", True),
        ("datum | part | kanal | status\n2025-04-01 | utforare | folja_upp | klarmarkerad", True),
        ("datum | part | kanal | status\n2025-04-01 | myndighet | folja_upp | pagaende", True),
    ],
)
def test_a_follow_up_in_the_step_after_the_first_day_and_until_the_new_decision_begins(followed_up: str, forced: bool):
    head, row = followed_up.splitlines()
    found = units("T6", RENEWED, f"beslut_id | {head}\nB1 | {row}")
    assert found["i_taljare"].to_pylist() == [forced]


def test_follow_ups_of_the_new_decision_or_of_a_plan_are_not_of_the_old_one():
    given = inputs(
        {
            "utredning": INVESTIGATIONS,
            "beslut": RENEWED,
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id\nG1",
            "uppfoljning": """
            uppfoljning_id | beslut_id | plan_id | datum
            F1             | B2        |         | 2025-06-01
            F2             |           | G1      | 2025-06-01
            """,
        }
    )
    assert derived("T6", given)["i_taljare"].to_pylist() == [True]


def test_a_renewal_begins_at_most_30_days_after_the_end():
    renewed = """
        beslut_id | individ_id | galler_fran | galler_tom
        B1        | P1         | 2025-01-01  | 2025-06-30
        B2        | P1         | 2025-07-30  |
        B3        | P2         | 2025-01-01  | 2025-06-30
        B4        | P2         | 2025-07-31  |
        B5        | P3         | 2025-01-01  | 2025-06-30
        """
    assert_rows(
        units("T6", renewed),
        """
        enhet_id | i_namnare | exkluderad
        B1       | ja        |
        B3       | nej       | utan_efterfoljare
        B5       | nej       | utan_efterfoljare
        """,
    )
    assert_rows(
        units("T6", renewed, ombeslut_dagar="31"),
        "enhet_id | exkluderad\nB1 |\nB3 |\nB5 | utan_efterfoljare",
    )


def test_a_decision_is_judged_when_the_days_for_a_renewal_have_gone():
    assert (ending("2026-05-31")["fran"].isoformat(), ending("2026-05-31")["exkluderad"]) == ("2026-05-31", None)
    assert ending("2026-06-01")["exkluderad"] == "ej_moget"
    assert ending("2026-06-30", ombeslut_dagar="0")["exkluderad"] is None


def test_the_whole_decision_must_lie_where_the_step_can_be_seen():
    assert ending("2025-12-31", folja_upp_fran="2025-01-01")["exkluderad"] is None
    assert ending("2025-12-31", folja_upp_fran="2025-01-02")["exkluderad"] == "ej_observerbar"
    assert ending("2025-12-31", journal_fran="2026-01-01")["exkluderad"] is None


def test_the_first_reason_that_applies_excludes():
    beslut = """
        beslut_id | individ_id | galler_fran | galler_tom | upphort    | utfall | insats
        B1        | P1         | 2024-01-01  | 2026-06-15 | 2026-06-01 | avslag | trygghetslarm
        B2        | P1         | 2024-01-01  | 2026-06-15 | 2026-06-01 | bifall | trygghetslarm
        B3        | P1         | 2024-01-01  | 2026-06-15 | 2026-06-14 | bifall | hemtjanst
        B4        | P2         | 2024-01-01  | 2026-06-15 | 2026-06-15 | bifall | hemtjanst
        B5        | P3         | 2025-01-01  | 2026-06-15 |            | bifall | hemtjanst
        B6        | P4         | 2025-01-01  | 2025-06-15 |            | bifall | hemtjanst
        B7        | P5         | 2025-01-01  | 2026-07-01 |            | bifall | hemtjanst
        """
    assert_rows(
        units("T6", beslut, folja_upp_fran="2025-01-01"),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        B1       | nej       | nej       | ej_beviljat
        B2       | nej       | nej       | utan_uppfoljningskrav
        B3       | nej       | nej       | avslutat_fore_slut
        B4       | nej       | nej       | ej_observerbar
        B5       | nej       | nej       | ej_moget
        B6       | nej       | nej       | utan_efterfoljare
        """,
    )
    assert_rows(
        units("T7", beslut, folja_upp_fran="2025-01-01", journal_fran="2026-06-01"),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        B1       | nej       | nej       | ej_beviljat
        B2       | nej       | nej       | utan_uppfoljningskrav
        B3       | nej       | nej       | avslutat_fore_slut
        B4       | nej       | nej       | ej_moget
        B5       | nej       | nej       | ej_moget
        B6       | nej       | nej       | utan_efterfoljare
        """,
    )


def test_a_gap_is_a_day_without_a_decision():
    assert_rows(
        units(
            "T7",
            """
            beslut_id | individ_id | galler_fran | galler_tom | insats
            B1        | P1         | 2025-01-01  | 2025-06-30 | hemtjanst
            C1        | P1         | 2025-07-01  |            | hemtjanst
            B2        | P2         | 2025-01-01  | 2025-06-30 | hemtjanst
            C2        | P2         | 2025-07-02  |            | hemtjanst
            B3        | P3         | 2025-01-01  | 2025-06-30 | hemtjanst
            C3        | P3         | 2025-06-01  |            | hemtjanst
            B4        | P4         | 2025-01-01  | 2025-06-30 | hemtjanst
            C4        | P4         | 2025-09-28  |            | hemtjanst
            B5        | P5         | 2025-01-01  | 2025-06-30 | hemtjanst
            C5        | P5         | 2025-09-29  |            | hemtjanst
            B6        | P6         | 2025-01-01  | 2025-06-30 | hemtjanst
            C6        | P6         | 2025-07-10  |            | lss_boende
            """,
        ),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad        | varde
        B1       | 2025-06-30 |      | ja        | nej       |                   | 0
        B2       | 2025-06-30 |      | ja        | ja        |                   | 1
        B3       | 2025-06-30 |      | ja        | nej       |                   | -30
        B4       | 2025-06-30 |      | ja        | ja        |                   | 89
        B5       | 2025-06-30 |      | nej       | nej       | utan_efterfoljare |
        B6       | 2025-06-30 |      | nej       | nej       | utan_efterfoljare |
        """,
    )


def test_the_next_decision_is_the_first_to_begin():
    assert_rows(
        units(
            "T7",
            """
            beslut_id | galler_fran | galler_tom
            B1        | 2025-01-01  | 2025-06-30
            B2        | 2025-07-20  |
            B3        | 2025-07-10  |
            """,
        ),
        "enhet_id | varde\nB1 | 9",
    )


def test_the_county_decides_what_a_gap_is_and_how_far_to_look():
    beslut = "beslut_id | galler_fran | galler_tom\nB1 | 2025-01-01 | 2025-06-30\nB2 | 2025-07-06 |"
    assert units("T7", beslut, glapp_dagar="5")["i_taljare"].to_pylist() == [True]
    assert units("T7", beslut, glapp_dagar="6")["i_taljare"].to_pylist() == [False]
    assert units("T7", beslut, glapp_sok_dagar="6")["exkluderad"].to_pylist() == [None]
    assert units("T7", beslut, glapp_sok_dagar="5")["exkluderad"].to_pylist() == ["utan_efterfoljare"]


def test_a_gap_is_judged_when_the_days_to_look_in_have_gone():
    beslut = """
        beslut_id | individ_id | galler_fran | galler_tom
        B1        | P1         | 2025-01-01  | 2026-04-01
        B2        | P1         | 2026-04-02  |
        B3        | P2         | 2025-01-01  | 2026-04-02
        B4        | P2         | 2026-04-05  |
        """
    assert_rows(
        units("T7", beslut),
        """
        enhet_id | i_namnare | exkluderad | varde
        B1       | ja        |            | 0
        B3       | nej       | ej_moget   | 2
        """,
    )


@pytest.mark.parametrize("indicator", ["T6", "T7"])
def test_age_is_counted_in_the_year_of_the_end_and_protected_persons_are_in_no_group(indicator: str):
    assert_rows(
        units(
            indicator,
            """
            beslut_id | individ_id | galler_fran | galler_tom
            B1        | P1         | 2025-01-01  | 2025-12-31
            B2        | P1         | 2026-01-01  | 2026-01-02
            B3        | P2         | 2026-01-01  | 2026-01-02
            """,
            individ="individ_id | fodelsear | skydd\nP1 | 1961 |\nP2 | 1961 | fingerade",
        ),
        """
        enhet_id | kon          | aldersgrupp  | insatsgrupp  | lagrum
        B1       | kvinna       | 18-64        | hemtjanst    | SoL
        B2       | kvinna       | 65-79        | hemtjanst    | SoL
        B3       | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )
