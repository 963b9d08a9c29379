"""Small tables written as text, for tests that read like a table, and a county to derive and compare them in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import engine_of, in_order
from ibic_pipeline.derive.headers import facts, indicators
from ibic_pipeline.derive.reference import ALWAYS, aldersgrans
from ibic_pipeline.derive.run import UNITS, units
from ibic_pipeline.derive.run import fact as rows_of
from ibic_pipeline.home import Settings
from schemas import CONTRACTS

SETTINGS = Settings(home=Path("home"), memory="500MB", threads=1)

DEFAULTS: dict[str, dict[str, str]] = {
    "individ": {"individ_id": "P1", "fodelsear": "1950", "kon": "kvinna", "skydd": ""},
    "utredning": {"utredning_id": "A1", "individ_id": "P1", "lagrum": "sol_2001"},
    "bedomning": {"utredning_id": "A1"},
    "beslut": {
        "beslut_id": "B1",
        "individ_id": "P1",
        "lagrum": "sol_2001",
        "insats": "hemtjanst",
        "utfall": "bifall",
        "beslutsdatum": "2024-01-01",
        "galler_fran": "2024-01-01",
    },
    "uppdrag": {"uppdrag_id": "U1", "beslut_id": "B1", "regiform": "kommunal"},
    "genomforandeplan": {"plan_id": "G1", "uppdrag_id": "U1", "typ": "plan", "status": "klarmarkerad"},
    "mal": {"mal_id": "M1"},
    "uppfoljning": {
        "uppfoljning_id": "F1",
        "part": "myndighet",
        "kanal": "folja_upp",
        "status": "klarmarkerad",
    },
    "maluppfyllelse": {"uppfoljning_id": "F1", "mal_id": "M1", "utfall": "helt"},
    "kvalitetssvar": {"uppfoljning_id": "F1"},
}
"""What a column holds where a test does not say; everything else is empty."""

PARAMETERS = {
    "uppfoljning_dagar": 365,
    "gp_frist_dagar": 14,
    "gp_aktuell_dagar": 365,
    "utredningstid_dagar": 30,
    "lang_tid_dagar": 730,
    "fore_slut_dagar": 90,
    "ombeslut_dagar": 30,
    "oforandrad_procent": 10,
    "glapp_sok_dagar": 90,
    "glapp_dagar": 1,
    "verkstallighet_manader": 3,
    "individuell_plan_dagar": 365,
    "boende_vantetid_dagar": 90,
    "episod_lucka_dagar": 30,
    "skala_avstand_dagar": 60,
    "ny_utredning_dagar": 60,
    "minsta_textlangd": 20,
    "kedja_fran_manader": 12,
    "kedja_till_manader": 24,
}
"""The county's parameters where a test does not say."""


def records(text: str) -> list[dict[str, str]]:
    """Rows of a text table: a line of names, then one line per row, cells between ``|``, empty = null."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def table(name: str, rows: list[dict[str, str]]) -> pa.Table:
    """A contract table from rows of text, with ``DEFAULTS`` for columns that the rows leave out."""
    contract = CONTRACTS[name]
    columns = contract.own_columns()
    unknown = {key for row in rows for key in row} - set(columns)
    assert not unknown, f"{name} has no {unknown}"
    full = [{**dict.fromkeys(columns, ""), **DEFAULTS.get(name, {}), **row} for row in rows]
    return pa.table({c: _column([row[c] for row in full], contract.arrow_type(c)) for c in columns})


def _column(texts: list[str], kind: pa.DataType) -> pa.Array:
    nulls: list[Any] = [text or None for text in texts]
    if pa.types.is_boolean(kind):
        nulls = [None if text is None else text == "ja" for text in nulls]
        return pa.array(nulls, kind)
    return pa.array(nulls, pa.string()).cast(kind)


def parameters(**given: str) -> pa.Table:
    """``parametrar`` with ``PARAMETERS``, extraction 2026-06-30 and everything observable unless said."""
    numbers = {name: str(value) for name, value in PARAMETERS.items()}
    seen_from = ("folja_upp_fran", "journal_fran", "genomforandeplan_fran", "maluppfyllelse_fran")
    days = {"uttagsdatum": "2026-06-30", **dict.fromkeys(seen_from, ALWAYS.isoformat())}
    values = {**days, **numbers}
    assert set(given) <= set(values)
    return pa.table(
        {
            name: pa.array([value]).cast(pa.date32() if name in days else pa.int32())
            for name, value in (values | given).items()
        }
    )


def reference(**given: str) -> dict[str, pa.Table]:
    """Reference tables with a few codes; each ``insats`` code is also the name of its group."""
    insatser = [
        ("hemtjanst", "SoL"),
        ("korttidsplats", "SoL"),
        ("trygghetslarm", "SoL"),
        ("sarskilt_boende", "SoL"),
        ("lss_boende", "LSS"),
    ]
    return {
        "parametrar": parameters(**given),
        "insatsregel": pa.table(
            {
                "insatsgrupp": ["korttidsplats", "trygghetslarm"],
                "utan_genomforandeplan": [True, False],
                "utan_uppfoljningskrav": [False, True],
            }
        ),
        "aldersgrans": aldersgrans((18, 65, 80)),
        "kodlista_insats": pa.table(
            {
                "kod": [kod for kod, _ in insatser],
                "lag": [lag for _, lag in insatser],
                "insatsgrupp": [kod for kod, _ in insatser],
            }
        ),
        "kodlista_lagrum": pa.table(
            {
                "kod": ["sol_2001", "sol_2001_utan_behovsprovning", "lss"],
                "lag": ["SoL", "SoL", "LSS"],
                "utan_behovsprovning": [False, True, False],
            }
        ),
        "kodlista_regiform": pa.table({"kod": ["kommunal", "privat_lov"], "grupp": ["kommunal", "privat"]}),
    }


def inputs(tables: dict[str, str]) -> dict[str, pa.Table]:
    """All ten contract tables from texts; the person of the defaults is there unless ``individ`` is given."""
    texts = {"individ": "individ_id\nP1", **tables}
    return {name: table(name, records(texts[name]) if name in texts else []) for name in CONTRACTS}


def derived(name: str, given: dict[str, pa.Table], parametrar: dict[str, str] | None = None) -> pa.Table:
    """A fact, or an indicator's units, derived from contract tables; everything is checked on the way."""
    needed = read_by(name)
    with engine_of(SETTINGS) as engine:
        engine.show_arrow({**given, **reference(**(parametrar or {}))})
        for fact in in_order():
            if fact.namn in needed:
                rows = rows_of(engine, fact)
            if fact.namn == name:
                return pa.concat_tables(rows)
        return pa.concat_tables(units(engine, next(each for each in indicators() if each.id == name)))


def read_by(name: str) -> set[str]:
    """The fact or indicator itself and all that it reads, and what they read."""
    indata = {**{fact.namn: fact.indata for fact in facts()}, **{each.id: each.indata for each in indicators()}}
    found: set[str] = set()
    rest = [name]
    while rest:
        each = rest.pop()
        if each not in found:
            found.add(each)
            rest += indata.get(each, ())
    return found


def all_units(given: dict[str, pa.Table], parametrar: dict[str, str] | None = None) -> dict[str, pa.Table]:
    """Every indicator's units by id."""
    with engine_of(SETTINGS) as engine:
        engine.show_arrow({**given, **reference(**(parametrar or {}))})
        for fact in in_order():
            engine.materialise(fact.namn, fact.sql, fact.nyckel)
        return {each.id: pa.concat_tables(units(engine, each)) for each in indicators()}


def assert_rows(found: pa.Table, expected: str) -> None:
    """The table has exactly these rows, in any order, in the columns that the text names."""
    wanted = records(expected)
    names = [cell.strip() for cell in expected.strip().splitlines()[0].split("|")]
    got = [{name: _text(row[name]) for name in names} for row in found.select(names).to_pylist()]
    assert sorted(got, key=str) == sorted(wanted, key=str)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return value.isoformat() if isinstance(value, date) else f"{value:g}" if isinstance(value, float) else str(value)


def made_units(indicator: str, text: str) -> pa.Table:
    """Units from a text table, columns that it leaves out in the group ``ej_redovisad`` or null."""
    rows = records(text)
    groups = ("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform")
    base = {**dict.fromkeys(UNITS.names, ""), **dict.fromkeys(groups, "ej_redovisad"), "indikator": indicator}
    full = [{**base, **row} for row in rows]
    return pa.table({f.name: _column([row[f.name] for row in full], f.type) for f in UNITS}).cast(UNITS)


def county(**changed: Any) -> Lan:
    """A county of two municipalities from 2025-01, no groupings unless given."""
    note = {"not": "Ett exempel."}
    return Lan.model_validate(
        {
            "kod": "99",
            "namn": "Provlän",
            "kommuner": ["9901", "9902"],
            "forsta_period": "2025-01",
            "brytningar": ["kon"],
            "parametrar": {name: {"varde": value, **note} for name, value in PARAMETERS.items()},
            "insatsregler": {"utan_genomforandeplan": [], "utan_uppfoljningskrav": [], **note},
            "signaler": {"standard": {"gron": 0.9, "gul": 0.7, **note}},
            "disclosure": {
                "antal_min": {"varde": 5, "varfor": "Prov."},
                "namnare_min": {"varde": 10, "varfor": "Prov."},
                "osaker_under": {"varde": 30, "varfor": "Prov."},
            },
            **changed,
        }
    )
