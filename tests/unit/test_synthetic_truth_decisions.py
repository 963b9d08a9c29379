"""True figures of T6–T9, T13 and F1 in worlds of a decision or two, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.truth_worlds import LSS_HOUSING, SPECIAL_HOUSING, a_world, county, decided, figures, profile, total

LAN = county()
HOURS = {"omfattning_enhet": "timmar_per_manad"}


def renewed(begins: str, follow_up: dict[str, Any] | None = None, **others: Any) -> Any:
    """Figures of a decision to the last of June 2023 that is followed by another."""
    first = decided("2022-07-01", galler_tom="2023-06-30", utredning_id="U1", omfattning=20.0) | HOURS
    second = decided(begins, beslut_id="B2", utredning_id="U2", omfattning=20.0) | HOURS | others
    world = a_world(
        utredning=[{}, {"utredning_id": "U2", "inledd": "2023-06-01"}],
        beslut=[first, second],
        uppfoljning=[] if follow_up is None else {"beslut_id": "B1"} | follow_up,
    )
    return figures(world, LAN)


@pytest.mark.parametrize(
    ("follow_up", "others", "expected"),
    [
        (None, {}, (1, 1)),
        (None, {"omfattning": 22.0}, (1, 1)),  # ten per cent is unchanged
        (None, {"omfattning": 22.5}, (1, 0)),
        (None, {"omfattning": 17.5}, (1, 0)),
        (None, {"omfattning": None}, (1, 0)),
        (None, {"omfattning_enhet": "timmar_per_vecka"}, (1, 0)),
        (None, {"utredning_id": "U1"}, (1, 0)),  # prolonged on the same investigation
        (None, {"utredning_id": None}, (1, 0)),
        (None, {"utfall": "avslag"}, (0, 0)),
        ({"datum": "2022-07-01"}, {}, (1, 1)),  # the first day is not after it
        ({"datum": "2022-07-02"}, {}, (1, 0)),
        ({"datum": "2023-07-01"}, {}, (1, 0)),
        ({"datum": "2023-01-01", "kanal": "journal"}, {}, (1, 1)),
        ({"datum": "2023-01-01", "part": "utforare"}, {}, (1, 1)),
    ],
)
def test_a_renewal_that_changed_nothing_without_a_follow_up(
    follow_up: dict[str, Any] | None, others: dict[str, Any], expected: Any
) -> None:
    assert total(renewed("2023-07-01", follow_up, **others), "T6", "2023-06") == expected


@pytest.mark.parametrize(
    ("begins", "forced", "gap"),
    [
        ("2023-06-01", (1, 1), (1, 0)),  # they overlap
        ("2023-07-01", (1, 1), (1, 0)),
        ("2023-07-02", (1, 1), (1, 1)),  # one day without a decision
        ("2023-07-30", (1, 1), (1, 1)),
        ("2023-07-31", (0, 0), (1, 1)),  # too late to be a renewal
        ("2023-09-28", (0, 0), (1, 1)),
        ("2023-09-29", (0, 0), (0, 0)),
    ],
)
def test_days_without_a_decision_before_the_next(begins: str, forced: Any, gap: Any) -> None:
    found = renewed(begins)
    assert (total(found, "T6", "2023-06"), total(found, "T7", "2023-06")) == (forced, gap)


def test_an_end_that_has_just_come_is_not_judged_yet() -> None:
    first = decided("2023-05-01", galler_tom="2024-05-31", omfattning=20.0) | HOURS
    world = a_world(beslut=[first, decided("2024-06-01", beslut_id="B2", omfattning=20.0) | HOURS])
    found = figures(world, LAN)
    assert total(found, "T6", "2024-05") == (1, 0)  # 30 days later is the day of extraction
    assert total(found, "T7", "2024-05") == (0, 0)
    assert total(figures(world, LAN, day=date(2024, 8, 29)), "T7", "2024-05") == (1, 0)


def test_the_step_could_not_be_seen_when_the_decision_began_before_the_migration() -> None:
    unseen = profile(migrerad=date(2022, 7, 2), ej_observerbart=["folja_upp"])
    world = a_world(
        beslut=[decided("2022-07-01", galler_tom="2023-06-30"), decided("2023-07-01", beslut_id="B2")],
    )
    found = figures(world, LAN, unseen)
    assert (total(found, "T6", "2023-06"), total(found, "T7", "2023-06")) == ((0, 0), (1, 0))


@pytest.mark.parametrize(
    ("day", "asked", "outcome", "expected"),
    [
        ("2023-01-31", "2023-01-01", "bifall", (1, 1)),
        ("2023-01-31", "2022-12-31", "bifall", (1, 0)),
        ("2023-01-31", "2023-01-01", "avslag", (1, 1)),
        ("2023-01-31", "2023-01-01", "avvisat", None),
        ("2023-01-31", None, "bifall", (0, 0)),
        ("2023-01-31", "2023-02-01", "bifall", (0, 0)),
    ],
)
def test_the_time_from_the_application_to_the_decision(day: str, asked: str, outcome: str, expected: Any) -> None:
    world = a_world(utredning={"ansokan_datum": asked}, beslut=decided(day, utredning_id="U1", utfall=outcome))
    assert total(figures(world, LAN), "T8", "2023-01") == expected


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"verkstallt": "2023-02-28"}, (1, 0)),  # three months after the thirtieth of November
        ({"verkstallt": "2023-03-01"}, (1, 1)),
        ({}, (1, 1)),
        ({"ej_verkstallt_skal": "resursbrist"}, (1, 1)),
        ({"ej_verkstallt_skal": "vill_vanta"}, (0, 0)),
        ({"upphort": "2023-02-27"}, (0, 0)),
        ({"upphort": "2023-02-28"}, (1, 1)),
        ({"upphort": "2023-02-27", "verkstallt": "2022-12-01"}, (1, 0)),
        ({"utfall": "avslag"}, (0, 0)),
    ],
)
def test_carried_out_within_three_calendar_months(others: dict[str, Any], expected: Any) -> None:
    found = figures(a_world(beslut=decided("2022-11-30", **others)), LAN)
    assert total(found, "T9", "2023-02") == expected
    assert total(found, "T9", "2023-03") is None


def test_the_three_months_end_on_the_twenty_ninth_in_a_leap_year() -> None:
    found = figures(a_world(beslut=decided("2023-11-30", verkstallt="2024-02-29")), LAN)
    assert total(found, "T9", "2024-02") == (1, 0)


@pytest.mark.parametrize(
    ("insats", "asked", "moved_in", "expected"),
    [
        (SPECIAL_HOUSING, "2022-01-01", "2022-04-01", (1, 1)),  # ninety days from the application
        (SPECIAL_HOUSING, "2021-12-31", "2022-04-01", (1, 0)),
        (SPECIAL_HOUSING, None, "2022-04-01", (0, 0)),
        (LSS_HOUSING, None, "2022-04-16", (1, 1)),  # ninety days from the decision
        (LSS_HOUSING, "2020-01-01", "2022-04-17", (1, 0)),
    ],
)
def test_the_wait_for_housing(insats: str, asked: str | None, moved_in: str, expected: Any) -> None:
    world = a_world(
        utredning={"ansokan_datum": asked},
        beslut=decided("2022-01-16", utredning_id="U1", insats=insats, verkstallt=moved_in),
    )
    assert total(figures(world, LAN), "T13", "2022-04") == expected


@pytest.mark.parametrize(("begins", "expected"), [("2022-07-31", (0, 0)), ("2022-08-01", (1, 1))])
def test_a_decision_that_continues_the_housing_is_no_wait(begins: str, expected: Any) -> None:
    first = decided("2022-01-16", beslut_id="B1", insats=LSS_HOUSING, verkstallt="2022-02-01", galler_tom="2022-06-30")
    second = decided(begins, beslut_id="B2", insats=LSS_HOUSING, verkstallt=begins)
    assert total(figures(a_world(beslut=[first, second]), LAN), "T13", begins[:7]) == expected


CHAIN: dict[str, Any] = {
    "utredning": {"avslutad": "2022-01-31"},
    "bedomning": {},
    "beslut": decided("2022-01-31", utredning_id="U1"),
    "uppdrag": {"skickat": "2022-02-01"},
    "genomforandeplan": {"upprattad": "2022-02-03", "klarmarkerad": "2022-02-05"},
    "uppfoljning": {"plan_id": "P1", "part": "utforare", "kanal": "journal", "datum": "2023-02-10"},
}


def test_a_chain_is_whole_from_the_day_of_its_last_step_in_the_second_year() -> None:
    found = figures(a_world(**CHAIN), LAN)
    assert total(found, "F1", "2022-12") is None
    assert total(found, "F1", "2023-01") == (1, 0)
    assert total(found, "F1", "2023-02") == (1, 1)
    assert total(found, "F1", "2023-12") == (1, 1)
    assert total(found, "F1", "2024-01") is None


@pytest.mark.parametrize("step", ["bedomning", "uppfoljning", "genomforandeplan"])
def test_a_chain_without_a_step_is_not_whole(step: str) -> None:
    without = {name: rows for name, rows in CHAIN.items() if name != step}
    if step == "genomforandeplan":
        without["uppfoljning"] = CHAIN["uppfoljning"] | {"plan_id": None, "beslut_id": "B1"}
    assert total(figures(a_world(**without), LAN), "F1", "2023-12") == (1, 0)


def test_a_chain_that_began_before_plans_or_the_journal_could_be_seen_is_excluded() -> None:
    for thing in ("journal", "genomforandeplan"):
        unseen = profile(migrerad=date(2022, 2, 1), ej_observerbart=[thing])
        assert total(figures(a_world(**CHAIN), LAN, unseen), "F1", "2023-12") == (0, 0)
