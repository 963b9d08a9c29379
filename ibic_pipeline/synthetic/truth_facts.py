"""A world read for the true figures: its tables as numpy arrays, the groupings of units, and the parameters.

Days are days since 1970 and ``NEVER`` is no day; references are row numbers and ``NO_ROW`` is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Profil
from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints, day_number
from schemas.codelists import codelist

NOT_SHOWN = "ej_redovisad"
NO_ROW = -1

Table = dict[str, NDArray[Any]]
Groups = dict[str, tuple[Ints, list[str]]]


@dataclass(frozen=True)
class Parameters:
    """What the county and the municipality decide."""

    follow_up_days: int
    plan_days: int
    without_plan: Bools
    """Per intervention group, in the order of ``intervention_groups``, and last for none of them."""
    without_follow_up: Bools
    """Likewise."""
    extraction: int
    migrated: int
    unobservable: frozenset[str]

    def unseen(self, thing: str, day: Ints) -> Bools:
        """True where ``thing`` could not be observed on the day."""
        return np.asarray((day < self.migrated) if thing in self.unobservable else np.zeros(len(day), bool))


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

    decision: Table
    commission: Table
    plan: Table
    goal: Table
    follow_up: Table
    outcome: Table
    groups: Groups
    """Groupings per decision; ``regiform`` is that of the latest commission."""
    commission_form: Ints

    @classmethod
    def of(cls, world: dict[str, pd.DataFrame]) -> Facts:
        """Read a world."""
        person, beslut, uppdrag = world["individ"], world["beslut"], world["uppdrag"]
        plans, goals, follow_ups, outcomes = (
            world[name] for name in ("genomforandeplan", "mal", "uppfoljning", "maluppfyllelse")
        )
        who = _rows_of(beslut["individ_id"], person["individ_id"])
        protected = (person["skydd"].notna() & (person["skydd"] != "ingen")).to_numpy(bool)[who]
        decision = {
            "fran": _days(beslut["galler_fran"]),
            "slut": np.minimum(_days(beslut["galler_tom"]), _days(beslut["upphort"])),
            "beslutad": _days(beslut["beslutsdatum"]),
            "beviljad": _is(beslut["utfall"], "bifall", "delvis_bifall"),
            "insatsgrupp": _coded(_translated(beslut["insats"], "insats", "insatsgrupp"), intervention_groups()),
            "utan_prov": _is(_translated(beslut["lagrum"], "lagrum", "utan_behovsprovning"), "ja")
            | beslut["utan_behovsprovning"].fillna(False).to_numpy(bool),
            "fodd": person["fodelsear"].fillna(-1).to_numpy(np.int64)[who],
            "skyddad": protected,
        }
        commission = {
            "beslut": _rows_of(uppdrag["beslut_id"], beslut["beslut_id"]),
            **{name: _days(uppdrag[name]) for name in ("skickat", "mottaget", "paborjat", "avslutat")},
        }
        form = _coded(_translated(uppdrag["regiform"], "regiform", "grupp"), ["kommunal", "privat"])
        plan = {
            "uppdrag": _rows_of(plans["uppdrag_id"], uppdrag["uppdrag_id"]),
            "klar": _days(plans["klarmarkerad"]),
            "galler": _is(plans["typ"].fillna("plan"), "plan") & _is(plans["status"], "klarmarkerad", "delgiven"),
        }
        goal = {
            "beslut": _rows_of(goals["beslut_id"], beslut["beslut_id"]),
            "plan": _rows_of(goals["plan_id"], plans["plan_id"]),
        }
        follow_up = {
            "beslut": _rows_of(follow_ups["beslut_id"], beslut["beslut_id"]),
            "plan": _rows_of(follow_ups["plan_id"], plans["plan_id"]),
            "datum": _days(follow_ups["datum"]),
            "gjord": _is(follow_ups["status"], "klarmarkerad") & follow_ups["datum"].notna().to_numpy(),
            "myndighet": _is(follow_ups["part"], "myndighet"),
            "i_steg": _is(follow_ups["kanal"], "folja_upp"),
            "ordning": follow_ups["uppfoljning_id"].to_numpy(object).argsort(kind="stable").argsort(kind="stable"),
        }
        outcome = {
            "uppfoljning": _rows_of(outcomes["uppfoljning_id"], follow_ups["uppfoljning_id"]),
            "mal": _rows_of(outcomes["mal_id"], goals["mal_id"]),
            "helt": _is(outcomes["utfall"], "helt"),
            "ej_bedomt": _is(outcomes["utfall"], "ej_bedomt"),
        }
        sex = _coded(person["kon"], ["kvinna", "man"])[who]
        law = _coded(_translated(beslut["lagrum"], "lagrum", "lag"), ["SoL", "LSS"])
        groups: Groups = {
            "kon": (np.where(protected, 2, sex), ["kvinna", "man", NOT_SHOWN]),
            "insatsgrupp": _shown(decision["insatsgrupp"], intervention_groups(), protected),
            "lagrum": _shown(law, ["SoL", "LSS"], protected),
            "regiform": _shown(_latest_form(len(beslut), commission, uppdrag, form), ["kommunal", "privat"], protected),
        }
        return cls(decision, commission, plan, goal, follow_up, outcome, groups, form)

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

    def owner(self, of: Table) -> tuple[Ints, Ints]:
        """The decision of goals or follow-ups, and the commission of those that belong to a plan."""
        commission = with_none(self.plan["uppdrag"], NO_ROW)[of["plan"]]
        through_plan = with_none(self.commission["beslut"], NO_ROW)[commission]
        return np.where(of["plan"] == NO_ROW, of["beslut"], through_plan), commission


def with_none(values: Ints, none: int) -> Ints:
    """The values with one more at the end, so that the row ``NO_ROW`` gives ``none``."""
    return np.append(values, none)


def intervention_groups() -> list[str]:
    """Every ``insatsgrupp`` of the code list of interventions."""
    return sorted(set(codelist("insats")["insatsgrupp"].dropna().to_list()))


def parameters(lan: Lan, profil: Profil, extraction: int) -> Parameters:
    """The parameters that hold in one municipality; its own deadlines win over the county's."""
    own, system = profil.frister, profil.kallsystem
    groups = [*intervention_groups(), NOT_SHOWN]
    default_follow_up, default_plan = lan.parametrar.uppfoljning_dagar.varde, lan.parametrar.gp_frist_dagar.varde
    return Parameters(
        int(default_follow_up if own.uppfoljning_dagar is None else own.uppfoljning_dagar),
        int(default_plan if own.gp_frist_dagar is None else own.gp_frist_dagar),
        np.isin(groups, lan.insatsregler.utan_genomforandeplan),
        np.isin(groups, lan.insatsregler.utan_uppfoljningskrav),
        extraction,
        -NEVER if system.migrerad is None else day_number(system.migrerad),
        frozenset(system.ej_observerbart),
    )


def _latest_form(decisions: int, commission: Table, uppdrag: pd.DataFrame, form: Ints) -> Ints:
    """The form of each decision's commission with the greatest (sent, id); 2 where there is none."""
    sent = np.where(commission["skickat"] == NEVER, -NEVER, commission["skickat"])
    by_id = uppdrag["uppdrag_id"].to_numpy(object).argsort(kind="stable").argsort(kind="stable")
    order = np.lexsort((by_id, sent))
    latest = np.full(decisions, 2)
    latest[commission["beslut"][order]] = form[order]  # a later assignment to the same decision wins
    return latest


def _shown(codes: Ints, labels: list[str], protected: Bools) -> tuple[Ints, list[str]]:
    return np.where(protected, len(labels), codes), [*labels, NOT_SHOWN]


def _days(column: pd.Series) -> Ints:
    moment = column.astype("datetime64[s]").to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(moment), NEVER, moment.astype(np.int64))


def _is(column: pd.Series, *values: str) -> Bools:
    return np.asarray(column.isin(list(values)).to_numpy(bool))


def _coded(column: pd.Series, labels: list[str]) -> Ints:
    """Position of each value among the labels; ``len(labels)`` where it is none of them."""
    position = pd.Index(labels).get_indexer(pd.Index(column.to_numpy(object)))
    return np.where(position < 0, len(labels), position)


def _translated(column: pd.Series, listed: str, to: str) -> pd.Series:
    return column.astype(object).map(dict(codelist(listed)[["kod", to]].dropna().itertuples(index=False)))


def _rows_of(column: pd.Series, ids: pd.Series) -> Ints:
    """The row in which each id stands; ``NO_ROW`` for null."""
    return np.asarray(pd.Index(ids.to_numpy(object)).get_indexer(pd.Index(column.to_numpy(object))))
