"""F1–F6: whether the process is followed, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.support.oracle.followups import commissions_under_way
from tests.support.oracle.reading import History
from tests.support.oracle.units import (
    commission_unit,
    decision_unit,
    event,
    follow_up_unit,
    plan_unit,
    unit,
)
from tests.support.oracle.values import HIDDEN, Row, first, months_after


def f1(h: History, day: date) -> Iterator[Row]:
    for decision in h.rows["beslut"]:
        start = decision["galler_fran"]
        if start is None or h.never_began(decision):
            continue
        due = months_after(start, h.number["kedja_fran_manader"])
        if not due <= day < months_after(start, h.number["kedja_till_manader"]):
            continue
        reason = first(
            ej_beviljat=not h.granted(decision),
            utan_genomforandeplan=h.without_plan(decision),
            utan_uppfoljningskrav=h.without_follow_up(decision),
            ej_observerbar=start < max(h.seen_from["genomforandeplan"], h.seen_from["journal"]),
        )
        whole = h.whole_chain(decision)
        yield decision_unit(h, decision, day, reason, whole is not None and whole <= day)


def steps_passed(h: History, decision: Row, day: date) -> int:
    """How many steps of the process stood on the day before the first that did not: 0 to 5."""
    investigation = h.investigation(decision)
    assessed = investigation and h.of("bedomning", "utredning_id", investigation["utredning_id"])
    commissions = h.of("uppdrag", "beslut_id", decision["beslut_id"])
    days = [
        [investigation["avslutad"]] if investigation and assessed else [],
        [decision["beslutsdatum"]],
        [row["skickat"] or row["mottaget"] for row in commissions],
        [each for row in commissions for each in h.completed_plans(row)],
        h.all_follow_ups(decision),
    ]
    stands = [any(each is not None and each <= day for each in step) for step in days]
    return next((number for number, there in enumerate(stands) if not there), len(stands))


def chain(h: History, day: date) -> list[int]:
    """How many of the decisions that F1 counts on the day are left after each step, all of them first."""
    counted = {row["enhet_id"] for row in f1(h, day) if row["i_namnare"]}
    passed = [steps_passed(h, each, day) for each in h.rows["beslut"] if each["beslut_id"] in counted]
    return [sum(each >= step for each in passed) for step in range(6)]


def f2(h: History) -> Iterator[Row]:
    for row in h.done:
        reason = first(ej_observerbar=row["datum"] < h.seen_from["folja_upp"])
        yield event(row["datum"], follow_up_unit(h, row, row["datum"], reason, row["kanal"] == "folja_upp"))


def f3(h: History) -> Iterator[Row]:
    seen_from = h.seen_from["folja_upp"] + h.days("ny_utredning_dagar")
    for row in h.done:
        if row["beslut_id"] is not None and row["part"] == "myndighet":
            reason = first(ej_observerbar=row["datum"] < seen_from)
            yield event(row["datum"], follow_up_unit(h, row, row["datum"], reason, False))
    for investigation in h.rows["utredning"]:
        yield from _new_investigation(h, investigation)


def _new_investigation(h: History, investigation: Row) -> Iterator[Row]:
    """The investigation where it led to a new decision of a kind that the person already had."""
    followed = []
    for decision in h.of("beslut", "individ_id", investigation["individ_id"]):
        successor = h.successor(decision)
        if successor is None or successor["utredning_id"] != investigation["utredning_id"]:
            continue
        if h.newly_investigated(decision, successor):
            followed.append((decision, successor))
    if not followed:
        return
    decision, successor = max(followed, key=lambda pair: (pair[0]["galler_fran"], pair[0]["beslut_id"]))
    day, end, window = investigation["inledd"], h.end(decision), h.days("ny_utredning_dagar")
    if day < decision["galler_fran"] or (end is not None and day >= end + h.days("glapp_sok_dagar")):
        return
    reason = first(
        andrad_omfattning=not h.unchanged(decision, successor),
        ej_observerbar=day < h.seen_from["folja_upp"] + window,
    )
    before = any(day - window <= each <= day for each in h.step_follow_ups(decision))
    groups = h.groups(decision, day.year, h.latest_form(decision))
    yield event(day, unit(investigation["utredning_id"], reason, not before, groups))


def f4(h: History, day: date) -> Iterator[Row]:
    for plan in h.rows["genomforandeplan"]:
        made, kind, ready = plan["upprattad"], h.plan_kind(plan), h.completed(plan)
        end = h.commission_end(h.commission_of(plan))
        if made is None or kind == "individuell_plan" or day < made + h.days("gp_frist_dagar"):
            continue
        if end is not None and end < day:
            continue
        reason = first(
            rutinbeskrivning=kind == "rutinbeskrivning",
            makulerad=plan["status"] == "makulerad",
            ej_observerbar=made < h.seen_from["genomforandeplan"],
        )
        yield plan_unit(h, plan, day, reason, ready is None or day < ready)


def f5(h: History) -> Iterator[Row]:
    for commission in h.rows["uppdrag"]:
        decision, day = h.decision_of(commission), h.start_day(commission)
        reason = first(utan_genomforandeplan=h.without_plan(decision), ej_beviljat=not h.granted(decision))
        stated = commission["antal_mal"]
        carries = stated > 0 if stated is not None else bool(h.of("mal", "beslut_id", decision["beslut_id"]))
        yield event(day, commission_unit(h, commission, day, reason, carries))


def f6(h: History, day: date) -> Iterator[Row]:
    """T11 where the form is known; the difference between forms is of the figures, not of the units."""
    for commission, reason, current in commissions_under_way(h, day):
        form = h.groups(h.decision_of(commission), day.year, h.form(commission))["regiform"]
        reason = reason or first(ej_redovisad_regiform=form == HIDDEN)
        yield commission_unit(h, commission, day, reason, current)


EVENTS = {"F2": f2, "F3": f3, "F5": f5}
STATES = {"F1": f1, "F4": f4, "F6": f6}
