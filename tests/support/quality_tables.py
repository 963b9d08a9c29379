"""Published tables of data quality for a county of two municipalities, and what a manifest says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.quality.bounds import DATAKVALITET_EFFEKT, DATAKVALITET_ORSAK
from ibic_pipeline.quality.configuration import KONFIGURATION
from ibic_pipeline.quality.trend import UTVECKLING
from tests.support.releases import NOW, Figure, indikator_table, make_municipality

CODES = ("0642", "0680")


def reason(orsak: str, indikator: str, antal: int | None, andel: float) -> dict[str, Any]:
    """A row of ``datakvalitet_orsak``; without a number it is a few."""
    place = {"niva": "kommun", "kommunkod": "0642", "period_typ": "ar", "period": "2025"}
    return {"orsak": orsak, "indikator": indikator, **place, "antal": antal, "andel": andel, "fa": antal is None}


def accounting(export: str, last: int = 1000, regler: dict[str, int] | None = None) -> dict[str, Any]:
    """A row of the manifest's accounting."""
    counts = {"last": last, "godkanda": last - 50, "karantan": 45, "dubbletter": 5, "flaggade": 30, "reparerade": 12}
    names = {"kommunkod": "0642", "leverans_id": "2026-06-30", "kallfil": f"{export}.csv", "export": export}
    return {**names, **counts, "regler": regler or {}, "reparationer": {}}


def quality_tables() -> dict[str, pa.Table]:
    """T1 with bounds in Mullsjö, T2 that nothing touches, T3 that is not shown; one column that Jönköping lacks."""
    key = {"niva": "kommun", "kommunkod": "0642", "brytning": "total", "matt": "andel"}
    bounds = [
        {**key, "period_typ": typ, "period": period, **row}
        for typ, period in (("ar", "2025"), ("kvartal", "2026-K2"))
        for row in (
            {"indikator": "T1", "andel_berord": 0.15, "lagst": 0.3, "hogst": 0.45, "orsak": "BES-013", "avvisade": 45},
            {"indikator": "T2", "andel_berord": 0.0, "lagst": 0.4, "hogst": 0.4, "avvisade": None},
            {"indikator": "T3", "skal": "siffran_visas_inte"},
        )
    ]
    use = {"tabell": "beslut", "kolumn": "verkstallt", "indikatorer": "T9, T13"}
    uses = [
        {"kommunkod": "0642", **use, "levereras": True, "anvands": True, "ifylld_andel": 0.9},
        {"kommunkod": "0680", **use, "levereras": False, "anvands": False},
    ]
    deliveries = [
        {"kommunkod": "0642", "leverans": day, "lasta": 1000, "provade": 40, "underkanda": failing}
        for day, failing in (("2026-05-31", 7), ("2026-06-30", 4))
    ]
    return {
        "datakvalitet_effekt": pa.Table.from_pylist(bounds, DATAKVALITET_EFFEKT),
        "datakvalitet_orsak": pa.Table.from_pylist(
            [reason("BES-013", "T1", 15, 0.15), reason("saknar_ansokan", "T8", 9, 0.1)], DATAKVALITET_ORSAK
        ),
        "konfiguration": pa.Table.from_pylist(uses, KONFIGURATION),
        "datakvalitet_utveckling": _dated(deliveries),
        "indikator": indikator_table(
            [
                Figure("0642", 40, 100, "undertryckt" if each == "T3" else "visas", each, typ, period)
                for each in ("T1", "T2", "T3")
                for typ, period in (("manad", "2026-06"), ("kvartal", "2026-K2"), ("ar", "2025"))
            ]
        ),
    }


def quality_release(home: Home, folder: Path) -> dict[str, Any]:
    """Write the tables as those of a release in ``folder``, and give what its manifest says."""
    (folder / "jamforelse").mkdir(parents=True, exist_ok=True)
    for name, table in quality_tables().items():
        pq.write_table(table, folder / "jamforelse" / f"{name}.parquet")
    municipalities = [make_municipality(home, code) for code in CODES]
    catalogue = [each for each in indicators() if each.id in ("T1", "T2", "T3")]
    about = describe("2026-07-01T013000Z", NOW, home.lan, municipalities, catalogue)
    return about | {"avstamning": [accounting("beslut", regler={"UTR-001": 40})]}


def _dated(rows: list[dict[str, Any]]) -> pa.Table:
    texts = UTVECKLING.set(UTVECKLING.get_field_index("leverans"), pa.field("leverans", pa.string()))
    return pa.Table.from_pylist(rows, texts).cast(UTVECKLING)
