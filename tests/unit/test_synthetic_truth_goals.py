"""True figures of M2, M4–M7, D1–D4, P1 and P4 in worlds of a goal or an investigation, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.truth_worlds import LSS_DAY, Row, a_world, county, decided, figures, total

LAN = county(("insatsgrupp", "lagrum"))


def judged(aimed: int, assessed: int | None, outcome: str, scale: int | None, **others: Row) -> dict[str, Any]:
    """Figures of one goal in a decision of 2022-01-10 that was followed up on 2022-03-11, sixty days later."""
    world = a_world(
        utredning={"avslutad": "2022-01-10"},
        bedomning={"bedomt": assessed} | others.get("bedomning", {}),
        beslut=decided("2022-01-10", utredning_id="U1") | others.get("beslut", {}),
        mal={"beslut_id": "B1", "avsett": aimed},
        uppfoljning={"beslut_id": "B1", "datum": "2022-03-11"} | others.get("uppfoljning", {}),
        maluppfyllelse={"utfall": outcome, "skala_vid_uppfoljning": scale},
    )
    found = figures(world, LAN)
    return {name: total(found, name, "2022-03") for name in ("M1", "M2", "M4", "M5", "M6", "M7")}


NO, MISS, HIT = (0, 0), (1, 0), (1, 1)


@pytest.mark.parametrize(
    ("aimed", "assessed", "outcome", "scale", "expected"),
    [
        # in the order of M1, M2, M4, M5, M6, M7
        (1, 2, "helt", 1, (HIT, HIT, HIT, HIT, NO, HIT)),
        (1, 2, "delvis", 2, (MISS, HIT, MISS, MISS, NO, NO)),
        (1, 2, "inte", 3, (MISS, MISS, MISS, MISS, NO, HIT)),
        (1, 2, "inte", 0, (MISS, MISS, HIT, HIT, NO, MISS)),  # the scale says otherwise
        (1, 2, "helt", 2, (HIT, HIT, MISS, MISS, NO, MISS)),
        (2, 2, "helt", 2, (HIT, HIT, HIT, MISS, HIT, HIT)),  # kept
        (2, 2, "inte", 3, (MISS, MISS, MISS, MISS, MISS, HIT)),
        (1, 2, "helt", None, (HIT, HIT, NO, NO, NO, NO)),
        (1, 2, "helt", 9, (HIT, HIT, NO, NO, NO, NO)),  # 8 and 9 are no numbers
        (8, 2, "helt", 1, (HIT, HIT, NO, HIT, NO, NO)),
        (1, 8, "helt", 1, (HIT, HIT, HIT, NO, NO, HIT)),
        (1, None, "helt", 1, (HIT, HIT, HIT, NO, NO, HIT)),
        (1, 2, "ej_bedomt", 1, (NO, NO, NO, NO, NO, NO)),
    ],
)
def test_goals_as_stated_and_as_the_scale_says(
    aimed: int, assessed: int | None, outcome: str, scale: int | None, expected: Any
) -> None:
    assert tuple(judged(aimed, assessed, outcome, scale).values()) == expected


def test_a_change_is_not_measured_sooner_than_sixty_days_after_the_assessment() -> None:
    found = judged(2, 2, "helt", 1, uppfoljning={"datum": "2022-03-10"})
    assert (found["M4"], found["M5"], found["M6"]) == (HIT, NO, NO)


def test_a_change_is_measured_against_the_same_code_only() -> None:
    found = judged(1, 2, "helt", 1, bedomning={"icf_kod": "d520"})
    assert (found["M4"], found["M5"]) == (HIT, NO)


def test_goals_without_assessment_of_needs_are_in_no_figure_of_goals() -> None:
    found = judged(1, 2, "helt", 1, beslut={"utan_behovsprovning": True})
    assert set(found.values()) == {NO}


def test_a_goal_in_a_plan_is_held_against_the_investigation_of_its_decision() -> None:
    world = a_world(
        utredning={"avslutad": "2022-01-10"},
        bedomning={"bedomt": 3},
        beslut=decided("2022-01-10", utredning_id="U1"),
        uppdrag={"skickat": "2022-01-11"},
        genomforandeplan={"upprattad": "2022-01-20", "klarmarkerad": "2022-01-25"},
        mal={"plan_id": "P1", "avsett": 2},
        uppfoljning={"plan_id": "P1", "datum": "2022-06-01", "part": "utforare"},
        maluppfyllelse={"skala_vid_uppfoljning": 2},
    )
    found = figures(world, LAN)
    assert total(found, "M5", "2022-06") == HIT
    assert total(found, "D1", "2022-01") == MISS


@pytest.mark.parametrize(
    ("goal", "measurable", "only_scale"),
    [
        ({"avsett": 2, "text": "Ska kunna laga mat själv."}, HIT, MISS),
        ({"avsett": 2, "text": "Ska kunna laga mat ."}, HIT, MISS),  # twenty characters
        ({"avsett": 2, "text": "Ska kunna laga mat."}, MISS, MISS),
        ({"avsett": 2, "text": None}, MISS, HIT),
        ({"avsett": 2, "text": "Måttlig begränsning"}, MISS, HIT),
        ({"avsett": 9, "text": "Ska kunna laga mat själv."}, MISS, MISS),
        ({"avsett": None, "text": "Ska kunna laga mat själv."}, MISS, MISS),
        ({"avsett": None, "text": None}, MISS, MISS),
    ],
)
def test_goals_that_can_be_measured(goal: dict[str, Any], measurable: Any, only_scale: Any) -> None:
    text = {"text_langd": goal["text"], "endast_skala": goal["text"]}
    world = a_world(beslut=decided("2022-01-10"), mal={"beslut_id": "B1", "avsett": goal["avsett"]} | text)
    found = figures(world, LAN)
    assert (total(found, "D1", "2022-01"), total(found, "D2", "2022-01")) == (measurable, only_scale)


CORE: Row = {
    "avslutad": "2022-01-10",
    "utfall": "beslut",
    "uppgifter_fran": "individen",
    "samtycke": True,
    "informerat_samtal": True,
    "individens_uppfattning": "Vill klara mer själv.",
    "samlad_bedomning": "Har behov av stöd.",
    "kommunicerad": True,
}


@pytest.mark.parametrize(
    ("investigation", "assessments", "expected"),
    [
        # in the order of D3, D4, P1, P4
        ({}, [{"bedomt": 2, "resurser": "Klarar frukosten."}], (HIT, MISS, HIT, HIT)),
        ({}, [{"bedomt": 2}, {"icf_kod": "d520", "bedomt": 8}], (HIT, HIT, HIT, MISS)),
        ({}, [], (HIT, MISS, HIT, NO)),
        ({"samtycke": False}, [], (MISS, MISS, HIT, NO)),
        ({"kommunicerad": None}, [], (MISS, MISS, HIT, NO)),
        ({"uppgifter_fran": "anhorig"}, [], (HIT, MISS, MISS, NO)),
        ({"uppgifter_fran": "individen_och_andra"}, [], (HIT, MISS, HIT, NO)),
        ({"individens_uppfattning": None}, [], (MISS, MISS, MISS, NO)),
        ({"utfall": "avskriven"}, [{"bedomt": 9, "resurser": "Ja."}], (NO, NO, NO, NO)),
        ({"utfall": "aterkallad"}, [], (HIT, MISS, HIT, NO)),
        ({"avslutad": None}, [], (None, None, None, None)),
    ],
)
def test_what_an_investigation_documents(investigation: Row, assessments: list[Row], expected: Any) -> None:
    found = figures(a_world(utredning=CORE | investigation, bedomning=assessments), LAN)
    assert tuple(total(found, name, "2022-01") for name in ("D3", "D4", "P1", "P4")) == expected


def test_an_investigation_is_grouped_by_its_first_decision_or_by_its_law() -> None:
    alone = figures(a_world(utredning=CORE), LAN)
    assert alone["D3", "2022-01", "insatsgrupp", "ej_redovisad"] == HIT
    assert alone["D3", "2022-01", "lagrum", "SoL"] == HIT
    later = {"utredning_id": "U1", "insats": LSS_DAY, "lagrum": "lss"}
    world = a_world(
        utredning=CORE,
        beslut=[
            decided("2022-01-11", **later),
            decided("2022-01-10", beslut_id="B2", utredning_id="U1", utfall="avslag"),
        ],
    )
    assert figures(world, LAN)["D3", "2022-01", "insatsgrupp", "boendestod"] == HIT


def test_a_parameter_of_the_county_decides() -> None:
    world = a_world(beslut=decided("2020-01-01"))
    other = figures(world, county(lang_tid_dagar=800), day=date(2024, 6, 30))
    assert (total(figures(world, LAN), "T3", "2021-12"), total(other, "T3", "2021-12")) == (HIT, NO)
