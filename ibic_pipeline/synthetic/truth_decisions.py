"""Indicators about decisions by their definitions: T6–T9, T13 and F1."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_facts import Facts
from ibic_pipeline.synthetic.truth_followups import by_the_authority, time_limited, with_requirement
from ibic_pipeline.synthetic.truth_histories import episodes, months_later, successors, whole_chain
from ibic_pipeline.synthetic.truth_kinds import Event, State, never_replaced
from ibic_pipeline.synthetic.truth_parameters import Parameters, intervention_groups

_HOUSING = ("sarskilt_boende", "lss_boende")


def t6(facts: Facts, of: Parameters) -> Event:
    """Renewals on a new investigation that changed nothing, without a follow-up in the step before them."""
    decision, following = facts.decision, successors(facts, of)
    rows = time_limited(facts, of)
    day, renewed = decision["tom"][rows], following.fran[rows]
    excluded = _ended_otherwise(facts, of, rows) | of.unseen("folja_upp", decision["fran"][rows])
    excluded |= day + of["ombeslut_dagar"] > of.extraction
    excluded |= renewed > day + of["ombeslut_dagar"]
    in_step = by_the_authority(facts, facts.follow_up["i_steg"])
    followed = in_step.any_within(rows, decision["fran"][rows] + 1, renewed)
    reached = following.new_investigation[rows] & following.unchanged[rows] & ~followed
    return Event(facts.units(rows, day), never_replaced(len(rows)), excluded, reached)


def t7(facts: Facts, of: Parameters) -> Event:
    """Renewals before which there was no decision for some days."""
    following, rows = successors(facts, of), time_limited(facts, of)
    day = facts.decision["tom"][rows]
    excluded = _ended_otherwise(facts, of, rows) | (day + of["glapp_sok_dagar"] > of.extraction)
    excluded |= following.fran[rows] == NEVER
    reached = following.gap[rows] >= of["glapp_dagar"]
    return Event(facts.units(rows, day), never_replaced(len(rows)), excluded, reached)


def _ended_otherwise(facts: Facts, of: Parameters, rows: Ints) -> Bools:
    """Not granted, without requirement, or ended before the last day that was set."""
    decision = facts.decision
    return np.asarray(~with_requirement(facts, of)[rows] | (decision["upphort"][rows] < decision["tom"][rows]))


def t8(facts: Facts, of: Parameters) -> Event:
    """Decisions made within the municipality's own time from the application."""
    decision = facts.decision
    rows = np.flatnonzero(decision["beviljad"] | decision["avslag"])
    day, asked = decision["beslutad"][rows], decision["ansokan"][rows]
    excluded = (asked == NEVER) | (asked > day)
    reached = day - asked <= of["utredningstid_dagar"]
    return Event(facts.units(rows, day), never_replaced(len(rows)), excluded, reached)


def t9(facts: Facts, of: Parameters) -> Event:
    """Granted decisions not carried out on the day by which the law wants them to be."""
    decision = facts.decision
    day = months_later(decision["beslutad"], of["verkstallighet_manader"])
    done = decision["verkstallt"]
    excluded = ~decision["beviljad"] | ((decision["slut"] < day) & (done == NEVER))
    excluded |= decision["vill_vanta"] | (day > of.extraction)
    return Event(facts.units(np.arange(len(day)), day), never_replaced(len(day)), excluded, done > day)


def t13(facts: Facts, of: Parameters) -> Event:
    """Moves to new housing within a reasonable time from the application (SoL) or the decision (LSS)."""
    decision = facts.decision
    group = np.array([*intervention_groups(), ""])[decision["insatsgrupp"]]
    rows = np.flatnonzero(np.isin(group, _HOUSING) & (decision["verkstallt"] < NEVER))
    day = decision["verkstallt"][rows]
    by_application = group[rows] == "sarskilt_boende"
    begins = np.where(by_application, decision["ansokan"][rows], decision["beslutad"][rows])
    excluded = ~decision["beviljad"][rows] | episodes(facts, of).continues[rows] | (begins == NEVER)
    reached = day - begins <= of["boende_vantetid_dagar"]
    return Event(facts.units(rows, day), never_replaced(len(rows)), excluded, reached)


def f1(facts: Facts, of: Parameters) -> State:
    """Decisions in their second year for which every step of the process has been taken."""
    decision, whole_on = facts.decision, whole_chain(facts)
    rows = np.flatnonzero((decision["fran"] < NEVER) & (decision["slut"] >= decision["fran"]))
    fran = decision["fran"][rows]
    begins = months_later(fran, of["kedja_fran_manader"])
    ends = months_later(fran, of["kedja_till_manader"]) - 1
    required = with_requirement(facts, of)[rows] & ~of.without_plan[decision["insatsgrupp"][rows]]
    required &= ~of.unseen("genomforandeplan", fran) & ~of.unseen("journal", fran)

    def on(day: int, alive: Ints) -> tuple[Bools, Bools]:
        whole = required[alive]
        return whole, whole & (whole_on[rows[alive]] <= day)

    return State(facts.units(rows, begins), ends, on)
