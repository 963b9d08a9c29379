"""Indicators about commissions and plans by their definitions: T10–T12, F4–F6 and P2."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_facts import LSS, Facts
from ibic_pipeline.synthetic.truth_kinds import Event, Happenings, State, never_replaced
from ibic_pipeline.synthetic.truth_parameters import NOT_SHOWN, Parameters
from ibic_pipeline.synthetic.truth_reading import NO_ROW


def t10(facts: Facts, of: Parameters) -> Event:
    """A completed plan within the deadline, per commission and per decision without any."""
    commission, decision = facts.commission, facts.decision
    number, alone = len(commission["beslut"]), np.ones(len(decision["fran"]), bool)
    alone[commission["beslut"]] = False
    without = np.flatnonzero(alone)
    of_decision = np.concatenate([commission["beslut"], without])
    of_commission = np.concatenate([np.arange(number), np.full(len(without), NO_ROW)])
    day = np.concatenate([commission["start"], decision["beslutad"][without]])
    not_begun = np.concatenate([commission["ej_paborjat"], np.zeros(len(without), bool)])
    ended = np.concatenate([commission["avslutat"], np.full(len(without), NEVER)])
    earliest = np.concatenate([_completed(facts).first(), np.full(len(without), NEVER)])
    due = day + of["gp_frist_dagar"]
    in_time = earliest <= due
    excluded = _without_plan(facts, of, of_decision) | (of_commission == NO_ROW) | not_begun
    excluded |= of.unseen("genomforandeplan", day) | (due > of.extraction) | ((ended < due) & ~in_time)
    units = facts.units(of_decision, day, of_commission)
    return Event(units, never_replaced(len(day)), excluded, in_time)


def t11(facts: Facts, of: Parameters) -> State:
    """Commissions with a plan that is not too old."""
    return _plan_is_current(facts, of, every_form=True)


def f6(facts: Facts, of: Parameters) -> State:
    """The same as T11 where it is known who provides; its figure is the difference between them."""
    return _plan_is_current(facts, of, every_form=False)


def _plan_is_current(facts: Facts, of: Parameters, *, every_form: bool) -> State:
    commission, limit = facts.commission, of["gp_aktuell_dagar"]
    every = np.arange(len(commission["beslut"]))
    day = commission["start"] + of["gp_frist_dagar"]
    units = facts.units(commission["beslut"], day, every)
    form, labels = units.groups["regiform"]
    counted = ~_without_plan(facts, of, commission["beslut"]) & ~commission["ej_paborjat"]
    counted &= every_form | (np.array(labels)[form] != NOT_SHOWN)
    completed = _completed(facts)

    def on(day: int, rows: Ints) -> tuple[Bools, Bools]:
        whole = counted[rows] & (day >= of.seen_from("genomforandeplan") + limit)
        return whole, whole & (completed.latest(day)[rows] > day - limit)

    return State(units, commission["slut"], on)


def t12(facts: Facts, of: Parameters) -> State:
    """People with an individual plan under LSS that has been gone through within the year."""
    decision, plan, limit = facts.decision, facts.plan, of["individuell_plan_dagar"]
    people = int(decision["person"].max(initial=-1)) + 1
    rows = np.flatnonzero(plan["individuell_plan"] & (plan["klar"] < NEVER) & (decision["lag"][plan["beslut"]] == LSS))
    gone_through = Happenings(decision["person"][plan["beslut"][rows]], plan["klar"][rows], people)
    begun = decision["gallande"] & (decision["fran"] <= of.extraction)
    granted = np.flatnonzero(begun & (decision["lag"] == LSS))
    ends, latest = np.full(people, -NEVER), np.full(people, NO_ROW)
    np.maximum.at(ends, decision["person"][granted], decision["slut"][granted])
    in_order = granted[np.lexsort((decision["ordning"][granted], decision["fran"][granted]))]
    latest[decision["person"][in_order]] = in_order  # a later assignment to the same person wins
    first = gone_through.first()
    person = np.flatnonzero((first < NEVER) & (latest != NO_ROW))

    def on(day: int, alive: Ints) -> tuple[Bools, Bools]:
        whole = np.full(len(alive), day >= of.seen_from("genomforandeplan") + limit)
        return whole, whole & (gone_through.latest(day)[person[alive]] > day - limit)

    return State(facts.units(latest[person], first[person]), ends[person], on)


def f4(facts: Facts, of: Parameters) -> State:
    """Plans that are still working notes when the deadline has passed."""
    plan, commission = facts.plan, facts.commission
    rows = np.flatnonzero((plan["plan"] | plan["rutinbeskrivning"]) & (plan["upprattad"] < NEVER))
    drawn_up = plan["upprattad"][rows]
    counted = plan["plan"][rows] & ~plan["makulerad"][rows] & ~of.unseen("genomforandeplan", drawn_up)

    def on(day: int, alive: Ints) -> tuple[Bools, Bools]:
        whole = counted[alive]
        return whole, whole & (plan["klar"][rows[alive]] > day)

    units = facts.units(plan["beslut"][rows], drawn_up + of["gp_frist_dagar"], plan["uppdrag"][rows])
    return State(units, commission["slut"][plan["uppdrag"][rows]], on)


def f5(facts: Facts, of: Parameters) -> Event:
    """Commissions that carry the decision's goals with them."""
    commission, goal = facts.commission, facts.goal
    with_goal = np.zeros(len(facts.decision["fran"]), bool)
    with_goal[goal["beslut"][goal["beslut"] != NO_ROW]] = True
    carried = commission["antal_mal"]
    reached = (carried > 0) | ((carried < 0) & with_goal[commission["beslut"]])
    day = commission["start"]
    units = facts.units(commission["beslut"], day, np.arange(len(day)))
    return Event(units, never_replaced(len(day)), _without_plan(facts, of, commission["beslut"]), reached)


def p2(facts: Facts, of: Parameters) -> Event:
    """Completed plans that say how the person took part or what the person wishes."""
    plan = facts.plan
    rows = np.flatnonzero(plan["galler"])
    day = plan["klar"][rows]
    units = facts.units(plan["beslut"][rows], day, plan["uppdrag"][rows])
    return Event(units, never_replaced(len(rows)), of.unseen("genomforandeplan", day), plan["delaktighet"][rows])


def _completed(facts: Facts) -> Happenings:
    """Completed plans of commissions."""
    plan, counts = facts.plan, facts.plan["galler"]
    return Happenings(plan["uppdrag"][counts], plan["klar"][counts], len(facts.commission["beslut"]))


def _without_plan(facts: Facts, of: Parameters, of_decision: Ints) -> Bools:
    """Not granted, or about interventions that have no plan."""
    decision = facts.decision
    return np.asarray(of.without_plan[decision["insatsgrupp"][of_decision]] | ~decision["beviljad"][of_decision])
