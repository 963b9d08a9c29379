"""M1–M7: what became of the goals at follow-up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.support.oracle.reading import History
from tests.support.oracle.units import event, goal_unit
from tests.support.oracle.values import Reason, Row, first, is_done, number_on_scale


@dataclass(frozen=True)
class Assessment:
    """A goal on a day on which it was assessed: what was said, and the scale before, aimed at and then."""

    goal: Row
    day: date
    following: date | None
    said: str
    then: int | None
    aimed: int | None
    before: int | None
    before_day: date | None


def assessments(h: History) -> Iterator[Assessment]:
    """One per goal and day; of several follow-ups on one day the one with the greatest id."""
    for goal in h.rows["mal"]:
        said: dict[date, Row] = {}
        for row in sorted(h.of("maluppfyllelse", "mal_id", goal["mal_id"]), key=lambda row: row["uppfoljning_id"]):
            follow_up = h.of("uppfoljning", "uppfoljning_id", row["uppfoljning_id"])[0]
            if is_done(follow_up):
                said[follow_up["datum"]] = row
        before, before_day = assessed_before(h, goal)
        for day, following in with_next(said):
            yield Assessment(
                goal=goal,
                day=day,
                following=following,
                said=said[day]["utfall"],
                then=number_on_scale(said[day]["skala_vid_uppfoljning"]),
                aimed=number_on_scale(goal["avsett"]),
                before=before,
                before_day=before_day,
            )


def assessed_before(h: History, goal: Row) -> tuple[int | None, date | None]:
    """The scale of the same ICF code in the decision's investigation, and the day that it holds for."""
    decision = h.decision_of(goal)
    investigation = h.investigation(decision)
    if investigation is None or goal["icf_kod"] is None:
        return None, None
    for row in h.of("bedomning", "utredning_id", investigation["utredning_id"]):
        if row["icf_kod"] == goal["icf_kod"]:
            return number_on_scale(row["bedomt"]), investigation["avslutad"] or decision["beslutsdatum"]
    return None, None


def not_judged(h: History, goal: Row, day: date) -> Reason:
    return first(
        utan_behovsprovning=h.not_assessed(h.decision_of(goal)),
        ej_observerbar=day < h.seen_from["maluppfyllelse"],
    )


def m1(h: History) -> Iterator[Row]:
    return _of_assessments(h, _no_own_reason, lambda each: each.said == "helt")


def m2(h: History) -> Iterator[Row]:
    return _of_assessments(h, _no_own_reason, lambda each: each.said in ("helt", "delvis"))


def m3(h: History) -> Iterator[Row]:
    for goal in h.rows["mal"]:
        place = "beslut_id" if goal["beslut_id"] is not None else "plan_id"
        follow_ups = [row for row in h.of("uppfoljning", place, goal[place]) if is_done(row)]
        outcomes = h.of("maluppfyllelse", "mal_id", goal["mal_id"])
        assessed = {row["uppfoljning_id"] for row in outcomes if row["utfall"] != "ej_bedomt"}
        for day, following in with_next(row["datum"] for row in follow_ups):
            covered = any(row["datum"] == day and row["uppfoljning_id"] in assessed for row in follow_ups)
            yield event(day, goal_unit(h, goal, day, not_judged(h, goal, day), covered), following)


def m4(h: History) -> Iterator[Row]:
    def reason(each: Assessment) -> Reason:
        return first(saknar_skala=each.aimed is None or each.then is None)

    return _of_assessments(h, reason, reached_by_scale)


def m5(h: History) -> Iterator[Row]:
    def reason(each: Assessment) -> Reason:
        return first(saknar_skala=_change(each) is None, for_tatt=_too_soon(h, each))

    return _of_assessments(h, reason, lambda each: (_change(each) or 0) < 0, _change)


def m6(h: History) -> Iterator[Row]:
    def reason(each: Assessment) -> Reason:
        return first(
            saknar_skala=_change(each) is None,
            for_tatt=_too_soon(h, each),
            ej_bibehallande=each.aimed is None or each.aimed != each.before,
        )

    return _of_assessments(h, reason, lambda each: (_change(each) or 0) <= 0)


def m7(h: History) -> Iterator[Row]:
    def reason(each: Assessment) -> Reason:
        return first(saknar_skala=each.aimed is None or each.then is None, delvis=each.said == "delvis")

    return _of_assessments(h, reason, lambda each: (each.said == "helt") == reached_by_scale(each))


def reached_by_scale(each: Assessment) -> bool:
    return each.then is not None and each.aimed is not None and each.then <= each.aimed


def _no_own_reason(_: Assessment) -> Reason:
    return None


def _no_value(_: Assessment) -> float | None:
    return None


def _change(each: Assessment) -> float | None:
    """From the investigation to the follow-up; a lower number is a better functioning."""
    return None if each.then is None or each.before is None else each.then - each.before


def _too_soon(h: History, each: Assessment) -> bool:
    return each.before_day is not None and each.day < each.before_day + h.days("skala_avstand_dagar")


def _of_assessments(
    h: History,
    own_reason: Callable[[Assessment], Reason],
    counted: Callable[[Assessment], bool],
    value: Callable[[Assessment], float | None] = _no_value,
) -> Iterator[Row]:
    """The units of M1, with an indicator's own reasons after those that they share."""
    for each in assessments(h):
        reason = not_judged(h, each.goal, each.day) or first(ej_bedomt=each.said == "ej_bedomt") or own_reason(each)
        yield event(each.day, goal_unit(h, each.goal, each.day, reason, counted(each), value(each)), each.following)


def with_next(days: Iterable[date]) -> Iterator[tuple[date, date | None]]:
    in_order = sorted(set(days))
    yield from itertools.zip_longest(in_order, in_order[1:])


EVENTS = {"M1": m1, "M2": m2, "M3": m3, "M4": m4, "M5": m5, "M6": m6, "M7": m7}
