"""T1–T13: whether follow-ups, decisions and plans come in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.support.oracle.reading import History
from tests.support.oracle.units import commission_unit, decision_unit, event, unit
from tests.support.oracle.values import Reason, Row, first, months_after


def t1(h: History, day: date) -> Iterator[Row]:
    return _followed_within_a_year(h, day, seen_from=h.seen_from["folja_upp"], step_only=True)


def t2(h: History, day: date) -> Iterator[Row]:
    return _followed_within_a_year(h, day, seen_from=h.seen_from["journal"], step_only=False)


def _followed_within_a_year(h: History, day: date, seen_from: date, step_only: bool) -> Iterator[Row]:
    window = h.days("uppfoljning_dagar")
    for decision in _decisions_under_way(h, day):
        reason = first(
            ej_beviljat=not h.granted(decision),
            utan_uppfoljningskrav=h.without_follow_up(decision),
            ej_observerbar=day < seen_from + window,
            ej_moget=day < decision["galler_fran"] + window,
        )
        followed = any(each <= day < each + window for each in h.follow_ups(decision, step_only=step_only))
        yield decision_unit(h, decision, day, reason, followed)


def _decisions_under_way(h: History, day: date) -> Iterator[Row]:
    for decision in h.rows["beslut"]:
        start, end = decision["galler_fran"], h.end(decision)
        if start is not None and start <= day and (end is None or day <= end):
            yield decision


def t3(h: History, day: date) -> Iterator[Row]:
    window = h.days("lang_tid_dagar")
    for episode in h.episodes:
        if episode.start <= day and (episode.end is None or day <= episode.end):
            reason = first(
                utan_uppfoljningskrav=h.without_follow_up(episode.latest),
                ej_observerbar=day < h.seen_from["journal"] + window,
                ej_moget=day < episode.start + window,
            )
            followed = [each for decision in episode.decisions for each in h.all_follow_ups(decision)]
            neglected = not any(day - window < each <= day for each in followed)
            groups = h.groups(episode.latest, day.year, h.latest_form(episode.latest))
            yield unit(episode.decisions[0]["beslut_id"], reason, neglected, groups)


def t4(h: History, day: date) -> Iterator[Row]:
    for decision in _decisions_under_way(h, day):
        reason = first(
            ej_beviljat=not h.granted(decision),
            utan_uppfoljningskrav=h.without_follow_up(decision),
            ej_observerbar=day < h.seen_from["journal"] + h.days("uppfoljning_dagar"),
        )
        latest = max([decision["galler_fran"], *(each for each in h.follow_ups(decision) if each <= day)])
        since = (day - latest).days
        value = None if reason else since
        yield decision_unit(h, decision, day, reason, since <= h.number["uppfoljning_dagar"], value)


def t5(h: History) -> Iterator[Row]:
    window = h.days("fore_slut_dagar")
    for decision, last in _time_limited(h):
        reason = _ended_as_decided(h, decision) or first(ej_observerbar=last - window < h.seen_from["journal"])
        followed = any(last - window <= each <= last for each in h.follow_ups(decision))
        yield event(last, decision_unit(h, decision, last, reason, followed))


def t6(h: History) -> Iterator[Row]:
    window = h.days("ombeslut_dagar")
    for decision, last in _time_limited(h):
        successor = h.successor(decision)
        if successor is not None and successor["galler_fran"] > last + window:
            successor = None
        reason = _ended_as_decided(h, decision) or first(
            ej_observerbar=decision["galler_fran"] is not None and decision["galler_fran"] < h.seen_from["folja_upp"],
            ej_moget=last + window > h.extraction,
            utan_efterfoljare=successor is None,
        )
        forced = successor is not None and _decided_anew_without_follow_up(h, decision, successor)
        yield event(last, decision_unit(h, decision, last, reason, forced))


def _decided_anew_without_follow_up(h: History, decision: Row, successor: Row) -> bool:
    start, again = decision["galler_fran"], successor["galler_fran"]
    followed = any(start < each <= again for each in h.follow_ups(decision, step_only=True))
    return h.newly_investigated(decision, successor) and h.unchanged(decision, successor) and not followed


def t7(h: History) -> Iterator[Row]:
    for decision, last in _time_limited(h):
        successor, end = h.successor(decision), h.end(decision)
        without = None if successor is None or end is None else (successor["galler_fran"] - end).days - 1
        reason = _ended_as_decided(h, decision) or first(
            ej_moget=last + h.days("glapp_sok_dagar") > h.extraction,
            utan_efterfoljare=successor is None,
        )
        gap = without is not None and without >= h.number["glapp_dagar"]
        yield event(last, decision_unit(h, decision, last, reason, gap, without))


def _time_limited(h: History) -> Iterator[tuple[Row, date]]:
    for decision in h.rows["beslut"]:
        last = decision["galler_tom"]
        if last is not None and last <= h.extraction:
            yield decision, last


def _ended_as_decided(h: History, decision: Row) -> Reason:
    """The reasons that T5, T6 and T7 share."""
    ended = decision["upphort"]
    return first(
        ej_beviljat=not h.granted(decision),
        utan_uppfoljningskrav=h.without_follow_up(decision),
        avslutat_fore_slut=ended is not None and ended < decision["galler_tom"],
    )


def t8(h: History) -> Iterator[Row]:
    for decision in h.rows["beslut"]:
        if decision["utfall"] in ("bifall", "delvis_bifall", "avslag"):
            applied, day = _applied(h, decision), decision["beslutsdatum"]
            waited = None if applied is None else (day - applied).days
            reason = first(
                saknar_ansokan=waited is None,
                ansokan_efter_beslut=waited is not None and waited < 0,
            )
            quick = waited is not None and waited <= h.number["utredningstid_dagar"]
            yield event(day, decision_unit(h, decision, day, reason, quick, waited))


def _applied(h: History, decision: Row) -> date | None:
    investigation = h.investigation(decision)
    return None if investigation is None else investigation["ansokan_datum"]


def t9(h: History) -> Iterator[Row]:
    for decision in h.rows["beslut"]:
        due = months_after(decision["beslutsdatum"], h.number["verkstallighet_manader"])
        carried_out, end = decision["verkstallt"], h.end(decision)
        reason = first(
            ej_beviljat=not h.granted(decision),
            upphort_fore_frist=carried_out is None and end is not None and end < due,
            vill_vanta=decision["ej_verkstallt_skal"] == "vill_vanta",
            ej_moget=due > h.extraction,
        )
        late = carried_out is None or carried_out > due
        waited = None if carried_out is None else (carried_out - decision["beslutsdatum"]).days
        yield event(due, decision_unit(h, decision, due, reason, late, waited))


def t10(h: History) -> Iterator[Row]:
    for commission in h.rows["uppdrag"]:
        decision, day = h.decision_of(commission), h.start_day(commission)
        due, ended = day + h.days("gp_frist_dagar"), commission["avslutat"]
        ready = h.completed_plans(commission)
        in_time = any(each <= due for each in ready)
        reason = first(
            utan_genomforandeplan=h.without_plan(decision),
            ej_beviljat=not h.granted(decision),
            ej_paborjat=h.begun(commission) is None,
            ej_observerbar=day < h.seen_from["genomforandeplan"],
            ej_moget=due > h.extraction,
            avslutat_fore_frist=ended is not None and ended < due and not in_time,
        )
        days = (min(ready) - day).days if ready else None
        yield event(day, commission_unit(h, commission, day, reason, in_time, days))
    for decision in h.rows["beslut"]:
        if not h.of("uppdrag", "beslut_id", decision["beslut_id"]):
            reason = first(
                utan_genomforandeplan=h.without_plan(decision),
                ej_beviljat=not h.granted(decision),
                utan_uppdrag=True,
            )
            day = decision["beslutsdatum"]
            yield event(day, decision_unit(h, decision, day, reason, False))


def t11(h: History, day: date) -> Iterator[Row]:
    for commission, reason, current in commissions_under_way(h, day):
        yield commission_unit(h, commission, day, reason, current)


def commissions_under_way(h: History, day: date) -> Iterator[tuple[Row, Reason, bool]]:
    """Commissions whose plan is due, why they are not judged, and whether a plan of the last year stands."""
    window = h.days("gp_aktuell_dagar")
    for commission in h.rows["uppdrag"]:
        decision, end = h.decision_of(commission), h.commission_end(commission)
        if h.start_day(commission) + h.days("gp_frist_dagar") <= day and (end is None or day <= end):
            reason = first(
                utan_genomforandeplan=h.without_plan(decision),
                ej_beviljat=not h.granted(decision),
                ej_paborjat=h.begun(commission) is None,
                ej_observerbar=day < h.seen_from["genomforandeplan"] + window,
            )
            yield commission, reason, any(day - window < each <= day for each in h.completed_plans(commission))


def t12(h: History, day: date) -> Iterator[Row]:
    window = h.days("individuell_plan_dagar")
    for person in h.rows["individ"]:
        theirs = [row for row in h.of("beslut", "individ_id", person["individ_id"]) if h.law(row) == "LSS"]
        decisions = [row for row in theirs if h.in_force(row) and row["galler_fran"] <= h.extraction]
        plans = [each for decision in theirs for each in _individual_plans(h, decision)]
        if not decisions or not plans or day < min(plans):
            continue
        ends = [h.end(decision) for decision in decisions]
        if None in ends or day <= max(end for end in ends if end is not None):
            latest = max(decisions, key=lambda row: (row["galler_fran"], row["beslut_id"]))
            reviewed = any(day - window < each <= day for each in plans)
            groups = h.groups(latest, day.year, h.latest_form(latest))
            reason = first(ej_observerbar=day < h.seen_from["genomforandeplan"] + window)
            yield unit(person["individ_id"], reason, reviewed, groups)


def _individual_plans(h: History, decision: Row) -> Iterator[date]:
    for commission in h.of("uppdrag", "beslut_id", decision["beslut_id"]):
        yield from h.completed_plans(commission, "individuell_plan")


def t13(h: History) -> Iterator[Row]:
    for decision in h.rows["beslut"]:
        day, kind = decision["verkstallt"], h.kind(decision)
        if day is None or kind not in ("sarskilt_boende", "lss_boende"):
            continue
        since = decision["beslutsdatum"] if kind == "lss_boende" else _applied(h, decision)
        waited = None if since is None else (day - since).days
        renewed = any(decision in episode.decisions[1:] for episode in h.episodes)
        reason = first(ej_beviljat=not h.granted(decision), fornyat_beslut=renewed, saknar_ansokan=waited is None)
        quick = waited is not None and waited <= h.number["boende_vantetid_dagar"]
        yield event(day, decision_unit(h, decision, day, reason, quick, waited))


EVENTS = {"T5": t5, "T6": t6, "T7": t7, "T8": t8, "T9": t9, "T10": t10, "T13": t13}
STATES = {"T1": t1, "T2": t2, "T3": t3, "T4": t4, "T11": t11, "T12": t12}
