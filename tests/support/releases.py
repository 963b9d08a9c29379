"""A small made-up county: published figures, municipalities with versions on disk, and a home to publish in."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ibic_pipeline.compare.published import INDIKATOR, TRATT
from ibic_pipeline.derive import Indicator, indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality, publish_release
from ibic_pipeline.report import write_report
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.storage import write_json, write_parquet
from ibic_pipeline.validate.accounting import ACCOUNTING_SCHEMA
from schemas import CONTRACTS
from schemas.arrow import arrow_schema

NOW = datetime(2026, 7, 1, 1, 30, 0, tzinfo=UTC)
NAMES = {
    "0604": "Aneby", "0617": "Gnosjö", "0642": "Mullsjö", "0643": "Habo", "0662": "Gislaved", "0665": "Vaggeryd",
    "0680": "Jönköping", "0682": "Nässjö", "0683": "Värnamo", "0684": "Sävsjö", "0685": "Vetlanda", "0686": "Eksjö",
    "0687": "Tranås",
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One published figure; ``status`` other than visas and osaker leaves the numbers empty."""

    kommunkod: str | None
    taljare: int = 0
    namnare: int = 0
    status: str = "visas"
    indikator: str = "T1"
    period_typ: str = "manad"
    period: str = "2026-06"
    inaktuell: bool = False


def indikator_table(figures: Sequence[Figure]) -> pa.Table:
    """Figures as rows of the published table ``indikator``."""
    return pa.Table.from_pylist([_row(figure) for figure in figures], schema=INDIKATOR)


def tratt_table(kommunkod: str = "0642") -> pa.Table:
    """A funnel of two steps."""
    common = {"indikator": "T1", "niva": "kommun", "kommunkod": kommunkod, "period_typ": "manad", "period": "2026-06"}
    steps: list[dict[str, Any]] = [
        {"steg": 0, "orsak": None, "kvar": 60, "med_varde": 0, "i_taljare": 20},
        {"steg": 1, "orsak": "ej_moget", "kvar": 40, "med_varde": 0, "i_taljare": 20},
    ]
    return pa.Table.from_pylist([common | step for step in steps], schema=TRATT)


def one_indicator(id: str = "T1") -> list[Indicator]:
    """One indicator of the catalogue."""
    return [indicator for indicator in indicators() if indicator.id == id]


def make_home(folder: Path) -> Home:
    """A home with the settings of Jönköpings län."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROFILES / "jonkopings-lan" / "lan.yaml", folder / "lan.yaml")
    return Home(folder)


def make_municipality(home: Home, kommunkod: str, **said: Any) -> Municipality:
    """A municipality with a version on disk: one person per table, and an accounting."""
    version = home.versions(kommunkod) / "v1"
    for table, contract in CONTRACTS.items():
        schema = arrow_schema(contract)
        row = {name: _made_up(name, schema.field(name).type, kommunkod) for name in schema.names}
        write_parquet(pa.Table.from_pylist([row], schema=schema), version / "utlamnas" / f"{table}.parquet")
    row = {
        "kommunkod": kommunkod, "leverans_id": "2026-06-30", "kallfil": "beslut.csv", "export": "beslut",
        "last": 1_234, "godkanda": 1_200, "karantan": 30, "dubbletter": 4, "flaggade": 7, "regler": {"BES-010": 30},
        "reparerade": 12, "reparationer": {"REP-020": 12},
    }  # fmt: skip
    write_parquet(pa.Table.from_pylist([row], schema=ACCOUNTING_SCHEMA), version / "avstamning.parquet")
    files = [{"fil": "beslut.csv", "export": "beslut", "sha256": "0" * 64}]
    write_json({"version": "v1", "leverans": "2026-06-30", "filer": files}, version / "version.json")
    return Municipality(kommunkod, NAMES[kommunkod], said.pop("individniva", "lan"), version, **said)


def no_pages(folder: Path, about: dict[str, Any], *beside: Any) -> None:
    """Leave the pages out; they have tests of their own."""


def publish_small(home: Home, **changed: Any) -> Path:
    """Publish three municipalities (one shares no rows) with a handful of figures of T1."""
    if "municipalities" not in changed:
        changed["municipalities"] = small_municipalities(home)
    arguments: dict[str, Any] = {
        "tables": {"indikator": indikator_table(SMALL_FIGURES), "tratt": tratt_table()},
        "catalogue": one_indicator(),
        "now": NOW,
        "write_pages": write_report,
    }
    return publish_release(home, home.lan, **(arguments | changed))


def small_municipalities(home: Home) -> list[Municipality]:
    """Mullsjö and Habo, which share their rows, and Aneby, which keeps its own."""
    return [
        make_municipality(home, "0642"),
        make_municipality(home, "0643"),
        make_municipality(home, "0604", individniva="lokal"),
    ]


SMALL_FIGURES = [
    Figure(None, 130, 250),
    Figure("0642", 20, 100),
    Figure("0643", 110, 150),
    Figure("0604", status="undertryckt"),
]


def _row(figure: Figure) -> dict[str, Any]:
    shown = figure.status in ("visas", "osaker")
    share = figure.taljare / figure.namnare if shown else None
    low, high = wilson(figure.taljare, figure.namnare) if shown else (None, None)
    signal = "ej_utvarderad"
    if share is not None:
        signal = "gron" if share >= 0.9 else "gul" if share >= 0.7 else "rod"
    return {
        "indikator": figure.indikator, "version": "2026-07-01", "niva": "kommun" if figure.kommunkod else "lan",
        "kommunkod": figure.kommunkod, "period_typ": figure.period_typ, "period": figure.period,
        "brytning": "total", "grupp": "alla",
        "namnare": figure.namnare if shown else None, "taljare": figure.taljare if shown else None,
        "exkluderade": 12 if shown else None, "andel": share, "ki_lag": low, "ki_hog": high,
        "median": None, "p90": None, "signal": signal, "status": figure.status, "inaktuell": figure.inaktuell,
    }  # fmt: skip


def wilson(taljare: int, namnare: int) -> tuple[float, float]:
    """Wilson's 95 per cent interval, written out."""
    z, p = 1.959963984540054, taljare / namnare
    middle = (p + z * z / (2 * namnare)) / (1 + z * z / namnare)
    half = z / (1 + z * z / namnare) * (p * (1 - p) / namnare + z * z / (4 * namnare**2)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _made_up(name: str, type: pa.DataType, kommunkod: str) -> Any:
    if name == "kommunkod":
        return kommunkod
    if pa.types.is_string(type):
        return f"{name}-1"
    if pa.types.is_date(type):
        return datetime(2024, 3, 15).date()
    if pa.types.is_boolean(type):
        return True
    return 1950 if name == "fodelsear" else 1
