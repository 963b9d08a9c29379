"""The six indicators' definitions once more, row by row in plain Python, to hold the SQL against."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

Row = dict[str, Any]
Excluded = str | None

HIDDEN = "ej_redovisad"
GRANTED = ("bifall", "delvis_bifall")
LAW = {"sol_2001": "SoL", "sol_2001_utan_behovsprovning": "SoL", "lss": "LSS"}
FORM = {"kommunal": "kommunal", "privat_lov": "privat", None: HIDDEN}
WITHOUT_PLAN, WITHOUT_FOLLOW_UP = ("korttidsplats",), ("trygghetslarm",)
KNOWN_INTERVENTIONS = ("hemtjanst", "korttidsplats", "trygghetslarm", "lss_boende")


class Oracle:
    """What the definitions say of a history; ``parameters`` as ``tests.support.small_tables.parameters``."""

    def __init__(self, history: dict[str, pa.Table], parameters: dict[str, str], extraction: date) -> None:
        self.rows = {name: table.to_pylist() for name, table in history.items()}
        self.persons = {row["individ_id"]: row for row in self.rows["individ"]}
        self.decisions = {row["beslut_id"]: row for row in self.rows["beslut"]}
        self.commissions = {row["uppdrag_id"]: row for row in self.rows["uppdrag"]}
        self.plans = {row["plan_id"]: row for row in self.rows["genomforandeplan"]}
        self.goals = {row["mal_id"]: row for row in self.rows["mal"]}
        self.done = [r for r in self.rows["uppfoljning"] if r["status"] == "klarmarkerad" and r["datum"] is not None]
        self.window = timedelta(int(parameters["uppfoljning_dagar"]))
        self.deadline = timedelta(int(parameters["gp_frist_dagar"]))
        self.seen_from = {n.removesuffix("_fran"): date.fromisoformat(v) for n, v in parameters.items() if "_fran" in n}
        self.extraction = extraction

    def state(self, indicator: str, day: date) -> list[Row]:
        """Units of T1 or T2 on one day."""
        found = []
        for decision in self.rows["beslut"]:
            start = decision["galler_fran"]
            ends = [end for end in (decision["galler_tom"], decision["upphort"]) if end is not None]
            if start is not None and start <= day and not (ends and day > min(ends)):
                reason = self._not_judged(indicator, decision, day)
                followed = any(d <= day < d + self.window for d in self._looked_at(indicator, decision))
                unit = {"enhet_id": decision["beslut_id"], "exkluderad": reason, "i_taljare": not reason and followed}
                found.append(unit | self._groups(decision, day.year, self._latest_form(decision)))
        return found

    def _not_judged(self, indicator: str, decision: Row, day: date) -> Excluded:
        if decision["utfall"] not in GRANTED:
            return "ej_beviljat"
        if decision["insats"] in WITHOUT_FOLLOW_UP:
            return "utan_uppfoljningskrav"
        if day < self.seen_from["folja_upp" if indicator == "T1" else "journal"] + self.window:
            return "ej_observerbar"
        return "ej_moget" if day < decision["galler_fran"] + self.window else None

    def _looked_at(self, indicator: str, decision: Row) -> Iterator[date]:
        for row in self.done:
            of_authority = row["beslut_id"] == decision["beslut_id"] and row["part"] == "myndighet"
            if of_authority and (indicator == "T2" or row["kanal"] == "folja_upp"):
                yield row["datum"]

    def events(self, indicator: str) -> list[Row]:
        """Units of T10, M1, M3 or F2."""
        return list({"T10": self._t10, "M1": self._m1, "M3": self._m3, "F2": self._f2}[indicator]())

    def _t10(self) -> Iterator[Row]:
        for commission in self.rows["uppdrag"]:
            decision = self.decisions[commission["beslut_id"]]
            begun = commission["paborjat"] or commission["mottaget"]
            day = begun or commission["skickat"] or decision["beslutsdatum"]
            ready = [p["klarmarkerad"] for p in self.rows["genomforandeplan"] if self._is_ready(p, commission)]
            in_time = any(each <= day + self.deadline for each in ready)
            reason = self._plan_not_judged(decision)
            if reason is None and begun is None:
                reason = "ej_paborjat"
            elif reason is None and day < self.seen_from["genomforandeplan"]:
                reason = "ej_observerbar"
            elif reason is None and day + self.deadline > self.extraction:
                reason = "ej_moget"
            elif reason is None and commission["avslutat"] and not in_time:
                reason = "avslutat_fore_frist" if commission["avslutat"] < day + self.deadline else None
            days = float((min(ready) - day).days) if ready else None
            form = FORM[commission["regiform"]]
            yield self._event(decision, commission["uppdrag_id"], day, None, reason, in_time, days, form)
        ordered = {commission["beslut_id"] for commission in self.rows["uppdrag"]}
        for decision in self.rows["beslut"]:
            if decision["beslut_id"] not in ordered:
                reason = self._plan_not_judged(decision) or "utan_uppdrag"
                day = decision["beslutsdatum"]
                yield self._event(decision, decision["beslut_id"], day, None, reason, False, None, HIDDEN)

    @staticmethod
    def _is_ready(plan: Row, commission: Row) -> bool:
        return (
            plan["uppdrag_id"] == commission["uppdrag_id"]
            and plan["typ"] in (None, "plan")
            and plan["status"] in ("klarmarkerad", "delgiven")
            and plan["klarmarkerad"] is not None
        )

    @staticmethod
    def _plan_not_judged(decision: Row) -> Excluded:
        if decision["insats"] in WITHOUT_PLAN:
            return "utan_genomforandeplan"
        return None if decision["utfall"] in GRANTED else "ej_beviljat"

    def _m1(self) -> Iterator[Row]:
        done = {row["uppfoljning_id"]: row for row in self.done}
        for goal in self.rows["mal"]:
            said: dict[date, tuple[str, str]] = {}
            for row in self.rows["maluppfyllelse"]:
                if row["mal_id"] == goal["mal_id"] and row["uppfoljning_id"] in done:
                    day = done[row["uppfoljning_id"]]["datum"]
                    said[day] = max(said.get(day, ("", "")), (row["uppfoljning_id"], row["utfall"]))
            for day, following in _with_next(said):
                reason = self._goal_not_judged(goal, day) or ("ej_bedomt" if said[day][1] == "ej_bedomt" else None)
                yield self._goal_event(goal, day, following, reason, said[day][1] == "helt")

    def _m3(self) -> Iterator[Row]:
        for goal in self.rows["mal"]:
            mine = [row for row in self.done if _same_place(row, goal)]
            assessed = {
                row["uppfoljning_id"]
                for row in self.rows["maluppfyllelse"]
                if row["mal_id"] == goal["mal_id"] and row["utfall"] != "ej_bedomt"
            }
            for day, following in _with_next(row["datum"] for row in mine):
                covered = any(row["datum"] == day and row["uppfoljning_id"] in assessed for row in mine)
                yield self._goal_event(goal, day, following, self._goal_not_judged(goal, day), covered)

    def _f2(self) -> Iterator[Row]:
        for row in self.done:
            reason = "ej_observerbar" if row["datum"] < self.seen_from["folja_upp"] else None
            decision, form = self._decision_of(row)
            in_step = row["kanal"] == "folja_upp"
            yield self._event(decision, row["uppfoljning_id"], row["datum"], None, reason, in_step, None, form)

    def _goal_not_judged(self, goal: Row, day: date) -> Excluded:
        decision, _ = self._decision_of(goal)
        if decision["utan_behovsprovning"] or decision["lagrum"] == "sol_2001_utan_behovsprovning":
            return "utan_behovsprovning"
        return "ej_observerbar" if day < self.seen_from["maluppfyllelse"] else None

    def _goal_event(self, goal: Row, day: date, following: date | None, reason: Excluded, counted: bool) -> Row:
        decision, form = self._decision_of(goal)
        return self._event(decision, goal["mal_id"], day, following, reason, counted, None, form)

    def _decision_of(self, row: Row) -> tuple[Row, str]:
        """The decision of a goal or follow-up, and the form of the commission through which it is reached."""
        if row["beslut_id"] is not None:
            decision = self.decisions[row["beslut_id"]]
            return decision, self._latest_form(decision)
        commission = self.commissions[self.plans[row["plan_id"]]["uppdrag_id"]]
        return self.decisions[commission["beslut_id"]], FORM[commission["regiform"]]

    def _latest_form(self, decision: Row) -> str:
        mine = [row for row in self.rows["uppdrag"] if row["beslut_id"] == decision["beslut_id"]]
        latest = max(mine, key=lambda row: (row["skickat"] or date.min, row["uppdrag_id"]), default=None)
        return HIDDEN if latest is None else FORM[latest["regiform"]]

    def _event(
        self,
        decision: Row,
        unit: str,
        day: date,
        following: date | None,
        reason: Excluded,
        counted: bool,
        value: float | None,
        form: str,
    ) -> Row:
        about = {"enhet_id": unit, "fran": day, "till": following, "exkluderad": reason, "varde": value}
        return about | {"i_taljare": not reason and counted} | self._groups(decision, day.year, form)

    def _groups(self, decision: Row, year: int, form: str) -> Row:
        person = self.persons[decision["individ_id"]]
        if person["skydd"] not in (None, "ingen"):
            return dict.fromkeys(("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform"), HIDDEN)
        return {
            "kon": person["kon"] if person["kon"] in ("kvinna", "man") else HIDDEN,
            "aldersgrupp": _age_group(person["fodelsear"], year),
            "insatsgrupp": decision["insats"] if decision["insats"] in KNOWN_INTERVENTIONS else HIDDEN,
            "lagrum": LAW[decision["lagrum"]],
            "regiform": form,
        }


def _age_group(born: int | None, year: int) -> str:
    if born is None or year < born:
        return HIDDEN
    for limit, name in ((18, "0-17"), (65, "18-64"), (80, "65-79")):
        if year - born < limit:
            return name
    return "80+"


def _same_place(one: Row, other: Row) -> bool:
    return (one["beslut_id"], one["plan_id"]) == (other["beslut_id"], other["plan_id"])


def _with_next(days: Any) -> Iterator[tuple[date, date | None]]:
    in_order = sorted(set(days))
    yield from itertools.zip_longest(in_order, in_order[1:])
