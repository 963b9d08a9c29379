"""True figures of a world of three decisions, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.county import Lan
from ibic_pipeline.synthetic.truth import periods
from tests.support.truth_worlds import MAN, PROTECTED, WOMAN, World, county, figures, profile, table


def follow_up(number: int, decision: str, kanal: str, datum: date) -> dict[str, Any]:
    return {
        "uppfoljning_id": f"F{number}",
        "beslut_id": decision,
        "part": "myndighet",
        "kanal": kanal,
        "datum": datum,
        "status": "klarmarkerad",
    }


@pytest.fixture
def world() -> World:
    common = {"lagrum": "sol_2001", "utan_behovsprovning": False}
    return {
        "individ": table(
            "individ",
            {"individ_id": WOMAN, "fodelsear": 1940, "kon": "kvinna", "skydd": "ingen"},
            {"individ_id": MAN, "fodelsear": 1958, "kon": "man"},
            {"individ_id": PROTECTED, "fodelsear": 1990, "kon": "kvinna", "skydd": "sekretessmarkering"},
        ),
        "utredning": table("utredning"),
        "bedomning": table("bedomning"),
        "beslut": table(
            "beslut",
            common
            | {"beslut_id": "B1", "individ_id": WOMAN, "insats": "YAA.05.00", "utfall": "bifall"}
            | {"beslutsdatum": date(2022, 1, 3), "galler_fran": date(2022, 1, 31)},
            common
            | {"beslut_id": "B2", "individ_id": MAN, "insats": "YAA.45.ZZ", "utfall": "delvis_bifall"}
            | {"beslutsdatum": date(2022, 1, 31), "galler_fran": date(2022, 2, 1), "galler_tom": date(2023, 6, 30)},
            common
            | {"beslut_id": "B3", "individ_id": PROTECTED, "insats": "YAA.45.ZZ", "utfall": "avslag"}
            | {"beslutsdatum": date(2021, 12, 20), "galler_fran": date(2022, 1, 1)},
        ),
        "uppdrag": table(
            "uppdrag",
            {"uppdrag_id": "U1", "beslut_id": "B1", "regiform": "privat_lov", "skickat": date(2022, 1, 4)}
            | {"mottaget": date(2022, 1, 12), "paborjat": date(2022, 1, 15)},
            {"uppdrag_id": "U2", "beslut_id": "B2", "skickat": date(2022, 2, 1), "paborjat": date(2022, 2, 3)},
            {"uppdrag_id": "U3", "beslut_id": "B1", "regiform": "kommunal", "skickat": date(2023, 4, 28)}
            | {"paborjat": date(2023, 5, 1), "avslutat": date(2023, 5, 10)},
            {"uppdrag_id": "U4", "beslut_id": "B1", "regiform": "kommunal", "paborjat": date(2024, 6, 20)},
        ),
        "genomforandeplan": table(
            "genomforandeplan",
            {"plan_id": "P1", "uppdrag_id": "U1", "status": "delgiven", "klarmarkerad": date(2022, 1, 29)},
            {"plan_id": "P2", "uppdrag_id": "U2", "typ": "plan", "status": "klarmarkerad"}
            | {"klarmarkerad": date(2022, 2, 18)},
            {"plan_id": "P3", "uppdrag_id": "U2", "typ": "rutinbeskrivning", "status": "klarmarkerad"}
            | {"klarmarkerad": date(2022, 2, 5)},
        ),
        "mal": table("mal", {"mal_id": "M1", "beslut_id": "B1"}, {"mal_id": "M2", "beslut_id": "B1"}),
        "uppfoljning": table(
            "uppfoljning",
            follow_up(1, "B1", "folja_upp", date(2023, 3, 15)),
            follow_up(2, "B1", "journal", date(2023, 3, 15)),
            follow_up(3, "B1", "folja_upp", date(2023, 4, 10)),
            follow_up(4, "B2", "journal", date(2023, 5, 31)),
            follow_up(5, "B1", "journal", date(2023, 6, 1)),
        ),
        "maluppfyllelse": table(
            "maluppfyllelse",
            {"uppfoljning_id": "F1", "mal_id": "M1", "utfall": "delvis"},
            {"uppfoljning_id": "F2", "mal_id": "M1", "utfall": "helt"},
            {"uppfoljning_id": "F3", "mal_id": "M1", "utfall": "ej_bedomt"},
        ),
        "kvalitetssvar": table("kvalitetssvar"),
    }


@pytest.fixture
def lan() -> Lan:
    return county(("kon", "aldersgrupp", "insatsgrupp", "regiform", "kon_x_lagrum"))


@pytest.mark.parametrize(
    ("period", "in_step", "any_channel"),
    [
        ("2022-01", (0, 0), (0, 0)),  # the refusal alone is in force long enough to be seen, as excluded
        ("2022-12", (0, 0), (0, 0)),
        ("2023-01", (1, 0), (1, 0)),  # 2022-01-31 plus 365 days is the last of January
        ("2023-02", (2, 0), (2, 0)),
        ("2023-03", (2, 1), (2, 1)),
        ("2023-06", (2, 1), (2, 2)),  # the second decision's last day is the period's
        ("2023-07", (1, 1), (1, 1)),
        ("2024-03", (1, 1), (1, 1)),
        ("2024-04", (1, 0), (1, 1)),  # 2023-04-10 plus 365 days is 2024-04-09
        ("2024-05", (1, 0), (1, 0)),  # 2023-06-01 plus 365 days is the last of May
        ("2023-K2", (2, 1), (2, 2)),
        ("2023", (1, 1), (1, 1)),
    ],
)
def test_followed_up_within_twelve_months(world: World, lan: Lan, period: str, in_step: Any, any_channel: Any) -> None:
    found = figures(world, lan)
    assert found["T1", period, "total", "alla"] == in_step
    assert found["T2", period, "total", "alla"] == any_channel


def test_groups_follow_the_person_the_age_at_the_end_and_protection(world: World, lan: Lan) -> None:
    found = figures(world, lan)
    assert found["T1", "2023-06", "kon", "kvinna"] == (1, 1)
    assert found["T1", "2023-06", "kon", "man"] == (1, 0)
    assert found["T1", "2023-06", "kon", "ej_redovisad"] == (0, 0)
    assert found["T1", "2023-06", "kon_x_lagrum", "kvinna_x_SoL"] == (1, 1)
    assert found["T1", "2023-06", "aldersgrupp", "65-79"] == (1, 0)
    assert found["T1", "2022-12", "aldersgrupp", "18-64"] == (0, 0)
    assert found["T1", "2023-06", "regiform", "kommunal"] == (1, 1)  # the latest commission that was sent
    assert found["T10", "2022-01", "regiform", "privat"] == (1, 1)  # the commission's own
    assert found["T10", "2022-02", "regiform", "ej_redovisad"] == (1, 0)


def test_a_plan_counts_on_the_last_day_and_not_the_day_after(world: World, lan: Lan) -> None:
    found = figures(world, lan)
    assert found["T10", "2022-01", "total", "alla"] == (1, 1)
    assert found["T10", "2022-02", "total", "alla"] == (1, 0)
    assert found["T10", "2022", "total", "alla"] == (2, 1)


def test_refused_ended_and_not_yet_due_commissions_are_excluded(world: World, lan: Lan) -> None:
    found = figures(world, lan)
    assert found["T10", "2021-12", "total", "alla"] == (0, 0)
    assert found["T10", "2023-05", "total", "alla"] == (0, 0)
    assert found["T10", "2024-06", "total", "alla"] == (0, 0)
    assert figures(world, lan, day=date(2024, 7, 4))["T10", "2024-06", "total", "alla"] == (1, 0)


def test_the_last_judgement_of_a_goal_in_the_period_counts(world: World, lan: Lan) -> None:
    found = figures(world, lan)
    assert found["M1", "2023-03", "total", "alla"] == (1, 1)
    assert found["M1", "2023-04", "total", "alla"] == (0, 0)
    assert found["M1", "2023-K1", "total", "alla"] == (1, 1)
    assert found["M1", "2023", "total", "alla"] == (0, 0)


def test_goals_that_were_not_judged_lower_the_coverage(world: World, lan: Lan) -> None:
    found = figures(world, lan)
    assert found["M3", "2023-03", "total", "alla"] == (2, 1)
    assert found["M3", "2023", "total", "alla"] == (2, 0)


def test_goals_of_a_decision_without_assessment_of_needs_are_excluded(world: World, lan: Lan) -> None:
    world["beslut"]["utan_behovsprovning"] = pd.array([True, False, False], dtype=pd.ArrowDtype(pa.bool_()))
    found = figures(world, lan)
    assert found["M1", "2023-03", "total", "alla"] == (0, 0)
    assert found["M3", "2023-03", "total", "alla"] == (0, 0)


def test_follow_ups_in_the_step_are_a_share_of_all(world: World, lan: Lan) -> None:
    assert figures(world, lan)["F2", "2023", "total", "alla"] == (5, 2)


def test_what_cannot_be_observed_is_excluded_and_not_missing(world: World, lan: Lan) -> None:
    unseen = profile(migrerad=date(2023, 4, 1), ej_observerbart=["folja_upp", "maluppfyllelse"])
    found = figures(world, lan, unseen)
    assert found["F2", "2023-03", "total", "alla"] == (0, 0)
    assert found["F2", "2023-04", "total", "alla"] == (1, 1)
    assert found["M3", "2023-03", "total", "alla"] == (0, 0)
    assert found["T1", "2024-02", "total", "alla"] == (0, 0)
    assert found["T1", "2024-03", "total", "alla"] == (1, 1)
    assert found["T2", "2023-06", "total", "alla"] == (2, 2)


def test_interventions_without_requirement_are_excluded(world: World, lan: Lan) -> None:
    world["beslut"]["insats"] = pd.array(["YAA.35.ZZ", "YAA.65.ZZ", "YAA.45.ZZ"], dtype=pd.ArrowDtype(pa.string()))
    found = figures(world, lan)
    assert found["T1", "2023-06", "total", "alla"] == (1, 0)
    assert found["T10", "2022-02", "total", "alla"] == (0, 0)


def test_periods_are_those_that_have_ended() -> None:
    names = [period.name for period in periods("2023-02", date(2024, 6, 29))]
    assert names[0] == "2023-02"
    assert [name for name in names if "K" in name] == ["2023-K2", "2023-K3", "2023-K4", "2024-K1"]
    assert [name for name in names if "H" in name] == ["2023-H2"]
    assert "2024-06" not in names
    assert "2023" not in names
