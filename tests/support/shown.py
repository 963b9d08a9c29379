"""Figures of a small county in every state, what a manifest says of it, and the panel that the pages are made of."""

from __future__ import annotations

from typing import Any

from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.report.figures import Panel, panels
from tests.support.releases import NAMES, NOW, Figure, indikator_table, one_indicator

FIGURES = [
    Figure(None, 500, 800),
    Figure("0604", 30, 40),
    Figure("0617", status="undertryckt"),
    Figure("0642", 20, 100),
    Figure("0643", 9, 14, status="osaker"),
    Figure("0665", status="ej_tillampligt"),
    Figure("0680", 441, 646, inaktuell=True),
    Figure("0682", status="ej_utvarderad"),
    Figure("0662", status="ej_utvarderad"),
]


def about(home: Home, codes: list[str], catalogue: Any = None, **names: str) -> dict[str, Any]:
    municipalities = [
        Municipality(
            code,
            names.get(f"k{code}", NAMES[code]),
            "lokal",
            None,
            inaktuell=code == "0680",
            orsaker=("LEV-003: Tom.",),
        )
        for code in codes
    ]
    said = describe("2026-07-01T013000Z", NOW, home.lan, municipalities, catalogue or one_indicator())
    for each in said["kommuner"]:
        each["version"] = None if each["kommunkod"] == "0662" else "v1"
    return said


def panel(home: Home, *figures: Figure) -> Panel:
    codes = sorted({figure.kommunkod for figure in figures if figure.kommunkod})
    return panels(indikator_table(figures), None, about(home, codes))[0]
