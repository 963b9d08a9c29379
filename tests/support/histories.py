"""Random small histories of a few persons, within the rules of the contracts; days crowd where limits lie."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from hypothesis import strategies as st

from schemas import CONTRACTS
from tests.support.small_tables import table

Rows = dict[str, list[dict[str, str]]]

EXTRACTION = date(2026, 6, 30)
LIMITS = [
    *(date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28)),
    *(date(2023, 12, 31), date(2024, 12, 31), date(2025, 1, 1)),
    *(date(2024, 9, 14), date(2024, 9, 15), date(2025, 6, 30), date(2025, 7, 1)),
    *(date(2026, 6, 16), date(2026, 6, 17), date(2026, 6, 29), EXTRACTION),
]
CROWDED = [date(2024, 9, 1), date(2024, 9, 15), date(2026, 6, 15), date(2026, 6, 29)]
"""Pairs that lie a plan's deadline apart, one of them at the migration."""

DAYS = st.sampled_from(CROWDED) | st.sampled_from(CROWDED) | st.sampled_from(LIMITS) | st.dates(LIMITS[4], EXTRACTION)
"""Days on which something may have been done, often one of a few, so that things meet on the same day."""

PARAMETERS = st.fixed_dictionaries(
    {
        "uppfoljning_dagar": st.sampled_from(["90", "365"]),
        "gp_frist_dagar": st.sampled_from(["0", "14"]),
        **{
            f"{what}_fran": st.sampled_from(["1900-01-01", "2024-09-15"])
            for what in ("folja_upp", "journal", "genomforandeplan", "maluppfyllelse")
        },
    }
)


@st.composite
def histories(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Persons with decisions, commissions, plans, goals and follow-ups."""
    rows: Rows = {name: [] for name in CONTRACTS}
    for person in range(3):
        row = {"individ_id": f"P{person}"}
        row["skydd"] = draw(st.sampled_from(["", "", "ingen", "fingerade"]))
        row["fodelsear"] = draw(st.sampled_from(["", "1944", "1945", "1960", "2007", "2025"]))
        row["kon"] = draw(st.sampled_from(["kvinna", "man", "okant", ""]))
        rows["individ"].append(row)
    for number in range(draw(st.integers(0, 6))):
        _draw_decision(draw, rows, f"B{number}")
    return {name: table(name, some) for name, some in rows.items()}


def _draw_decision(draw: st.DrawFn, rows: Rows, key: str) -> None:
    granted = draw(st.integers(0, 5)) > 0
    start = draw(DAYS | st.just(EXTRACTION + timedelta(1)))
    tom = draw(st.none() | st.integers(0, 900))
    ended = draw(st.none() | st.integers(-5, 900))
    rows["beslut"].append(
        {
            "beslut_id": key,
            "individ_id": f"P{draw(st.integers(0, 2))}",
            "lagrum": draw(st.sampled_from(["sol_2001", "lss", "sol_2001_utan_behovsprovning"])),
            "insats": draw(st.sampled_from(["hemtjanst", "korttidsplats", "trygghetslarm", "lss_boende", "okand"])),
            "utfall": draw(st.sampled_from(["bifall", "delvis_bifall"])) if granted else "avslag",
            "beslutsdatum": _text(min(start, EXTRACTION) - timedelta(draw(st.integers(0, 400)))),
            "galler_fran": _text(start) if granted or draw(st.booleans()) else "",
            "galler_tom": "" if tom is None else _text(start + timedelta(tom)),
            "upphort": "" if ended is None else _text(start + timedelta(ended)),
            "utan_behovsprovning": draw(st.sampled_from(["", "nej", "nej", "ja"])),
        }
    )
    _draw_follow_ups(draw, rows, "beslut_id", key, [])
    for number in range(draw(st.integers(0, 2))):
        _draw_commission(draw, rows, key, f"U{key}{number}")


def _draw_commission(draw: st.DrawFn, rows: Rows, decision: str, key: str) -> None:
    days = {name: _maybe(draw(st.none() | DAYS)) for name in ("skickat", "mottaget", "paborjat", "avslutat")}
    regiform = draw(st.sampled_from(["kommunal", "privat_lov", ""]))
    rows["uppdrag"].append({"uppdrag_id": key, "beslut_id": decision, "regiform": regiform, **days})
    earlier: list[str] = []
    for number in range(draw(st.integers(0, 2))):
        plan = f"G{key}{number}"
        rows["genomforandeplan"].append(
            {
                "plan_id": plan,
                "uppdrag_id": key,
                "typ": draw(st.sampled_from(["plan", "plan", "", "rutinbeskrivning"])),
                "status": draw(st.sampled_from(["klarmarkerad", "delgiven", "arbetsanteckning", "makulerad"])),
                "klarmarkerad": _maybe(draw(st.none() | DAYS)),
            }
        )
        earlier = _draw_follow_ups(draw, rows, "plan_id", plan, earlier)


def _draw_follow_ups(draw: st.DrawFn, rows: Rows, column: str, key: str, earlier: list[str]) -> list[str]:
    """Goals and follow-ups of one decision or plan; a plan may also follow up the goals of the version before it."""
    goals = [f"M{key}{number}" for number in range(draw(st.integers(0, 2)))]
    rows["mal"].extend({"mal_id": goal, column: key} for goal in goals)
    for number in range(draw(st.integers(0, 4))):
        follow_up = f"F{key}{number}"
        status = draw(st.sampled_from(["klarmarkerad", "klarmarkerad", "pagaende"]))
        rows["uppfoljning"].append(
            {
                "uppfoljning_id": follow_up,
                column: key,
                "datum": _text(draw(DAYS)) if status == "klarmarkerad" else _maybe(draw(st.none() | DAYS)),
                "part": draw(st.sampled_from(["myndighet", "myndighet", "utforare"])),
                "kanal": draw(st.sampled_from(["folja_upp", "journal"])),
                "status": status,
            }
        )
        outcomes = st.sampled_from(["helt", "delvis", "inte", "ej_bedomt", None])
        rows["maluppfyllelse"].extend(
            {"uppfoljning_id": follow_up, "mal_id": goal, "utfall": outcome}
            for goal in (*goals, *earlier)
            if (outcome := draw(outcomes)) is not None
        )
    return goals


def _text(day: date) -> str:
    return day.isoformat()


def _maybe(day: date | None) -> str:
    return "" if day is None else _text(day)
