"""The thirty-four indicators by name, by kind."""

from __future__ import annotations

from collections.abc import Callable

from ibic_pipeline.synthetic import truth_decisions as decisions
from ibic_pipeline.synthetic import truth_followups as follow_ups
from ibic_pipeline.synthetic import truth_goals as goals
from ibic_pipeline.synthetic import truth_investigations as investigations
from ibic_pipeline.synthetic import truth_plans as plans
from ibic_pipeline.synthetic.truth_facts import Facts
from ibic_pipeline.synthetic.truth_kinds import Event, State
from ibic_pipeline.synthetic.truth_parameters import Parameters

STATES: dict[str, Callable[[Facts, Parameters], State]] = {
    "T1": follow_ups.t1,
    "T2": follow_ups.t2,
    "T3": follow_ups.t3,
    "T4": follow_ups.t4,
    "T11": plans.t11,
    "T12": plans.t12,
    "F1": decisions.f1,
    "F4": plans.f4,
    "F6": plans.f6,
}
EVENTS: dict[str, Callable[[Facts, Parameters], Event]] = {
    "T5": follow_ups.t5,
    "T6": decisions.t6,
    "T7": decisions.t7,
    "T8": decisions.t8,
    "T9": decisions.t9,
    "T10": plans.t10,
    "T13": decisions.t13,
    "M1": goals.m1,
    "M2": goals.m2,
    "M3": goals.m3,
    "M4": goals.m4,
    "M5": goals.m5,
    "M6": goals.m6,
    "M7": goals.m7,
    "F2": follow_ups.f2,
    "F3": follow_ups.f3,
    "F5": plans.f5,
    "D1": goals.d1,
    "D2": goals.d2,
    "D3": investigations.d3,
    "D4": investigations.d4,
    "P1": investigations.p1,
    "P2": plans.p2,
    "P3": follow_ups.p3,
    "P4": investigations.p4,
}
