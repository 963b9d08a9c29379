"""Indicators about goals by their definitions: M1–M7, D1 and D2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_facts import Facts, Units
from ibic_pipeline.synthetic.truth_kinds import Event, never_replaced
from ibic_pipeline.synthetic.truth_parameters import Parameters
from ibic_pipeline.synthetic.truth_reading import NO_NUMBER, NO_ROW, Table, with_none


@dataclass(frozen=True)
class _Judged:
    """Goals at the days on which they were judged; numbers on the scale are ``NO_NUMBER`` where there is none."""

    units: Units
    till: Ints
    excluded: Bools
    helt: Bools
    delvis: Bools
    followed_up: Ints
    aimed: Ints
    assessed: Ints
    assessed_on: Ints


def m1(facts: Facts, of: Parameters) -> Event:
    """Goals wholly reached, each time that a goal is judged."""
    judged = _judged(facts, of)
    return _event(judged, np.zeros(len(judged.till), bool), judged.helt)


def m2(facts: Facts, of: Parameters) -> Event:
    """Goals reached at least in part."""
    judged = _judged(facts, of)
    return _event(judged, np.zeros(len(judged.till), bool), judged.helt | judged.delvis)


def m4(facts: Facts, of: Parameters) -> Event:
    """Goals whose aim was reached on the scale."""
    judged = _judged(facts, of)
    return _event(judged, _without(judged.aimed, judged.followed_up), judged.followed_up <= judged.aimed)


def m5(facts: Facts, of: Parameters) -> Event:
    """Goals in which functioning has become better since the assessment."""
    judged = _judged(facts, of)
    return _event(judged, _not_comparable(judged, of), judged.followed_up < judged.assessed)


def m6(facts: Facts, of: Parameters) -> Event:
    """Goals of keeping what there is, in which it was kept."""
    judged = _judged(facts, of)
    excluded = _not_comparable(judged, of) | (judged.aimed == NO_NUMBER) | (judged.aimed != judged.assessed)
    return _event(judged, excluded, judged.followed_up <= judged.assessed)


def m7(facts: Facts, of: Parameters) -> Event:
    """Goals of which the stated outcome says the same as the scale."""
    judged = _judged(facts, of)
    on_scale = judged.followed_up <= judged.aimed
    excluded = _without(judged.aimed, judged.followed_up) | judged.delvis
    return _event(judged, excluded, judged.helt == on_scale)


def _event(judged: _Judged, excluded: Bools, reached: Bools) -> Event:
    return Event(judged.units, judged.till, judged.excluded | excluded, reached)


def _without(one: Ints, other: Ints) -> Bools:
    return np.asarray((one == NO_NUMBER) | (other == NO_NUMBER))


def _not_comparable(judged: _Judged, of: Parameters) -> Bools:
    too_soon = judged.units.fran < judged.assessed_on + of["skala_avstand_dagar"]
    return np.asarray(_without(judged.assessed, judged.followed_up) | too_soon)


def m3(facts: Facts, of: Parameters) -> Event:
    """Goals judged, each day that their decision or plan is followed up."""
    done = facts.follow_up["gjord"]
    days = pd.DataFrame({"agare": _parent(facts, facts.follow_up)[done], "dag": facts.follow_up["datum"][done]})
    days = days.drop_duplicates().sort_values(["agare", "dag"], ignore_index=True)
    days["till"] = _next_of_same(days["agare"].to_numpy(), days["dag"].to_numpy())
    goals = pd.DataFrame({"agare": _parent(facts, facts.goal), "mal": np.arange(len(facts.goal["plan"]))})
    units = goals.merge(days, on="agare")
    judged = _judgements(facts)
    at = judged.loc[~judged["ej_bedomt"], ["mal", "datum"]].drop_duplicates().assign(bedomt=True)
    units = units.merge(at, left_on=["mal", "dag"], right_on=["mal", "datum"], how="left")
    day, goal = units["dag"].to_numpy(), units["mal"].to_numpy()
    of_decision, of_commission = (side[goal] for side in facts.owner(facts.goal))
    excluded = facts.decision["utan_prov"][of_decision] | of.unseen("maluppfyllelse", day)
    found = facts.units(of_decision, day, of_commission)
    return Event(found, units["till"].to_numpy(), excluded, units["bedomt"].notna().to_numpy())


def d1(facts: Facts, of: Parameters) -> Event:
    """Goals that can be measured: a number on the scale and words that say more than it."""
    goal = facts.goal
    worded = (goal["langd"] >= of["minsta_textlangd"]) & ~goal["endast_skala"]
    return _goals_set(facts, (goal["avsett"] != NO_NUMBER) & worded)


def d2(facts: Facts, _: Parameters) -> Event:
    """Goals that are nothing but a number on the scale."""
    goal = facts.goal
    return _goals_set(facts, (goal["avsett"] != NO_NUMBER) & ((goal["langd"] == 0) | goal["endast_skala"]))


def _goals_set(facts: Facts, reached: Bools) -> Event:
    """Goals by the day on which they were set."""
    goal = facts.goal
    rows = np.flatnonzero(goal["dag"] < NEVER)
    of_decision, of_commission = (side[rows] for side in facts.owner(goal))
    units = facts.units(of_decision, goal["dag"][rows], of_commission)
    return Event(units, never_replaced(len(rows)), facts.decision["utan_prov"][of_decision], reached[rows])


def _judged(facts: Facts, of: Parameters) -> _Judged:
    found = _judgements(facts).sort_values(["mal", "datum", "ordning"]).drop_duplicates(["mal", "datum"], keep="last")
    goal, day, outcome = (found[name].to_numpy() for name in ("mal", "datum", "utfall"))
    of_decision, of_commission = (side[goal] for side in facts.owner(facts.goal))
    excluded = facts.decision["utan_prov"][of_decision] | of.unseen("maluppfyllelse", day)
    investigated = facts.decision["utredning"][of_decision]
    closed = with_none(facts.investigation["avslutad"], NEVER)[investigated]
    return _Judged(
        units=facts.units(of_decision, day, of_commission),
        till=_next_of_same(goal, day),
        excluded=excluded | facts.outcome["ej_bedomt"][outcome],
        helt=facts.outcome["helt"][outcome],
        delvis=facts.outcome["delvis"][outcome],
        followed_up=facts.outcome["uppfoljt"][outcome],
        aimed=facts.goal["avsett"][goal],
        assessed=_assessed(facts.assessment, investigated, facts.goal["icf"][goal]),
        assessed_on=np.where(closed < NEVER, closed, facts.decision["beslutad"][of_decision]),
    )


def _assessed(assessment: Table, investigated: Ints, icf: Ints) -> Ints:
    """The number on the scale that the investigation gave the code."""
    apart = int(max(assessment["icf"].max(initial=0), icf.max(initial=0))) + 3
    keys = assessment["utredning"] * apart + assessment["icf"]
    order = np.argsort(keys, kind="stable")
    wanted = investigated * apart + icf
    at = np.searchsorted(keys[order], wanted)
    found = np.append(keys[order], NEVER * NEVER)[at] == wanted
    return np.where(found, np.append(assessment["tal"][order], NO_NUMBER)[at], NO_NUMBER)


def _judgements(facts: Facts) -> pd.DataFrame:
    """Outcomes of goals at follow-ups that were done: ``mal``, ``datum``, ``ordning``, ``ej_bedomt``, ``utfall``."""
    follow_up = facts.outcome["uppfoljning"]
    done = facts.follow_up["gjord"][follow_up]
    return pd.DataFrame(
        {
            "mal": facts.outcome["mal"],
            "datum": facts.follow_up["datum"][follow_up],
            "ordning": facts.follow_up["ordning"][follow_up],
            "ej_bedomt": facts.outcome["ej_bedomt"],
            "utfall": np.arange(len(follow_up)),
        }
    )[done]


def _parent(facts: Facts, of: Table) -> Ints:
    """One number per decision or plan to which goals or follow-ups belong."""
    return np.where(of["plan"] == NO_ROW, of["beslut"], len(facts.decision["fran"]) + of["plan"])


def _next_of_same(unit: Ints, day: Ints) -> Ints:
    """The following day of the same unit, ``NEVER`` after the last; both in order of unit and day."""
    same = np.append(unit[1:] == unit[:-1], False)[: len(unit)]
    return np.where(same, np.append(day[1:], NEVER)[: len(unit)], NEVER)
