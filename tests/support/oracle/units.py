"""Units as the oracle gives them: of a decision, of a commission, of a goal or of an investigation."""

from __future__ import annotations

from datetime import date

from tests.support.oracle.reading import History
from tests.support.oracle.values import HIDDEN, Reason, Row


def unit(key: str, reason: Reason, counted: bool, groups: Row, value: float | None = None) -> Row:
    """A unit on one day; one that is excluded is never counted."""
    about = {"enhet_id": key, "exkluderad": reason, "i_namnare": reason is None, "i_taljare": not reason and counted}
    return about | {"varde": None if value is None else float(value)} | groups


def event(day: date, one: Row, following: date | None = None) -> Row:
    """The unit as an event of the day, replaced on the following one."""
    return one | {"fran": day, "till": following}


def decision_unit(
    h: History, decision: Row, day: date, reason: Reason, counted: bool, value: float | None = None
) -> Row:
    """A decision, in the form of its latest commission."""
    groups = h.groups(decision, day.year, h.latest_form(decision))
    return unit(decision["beslut_id"], reason, counted, groups, value)


def commission_unit(
    h: History, commission: Row, day: date, reason: Reason, counted: bool, value: float | None = None
) -> Row:
    """A commission, in its own form."""
    groups = h.groups(h.decision_of(commission), day.year, h.form(commission))
    return unit(commission["uppdrag_id"], reason, counted, groups, value)


def plan_unit(h: History, plan: Row, day: date, reason: Reason, counted: bool) -> Row:
    """A plan, in the form of its commission."""
    groups = h.groups(h.decision_of(plan), day.year, h.form(h.commission_of(plan)))
    return unit(plan["plan_id"], reason, counted, groups)


def follow_up_unit(
    h: History, follow_up: Row, day: date, reason: Reason, counted: bool, value: float | None = None
) -> Row:
    """A follow-up, of a decision or of a plan."""
    groups = h.groups(h.decision_of(follow_up), day.year, h.form_of(follow_up))
    return unit(follow_up["uppfoljning_id"], reason, counted, groups, value)


def goal_unit(h: History, goal: Row, day: date, reason: Reason, counted: bool, value: float | None = None) -> Row:
    """A goal, of a decision or of a plan."""
    groups = h.groups(h.decision_of(goal), day.year, h.form_of(goal))
    return unit(goal["mal_id"], reason, counted, groups, value)


def investigation_unit(
    h: History, investigation: Row, day: date, reason: Reason, counted: bool, value: float | None = None
) -> Row:
    """An investigation, in the groups of its first decision."""
    decisions = h.of("beslut", "utredning_id", investigation["utredning_id"])
    earliest = min(decisions, key=lambda row: (row["beslutsdatum"], row["beslut_id"]), default=None)
    others = {"insatsgrupp": HIDDEN, "lagrum": h.law(investigation), "regiform": HIDDEN}
    if earliest is not None:
        others = {
            "insatsgrupp": h.kind(earliest),
            "lagrum": h.law(earliest),
            "regiform": h.latest_form(earliest),
        }
    groups = h.personal_groups(investigation["individ_id"], day.year, others)
    return unit(investigation["utredning_id"], reason, counted, groups, value)
