"""A small county whose release has every kind of figure that the pages know: shown, uncertain, hidden, none, late."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from ibic_pipeline.compare.chain import PROCESSKEDJA, STEPS
from ibic_pipeline.compare.differences import SKILLNAD
from ibic_pipeline.compare.published import INDIKATOR, TRATT
from ibic_pipeline.compare.survival import OVERLEVNAD
from ibic_pipeline.derive import Indicator, indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality
from ibic_pipeline.publish.changed import ANDRINGAR
from ibic_pipeline.report import write_report
from tests.support.quality_tables import quality_tables
from tests.support.releases import NAMES, NOW, make_home, make_municipality, publish_small, wilson

SHOWN = ("F1", "F5", "F6", "M1", "T1", "T11", "T4", "T9")
"""A share and a median of a state, shares of events, one where lower is better, and a difference."""
CODES = ("0604", "0617", "0642", "0680")
NEVER, STALE, HIDDEN = "0662", "0680", "0617"
QUARTERS = [f"{year}-K{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)][:10]
ACTION = "Chefen går igenom besluten i september."


def catalogue() -> list[Indicator]:
    """The indicators of the small county."""
    return [each for each in indicators() if each.id in SHOWN]


def small_site(folder: Path, **changed: Any) -> Path:
    """Publish the county, and give the folder of the release."""
    home = make_home(folder)
    text = (home.path / "lan.yaml").read_text(encoding="utf-8")
    (home.path / "lan.yaml").write_text(f'{text}\natgarder:\n  "0642":\n    T1: {ACTION}\n', encoding="utf-8")
    tables = site_tables() | changed
    return publish_small(
        home,
        municipalities=_municipalities(home),
        catalogue=catalogue(),
        tables=tables,
        now=NOW + timedelta(days=1),
        write_pages=write_report,
    )


def site_tables() -> dict[str, pa.Table]:
    """The published tables, the same every time."""
    chance = random.Random(8)
    rows, differences = list(_figures(chance)), list(_differences(chance))
    change = {
        "indikator": "T1", "niva": "kommun", "kommunkod": "0642", "period_typ": "kvartal", "period": QUARTERS[-2],
        "brytning": "total", "grupp": "alla", "matt": "andel", "fore": 0.31, "efter": 0.36, "orsak": "ny_leverans",
    }  # fmt: skip
    return {
        **{name: table for name, table in quality_tables().items() if name != "indikator"},
        "indikator": pa.Table.from_pylist(rows, INDIKATOR),
        "skillnad": pa.Table.from_pylist(differences, SKILLNAD),
        "tratt": pa.Table.from_pylist(list(_funnels()), TRATT),
        "overlevnad": pa.Table.from_pylist(list(_waits()), OVERLEVNAD),
        "processkedja": pa.Table.from_pylist(list(_chains()), PROCESSKEDJA),
        "andringar": pa.Table.from_pylist([change], ANDRINGAR),
    }


def _municipalities(home: Home) -> list[Municipality]:
    refused: dict[str, Any] = {"inaktuell": True, "orsaker": ("LEV-003: Filen beslut.csv är tom.",)}
    made = [make_municipality(home, code, **(refused if code == STALE else {})) for code in CODES]
    return [*made, Municipality(NEVER, NAMES[NEVER], "lan", None, **refused)]


def _figures(chance: random.Random) -> Iterator[dict[str, Any]]:
    groups = {"kon": ("kvinna", "man"), "regiform": ("kommunal", "privat"), "aldersgrupp": ("18-64", "80+")}
    for indicator in catalogue():
        month = [("manad", "2026-06")] if indicator.typ == "tillstand" else []
        for code in (None, *CODES):
            for typ, period in [*month, *(("kvartal", each) for each in QUARTERS)]:
                yield _row(chance, indicator, code, typ, period, "total", "alla")
            typ, period = month[0] if month else ("ar", "2025")
            for brytning, names in groups.items():
                for group in names:
                    yield _row(chance, indicator, code, typ, period, brytning, group)
                yield _row(chance, indicator, code, typ, period, brytning, "ej_redovisad", "undertryckt")


def _row(
    chance: random.Random, indicator: Indicator, code: str | None, typ: str, period: str, brytning: str, grupp: str,
    status: str = "",
) -> dict[str, Any]:  # fmt: skip
    n = chance.randint(40, 900)
    status = status or ("undertryckt" if code == HIDDEN and indicator.id in ("T1", "M1") else "visas")
    if code == HIDDEN and indicator.id == "F5":
        status = "ej_tillampligt"
    if code == "0604" and indicator.id == "T9":
        n, status = 21, "osaker"
    x = 0 if code == "0604" and indicator.id == "T1" else chance.randint(0, n)
    place = {
        "indikator": indicator.id, "version": "2026-07-01", "niva": "kommun" if code else "lan", "kommunkod": code,
        "period_typ": typ, "period": period, "brytning": brytning, "grupp": grupp, "status": status,
        "regel": {"undertryckt": "sma_tal", "ej_tillampligt": "tom_namnare"}.get(status), "inaktuell": code == STALE,
    }  # fmt: skip
    if status not in ("visas", "osaker"):
        return place
    low, high = wilson(x, n)
    row = place | {"namnare": n, "taljare": x, "exkluderade": 12, "andel": x / n, "ki_lag": low, "ki_hog": high}
    row["signal"] = chance.choice(["gron", "gul", "rod"]) if indicator.matt != "skillnad" else "ej_utvarderad"
    change = chance.uniform(-20, 20)
    row |= {"forandring_pe": change, "forandring_ki_lag": change - 9, "forandring_ki_hog": change + 9}
    if indicator.matt == "median":
        middle = chance.randint(100, 300)
        row |= {"median": middle, "median_ki_lag": middle - 17, "median_ki_hog": middle + 19, "p90": middle + 211}
    if code and brytning == "total":
        row |= {"rang_lag": 1, "rang_hog": 3}
        row |= {f"trattgrans_{level}_{side}": 0.5 + sign * width for level, width in (("95", 0.1), ("998", 0.16))
                for side, sign in (("lag", -1), ("hog", 1))}  # fmt: skip
    return row


def _differences(chance: random.Random) -> Iterator[dict[str, Any]]:
    pairs = {"kon": ("kvinna", "man"), "regiform": ("privat", "kommunal")}
    for indicator in catalogue():
        typ, period = ("manad", "2026-06") if indicator.typ == "tillstand" else ("ar", "2025")
        periods = [(typ, period)] + [("kvartal", each) for each in QUARTERS if indicator.id == "F6"]
        for code in (None, *CODES):
            for brytning, (first, second) in pairs.items():
                for typ, period in periods:
                    value = chance.uniform(-30, 30)
                    place = {
                        "indikator": indicator.id, "niva": "kommun" if code else "lan", "kommunkod": code,
                        "period_typ": typ, "period": period, "brytning": brytning, "grupp_a": first, "grupp_b": second,
                    }  # fmt: skip
                    hidden = code == HIDDEN and indicator.id in ("T1", "M1")
                    told = {"skillnad_pe": value, "ki_lag": value - 14, "ki_hog": value + 15, "n_a": 99, "n_b": 98}
                    yield place | ({"status": "undertryckt"} if hidden else {"status": "visas", **told})


def _funnels() -> Iterator[dict[str, Any]]:
    for indicator in catalogue():
        typ, period = ("manad", "2026-06") if indicator.typ == "tillstand" else ("kvartal", QUARTERS[-1])
        for code in (None, *CODES):
            place = {"indikator": indicator.id, "niva": "kommun" if code else "lan", "kommunkod": code}
            for step, (reason, left) in enumerate(((None, 1731), ("ej_beviljat", None), ("ej_moget", 1234))):
                row = {"period_typ": typ, "period": period, "steg": step, "orsak": reason, "kvar": left}
                yield place | row | {"med_varde": 0, "i_taljare": 456}


def _chains() -> Iterator[dict[str, Any]]:
    """A whole chain with two losses that are as large, one with hidden steps, one hidden whole, one of nobody."""
    whole, some = [853, 811, 811, 769, 733, 727], [631, None, None, 587, 421, 157]
    of_place = {
        None: whole, "0642": whole, "0604": some, HIDDEN: [None] * 6, STALE: [0] * 6, NEVER: [None] * 6,
    }  # fmt: skip
    status = {HIDDEN: "undertryckt", STALE: "ej_tillampligt", NEVER: "ej_utvarderad"}
    for code, left in of_place.items():
        place = {"indikator": "F1", "niva": "kommun" if code else "lan", "kommunkod": code, "period_typ": "manad"}
        for step, (name, kvar) in enumerate(zip(STEPS, left, strict=True)):
            before = left[max(step - 1, 0)]
            lost = 0 if (code, name) == ("0604", "beslut") else None if None in (kvar, before) else before - kvar
            row = {"period": "2026-06", "steg": step, "processteg": name, "kvar": kvar, "bortfall": lost}
            for column, count in (("andel_kvar", kvar), ("andel_bortfall", lost)):
                row[column] = None if count is None or not left[0] else count / left[0]
            shown = "undertryckt" if kvar is None or lost is None else "visas"
            yield place | row | {"status": status.get(code, shown)}


def _waits() -> Iterator[dict[str, Any]]:
    for curve in ("KM_plan", "KM_uppfoljning"):
        for code in (None, "0604", "0642", "0680"):
            place = {"indikator": curve, "niva": "kommun" if code else "lan", "kommunkod": code, "start_ar": 2024}
            for day in range(0, 541, 30):
                left = 1 - day / (700 + len(code or ""))
                told = {
                    "i_risk": 900 - day,
                    "handelser": 9,
                    "andel_kvar": left,
                    "ki_lag": left - 0.04,
                    "ki_hog": left + 0.03,
                }
                hidden = day in (240, 270)
                yield place | {"dag": day} | ({"status": "undertryckt"} if hidden else {"status": "visas", **told})
