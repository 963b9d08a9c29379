"""A folder with published figures of a few indicators, as a release has them, and what its manifest says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from ibic_pipeline.compare.differences import SKILLNAD
from ibic_pipeline.compare.published import INDIKATOR
from ibic_pipeline.compare.survival import OVERLEVNAD
from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.storage import write_parquet
from tests.support.releases import NOW, Figure, indikator_table, make_municipality

IDS = ("T1", "T4", "F6", "M1")
CODES = ("0642", "0643")
QUARTERS = ("2026-K1", "2026-K2")
_HOSTILE = "=cmd|' /C calc'!A0"


def reports_folder(home: Home, folder: Path, **names: str) -> dict[str, Any]:
    """Write the tables below ``folder`` and return what a manifest says of them; ``k0642``: another name."""
    figures = indikator_table(_figures()).to_pylist()
    figures = [row | _median(row) for row in figures] + [_by_sex(row) for row in figures if row["indikator"] == "T1"]
    write_parquet(pa.Table.from_pylist(figures, INDIKATOR), folder / "jamforelse" / "indikator.parquet")
    write_parquet(pa.Table.from_pylist(_apart(), SKILLNAD), folder / "jamforelse" / "skillnad.parquet")
    write_parquet(pa.Table.from_pylist(_curves(), OVERLEVNAD), folder / "jamforelse" / "overlevnad.parquet")
    places = [make_municipality(home, code, inaktuell=code == "0643", orsaker=(_HOSTILE,)) for code in CODES]
    about = describe("2026-07-01T013000Z", NOW, home.lan, places, [each for each in indicators() if each.id in IDS])
    for each in about["kommuner"]:
        each["namn"] = names.get(f"k{each['kommunkod']}", each["namn"])
    return about


def _figures() -> list[Figure]:
    now = [("manad", "2026-06"), *(("kvartal", quarter) for quarter in QUARTERS), ("ar", "2025")]
    found = []
    for typ, period in now:
        found += [
            Figure(None, 613, 997, period_typ=typ, period=period),
            Figure("0642", 17, 83, period_typ=typ, period=period),
            Figure("0643", status="undertryckt", period_typ=typ, period=period),
            Figure(None, 409, 701, indikator="T4", period_typ=typ, period=period),
            Figure("0642", 31, 59, indikator="T4", period_typ=typ, period=period),
            Figure("0643", 7, 19, status="osaker", indikator="T4", period_typ=typ, period=period),
            Figure(None, 211, 499, indikator="F6", period_typ=typ, period=period),
            Figure("0642", 23, 67, indikator="F6", period_typ=typ, period=period),
            Figure("0643", status="ej_tillampligt", indikator="F6", period_typ=typ, period=period),
        ]
    return found


def _median(row: dict[str, Any]) -> dict[str, Any]:
    if row["indikator"] != "T4" or row["andel"] is None:
        return {}
    return {"median": 211.5, "median_ki_lag": 187.0, "median_ki_hog": 240.0, "p90": 533.0}


def _by_sex(row: dict[str, Any]) -> dict[str, Any]:
    shares = {"andel": None if row["andel"] is None else row["andel"] + 0.0437}
    return row | shares | {"brytning": "kon", "grupp": "kvinna"}


def _apart() -> list[dict[str, Any]]:
    common = {"niva": "kommun", "period_typ": "manad", "period": "2026-06"}
    sexes = {"brytning": "kon", "grupp_a": "kvinna", "grupp_b": "man", "n_a": 40, "n_b": 43}
    forms = {"brytning": "regiform", "grupp_a": "privat", "grupp_b": "kommunal", "n_a": 30, "n_b": 37}
    shown = {"skillnad_pe": 8.73, "ki_lag": 1.17, "ki_hog": 16.29, "status": "visas"}
    return [
        {**common, **sexes, **shown, "indikator": "T1", "kommunkod": "0642"},
        {**common, **sexes, "indikator": "T1", "kommunkod": "0643", "status": "undertryckt"},
        {**common, **forms, "indikator": "F6", "kommunkod": "0642", **shown},
    ]


def _curves() -> list[dict[str, Any]]:
    common = {"indikator": "KM_uppfoljning", "start_ar": 2024, "handelser": 6}
    points = [(0, 61, 1.0), (90, 53, 0.913), (180, None, None), (360, 29, 0.5717), (540, 12, 0.4631)]
    return [
        {
            **common,
            "niva": "kommun" if code else "lan",
            "kommunkod": code,
            "dag": day,
            "i_risk": at_risk if code else 877,
            "andel_kvar": share if code or share is None else share + 0.0119 * (day > 0),
            "ki_lag": None if share in (None, 1.0) else share - 0.07,
            "ki_hog": None if share in (None, 1.0) else share + 0.06,
            "status": "undertryckt" if share is None else "visas",
        }
        for code in (None, "0642")
        for day, at_risk, share in points
    ]
