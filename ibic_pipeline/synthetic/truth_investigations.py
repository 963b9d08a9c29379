"""Indicators about investigations by their definitions: D3, D4, P1 and P4."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.synthetic.columns import NEVER, Bools
from ibic_pipeline.synthetic.truth_facts import Facts
from ibic_pipeline.synthetic.truth_kinds import Event, never_replaced
from ibic_pipeline.synthetic.truth_parameters import Parameters

_CORE_PARTS = 6


def d3(facts: Facts, _: Parameters) -> Event:
    """Investigations in which all six parts of the core are documented."""
    return _closed(facts, _none(facts), facts.investigation["delar"] == _CORE_PARTS)


def d4(facts: Facts, _: Parameters) -> Event:
    """Investigations in which something was assessed as not specified or not applicable."""
    return _closed(facts, _none(facts), _with_some(facts, facts.assessment["utan_tal"]))


def p1(facts: Facts, _: Parameters) -> Event:
    """Investigations with the person's own view, told by the person."""
    investigation = facts.investigation
    return _closed(facts, _none(facts), investigation["uppfattning"] & investigation["individen_sjalv"])


def p4(facts: Facts, _: Parameters) -> Event:
    """Investigations with an assessment in which some resource of the person's is described."""
    assessed = _with_some(facts, np.ones(len(facts.assessment["tal"]), bool))
    return _closed(facts, ~assessed, _with_some(facts, facts.assessment["resurser"]))


def _closed(facts: Facts, excluded: Bools, reached: Bools) -> Event:
    """Investigations by the day on which they were closed; those that were dropped are excluded."""
    investigation = facts.investigation
    rows = np.flatnonzero(investigation["avslutad"] < NEVER)
    day = investigation["avslutad"][rows]
    left_out = excluded[rows] | investigation["avskriven"][rows]
    return Event(facts.units_of_investigations(rows, day), never_replaced(len(rows)), left_out, reached[rows])


def _with_some(facts: Facts, chosen: Bools) -> Bools:
    """Investigations with at least one of the chosen assessments."""
    found = np.zeros(len(facts.investigation["avslutad"]), bool)
    found[facts.assessment["utredning"][chosen]] = True
    return found


def _none(facts: Facts) -> Bools:
    return np.zeros(len(facts.investigation["avslutad"]), bool)
