"""Indicators about follow-ups by their definitions: T1–T5, F2, F3 and P3."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.synthetic.columns import Bools, Ints
from ibic_pipeline.synthetic.truth_facts import Facts
from ibic_pipeline.synthetic.truth_histories import episodes, successors
from ibic_pipeline.synthetic.truth_kinds import Event, Happenings, State, never_replaced
from ibic_pipeline.synthetic.truth_parameters import Parameters
from ibic_pipeline.synthetic.truth_reading import NO_ROW


def t1(facts: Facts, of: Parameters) -> State:
    """Followed up within the deadline, in the process step."""
    return _followed_up(facts, of, facts.follow_up["i_steg"], "folja_upp")


def t2(facts: Facts, of: Parameters) -> State:
    """Followed up within the deadline, in any channel."""
    return _followed_up(facts, of, np.ones(len(facts.follow_up["i_steg"]), bool), "journal")


def _followed_up(facts: Facts, of: Parameters, in_channel: Bools, channel: str) -> State:
    decision, limit = facts.decision, of["uppfoljning_dagar"]
    done = by_the_authority(facts, in_channel)
    required = with_requirement(facts, of)

    def on(day: int, rows: Ints) -> tuple[Bools, Bools]:
        mature = day >= decision["fran"][rows] + limit
        whole = required[rows] & mature & (day >= of.seen_from(channel) + limit)
        return whole, whole & (done.latest(day)[rows] > day - limit)

    return State(facts.units(np.arange(len(required)), decision["fran"]), decision["slut"], on)


def t3(facts: Facts, of: Parameters) -> State:
    """Episodes that nobody has followed up for a long time, in any channel."""
    found, limit = episodes(facts, of), of["lang_tid_dagar"]
    follow_up = facts.follow_up
    rows = np.flatnonzero(follow_up["gjord"])
    whose = found.of_decision[follow_up["agare"][rows]]
    rows, whose = rows[whose != NO_ROW], whose[whose != NO_ROW]
    done = Happenings(whose, follow_up["datum"][rows], len(found.fran))
    required = ~of.without_follow_up[facts.decision["insatsgrupp"][found.latest]]

    def on(day: int, rows: Ints) -> tuple[Bools, Bools]:
        mature = day >= found.fran[rows] + limit
        whole = required[rows] & mature & (day >= of.seen_from("journal") + limit)
        return whole, whole & (done.latest(day)[rows] <= day - limit)

    return State(facts.units(found.latest, found.fran), found.slut, on)


def t4(facts: Facts, of: Parameters) -> State:
    """Decisions whose latest follow-up, or beginning, is no further away than the deadline."""
    decision, limit = facts.decision, of["uppfoljning_dagar"]
    done = by_the_authority(facts, np.ones(len(facts.follow_up["i_steg"]), bool))
    required = with_requirement(facts, of)

    def on(day: int, rows: Ints) -> tuple[Bools, Bools]:
        whole = required[rows] & (day >= of.seen_from("journal") + limit)
        since = day - np.maximum(done.latest(day)[rows], decision["fran"][rows])
        return whole, whole & (since <= limit)

    return State(facts.units(np.arange(len(required)), decision["fran"]), decision["slut"], on)


def t5(facts: Facts, of: Parameters) -> Event:
    """Time-limited decisions that were followed up shortly before their end."""
    decision = facts.decision
    rows = time_limited(facts, of)
    day = decision["tom"][rows]
    earliest = day - of["fore_slut_dagar"]
    done = by_the_authority(facts, np.ones(len(facts.follow_up["i_steg"]), bool))
    excluded = ~with_requirement(facts, of)[rows] | (decision["upphort"][rows] < day)
    excluded |= of.unseen("journal", earliest)
    reached = done.any_within(rows, earliest, day)
    return Event(facts.units(rows, day), never_replaced(len(rows)), excluded, reached)


def f2(facts: Facts, of: Parameters) -> Event:
    """Follow-ups documented in the process step."""
    return _every_follow_up(facts, of, facts.follow_up["i_steg"])


def p3(facts: Facts, of: Parameters) -> Event:
    """Follow-ups in which the person answered about quality."""
    return _every_follow_up(facts, of, facts.follow_up["svar"])


def _every_follow_up(facts: Facts, of: Parameters, reached: Bools) -> Event:
    rows = np.flatnonzero(facts.follow_up["gjord"])
    day = facts.follow_up["datum"][rows]
    of_decision, of_commission = (side[rows] for side in facts.owner(facts.follow_up))
    units = facts.units(of_decision, day, of_commission)
    return Event(units, never_replaced(len(rows)), of.unseen("folja_upp", day), reached[rows])


def f3(facts: Facts, of: Parameters) -> Event:
    """Occasions on which a new investigation stood in the place of a follow-up."""
    follow_up, decision = facts.follow_up, facts.decision
    noted = np.flatnonzero(follow_up["gjord"] & follow_up["myndighet"] & (follow_up["beslut"] != NO_ROW))
    earlier, unchanged = _reinvestigated(facts, of)
    later = decision["utredning"][successors(facts, of).decision[earlier]]
    opened = facts.investigation["inledd"][later]
    in_step = follow_up["gjord"] & follow_up["i_steg"] & (follow_up["beslut"] != NO_ROW)
    done = Happenings(follow_up["beslut"][in_step], follow_up["datum"][in_step], len(decision["fran"]))
    of_decision = np.concatenate([follow_up["beslut"][noted], earlier])
    day = np.concatenate([follow_up["datum"][noted], opened])
    instead = ~done.any_within(earlier, opened - of["ny_utredning_dagar"], opened)
    excluded = of.unseen("folja_upp", day - of["ny_utredning_dagar"]) | np.concatenate(
        [np.zeros(len(noted), bool), ~unchanged]
    )
    reached = np.concatenate([np.zeros(len(noted), bool), instead])
    return Event(facts.units(of_decision, day), never_replaced(len(day)), excluded, reached)


def _reinvestigated(facts: Facts, of: Parameters) -> tuple[Ints, Bools]:
    """Decisions during or soon after which the next one's new investigation began, each investigation once; and
    whether nothing but the dates had changed."""
    decision, following = facts.decision, successors(facts, of)
    rows = np.flatnonzero(following.new_investigation & (decision["utredning"][following.decision] != NO_ROW))
    later = decision["utredning"][following.decision[rows]]
    latest_first = np.lexsort((decision["ordning"][rows], decision["fran"][rows]))[::-1]
    _, first = np.unique(later[latest_first], return_index=True)
    rows = rows[latest_first[first]]
    opened = facts.investigation["inledd"][decision["utredning"][following.decision[rows]]]
    fran, slut = decision["fran"][rows], decision["slut"][rows]
    rows = rows[(fran <= opened) & (opened < slut + of["glapp_sok_dagar"])]
    return rows, following.unchanged[rows]


def by_the_authority(facts: Facts, in_channel: Bools) -> Happenings:
    """Done follow-ups of decisions by the authority, in the channel."""
    follow_up = facts.follow_up
    counts = in_channel & follow_up["gjord"] & follow_up["myndighet"] & (follow_up["beslut"] != NO_ROW)
    return Happenings(follow_up["beslut"][counts], follow_up["datum"][counts], len(facts.decision["fran"]))


def with_requirement(facts: Facts, of: Parameters) -> Bools:
    """Decisions that are granted, about interventions that are to be followed up."""
    return np.asarray(facts.decision["beviljad"] & ~of.without_follow_up[facts.decision["insatsgrupp"]])


def time_limited(facts: Facts, of: Parameters) -> Ints:
    """Rows of decisions with a last day that has come."""
    return np.flatnonzero(facts.decision["tom"] <= of.extraction)
