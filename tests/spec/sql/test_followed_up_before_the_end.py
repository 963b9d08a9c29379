"""T5: is a time-limited decision followed up in its last ninety days. Extraction 2026-06-30."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.support.small_tables import assert_rows, derived, inputs


def units(beslut: str, uppfoljning: str = "", individ: str = "", **parametrar: str) -> pa.Table:
    texts = {"beslut": beslut, "uppfoljning": uppfoljning, "individ": individ}
    return derived("T5", inputs({name: text for name, text in texts.items() if text}), parametrar)


@pytest.mark.parametrize(
    ("datum", "counts"),
    [("2025-10-01", False), ("2025-10-02", True), ("2025-12-31", True), ("2026-01-01", False)],
)
def test_a_follow_up_counts_from_90_days_before_the_last_day_up_to_it(datum: str, counts: bool):
    found = units("galler_fran | galler_tom\n2025-01-01 | 2025-12-31", f"beslut_id | datum\nB1 | {datum}")
    assert_rows(
        found,
        f"""
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        B1       | 2025-12-31 |      | ja        | {"ja" if counts else "nej"} | |
        """,
    )


def test_two_follow_ups_are_one_decision_followed_up():
    found = units(
        "galler_fran | galler_tom\n2025-01-01 | 2025-12-31",
        "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2025-12-01\nF2 | B1 | 2025-12-02",
    )
    assert found["i_taljare"].to_pylist() == [True]


def test_only_decisions_with_a_last_day_that_has_come_are_units():
    assert_rows(
        units(
            """
            beslut_id | galler_fran | galler_tom | upphort
            B1        | 2025-01-01  |            |
            B2        | 2025-01-01  |            | 2025-12-31
            B3        | 2025-01-01  | 2026-06-30 |
            B4        | 2025-01-01  | 2026-07-01 |
            """
        ),
        "enhet_id | fran | i_namnare\nB3 | 2026-06-30 | ja",
    )


@pytest.mark.parametrize(
    ("followed_up", "counts"),
    [
        ("beslut_id | part | kanal | status\nB1 | myndighet | folja_upp | klarmarkerad", True),
        ("beslut_id | part | kanal | status\nB1 | myndighet | journal | klarmarkerad", True),
        ("beslut_id | part | kanal | status\nB1 | utforare | folja_upp | klarmarkerad", False),
        ("plan_id | part | kanal | status\nG1 | myndighet | folja_upp | klarmarkerad", False),
        ("beslut_id | part | kanal | status\nB1 | myndighet | folja_upp | planerad", False),
        ("beslut_id | part | kanal | status\nB2 | myndighet | folja_upp | klarmarkerad", False),
    ],
)
def test_the_authority_follows_up_the_decision_itself_in_any_channel(followed_up: str, counts: bool):
    head, row = followed_up.splitlines()
    given = inputs(
        {
            "beslut": "beslut_id | galler_tom\nB1 | 2025-12-31\nB2 |",
            "uppdrag": "uppdrag_id\nU1",
            "genomforandeplan": "plan_id\nG1",
            "uppfoljning": f"datum | {head}\n2025-12-01 | {row}",
        }
    )
    assert derived("T5", given)["i_taljare"].to_pylist() == [counts]


def test_the_first_reason_that_applies_excludes():
    assert_rows(
        units(
            """
            beslut_id | galler_tom | upphort    | utfall | insats
            B1        | 2025-03-01 | 2025-02-01 | avslag | trygghetslarm
            B2        | 2025-03-01 | 2025-02-01 | bifall | trygghetslarm
            B3        | 2025-03-01 | 2025-02-28 | bifall | hemtjanst
            B4        | 2025-03-01 | 2025-03-01 | bifall | hemtjanst
            B5        | 2025-03-31 |            | bifall | hemtjanst
            B6        | 2025-04-01 |            | bifall | hemtjanst
            """,
            "uppfoljning_id | beslut_id | datum\nF2 | B2 | 2025-02-01\nF4 | B4 | 2025-02-01\nF6 | B6 | 2025-02-01",
            journal_fran="2025-01-01",
        ),
        """
        enhet_id | i_namnare | i_taljare | exkluderad
        B1       | nej       | nej       | ej_beviljat
        B2       | nej       | nej       | utan_uppfoljningskrav
        B3       | nej       | nej       | avslutat_fore_slut
        B4       | nej       | nej       | ej_observerbar
        B5       | nej       | nej       | ej_observerbar
        B6       | ja        | ja        |
        """,
    )


def test_it_does_not_matter_since_when_the_step_can_be_seen():
    found = units("galler_tom\n2025-12-31", folja_upp_fran="2026-01-01")
    assert found["exkluderad"].to_pylist() == [None]


def test_age_is_counted_in_the_year_of_the_last_day_and_protected_persons_are_in_no_group():
    assert_rows(
        units(
            "beslut_id | individ_id | galler_tom\nB1 | P1 | 2025-12-31\nB2 | P1 | 2026-01-01\nB3 | P2 | 2026-01-01",
            individ="individ_id | fodelsear | kon | skydd\nP1 | 1961 | man |\nP2 | 1961 | man | skyddad_folkbokforing",
        ),
        """
        enhet_id | kon          | aldersgrupp  | insatsgrupp  | lagrum
        B1       | man          | 18-64        | hemtjanst    | SoL
        B2       | man          | 65-79        | hemtjanst    | SoL
        B3       | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )


def test_the_county_decides_how_close_to_the_end():
    beslut, uppfoljning = "galler_tom\n2025-12-31", "beslut_id | datum\nB1 | 2025-12-01"
    assert units(beslut, uppfoljning, fore_slut_dagar="30")["i_taljare"].to_pylist() == [True]
    assert units(beslut, uppfoljning, fore_slut_dagar="29")["i_taljare"].to_pylist() == [False]
