"""Which decisions make one episode of an intervention, and when it begins and ends. At most 30 days between."""

from __future__ import annotations

import pyarrow as pa

from tests.support.small_tables import assert_rows, derived, inputs

PEOPLE = "individ_id | skydd\nP1 |\nP2 | fingerade"


def found(fact: str, beslut: str, uppdrag: str = "", **parametrar: str) -> pa.Table:
    texts = {"individ": PEOPLE, "beslut": beslut, "uppdrag": uppdrag}
    return derived(fact, inputs({name: text for name, text in texts.items() if text}), parametrar)


def test_decisions_that_overlap_or_lie_close_are_one_episode():
    given = """
    beslut_id | galler_fran | galler_tom
    B1        | 2020-01-01  | 2020-06-30
    B2        | 2020-06-01  | 2020-12-31
    B3        | 2021-01-01  | 2021-12-31
    B4        | 2022-01-31  | 2022-06-30
    """
    assert_rows(found("insatsepisoder", given), "episod_id | fran | slut | antal_beslut\nB1|2020-01-01|2022-06-30|4")


def test_thirty_days_without_a_decision_keep_the_episode_and_thirty_one_end_it():
    given = """
    beslut_id | galler_fran | galler_tom
    B1        | 2020-01-01  | 2020-01-10
    B2        | 2020-02-10  | 2020-02-20
    B3        | 2020-03-23  | 2020-04-01
    """
    assert_rows(
        found("insatsepisoder", given),
        "episod_id | fran | slut | antal_beslut\nB1|2020-01-01|2020-02-20|2\nB3|2020-03-23|2020-04-01|1",
    )
    assert_rows(
        found("beslut_i_episod", given),
        "beslut_id | episod_id | senast\nB1 | B1 | nej\nB2 | B1 | ja\nB3 | B3 | ja",
    )


def test_the_county_decides_how_long_a_gap_may_be():
    given = "beslut_id | galler_fran | galler_tom\nB1 | 2020-01-01 | 2020-01-10\nB2 | 2020-01-12 |"
    assert found("insatsepisoder", given, episod_lucka_dagar="1").num_rows == 1
    assert found("insatsepisoder", given, episod_lucka_dagar="0").num_rows == 2


def test_a_short_decision_inside_a_long_one_does_not_shorten_the_episode():
    given = """
    beslut_id | galler_fran | galler_tom
    B1        | 2020-01-01  | 2021-12-31
    B2        | 2020-02-01  | 2020-02-10
    B3        | 2021-06-01  | 2021-06-30
    B4        | 2022-01-15  | 2022-02-01
    """
    assert_rows(found("insatsepisoder", given), "episod_id | slut | antal_beslut\nB1 | 2022-02-01 | 4")


def test_an_open_decision_keeps_the_episode_open_whatever_comes_after_it():
    given = """
    beslut_id | galler_fran | galler_tom
    B1        | 2018-01-01  |
    B2        | 2019-01-01  | 2019-03-31
    B3        | 2025-01-01  | 2025-12-31
    """
    assert_rows(
        found("insatsepisoder", given),
        "episod_id | fran | slut | antal_beslut | senaste_beslut_id\nB1 | 2018-01-01 | | 3 | B3",
    )


def test_other_persons_and_other_interventions_are_other_episodes():
    given = """
    beslut_id | individ_id | insats     | galler_fran
    B1        | P1         | hemtjanst  | 2020-01-01
    B2        | P1         | lss_boende | 2020-01-01
    B3        | P2         | hemtjanst  | 2020-01-01
    """
    assert_rows(found("insatsepisoder", given), "episod_id | antal_beslut\nB1 | 1\nB2 | 1\nB3 | 1")


def test_refused_never_begun_and_future_decisions_are_in_no_episode():
    given = """
    beslut_id | utfall | galler_fran | upphort
    B1        | avslag | 2020-01-01  |
    B2        | bifall | 2020-01-10  | 2020-01-09
    B3        | bifall | 2026-07-01  |
    B4        | bifall |             |
    B5        | bifall | 2020-02-01  | 2020-02-01
    """
    assert_rows(found("beslut_i_episod", given), "beslut_id | episod_id | senast\nB5 | B5 | ja")


def test_decisions_from_the_same_day_are_ordered_by_id():
    given = "beslut_id | galler_fran | galler_tom\nB2 | 2020-01-01 |\nB1 | 2020-01-01 | 2020-01-01"
    assert_rows(found("insatsepisoder", given), "episod_id | senaste_beslut_id | slut\nB1 | B2 |")


def test_an_episode_has_the_groups_of_its_latest_decision_and_none_for_a_protected_person():
    assert_rows(
        found(
            "insatsepisoder",
            """
            beslut_id | individ_id | galler_fran | lagrum                       | insats
            B1        | P1         | 2020-01-01  | sol_2001                     | hemtjanst
            B2        | P1         | 2021-01-01  | sol_2001_utan_behovsprovning | hemtjanst
            B3        | P2         | 2020-01-01  | lss                          | trygghetslarm
            """,
            "uppdrag_id | beslut_id | regiform\nU1 | B1 | kommunal\nU2 | B2 | privat_lov\nU3 | B3 | kommunal",
        ),
        """
        episod_id | individ_id | utan_behovsprovning | utan_uppfoljningskrav | insatsgrupp_villkor | lag_villkor \
| insatsgrupp  | lagrum       | regiform
        B1        | P1         | ja                  | nej                   | hemtjanst           | SoL         \
| hemtjanst    | SoL          | privat
        B3        | P2         | nej                 | ja                    | trygghetslarm       | LSS         \
| ej_redovisad | ej_redovisad | ej_redovisad
        """,
    )
