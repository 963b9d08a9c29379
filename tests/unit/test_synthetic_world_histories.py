"""The made-up world has what the indicators are about: late plans, waits, renewals, scales that disagree."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ibic_pipeline.synthetic.delivered import as_delivered
from ibic_pipeline.synthetic.histories import simulate
from tests.support.made_up import SHIPPED

World = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def world() -> World:
    return simulate("0680", seed=3, scale=0.1, start=date(2019, 1, 1), end=date(2026, 6, 30), migrerad=date(2022, 9, 1))


def days_between(first: pd.Series, last: pd.Series) -> pd.Series:
    return (last.astype("datetime64[s]") - first.astype("datetime64[s]")).dt.days


def test_individual_plans_belong_to_lss_and_some_are_gone_through_late(world: World) -> None:
    plans = world["genomforandeplan"]
    plans = plans[plans["typ"] == "individuell_plan"].merge(world["uppdrag"][["uppdrag_id", "beslut_id"]])
    plans = plans.merge(world["beslut"][["beslut_id", "individ_id", "lagrum"]])
    assert set(plans["lagrum"]) == {"lss"}
    completed = plans.dropna(subset=["klarmarkerad"]).sort_values(["individ_id", "klarmarkerad"])
    day = completed["klarmarkerad"].astype("datetime64[s]")
    between = day.groupby(completed["individ_id"].to_numpy()).diff().dt.days.dropna()
    assert between.median() == pytest.approx(345, abs=40)
    assert 0.1 < (between > 365).mean() < 0.4
    under_lss = world["beslut"].loc[world["beslut"]["lagrum"] == "lss", "individ_id"].nunique()
    assert 0.2 < plans["individ_id"].nunique() / under_lss < 0.5


def test_people_wait_for_housing_and_hardly_for_anything_else(world: World) -> None:
    decisions = world["beslut"].dropna(subset=["verkstallt"])
    housing = decisions["insats"] == "YAA.75.ZZ"
    waited = days_between(decisions["beslutsdatum"], decisions["verkstallt"])
    assert waited[housing].quantile(0.75) > 25
    assert waited[~housing].median() < 15
    late = decisions[waited > 92]
    assert 0.002 < len(late) / len(decisions) < 0.05
    assert {"resursbrist", "vill_vanta"} <= set(late["ej_verkstallt_skal"].dropna())


def test_some_decisions_never_began_because_the_person_died_moved_or_declined(world: World) -> None:
    decisions = world["beslut"]
    never = decisions[(decisions["upphort"] < decisions["galler_fran"]).fillna(False)]
    assert len(never) > 0
    assert set(never["upphort_orsak"]) <= {"avliden", "flytt", "egen_begaran"}
    assert never["verkstallt"].isna().all()


def test_some_investigations_lead_to_several_decisions_and_none_ends_in_a_decision_that_is_not_there(
    world: World,
) -> None:
    made_on = world["beslut"]["utredning_id"]
    assert 0.01 < made_on.dropna().duplicated().mean() < 0.15
    investigations = world["utredning"]
    decided = investigations.loc[investigations["utfall"] == "beslut", "utredning_id"]
    assert (~decided.isin(made_on)).sum() <= made_on.isna().sum()


def test_the_stated_outcome_mostly_agrees_with_the_scale(world: World) -> None:
    judged = world["maluppfyllelse"].merge(world["mal"][["mal_id", "avsett"]], on="mal_id")
    judged = judged.dropna(subset=["skala_vid_uppfoljning", "avsett"])
    assert 0 < (judged["skala_vid_uppfoljning"] > 4).mean() < 0.1
    judged = judged[(judged["skala_vid_uppfoljning"] <= 4) & judged["utfall"].isin(["helt", "inte"])]
    agrees = (judged["utfall"] == "helt") == (judged["skala_vid_uppfoljning"] <= judged["avsett"])
    assert 0.8 < agrees.mean() < 0.99


def test_goals_have_words_a_number_both_or_a_few_words(world: World) -> None:
    goals = world["mal"]
    worded, numbered = goals["text_langd"].notna(), goals["avsett"].notna()
    for share in ((worded & numbered).mean(), (worded & ~numbered).mean(), (~worded & numbered).mean()):
        assert share > 0.05
    assert not (~worded & ~numbered).any()
    assert 0.02 < (goals["text_langd"].str.len() < 20).mean() < 0.2


def test_what_a_profile_has_no_place_for_is_not_known(world: World) -> None:
    held = as_delivered(world, SHIPPED.profil("0643"))
    assert held["uppdrag"]["antal_mal"].isna().all()
    assert held["uppdrag"]["antal_mal"].dtype == world["uppdrag"]["antal_mal"].dtype
    assert held["individ"]["fodelsear"].equals(world["individ"]["fodelsear"])  # read from the personal number
    assert np.all([held[table].columns.equals(frame.columns) for table, frame in world.items()])
    assert as_delivered(world, SHIPPED.profil("0642"))["uppdrag"].equals(world["uppdrag"])
