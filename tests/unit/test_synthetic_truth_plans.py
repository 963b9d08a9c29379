"""True figures of T11, T12, F4–F6 and P2 in worlds of a plan or two, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.truth_worlds import LSS_DAY, SHORT_STAY, a_world, county, decided, figures, profile, total

LAN = county(("lagrum", "regiform"))
BEGUN = {"skickat": "2022-01-10", "paborjat": "2022-01-15"}


def drawn_up(day: str, **others: Any) -> dict[str, Any]:
    """A plan that was drawn up and completed on the day."""
    return {"upprattad": day, "klarmarkerad": day} | others


def test_a_plan_is_current_for_a_year_from_the_day_on_which_it_was_completed() -> None:
    world = a_world(beslut=decided("2022-01-10"), uppdrag=BEGUN, genomforandeplan=drawn_up("2022-01-20"))
    found = figures(world, LAN)
    assert total(found, "T11", "2022-01") == (1, 1)  # the fourteenth day was the 29th
    assert total(found, "T11", "2022-12") == (1, 1)
    assert total(found, "T11", "2023-01") == (1, 0)
    assert found["F6", "2022-12", "regiform", "kommunal"] == (1, 1)


@pytest.mark.parametrize(
    ("decision", "commission", "expected"),
    [
        ({}, {"avslutat": "2022-11-30"}, None),
        ({}, {"avslutat": "2022-12-31"}, (1, 1)),
        ({"galler_tom": "2022-12-30"}, {}, None),
        ({"insats": SHORT_STAY}, {}, (0, 0)),
        ({}, {"paborjat": None}, (0, 0)),
        ({}, {"paborjat": None, "mottaget": "2022-01-12"}, (1, 1)),
    ],
)
def test_commissions_that_go_on_and_need_a_plan(decision: Any, commission: Any, expected: Any) -> None:
    world = a_world(
        beslut=decided("2022-01-10", **decision),
        uppdrag=BEGUN | commission,
        genomforandeplan=drawn_up("2022-01-20"),
    )
    assert total(figures(world, LAN), "T11", "2022-12") == expected


@pytest.mark.parametrize("kind", ["rutinbeskrivning", "individuell_plan"])
def test_only_a_plan_of_the_provider_is_a_current_plan(kind: str) -> None:
    world = a_world(beslut=decided("2022-01-10"), uppdrag=BEGUN, genomforandeplan=drawn_up("2022-01-20", typ=kind))
    assert total(figures(world, LAN), "T11", "2022-12") == (1, 0)


def test_what_happened_before_plans_could_be_seen_is_excluded() -> None:
    world = a_world(beslut=decided("2022-01-10"), uppdrag=BEGUN, genomforandeplan=drawn_up("2022-01-20"))
    unseen = profile(migrerad=date(2022, 2, 1), ej_observerbart=["genomforandeplan"])
    found = figures(world, LAN, unseen)
    assert (total(found, "T11", "2022-12"), total(found, "T11", "2023-02")) == ((0, 0), (1, 0))
    assert total(found, "P2", "2022-01") == (0, 0)
    assert total(found, "F4", "2022-02") == (0, 0)


def test_the_difference_between_providers_leaves_out_those_of_unknown_form() -> None:
    world = a_world(beslut=decided("2022-01-10"), uppdrag=BEGUN | {"regiform": None})
    found = figures(world, LAN)
    assert (total(found, "T11", "2022-12"), total(found, "F6", "2022-12")) == ((1, 0), (0, 0))


INDIVIDUAL: dict[str, Any] = {
    "beslut": decided("2022-01-10", insats=LSS_DAY, lagrum="lss"),
    "uppdrag": BEGUN,
    "genomforandeplan": [
        drawn_up("2022-03-10", typ="individuell_plan"),
        drawn_up("2023-04-05", typ="individuell_plan", plan_id="P2", status="delgiven"),
        drawn_up("2023-03-20", typ="individuell_plan", plan_id="P3", status="arbetsanteckning"),
    ],
}


def test_an_individual_plan_is_to_be_gone_through_every_year() -> None:
    found = figures(a_world(**INDIVIDUAL), LAN)
    assert total(found, "T12", "2022-02") is None
    assert total(found, "T12", "2022-03") == (1, 1)
    assert total(found, "T12", "2023-02") == (1, 1)
    assert total(found, "T12", "2023-03") == (1, 0)  # 2022-03-10 plus 365 days is 2023-03-10
    assert total(found, "T12", "2023-04") == (1, 1)
    assert found["T12", "2023-04", "lagrum", "LSS"] == (1, 1)


def test_a_person_with_two_interventions_has_one_individual_plan_until_the_last_ends() -> None:
    first, second = INDIVIDUAL["beslut"] | {"galler_tom": "2022-06-30"}, INDIVIDUAL["beslut"] | {"beslut_id": "B2"}
    world = a_world(**INDIVIDUAL | {"beslut": [first, second | {"upphort": "2023-05-30"}]})
    found = figures(world, LAN)
    assert (total(found, "T12", "2022-12"), total(found, "T12", "2023-04")) == ((1, 1), (1, 1))
    assert total(found, "T12", "2023-05") is None


def test_an_individual_plan_belongs_to_the_other_law() -> None:
    found = figures(a_world(**INDIVIDUAL | {"beslut": decided("2022-01-10")}), LAN)
    assert total(found, "T12", "2022-12") is None


@pytest.mark.parametrize(
    ("plan", "february", "march"),
    [
        ({"status": "arbetsanteckning"}, (1, 1), (1, 1)),
        ({"status": "arbetsanteckning", "klarmarkerad": "2022-01-12"}, (1, 1), (1, 1)),
        ({"klarmarkerad": "2022-03-31"}, (1, 1), (1, 0)),
        ({"klarmarkerad": "2022-01-12"}, (1, 0), (1, 0)),
        ({"status": "makulerad"}, (0, 0), (0, 0)),
        ({"typ": "rutinbeskrivning", "status": "arbetsanteckning"}, (0, 0), (0, 0)),
        ({"typ": "individuell_plan", "status": "arbetsanteckning"}, None, None),
        ({"upprattad": "2022-02-15", "status": "arbetsanteckning"}, None, (1, 1)),  # fourteen days later is in March
    ],
)
def test_plans_left_as_working_notes(plan: dict[str, Any], february: Any, march: Any) -> None:
    world = a_world(
        beslut=decided("2022-01-10"),
        uppdrag=BEGUN | {"avslutat": "2022-04-15"},
        genomforandeplan={"upprattad": "2022-01-10"} | plan,
    )
    found = figures(world, LAN)
    assert (total(found, "F4", "2022-02"), total(found, "F4", "2022-03")) == (february, march)
    assert total(found, "F4", "2022-04") is None


@pytest.mark.parametrize(
    ("told", "with_goal", "expected"),
    [(2, False, (1, 1)), (0, True, (1, 0)), (None, True, (1, 1)), (None, False, (1, 0))],
)
def test_commissions_carry_the_goals_of_the_decision(told: int | None, with_goal: bool, expected: Any) -> None:
    world = a_world(
        beslut=decided("2022-01-10"),
        uppdrag=BEGUN | {"antal_mal": told},
        mal=[{"beslut_id": "B1"}] if with_goal else [],
    )
    assert total(figures(world, LAN), "F5", "2022-01") == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"delaktighet_text_langd": "Har deltagit."}, (1, 1)),
        ({"onskemal": "Samma personal."}, (1, 1)),
        ({}, (1, 0)),
        ({"onskemal": "Samma personal.", "typ": "rutinbeskrivning"}, None),
        ({"onskemal": "Samma personal.", "status": "makulerad"}, None),
    ],
)
def test_completed_plans_describe_how_the_person_took_part(texts: dict[str, Any], expected: Any) -> None:
    world = a_world(beslut=decided("2022-01-10"), uppdrag=BEGUN, genomforandeplan=drawn_up("2022-01-20", **texts))
    assert total(figures(world, LAN), "P2", "2022-01") == expected
