"""Random small histories of a few persons, within the rules of the contracts; days crowd where limits lie."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from hypothesis import strategies as st

from schemas import CONTRACTS
from tests.support.small_tables import table

Row = dict[str, str]
Rows = dict[str, list[Row]]
Near = st.SearchStrategy[date]

EXTRACTION = date(2026, 6, 30)
LIMITS = [
    *(date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28)),
    *(date(2023, 12, 31), date(2024, 12, 31), date(2025, 1, 1)),
    *(date(2024, 9, 14), date(2024, 9, 15), date(2025, 6, 30), date(2025, 7, 1)),
    *(date(2026, 6, 16), date(2026, 6, 17), date(2026, 6, 29), EXTRACTION),
]
CROWDED = [date(2024, 9, 1), date(2024, 9, 15), date(2026, 6, 15), date(2026, 6, 29)]
"""Pairs that lie a plan's deadline apart, one of them at the migration."""

DAYS = st.sampled_from(CROWDED) | st.sampled_from(LIMITS) | st.dates(LIMITS[4], EXTRACTION)
"""Days on which something may have been done, often one of a few, so that things meet on the same day."""

PARAMETERS = st.fixed_dictionaries(
    {
        "uppfoljning_dagar": st.sampled_from(["90", "365"]),
        "gp_frist_dagar": st.sampled_from(["0", "14"]),
        "gp_aktuell_dagar": st.sampled_from(["30", "365"]),
        "utredningstid_dagar": st.sampled_from(["0", "30"]),
        "lang_tid_dagar": st.sampled_from(["120", "730"]),
        "fore_slut_dagar": st.sampled_from(["0", "90"]),
        "ombeslut_dagar": st.sampled_from(["0", "30"]),
        "oforandrad_procent": st.sampled_from(["0", "10"]),
        "glapp_sok_dagar": st.sampled_from(["30", "90"]),
        "glapp_dagar": st.sampled_from(["1", "2"]),
        "verkstallighet_manader": st.sampled_from(["1", "3"]),
        "individuell_plan_dagar": st.sampled_from(["30", "365"]),
        "boende_vantetid_dagar": st.sampled_from(["0", "90"]),
        "episod_lucka_dagar": st.sampled_from(["0", "30"]),
        "skala_avstand_dagar": st.sampled_from(["0", "60"]),
        "ny_utredning_dagar": st.sampled_from(["0", "60"]),
        "minsta_textlangd": st.sampled_from(["1", "20"]),
        "kedja_fran_manader": st.sampled_from(["0", "12"]),
        "kedja_till_manader": st.sampled_from(["13", "24"]),
        **{
            f"{what}_fran": st.sampled_from(["1900-01-01", "2024-09-15"])
            for what in ("folja_upp", "journal", "genomforandeplan", "maluppfyllelse")
        },
    }
)

AROUND = st.sampled_from([-90, -60, -30, -1, 0, 1, 2, 14, 30, 31, 59, 60, 61, 90, 91, 92, 365, 366])
"""Days from something else: those of the parameters, and one day beside."""

GAPS = st.sampled_from([1, 2, 3, 30, 31, 32, 90, 91, 0, -1, -30])
"""From the last day of one decision to the first of the next, round the gaps that the parameters allow."""

STARTS = st.sampled_from([*LIMITS[:9], date(2024, 11, 30), date(2025, 9, 1), EXTRACTION + timedelta(1)]) | st.dates(
    LIMITS[4], EXTRACTION
)
"""First days of decisions; early enough that much may follow."""

HOW_MANY = st.sampled_from([0, 1, 2, 3, 4, 8, *[24] * 10])
"""Decisions: few where a failure shrinks, else so many that each run of the SQL shows much."""

KINDS = ["hemtjanst", "hemtjanst", "sarskilt_boende", "lss_boende", "lss_boende", "korttidsplats", "trygghetslarm", "?"]
LAWS = ["sol_2001", "sol_2001", "sol_2001", "lss", "lss", "lss", "sol_2001_utan_behovsprovning"]
SCALE = st.sampled_from(["", "0", "1", "1", "1", "2", "2", "2", "4", "8", "9"])
CODES = ("d450", "d510")
EXTENTS = st.sampled_from(["", "0", "9", "10", "10", "11", "12"])
TEXT_LENGTHS = st.sampled_from(["", "0", "1", "19", "20"])
NEW = "new"


@st.composite
def histories(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Persons with investigations, decisions that follow each other, commissions, plans, goals and follow-ups."""
    rows: Rows = {name: [] for name in CONTRACTS}
    for person in range(draw(st.sampled_from([1, 2, *[8] * 6]))):
        row = {"individ_id": f"P{person}"}
        row["skydd"] = draw(st.sampled_from(["", "", "", "ingen", "fingerade"]))
        row["fodelsear"] = draw(st.sampled_from(["", "1944", "1945", "1960", "2007", "2025"]))
        row["kon"] = draw(st.sampled_from(["kvinna", "man", "okant", ""]))
        rows["individ"].append(row)
    for number in range(draw(st.integers(0, 1))):
        _draw_investigation(draw, rows, f"A{number}", "P0", draw(DAYS))
    for number in range(draw(HOW_MANY)):
        _draw_decision(draw, rows, f"B{number}")
    return {name: table(name, some) for name, some in rows.items()}


def _draw_investigation(draw: st.DrawFn, rows: Rows, key: str, person: str, begun: date) -> None:
    closed = draw(st.none() | st.sampled_from([0, 30, 60, 400]))
    whole = draw(st.booleans())
    yes = st.just("ja") if whole else st.sampled_from(["ja", "nej", ""])
    sources = ["individen", "individen_och_andra", "anhorig"]
    rows["utredning"].append(
        {
            "utredning_id": key,
            "individ_id": person,
            "lagrum": draw(st.sampled_from(["sol_2001", "lss", ""])),
            "ansokan_datum": _maybe(
                draw(st.none() | st.just(begun) | AROUND.map(lambda days: begun - timedelta(days)))
            ),
            "inledd": _text(begun),
            "avslutad": "" if closed is None else _text(min(begun + timedelta(closed), EXTRACTION)),
            "utfall": draw(st.sampled_from(["beslut", "beslut", "avskriven", "aterkallad", ""])),
            "uppgifter_fran": draw(st.sampled_from(sources if whole else [*sources, ""])),
            **{name: draw(yes) for name in ("samtycke", "informerat_samtal", "individens_uppfattning")},
            **{name: draw(yes) for name in ("samlad_bedomning", "kommunicerad")},
        }
    )
    rows["bedomning"].extend(
        {
            "utredning_id": key,
            "icf_kod": code,
            "livsomrade": draw(st.sampled_from(["d4", "d5", ""])),
            "bedomt": draw(SCALE),
            "resurser": draw(st.sampled_from(["ja", "nej", ""])),
        }
        for code in CODES
        if draw(st.integers(0, 4)) > 0
    )


def _draw_decision(draw: st.DrawFn, rows: Rows, key: str) -> None:
    like = _draw_what(draw, rows)
    start = date.fromisoformat(like["galler_fran"])
    granted = draw(st.integers(0, 7)) > 0
    decided = min(start, EXTRACTION) - timedelta(draw(st.sampled_from([0, 0, 0, 1, 30, 60, 400])))
    until_known = [max((EXTRACTION - start).days - days, 0) for days in (0, 30, 90)]
    tom = draw(st.none() | st.integers(0, 900) | st.sampled_from([0, 30, 90, 365]) | st.sampled_from(until_known))
    ended = draw(st.sampled_from([False, False, False, True]))
    carried_out = draw(st.none() | AROUND)
    rows["beslut"].append(
        {
            "beslut_id": key,
            **like,
            "utredning_id": _draw_origin(draw, rows, key, like["individ_id"], decided),
            "lagrum": draw(st.sampled_from(LAWS)),
            "utfall": draw(st.sampled_from(["bifall", "delvis_bifall"] if granted else ["avslag", "avskrivet"])),
            "beslutsdatum": _text(decided),
            "galler_fran": like["galler_fran"] if granted or draw(st.booleans()) else "",
            "galler_tom": "" if tom is None else _text(start + timedelta(tom)),
            "upphort": _text(start + timedelta(draw(st.integers(-5, 900)))) if ended else "",
            "verkstallt": "" if carried_out is None else _text(min(decided + timedelta(carried_out), EXTRACTION)),
            "ej_verkstallt_skal": draw(st.sampled_from(["", "", "", "resursbrist", "vill_vanta"])),
            "utan_behovsprovning": draw(st.sampled_from(["", "nej", "nej", "nej", "nej", "ja"])),
        }
    )
    near = _near(start, start if tom is None else start + timedelta(tom))
    _draw_follow_ups(draw, rows, ("beslut_id", key), [], near)
    for number in range(draw(st.integers(0, 2))):
        _draw_commission(draw, rows, key, f"U{key}{number}", near)


def _draw_what(draw: st.DrawFn, rows: Rows) -> Row:
    """For whom, what and from when: of its own, or after an earlier decision of the same person and intervention."""
    before = draw(st.sampled_from([None, *rows["beslut"]]))
    if before is None:
        return {
            "individ_id": draw(st.sampled_from(rows["individ"]))["individ_id"],
            "insats": draw(st.sampled_from(KINDS)),
            "galler_fran": _text(draw(STARTS)),
            "omfattning": draw(EXTENTS),
            "omfattning_enhet": draw(st.sampled_from(["", *["dagar_per_vecka"] * 5])),
        }
    day = before["galler_tom"] or before["upphort"]
    last = date.fromisoformat(day) if day else date.fromisoformat(before["beslutsdatum"]) + timedelta(200)
    start = min(last + timedelta(draw(GAPS)), EXTRACTION + timedelta(1))
    return {
        "individ_id": before["individ_id"],
        "insats": before["insats"],
        "galler_fran": _text(start),
        "omfattning": draw(EXTENTS | st.just(before["omfattning"])),
        "omfattning_enhet": draw(st.sampled_from([*[before["omfattning_enhet"]] * 8, "timmar_per_manad"])),
    }


def _draw_origin(draw: st.DrawFn, rows: Rows, key: str, person: str, decided: date) -> str:
    """The decision's investigation: its own, one of the person's earlier ones, none, or one not delivered."""
    theirs = [each["utredning_id"] for each in rows["utredning"] if each["individ_id"] == person]
    origin = draw(st.sampled_from([NEW, NEW, NEW, NEW, *theirs[-1:], "", "saknas"]))
    if origin != NEW:
        return origin
    _draw_investigation(draw, rows, f"A{key}", person, _draw_begun(draw, rows, person, decided))
    return f"A{key}"


def _draw_begun(draw: st.DrawFn, rows: Rows, person: str, decided: date) -> date:
    """When an investigation began: some days before the decision, or after a follow-up of an earlier decision."""
    theirs = {row["beslut_id"] for row in rows["beslut"] if row["individ_id"] == person}
    followed = [row["datum"] for row in rows["uppfoljning"] if row["datum"] and row.get("beslut_id") in theirs]
    after = [date.fromisoformat(day) + timedelta(step) for day in followed for step in (0, 1, 60, 61)]
    before = [decided - timedelta(step) for step in (0, 0, 0, 1, 30, 60, 90)]
    return draw(st.sampled_from([*before, *(day for day in after if 0 <= (decided - day).days < 100)]))


def _draw_commission(draw: st.DrawFn, rows: Rows, decision: str, key: str, near: Near) -> None:
    days = {name: _maybe(draw(st.none() | near)) for name in ("skickat", "mottaget", "paborjat", "avslutat")}
    rows["uppdrag"].append(
        {
            "uppdrag_id": key,
            "beslut_id": decision,
            "regiform": draw(st.sampled_from(["kommunal", "privat_lov", ""])),
            "antal_mal": draw(st.sampled_from(["", "0", "2"])),
            **days,
        }
    )
    earlier: list[str] = []
    for number in range(draw(st.integers(0, 2))):
        plan = f"G{key}{number}"
        made = draw(st.none() | near)
        ready = draw(st.none() | near)
        rows["genomforandeplan"].append(
            {
                "plan_id": plan,
                "uppdrag_id": key,
                "typ": draw(
                    st.sampled_from(["plan", "plan", "", "rutinbeskrivning", "individuell_plan", "individuell_plan"])
                ),
                "status": draw(
                    st.sampled_from(["klarmarkerad", "klarmarkerad", "delgiven", "arbetsanteckning", "makulerad"])
                ),
                "upprattad": _maybe(made),
                "klarmarkerad": _maybe(ready if made is None or ready is None else max(made, ready)),
                "delaktighet_text_langd": draw(st.sampled_from(["", "0", "12"])),
                "onskemal": draw(st.sampled_from(["", "nej", "ja"])),
            }
        )
        earlier = _draw_follow_ups(draw, rows, ("plan_id", plan), earlier, near)


def _draw_follow_ups(draw: st.DrawFn, rows: Rows, place: tuple[str, str], earlier: list[str], near: Near) -> list[str]:
    """Goals and follow-ups of one decision or plan; a plan may also follow up the goals of the version before it."""
    column, key = place
    goals = [f"M{key}{number}" for number in range(draw(st.integers(0, 2)))]
    rows["mal"].extend(
        {
            "mal_id": goal,
            column: key,
            "icf_kod": draw(st.sampled_from(["", *CODES, *CODES])),
            "avsett": draw(SCALE),
            "text_langd": draw(TEXT_LENGTHS),
            "endast_skala": draw(st.sampled_from(["", "nej", "ja"])),
            "inriktning": draw(st.sampled_from(["", "utveckla", "bibehalla"])),
        }
        for goal in goals
    )
    for number in range(draw(st.integers(0, 3))):
        _draw_follow_up(draw, rows, {"uppfoljning_id": f"F{key}{number}", column: key}, (*goals, *earlier), near)
    return goals


def _draw_follow_up(draw: st.DrawFn, rows: Rows, keys: Row, goals: tuple[str, ...], near: Near) -> None:
    status = draw(st.sampled_from(["klarmarkerad", "klarmarkerad", "pagaende"]))
    day = draw(near) if status == "klarmarkerad" else draw(st.none() | DAYS)
    rows["uppfoljning"].append(
        {
            **keys,
            "datum": _maybe(day),
            "part": draw(st.sampled_from(["myndighet", "myndighet", "utforare"])),
            "kanal": draw(st.sampled_from(["folja_upp", "journal"])),
            "status": status,
        }
    )
    mine = {"uppfoljning_id": keys["uppfoljning_id"]}
    outcomes = st.sampled_from(["helt", "delvis", "inte", "ej_bedomt", None])
    rows["maluppfyllelse"].extend(
        {**mine, "mal_id": goal, "utfall": outcome, "skala_vid_uppfoljning": draw(SCALE)}
        for goal in goals
        if (outcome := draw(outcomes)) is not None
    )
    answers = st.sampled_from([None, None, "mycket_bra", "ganska_bra", "ganska_daligt", "vet_inte"])
    rows["kvalitetssvar"].extend(
        {**mine, "fraga": question, "svar": answer}
        for question in ("e598A", "e598B")
        if (answer := draw(answers)) is not None
    )


def _near(*anchors: date) -> Near:
    """Any of the days, or one that lies a parameter's length from a day of the decision's own."""
    beside = st.builds(lambda anchor, days: anchor + timedelta(days), st.sampled_from(anchors), AROUND)
    own = beside.map(lambda day: min(day, EXTRACTION))
    return st.sampled_from([DAYS, own, own, own]).flatmap(lambda days: days)


def _text(day: date) -> str:
    return day.isoformat()


def _maybe(day: date | None) -> str:
    return "" if day is None else _text(day)
