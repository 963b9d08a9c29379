"""The six indicators by their definitions: which units there are, and which are excluded or reach the numerator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_facts import NO_ROW, Facts, Parameters, Table, Units


@dataclass(frozen=True)
class State:
    """Units that last until ``slut`` inclusive, and what is true of given ones on a day."""

    units: Units
    slut: Ints
    on: Callable[[int, Ints], tuple[Bools, Bools]]
    """(day, rows) -> in the denominator, in the numerator."""


@dataclass(frozen=True)
class Event:
    """Units that happen on a day, until they are replaced on the day ``till``."""

    units: Units
    till: Ints
    excluded: Bools
    reached: Bools


def t1(facts: Facts, of: Parameters) -> State:
    """Followed up within the deadline, in the process step."""
    return _followed_up(facts, of, facts.follow_up["i_steg"], "folja_upp")


def t2(facts: Facts, of: Parameters) -> State:
    """Followed up within the deadline, in any channel."""
    return _followed_up(facts, of, np.ones(len(facts.follow_up["i_steg"]), bool), "journal")


def _followed_up(facts: Facts, of: Parameters, in_channel: Bools, channel: str) -> State:
    decision, follow_up = facts.decision, facts.follow_up
    counts = in_channel & follow_up["gjord"] & follow_up["myndighet"] & (follow_up["beslut"] != NO_ROW)
    done, done_on = follow_up["beslut"][counts], follow_up["datum"][counts]
    required = decision["beviljad"] & ~of.without_follow_up[decision["insatsgrupp"]]

    def on(day: int, rows: Ints) -> tuple[Bools, Bools]:
        unseen = channel in of.unobservable and day < of.migrated + of.follow_up_days
        mature = day >= decision["fran"][rows] + of.follow_up_days
        whole = required[rows] & mature & (not unseen)
        recent = (done_on <= day) & (day < done_on + of.follow_up_days)
        followed = np.zeros(len(required), bool)
        followed[done[recent]] = True
        return whole, whole & followed[rows]

    every = np.arange(len(required))
    return State(facts.units(every, decision["fran"]), decision["slut"], on)


def t10(facts: Facts, of: Parameters) -> Event:
    """A completed plan within the deadline, per commission and per decision without any."""
    commission, decision, plan = facts.commission, facts.decision, facts.plan
    number, alone = len(commission["beslut"]), np.ones(len(decision["fran"]), bool)
    alone[commission["beslut"]] = False
    without = np.flatnonzero(alone)
    of_decision = np.concatenate([commission["beslut"], without])
    of_commission = np.concatenate([np.arange(number), np.full(len(without), NO_ROW)])
    begun = np.where(commission["paborjat"] < NEVER, commission["paborjat"], commission["mottaget"])
    sent = np.where(commission["skickat"] < NEVER, commission["skickat"], decision["beslutad"][commission["beslut"]])
    day = np.concatenate([np.where(begun < NEVER, begun, sent), decision["beslutad"][without]])
    not_begun = np.concatenate([begun == NEVER, np.zeros(len(without), bool)])
    ended = np.concatenate([commission["avslutat"], np.full(len(without), NEVER)])
    earliest = np.full(len(day), NEVER)
    np.minimum.at(earliest, plan["uppdrag"][plan["galler"]], plan["klar"][plan["galler"]])
    due = day + of.plan_days
    in_time = earliest <= due
    excluded = (
        of.without_plan[decision["insatsgrupp"][of_decision]]
        | ~decision["beviljad"][of_decision]
        | (of_commission == NO_ROW)
        | not_begun
        | of.unseen("genomforandeplan", day)
        | (due > of.extraction)
        | ((ended < due) & ~in_time)
    )
    units = facts.units(of_decision, day, of_commission)
    return Event(units, np.full(len(day), NEVER), excluded, in_time)


def m1(facts: Facts, of: Parameters) -> Event:
    """Goals wholly reached, each time that a goal is judged."""
    judged = _judgements(facts).sort_values(["mal", "datum", "ordning"]).drop_duplicates(["mal", "datum"], keep="last")
    goal, day = judged["mal"].to_numpy(), judged["datum"].to_numpy()
    of_decision, of_commission = (side[goal] for side in facts.owner(facts.goal))
    excluded = facts.decision["utan_prov"][of_decision] | of.unseen("maluppfyllelse", day)
    excluded |= judged["ej_bedomt"].to_numpy()
    units = facts.units(of_decision, day, of_commission)
    return Event(units, _next_of_same(goal, day), excluded, judged["helt"].to_numpy())


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


def f2(facts: Facts, of: Parameters) -> Event:
    """Follow-ups documented in the process step."""
    rows = np.flatnonzero(facts.follow_up["gjord"])
    day = facts.follow_up["datum"][rows]
    of_decision, of_commission = (side[rows] for side in facts.owner(facts.follow_up))
    units = facts.units(of_decision, day, of_commission)
    return Event(units, np.full(len(rows), NEVER), of.unseen("folja_upp", day), facts.follow_up["i_steg"][rows])


STATES: dict[str, Callable[[Facts, Parameters], State]] = {"T1": t1, "T2": t2}
EVENTS: dict[str, Callable[[Facts, Parameters], Event]] = {"T10": t10, "M1": m1, "M3": m3, "F2": f2}


def _judgements(facts: Facts) -> pd.DataFrame:
    """Outcomes of goals at follow-ups that were done: ``mal``, ``datum``, ``ordning``, ``helt``, ``ej_bedomt``."""
    follow_up = facts.outcome["uppfoljning"]
    done = facts.follow_up["gjord"][follow_up]
    return pd.DataFrame(
        {
            "mal": facts.outcome["mal"],
            "datum": facts.follow_up["datum"][follow_up],
            "ordning": facts.follow_up["ordning"][follow_up],
            "helt": facts.outcome["helt"],
            "ej_bedomt": facts.outcome["ej_bedomt"],
        }
    )[done]


def _parent(facts: Facts, of: Table) -> Ints:
    """One number per decision or plan to which goals or follow-ups belong."""
    return np.where(of["plan"] == NO_ROW, of["beslut"], len(facts.decision["fran"]) + of["plan"])


def _next_of_same(unit: Ints, day: Ints) -> Ints:
    """The following day of the same unit, ``NEVER`` after the last; both in order of unit and day."""
    same = np.append(unit[1:] == unit[:-1], False)[: len(unit)]
    return np.where(same, np.append(day[1:], NEVER)[: len(unit)], NEVER)
