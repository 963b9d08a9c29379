"""D1–D4 and P1–P4: what is written down, and whether the person is heard in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.support.oracle.reading import History
from tests.support.oracle.units import event, follow_up_unit, goal_unit, investigation_unit, plan_unit
from tests.support.oracle.values import Reason, Row, first, number_on_scale

PARTS = ("samtycke", "informerat_samtal", "individens_uppfattning", "samlad_bedomning", "kommunicerad")


def d1(h: History) -> Iterator[Row]:
    for goal, day, reason in _goals(h):
        on_scale = number_on_scale(goal["avsett"]) is not None
        said = (goal["text_langd"] or 0) >= h.number["minsta_textlangd"] and not goal["endast_skala"]
        yield event(day, goal_unit(h, goal, day, reason, on_scale and said))


def d2(h: History) -> Iterator[Row]:
    for goal, day, reason in _goals(h):
        on_scale = number_on_scale(goal["avsett"]) is not None
        said = bool(goal["text_langd"]) and not goal["endast_skala"]
        yield event(day, goal_unit(h, goal, day, reason, on_scale and not said))


def _goals(h: History) -> Iterator[tuple[Row, date, Reason]]:
    for goal in h.rows["mal"]:
        if goal["beslut_id"] is not None:
            day = h.decision_of(goal)["beslutsdatum"]
        else:
            plan = h.of("genomforandeplan", "plan_id", goal["plan_id"])[0]
            day = plan["upprattad"] or h.completed(plan)
        if day is not None:
            yield goal, day, first(utan_behovsprovning=h.not_assessed(h.decision_of(goal)))


def d3(h: History) -> Iterator[Row]:
    for row, day, reason in _investigations(h):
        parts = (row["uppgifter_fran"] is not None) + sum(bool(row[part]) for part in PARTS)
        yield event(day, investigation_unit(h, row, day, reason, parts == 6, parts))


def d4(h: History) -> Iterator[Row]:
    for row, day, reason in _investigations(h):
        assessed = h.of("bedomning", "utredning_id", row["utredning_id"])
        areas = {each["livsomrade"] for each in assessed} - {None}
        no_number = any(each["bedomt"] in (8, 9) for each in assessed)
        yield event(day, investigation_unit(h, row, day, reason, no_number, len(areas)))


def p1(h: History) -> Iterator[Row]:
    for row, day, reason in _investigations(h):
        heard = bool(row["individens_uppfattning"]) and row["uppgifter_fran"] in ("individen", "individen_och_andra")
        yield event(day, investigation_unit(h, row, day, reason, heard))


def p4(h: History) -> Iterator[Row]:
    for row, day, reason in _investigations(h):
        assessed = h.of("bedomning", "utredning_id", row["utredning_id"])
        resources = any(each["resurser"] for each in assessed)
        reason = reason or first(utan_bedomning=not assessed)
        yield event(day, investigation_unit(h, row, day, reason, resources))


def _investigations(h: History) -> Iterator[tuple[Row, date, Reason]]:
    for row in h.rows["utredning"]:
        if row["avslutad"] is not None:
            yield row, row["avslutad"], first(avskriven=row["utfall"] == "avskriven")


def p2(h: History) -> Iterator[Row]:
    for plan in h.rows["genomforandeplan"]:
        day = h.completed(plan)
        if day is not None and h.plan_kind(plan) == "plan":
            reason = first(ej_observerbar=day < h.seen_from["genomforandeplan"])
            described = bool(plan["delaktighet_text_langd"]) or bool(plan["onskemal"])
            yield event(day, plan_unit(h, plan, day, reason, described))


def p3(h: History) -> Iterator[Row]:
    for row in h.done:
        day = row["datum"]
        answers = [each["svar"] for each in h.of("kvalitetssvar", "uppfoljning_id", row["uppfoljning_id"])]
        opinions = [answer for answer in answers if answer != "vet_inte"]
        positive = sum(answer in ("mycket_bra", "ganska_bra") for answer in opinions)
        share = positive / len(opinions) if opinions else None
        reason = first(ej_observerbar=day < h.seen_from["folja_upp"])
        yield event(day, follow_up_unit(h, row, day, reason, bool(answers), share))


EVENTS = {"D1": d1, "D2": d2, "D3": d3, "D4": d4, "P1": p1, "P2": p2, "P3": p3, "P4": p4}
