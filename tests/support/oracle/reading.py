"""A history as the oracle reads it: rows by key, decisions, episodes, successors, the process chain and groups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pyarrow as pa

from tests.support.oracle.values import HIDDEN, Codes, Row, age_group, is_done

GRANTED = ("bifall", "delvis_bifall")
COMPLETED = ("klarmarkerad", "delgiven")
GROUPS = ("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform")


@dataclass(frozen=True)
class Episode:
    """Decisions of one person and one kind that follow each other without a long gap; ``end`` None = open."""

    decisions: list[Row]
    end: date | None

    @property
    def start(self) -> date:
        return self.decisions[0]["galler_fran"]

    @property
    def latest(self) -> Row:
        return self.decisions[-1]


class History:
    """Contract tables of one municipality with its parameters; nothing after ``extraction`` is known."""

    def __init__(self, tables: dict[str, pa.Table], parameters: dict[str, str], extraction: date, codes: Codes) -> None:
        self.rows: dict[str, list[Row]] = {name: table.to_pylist() for name, table in tables.items()}
        days = {name for name in parameters if name.endswith("_fran")}
        self.seen_from = {name.removesuffix("_fran"): date.fromisoformat(parameters[name]) for name in days}
        self.number = {name: int(value) for name, value in parameters.items() if name not in days}
        self.extraction = extraction
        self.codes = codes
        self._indexed: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def days(self, parameter: str) -> timedelta:
        return timedelta(self.number[parameter])

    def of(self, table: str, column: str, key: str | None) -> list[Row]:
        """Rows of a table that hold the key in the column; none for no key."""
        if (table, column) not in self._indexed:
            index = self._indexed[table, column] = defaultdict(list)
            for row in self.rows[table]:
                index[row[column]].append(row)
        return [] if key is None else self._indexed[table, column].get(key, [])

    def one(self, table: str, column: str, key: str | None) -> Row | None:
        return next(iter(self.of(table, column, key)), None)

    # Decisions

    def granted(self, decision: Row) -> bool:
        return decision["utfall"] in GRANTED

    def end(self, decision: Row) -> date | None:
        """The last day, None = open."""
        return min((day for day in (decision["galler_tom"], decision["upphort"]) if day is not None), default=None)

    def never_began(self, decision: Row) -> bool:
        """It ended before its first day."""
        end = self.end(decision)
        return end is not None and end < decision["galler_fran"]

    def in_force(self, decision: Row) -> bool:
        """Granted, and it ever began."""
        return self.granted(decision) and not self.never_began(decision)

    def kind(self, decision: Row) -> str:
        return self.codes.kind.get(decision["insats"], HIDDEN)

    def law(self, row: Row) -> str:
        return self.codes.law.get(row["lagrum"], HIDDEN)

    def not_assessed(self, decision: Row) -> bool:
        """The intervention needs no assessment of the person's needs."""
        return bool(decision["utan_behovsprovning"]) or decision["lagrum"] in self.codes.not_assessed

    def without_plan(self, decision: Row) -> bool:
        return self.kind(decision) in self.codes.without_plan

    def without_follow_up(self, decision: Row) -> bool:
        return self.kind(decision) in self.codes.without_follow_up

    def decision_of(self, row: Row) -> Row:
        """The decision of a goal, follow-up, plan or commission."""
        if row.get("beslut_id") is not None:
            return self.of("beslut", "beslut_id", row["beslut_id"])[0]
        return self.decision_of(self.commission_of(row))

    def commission_of(self, row: Row) -> Row:
        """The commission of a plan, or of a plan's goal or follow-up."""
        if "uppdrag_id" in row:
            return self.of("uppdrag", "uppdrag_id", row["uppdrag_id"])[0]
        return self.commission_of(self.of("genomforandeplan", "plan_id", row["plan_id"])[0])

    def investigation(self, decision: Row) -> Row | None:
        return self.one("utredning", "utredning_id", decision["utredning_id"])

    def same_kind(self, decision: Row) -> list[Row]:
        """Decisions in force of the same person and kind of intervention, itself among them, as they begin."""
        theirs = self.of("beslut", "individ_id", decision["individ_id"])
        found = [row for row in theirs if self.in_force(row) and self.kind(row) == self.kind(decision)]
        return sorted(found, key=lambda row: (row["galler_fran"], row["beslut_id"]))

    def successor(self, decision: Row) -> Row | None:
        """The next decision of the same kind to begin, not too long after this one ends."""
        if not self.in_force(decision):
            return None
        later = [row for row in self.same_kind(decision) if row["galler_fran"] > decision["galler_fran"]]
        end = self.end(decision)
        if not later or (end is not None and later[0]["galler_fran"] > end + self.days("glapp_sok_dagar")):
            return None
        return later[0]

    def newly_investigated(self, decision: Row, successor: Row) -> bool:
        return successor["utredning_id"] is not None and successor["utredning_id"] != decision["utredning_id"]

    def unchanged(self, decision: Row, successor: Row) -> bool:
        """Both extents are known, in the same unit, and differ by at most ``oforandrad_procent``."""
        before, after = decision["omfattning"], successor["omfattning"]
        unit = decision["omfattning_enhet"]
        if before is None or after is None or unit is None or unit != successor["omfattning_enhet"]:
            return False
        return abs(after - before) * 100 <= before * self.number["oforandrad_procent"]

    @cached_property
    def episodes(self) -> list[Episode]:
        found = []
        kinds = {(row["individ_id"], self.kind(row)): row for row in self.rows["beslut"] if self.in_force(row)}
        for one in kinds.values():
            episode: list[Row] = []
            ends: list[date | None] = []
            for row in self.same_kind(one):
                if row["galler_fran"] > self.extraction:
                    continue
                if episode and not self._joins(row["galler_fran"], ends):
                    found.append(Episode(episode, _last(ends)))
                    episode, ends = [], []
                episode.append(row)
                ends.append(self.end(row))
            if episode:
                found.append(Episode(episode, _last(ends)))
        return found

    def _joins(self, start: date, ends: list[date | None]) -> bool:
        last = _last(ends)
        return last is None or (start - last).days - 1 <= self.number["episod_lucka_dagar"]

    # Commissions and plans

    def begun(self, commission: Row) -> date | None:
        return commission["paborjat"] or commission["mottaget"]

    def start_day(self, commission: Row) -> date:
        decided: date = self.decision_of(commission)["beslutsdatum"]
        return self.begun(commission) or commission["skickat"] or decided

    def commission_end(self, commission: Row) -> date | None:
        ends = (commission["avslutat"], self.end(self.decision_of(commission)))
        return min((day for day in ends if day is not None), default=None)

    def plan_kind(self, plan: Row) -> str:
        return plan["typ"] or "plan"

    def completed(self, plan: Row) -> date | None:
        """The day on which the plan was marked ready, None for other states."""
        return plan["klarmarkerad"] if plan["status"] in COMPLETED else None

    def completed_plans(self, commission: Row, kind: str = "plan") -> list[date]:
        """Days on which plans of the kind were completed for the commission."""
        plans = self.of("genomforandeplan", "uppdrag_id", commission["uppdrag_id"])
        days = [self.completed(plan) for plan in plans if self.plan_kind(plan) == kind]
        return [day for day in days if day is not None]

    # Follow-ups

    @cached_property
    def done(self) -> list[Row]:
        return [row for row in self.rows["uppfoljning"] if is_done(row)]

    def follow_ups(self, decision: Row, *, step_only: bool = False) -> list[date]:
        """Days on which the authority followed up the decision itself."""
        mine = [row for row in self._of_decision(decision) if row["part"] == "myndighet"]
        return [row["datum"] for row in mine if not step_only or row["kanal"] == "folja_upp"]

    def step_follow_ups(self, decision: Row) -> list[date]:
        """Days on which anyone followed up the decision itself in the step of the process."""
        return [row["datum"] for row in self._of_decision(decision) if row["kanal"] == "folja_upp"]

    def _of_decision(self, decision: Row) -> list[Row]:
        return [row for row in self.of("uppfoljning", "beslut_id", decision["beslut_id"]) if is_done(row)]

    def all_follow_ups(self, decision: Row) -> list[date]:
        """Days on which anyone followed up the decision or one of its plans, in any channel."""
        rows = self._of_decision(decision)
        for commission in self.of("uppdrag", "beslut_id", decision["beslut_id"]):
            for plan in self.of("genomforandeplan", "uppdrag_id", commission["uppdrag_id"]):
                rows += self.of("uppfoljning", "plan_id", plan["plan_id"])
        return [row["datum"] for row in rows if is_done(row)]

    def whole_chain(self, decision: Row) -> date | None:
        """The day on which the decision had passed every step of the process, None = some step is missing."""
        investigation = self.investigation(decision)
        commissions = self.of("uppdrag", "beslut_id", decision["beslut_id"])
        sent = [day for row in commissions if (day := row["skickat"] or row["mottaget"])]
        plans = [day for row in commissions for day in self.completed_plans(row)]
        followed = self.all_follow_ups(decision)
        if investigation is None or investigation["avslutad"] is None or not (sent and plans and followed):
            return None
        if not self.of("bedomning", "utredning_id", investigation["utredning_id"]):
            return None
        return max(investigation["avslutad"], decision["beslutsdatum"], min(sent), min(plans), min(followed))

    # Groups

    def latest_form(self, decision: Row) -> str:
        commissions = self.of("uppdrag", "beslut_id", decision["beslut_id"])
        latest = max(commissions, key=lambda row: (row["skickat"] or date.min, row["uppdrag_id"]), default=None)
        return HIDDEN if latest is None else self.form(latest)

    def form(self, commission: Row) -> str:
        return self.codes.form.get(commission["regiform"], HIDDEN)

    def form_of(self, row: Row) -> str:
        """The form through which a goal or follow-up is reached: its plan's commission, else the decision's latest."""
        if row["beslut_id"] is not None:
            return self.latest_form(self.decision_of(row))
        return self.form(self.commission_of(row))

    def groups(self, decision: Row, year: int, form: str) -> Row:
        kinds = {"insatsgrupp": self.kind(decision), "lagrum": self.law(decision), "regiform": form}
        return self.personal_groups(decision["individ_id"], year, kinds)

    def personal_groups(self, individ_id: str, year: int, others: Row) -> Row:
        person = self.of("individ", "individ_id", individ_id)[0]
        if person["skydd"] not in (None, "ingen"):
            return dict.fromkeys(GROUPS, HIDDEN)
        sex = person["kon"] if person["kon"] in ("kvinna", "man") else HIDDEN
        return {"kon": sex, "aldersgrupp": age_group(person["fodelsear"], year), **others}


def _last(ends: list[date | None]) -> date | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None
