"""Tiny worlds written by hand, one row at a time, and their true figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Profil
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.synthetic.truth import COLUMNS, true_figures
from schemas import CONTRACTS, EXPORTS

EXTRACTION = date(2024, 6, 30)
WOMAN, MAN, PROTECTED = "194001012380", "195801012399", "199001019801"
HOME_CARE, BOENDESTOD, ALARM, SHORT_STAY = "YAA.05.00", "YAA.45.ZZ", "YAA.35.ZZ", "YAA.65.ZZ"
SPECIAL_HOUSING, LSS_HOUSING, LSS_DAY = "YAA.75.ZZ", "YAB.45.15", "YAB.50.ZZ"

World = dict[str, pd.DataFrame]
Row = dict[str, Any]
Figures = dict[tuple[str, ...], tuple[int, int]]

_USUAL: dict[str, Row] = {
    "individ": {"individ_id": WOMAN, "fodelsear": 1940, "kon": "kvinna"},
    "utredning": {"utredning_id": "U1", "individ_id": WOMAN, "inledd": "2020-01-01", "lagrum": "sol_2001"},
    "bedomning": {"utredning_id": "U1", "icf_kod": "d510"},
    "beslut": {"beslut_id": "B1", "individ_id": WOMAN, "lagrum": "sol_2001", "insats": BOENDESTOD, "utfall": "bifall"},
    "uppdrag": {"uppdrag_id": "UP1", "beslut_id": "B1", "regiform": "kommunal"},
    "genomforandeplan": {"plan_id": "P1", "uppdrag_id": "UP1", "typ": "plan", "status": "klarmarkerad"},
    "mal": {"mal_id": "M1", "icf_kod": "d510"},
    "uppfoljning": {"uppfoljning_id": "F1", "part": "myndighet", "kanal": "folja_upp", "status": "klarmarkerad"},
    "maluppfyllelse": {"uppfoljning_id": "F1", "mal_id": "M1", "utfall": "helt"},
    "kvalitetssvar": {"uppfoljning_id": "F1", "fraga": "e598A", "svar": "ganska_bra"},
}


def a_world(**tables: Row | list[Row]) -> World:
    """One woman, and the given rows; what a row does not say is as in ``_USUAL``."""
    given = {"individ": {}} | tables
    rows = {name: [each] if isinstance(each, dict) else each for name, each in given.items()}
    return {name: table(name, *(usual | row for row in rows.get(name, []))) for name, usual in _USUAL.items()}


def decided(day: str, **others: Any) -> Row:
    """A decision made on the day and in force from it."""
    return {"beslutsdatum": day, "galler_fran": day} | others


def table(name: str, *rows: Row) -> pd.DataFrame:
    """A world table; columns that are not given are null, days may be texts."""
    contract = CONTRACTS[name]
    columns = {}
    for column, declared in contract.own_columns().items():
        text = declared.metadata["lasning"] in ("text_length", "text_present", "scale_word_only")
        kind = pa.string() if text else contract.arrow_type(column)
        values = pa.array([_day(row.get(column)) if kind == pa.date32() else row.get(column) for row in rows], kind)
        columns[column] = pd.Series(pd.arrays.ArrowExtensionArray(values))
    return pd.DataFrame(columns)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def profile(**system: Any) -> Profil:
    part = {"tabell": "utredning", "kolumner": {"utredning_id": "Id"}}
    return Profil.model_validate(
        {
            "kommunkod": "0642",
            "namn": "Mullsjö",
            "kontakt": "ingen",
            "individniva": {"publicering": "lan", "rattslig_grund": "prov"},
            "kallsystem": system,
            "exporter": {export: [{"monster": f"{export}.csv", "delar": [part]}] for export in EXPORTS},
        }
    )


def county(brytningar: tuple[str, ...] = ("kon",), **parametrar: int) -> Lan:
    """The shipped county with other groupings and parameters."""
    content = yaml.safe_load((PROFILES / "jonkopings-lan" / "lan.yaml").read_text(encoding="utf-8"))
    for name, value in parametrar.items():
        content["parametrar"][name]["varde"] = value
    return Lan.model_validate(content | {"brytningar": list(brytningar)})


def figures(world: World, lan: Lan, profil: Profil | None = None, day: date = EXTRACTION) -> Figures:
    """(indicator, period, grouping, group) -> denominator and numerator."""
    found = true_figures(world, lan, profil or profile(), day)
    assert tuple(found.columns) == COLUMNS
    keys = zip(found["indikator"], found["period"], found["brytning"], found["grupp"], strict=True)
    return dict(zip(keys, zip(found["namnare"], found["taljare"], strict=True), strict=True))


def total(found: Figures, indicator: str, period: str) -> tuple[int, int] | None:
    """Denominator and numerator of everyone; None where there is no unit at all."""
    return found.get((indicator, period, "total", "alla"))
