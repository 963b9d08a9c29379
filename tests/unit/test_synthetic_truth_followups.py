"""True figures of T3–T5, F2, F3 and P3 in worlds of a decision or two, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.truth_worlds import ALARM, a_world, county, decided, figures, profile, total

LAN = county()


def noted(day: str, **others: Any) -> dict[str, Any]:
    """A follow-up of the decision, done by the authority in the journal."""
    return {"beslut_id": "B1", "kanal": "journal", "datum": day} | others


@pytest.mark.parametrize(("next_begins", "merged"), [("2022-01-31", True), ("2022-02-01", False)])
def test_an_episode_goes_on_over_thirty_days_without_a_decision(next_begins: str, merged: bool) -> None:
    world = a_world(beslut=[decided("2020-01-01", galler_tom="2021-12-31"), decided(next_begins, beslut_id="B2")])
    assert total(figures(world, LAN), "T3", "2022-02") == ((1, 1) if merged else (0, 0))


def test_an_open_decision_keeps_an_episode_together_and_a_shorter_one_inside_does_not_break_it() -> None:
    inside = decided("2020-03-01", beslut_id="B2", galler_tom="2020-04-30")
    world = a_world(beslut=[decided("2020-01-01"), inside, decided("2022-06-01", beslut_id="B3")])
    found = figures(world, LAN)
    assert total(found, "T3", "2021-11") == (0, 0)  # two years have not passed
    assert total(found, "T3", "2021-12") == (1, 1)
    assert total(found, "T3", "2023-01") == (1, 1)


def test_long_without_follow_up_asks_for_anyones_in_any_channel_of_any_decision_in_the_episode() -> None:
    world = a_world(
        beslut=[decided("2020-01-01", galler_tom="2021-12-31"), decided("2022-01-15", beslut_id="B2")],
        uppdrag={"skickat": "2020-01-01"},
        genomforandeplan={"upprattad": "2020-02-01", "klarmarkerad": "2020-02-01"},
        uppfoljning=noted("2021-06-15", beslut_id=None, plan_id="P1", part="utforare"),
    )
    found = figures(world, LAN)
    assert total(found, "T3", "2023-05") == (1, 0)
    assert total(found, "T3", "2023-06") == (1, 1)  # 2021-06-15 plus 730 days is 2023-06-15


def test_a_refused_decision_and_one_that_never_began_are_in_no_episode() -> None:
    never = decided("2020-01-01", beslut_id="B2", upphort="2019-12-30", upphort_orsak="avliden")
    world = a_world(beslut=[decided("2020-01-01", utfall="avslag"), never])
    assert total(figures(world, LAN), "T3", "2023-01") is None


def test_an_alarm_needs_no_follow_up() -> None:
    found = figures(a_world(beslut=decided("2020-01-01", insats=ALARM)), LAN)
    assert (total(found, "T3", "2022-12"), total(found, "T4", "2022-12")) == ((0, 0), (0, 0))


def test_days_since_follow_up_are_counted_from_the_beginning_when_there_is_none() -> None:
    found = figures(a_world(beslut=decided("2022-01-31"), uppfoljning=noted("2023-03-10")), LAN)
    assert total(found, "T4", "2022-02") == (1, 1)
    assert total(found, "T4", "2023-01") == (1, 1)  # the 365th day
    assert total(found, "T4", "2023-02") == (1, 0)
    assert total(found, "T4", "2023-03") == (1, 1)
    assert total(found, "T4", "2024-03") == (1, 0)  # a leap year


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        (noted("2023-04-01"), (1, 1)),  # ninety days before
        (noted("2023-03-31"), (1, 0)),
        (noted("2023-06-30"), (1, 1)),
        (noted("2023-07-01"), (1, 0)),
        (noted("2023-05-01", part="utforare"), (1, 0)),
        (noted("2023-05-01", status="makulerad"), (1, 0)),
    ],
)
def test_a_time_limited_decision_is_followed_up_before_its_end(follow_up: dict[str, Any], expected: Any) -> None:
    world = a_world(beslut=decided("2022-07-01", galler_tom="2023-06-30"), uppfoljning=follow_up)
    assert total(figures(world, LAN), "T5", "2023-06") == expected


def test_what_ended_before_its_end_and_what_could_not_be_seen_is_excluded() -> None:
    early = a_world(beslut=decided("2022-07-01", galler_tom="2023-06-30", upphort="2023-06-29"))
    assert total(figures(early, LAN), "T5", "2023-06") == (0, 0)
    world = a_world(beslut=decided("2022-07-01", galler_tom="2023-06-30"))
    for migrated, expected in ((date(2023, 4, 1), (1, 0)), (date(2023, 4, 2), (0, 0))):
        unseen = profile(migrerad=migrated, ej_observerbart=["journal"])
        assert total(figures(world, LAN, unseen), "T5", "2023-06") == expected


@pytest.mark.parametrize(
    ("follow_up", "extent", "expected"),
    [
        (noted("2022-03-01"), 20.0, (1, 1)),
        (noted("2023-04-16", kanal="folja_upp"), 20.0, (1, 0)),  # sixty days before
        (noted("2023-04-15", kanal="folja_upp"), 20.0, (1, 1)),
        (noted("2023-06-15", kanal="folja_upp", part="utforare"), 20.0, (1, 0)),
        (noted("2023-04-16"), 20.0, (1, 1)),  # in the journal alone
        (noted("2022-03-01"), 23.0, (0, 0)),  # more was granted: the investigation had another reason
    ],
)
def test_a_new_investigation_instead_of_a_follow_up(follow_up: dict[str, Any], extent: float, expected: Any) -> None:
    common = {"omfattning_enhet": "timmar_per_manad"}
    world = a_world(
        utredning=[{}, {"utredning_id": "U2", "inledd": "2023-06-15"}],
        beslut=[
            decided("2022-01-01", galler_tom="2023-06-30", utredning_id="U1", omfattning=20.0) | common,
            decided("2023-07-01", beslut_id="B2", utredning_id="U2", omfattning=extent) | common,
        ],
        uppfoljning=follow_up,
    )
    found = figures(world, LAN)
    month = follow_up["datum"][:7]
    of_the_authority = 1 if follow_up.get("part", "myndighet") == "myndighet" else 0
    assert total(found, "F3", "2023-06") == expected
    if month != "2023-06" and of_the_authority:
        assert total(found, "F3", month) == (1, 0)  # the follow-up is an occasion too


def test_an_investigation_that_several_decisions_came_from_counts_once() -> None:
    world = a_world(
        utredning=[{}, {"utredning_id": "U2", "inledd": "2023-06-15"}],
        beslut=[
            decided("2022-01-01", galler_tom="2023-06-30", utredning_id="U1", omfattning=20.0)
            | {"omfattning_enhet": "timmar_per_manad"},
            decided("2022-02-01", beslut_id="B2", insats=ALARM, galler_tom="2023-06-30", utredning_id="U1"),
            decided("2023-07-01", beslut_id="B3", utredning_id="U2", omfattning=20.0)
            | {"omfattning_enhet": "timmar_per_manad"},
            decided("2023-07-01", beslut_id="B4", insats=ALARM, utredning_id="U2"),
        ],
    )
    # The alarm, whose decision is the latest, has no extent: whether it changed is not known.
    assert total(figures(world, LAN), "F3", "2023-06") == (0, 0)


def test_answers_about_quality_are_a_share_of_the_follow_ups() -> None:
    world = a_world(
        beslut=decided("2022-01-01"),
        uppfoljning=[
            noted("2023-05-01"),
            noted("2023-05-02", uppfoljning_id="F2"),
            noted("2023-05-03", uppfoljning_id="F3", status="planerad"),
        ],
        kvalitetssvar=[{}, {"fraga": "e598B", "svar": "vet_inte"}, {"uppfoljning_id": "F3"}],
    )
    found = figures(world, LAN)
    assert total(found, "P3", "2023-05") == (2, 1)
    assert total(found, "F2", "2023-05") == (2, 0)
    unseen = profile(migrerad=date(2023, 5, 2), ej_observerbart=["folja_upp"])
    assert total(figures(world, LAN, unseen), "P3", "2023-05") == (1, 0)
