"""A world read for the true figures: its tables as numpy arrays, and the groupings of units.

Days are days since 1970 and ``NEVER`` is no day; references are row numbers and ``NO_ROW`` is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic import truth_tables as tables
from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_parameters import NOT_SHOWN, intervention_groups
from ibic_pipeline.synthetic.truth_reading import (
    NO_ROW,
    Table,
    coded,
    is_one_of,
    is_there,
    numbers,
    translated,
    with_none,
)

LSS = 1
"""The position of LSS among the laws."""

Groups = dict[str, tuple[Ints, list[str]]]


@dataclass(frozen=True)
class Units:
    """Parallel arrays, one element per unit: its day, and the groupings other than age."""

    fran: Ints
    birth_year: Ints
    age_known: Bools
    groups: Groups


@dataclass(frozen=True)
class Facts:
    """The world's tables as numpy arrays, with references as row numbers."""

    investigation: Table
    assessment: Table
    decision: Table
    commission: Table
    plan: Table
    goal: Table
    follow_up: Table
    outcome: Table
    groups: Groups
    """Groupings per decision; ``regiform`` is that of the latest commission."""
    commission_form: Ints
    investigation_groups: Groups
    """Groupings per investigation: those of its first decision."""

    @classmethod
    def of(cls, world: dict[str, pd.DataFrame]) -> Facts:
        """Read a world."""
        person, uppdrag = world["individ"], world["uppdrag"]
        protected = is_there(person["skydd"]) & ~is_one_of(person["skydd"], "ingen")
        people: Table = {
            "skyddad": protected,
            "fodd": numbers(person["fodelsear"]),
            "kon": np.where(protected, 2, coded(person["kon"], ["kvinna", "man"])),
        }
        investigation = tables.investigations(world, people)
        decision = tables.decisions(world, people, investigation)
        commission = tables.commissions(world, decision)
        form = coded(translated(uppdrag["regiform"], "regiform", "grupp"), ["kommunal", "privat"])
        plan = tables.plans(world, commission)
        groups = _groups(
            decision["skyddad"], decision["kon"], decision["insatsgrupp"], decision["lag"],
            _latest_form(len(decision["fran"]), commission, form),
        )  # fmt: skip
        return cls(
            investigation,
            tables.assessments(world),
            decision,
            commission,
            plan,
            tables.goals(world, plan),
            tables.follow_ups(world, plan),
            tables.outcomes(world),
            groups,
            form,
            _groups_of_investigations(investigation, decision, groups),
        )

    def units(self, of_decision: Ints, fran: Ints, of_commission: Ints | None = None) -> Units:
        """Units that belong to decisions; those reached through a commission take its provider's form."""
        groups = {name: (codes[of_decision], labels) for name, (codes, labels) in self.groups.items()}
        protected = self.decision["skyddad"][of_decision]
        if of_commission is not None:
            through = of_commission != NO_ROW
            own, (codes, labels) = with_none(self.commission_form, 2)[of_commission], groups["regiform"]
            groups["regiform"] = (np.where(through & ~protected, own, codes), labels)
        born = self.decision["fodd"][of_decision]
        return Units(fran, born, (born >= 0) & ~protected, groups)

    def units_of_investigations(self, rows: Ints, fran: Ints) -> Units:
        """Units that are investigations."""
        groups = {name: (codes[rows], labels) for name, (codes, labels) in self.investigation_groups.items()}
        born = self.investigation["fodd"][rows]
        return Units(fran, born, (born >= 0) & ~self.investigation["skyddad"][rows], groups)

    def owner(self, of: Table) -> tuple[Ints, Ints]:
        """The decision of goals or follow-ups, and the commission of those that belong to a plan."""
        commission = with_none(self.plan["uppdrag"], NO_ROW)[of["plan"]]
        through_plan = with_none(self.commission["beslut"], NO_ROW)[commission]
        return np.where(of["plan"] == NO_ROW, of["beslut"], through_plan), commission


def _latest_form(decisions: int, commission: Table, form: Ints) -> Ints:
    """The form of each decision's commission with the greatest (sent, id); 2 where there is none."""
    sent = np.where(commission["skickat"] == NEVER, -NEVER, commission["skickat"])
    order = np.lexsort((commission["ordning"], sent))
    latest = np.full(decisions, 2)
    latest[commission["beslut"][order]] = form[order]  # a later assignment to the same decision wins
    return latest


def _groups(protected: Bools, kon: Ints, insatsgrupp: Ints, lag: Ints, form: Ints) -> Groups:
    def shown(codes: Ints, labels: list[str]) -> tuple[Ints, list[str]]:
        return np.where(protected, len(labels), codes), [*labels, NOT_SHOWN]

    return {
        "kon": shown(kon, ["kvinna", "man"]),
        "insatsgrupp": shown(insatsgrupp, intervention_groups()),
        "lagrum": shown(lag, ["SoL", "LSS"]),
        "regiform": shown(form, ["kommunal", "privat"]),
    }


def _groups_of_investigations(investigation: Table, decision: Table, groups: Groups) -> Groups:
    """Those of the first decision by day and id; without one, the law of the investigation alone is known."""
    first = np.full(len(investigation["lag"]) + 1, NO_ROW)
    order = np.lexsort((decision["ordning"], decision["beslutad"]))[::-1]
    first[decision["utredning"][order]] = order  # the earliest is assigned last
    first = first[:-1]
    alone = first == NO_ROW
    of_none = len(intervention_groups())
    return _groups(
        investigation["skyddad"],
        investigation["kon"],
        np.where(alone, of_none, with_none(groups["insatsgrupp"][0], of_none)[first]),
        np.where(alone, investigation["lag"], with_none(groups["lagrum"][0], 2)[first]),
        np.where(alone, 2, with_none(groups["regiform"][0], 2)[first]),
    )
