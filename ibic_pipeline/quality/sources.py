"""From a row of a delivery to the units that it decides: by the deepest id that both of them have."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from ibic_pipeline.derive.duckdb_engine import show_arrow
from ibic_pipeline.derive.headers import Indicator, indicators
from schemas.contract import Rule
from schemas.rulebook import every_rule

KEYS = ("mal_id", "uppfoljning_id", "plan_id", "uppdrag_id", "beslut_id", "utredning_id", "individ_id")
"""Ids from the deepest to the widest. A row has its own and those of the rows that it belongs to."""

OWN_KEY = {
    "mal": "mal_id",
    "uppfoljning": "uppfoljning_id",
    "genomforandeplan": "plan_id",
    "uppdrag": "uppdrag_id",
    "beslut": "beslut_id",
    "utredning": "utredning_id",
    "individ": "individ_id",
}
"""Tables whose rows have an id of their own."""

UNIT_TABLES = {
    "beslut": ("beslut",),
    "insatsepisod; dess id är det första beslutets": ("insatsepisod",),
    "uppdrag": ("uppdrag",),
    # A decision without a commission is never counted, so that nothing can touch it.
    "uppdrag; ett beslut utan uppdrag är en enhet för sig": ("uppdrag",),
    "person med insats enligt LSS": ("person",),
    "mål": ("mal",),
    "uppföljning": ("uppfoljning",),
    "uppföljning eller ny utredning": ("uppfoljning", "ny_utredning"),
    "utredning": ("utredning",),
    "planversion": ("genomforandeplan",),
}
"""What an indicator counts, in the words of its header -> the kinds of unit that ``enhetsnyckel`` knows."""

_HELD_BY = {"insatsepisod": "beslut", "person": "genomforandeplan", "ny_utredning": "utredning"}
"""Kinds of unit that are no table's rows -> the table whose rows they are made of."""


def source_of(indicator: Indicator) -> str:
    """The harmonised table that holds what the indicator counts."""
    kind = UNIT_TABLES[indicator.enhet][0]
    return _HELD_BY.get(kind, kind)


def show_touched_units(connected: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``berorda``: ``indikator, enhet_id, regel``, each once.

    A flag touches an indicator's unit when its rule is about a column that decides the indicator, and its row belongs
    to the unit, or the unit to the row. The connection shows harmonised tables, ``flaggor``, ``beslut_i_episod``,
    ``nya_utredningar`` and ``avgor`` (the columns that decide each indicator).
    """
    kinds = [(each.id, kind) for each in indicators() for kind in UNIT_TABLES[each.enhet]]
    rules = [(code, rule.table, column) for code, rule in every_rule().items() for column in _doubted(rule)]
    tables = {
        "regelkolumn": _columns(rules, "regel", "tabell", "kolumn"),
        "enhetsslag": _columns(kinds, "indikator", "slag"),
    }
    show_arrow(connected, tables)
    for query in (_LINKS, _FLAGGED, _UNIT_IDS, _TOUCHED):
        connected.execute(query)


def _doubted(rule: Rule) -> tuple[str, ...]:
    """The columns whose values a rule casts doubt on: a personal number within a text leaves its length as it is."""
    return () if rule.kind == "rojande" else rule.fields


def _columns(rows: Sequence[tuple[str, ...]], *names: str) -> pa.Table:
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})


_OWN_ID = "CASE r.tabell {} END".format(" ".join(f"WHEN '{table}' THEN r.{key}" for table, key in OWN_KEY.items()))

_LINKS = """
    CREATE TABLE rad AS
    WITH beslut_rad AS (
        SELECT b.kallfil, b.kallrad, b.beslut_id, b.utredning_id, b.individ_id FROM beslut AS b
    ),
    uppdrag_rad AS (
        SELECT u.kallfil, u.kallrad, u.uppdrag_id, b.beslut_id, b.utredning_id, b.individ_id
        FROM uppdrag AS u
        LEFT JOIN beslut_rad AS b ON u.beslut_id = b.beslut_id
    ),
    plan_rad AS (
        SELECT g.kallfil, g.kallrad, g.plan_id, u.uppdrag_id, u.beslut_id, u.utredning_id, u.individ_id
        FROM genomforandeplan AS g
        LEFT JOIN uppdrag_rad AS u ON g.uppdrag_id = u.uppdrag_id
    ),
    mal_rad AS (
        SELECT
            m.kallfil, m.kallrad, m.mal_id, p.plan_id, p.uppdrag_id, COALESCE(b.beslut_id, p.beslut_id) AS beslut_id,
            COALESCE(b.utredning_id, p.utredning_id) AS utredning_id, COALESCE(b.individ_id, p.individ_id) AS individ_id
        FROM mal AS m
        LEFT JOIN beslut_rad AS b ON m.beslut_id = b.beslut_id
        LEFT JOIN plan_rad AS p ON m.plan_id = p.plan_id
    ),
    uppfoljning_rad AS (
        SELECT
            f.kallfil, f.kallrad, f.uppfoljning_id, p.plan_id, p.uppdrag_id,
            COALESCE(b.beslut_id, p.beslut_id) AS beslut_id, COALESCE(b.utredning_id, p.utredning_id) AS utredning_id,
            COALESCE(b.individ_id, p.individ_id) AS individ_id
        FROM uppfoljning AS f
        LEFT JOIN beslut_rad AS b ON f.beslut_id = b.beslut_id
        LEFT JOIN plan_rad AS p ON f.plan_id = p.plan_id
    ),
    utredning_rad AS (
        SELECT u.kallfil, u.kallrad, u.utredning_id, u.individ_id FROM utredning AS u
    )
    SELECT 'individ' AS tabell, i.kallfil, i.kallrad, i.individ_id FROM individ AS i
    UNION ALL BY NAME
    SELECT 'utredning' AS tabell, u.* FROM utredning_rad AS u
    UNION ALL BY NAME
    SELECT 'bedomning' AS tabell, d.kallfil, d.kallrad, u.utredning_id, u.individ_id
    FROM bedomning AS d
    INNER JOIN utredning_rad AS u ON d.utredning_id = u.utredning_id
    UNION ALL BY NAME
    SELECT 'beslut' AS tabell, b.* FROM beslut_rad AS b
    UNION ALL BY NAME
    SELECT 'uppdrag' AS tabell, u.* FROM uppdrag_rad AS u
    UNION ALL BY NAME
    SELECT 'genomforandeplan' AS tabell, p.* FROM plan_rad AS p
    UNION ALL BY NAME
    SELECT 'mal' AS tabell, m.* FROM mal_rad AS m
    UNION ALL BY NAME
    SELECT 'uppfoljning' AS tabell, f.* FROM uppfoljning_rad AS f
    UNION ALL BY NAME
    SELECT 'maluppfyllelse' AS tabell, m.* EXCLUDE (kallfil, kallrad), f.uppfoljning_id, r.kallfil, r.kallrad
    FROM maluppfyllelse AS r
    INNER JOIN mal_rad AS m ON r.mal_id = m.mal_id
    INNER JOIN uppfoljning_rad AS f ON r.uppfoljning_id = f.uppfoljning_id
    UNION ALL BY NAME
    SELECT 'kvalitetssvar' AS tabell, f.* EXCLUDE (kallfil, kallrad), s.kallfil, s.kallrad
    FROM kvalitetssvar AS s
    INNER JOIN uppfoljning_rad AS f ON s.uppfoljning_id = f.uppfoljning_id
"""

# An accepted row keeps the number of the first of the rows that say the same. A flag on a later one is led back to it
# by what else stands on that row.
_FLAGGED = f"""
    CREATE TABLE flaggad AS
    WITH flagga AS (
        SELECT DISTINCT f.tabell, f.kallfil, f.kallrad, f.regel
        FROM flaggor AS f
        INNER JOIN regelkolumn AS k ON f.regel = k.regel
        INNER JOIN avgor AS a ON k.tabell = a.tabell AND k.kolumn = a.kolumn
    ),
    egen AS (
        SELECT r.*, {_OWN_ID} AS id FROM rad AS r
    ),
    pa_samma_rad AS (
        SELECT DISTINCT
            f.tabell, f.regel, {_OWN_ID.replace("CASE r.tabell", "CASE f.tabell")} AS id
        FROM flagga AS f
        INNER JOIN rad AS r ON f.kallfil = r.kallfil AND f.kallrad = r.kallrad
    )
    SELECT e.tabell, p.regel, {", ".join(f"e.{key}" for key in KEYS)}
    FROM egen AS e
    INNER JOIN pa_samma_rad AS p ON e.tabell = p.tabell AND e.id = p.id
    UNION
    SELECT e.tabell, f.regel, {", ".join(f"e.{key}" for key in KEYS)}
    FROM egen AS e
    INNER JOIN flagga AS f ON e.tabell = f.tabell AND e.kallfil = f.kallfil AND e.kallrad = f.kallrad
    WHERE e.id IS NULL
"""

_UNIT_IDS = f"""
    CREATE TABLE enhetsnyckel AS
    SELECT r.tabell AS slag, {_OWN_ID} AS enhet_id, {", ".join(f"r.{key}" for key in KEYS)}
    FROM rad AS r
    WHERE r.tabell IN ('mal', 'uppfoljning', 'genomforandeplan', 'uppdrag', 'beslut', 'utredning')
    UNION ALL BY NAME
    SELECT 'insatsepisod' AS slag, e.episod_id AS enhet_id, r.beslut_id, r.utredning_id, r.individ_id
    FROM beslut_i_episod AS e
    INNER JOIN rad AS r ON r.tabell = 'beslut' AND e.beslut_id = r.beslut_id
    UNION ALL BY NAME
    SELECT 'person' AS slag, r.individ_id AS enhet_id, r.individ_id FROM rad AS r WHERE r.tabell = 'individ'
    UNION ALL BY NAME
    SELECT 'ny_utredning' AS slag, n.utredning_id AS enhet_id, r.beslut_id, n.utredning_id, r.individ_id
    FROM nya_utredningar AS n
    INNER JOIN rad AS r ON r.tabell = 'beslut' AND n.forra_beslut_id = r.beslut_id
"""


def _by_the_deepest_id(key: str, deeper: Sequence[str]) -> str:
    """Pairs of a flagged row and a unit that have ``key`` in common, and both of them none of the deeper ids."""
    nothing_deeper = "".join(f" AND (f.{each} IS NULL OR e.{each} IS NULL)" for each in deeper)
    return f"""
        SELECT s.indikator, e.enhet_id, f.regel
        FROM flaggad AS f
        INNER JOIN enhetsnyckel AS e ON f.{key} = e.{key}{nothing_deeper}
        INNER JOIN enhetsslag AS s ON e.slag = s.slag
        INNER JOIN galler AS g ON f.regel = g.regel AND s.indikator = g.indikator
    """


_TOUCHED = """
    CREATE TABLE berorda AS
    WITH galler AS (
        SELECT DISTINCT a.indikator, k.regel
        FROM regelkolumn AS k
        INNER JOIN avgor AS a ON k.tabell = a.tabell AND k.kolumn = a.kolumn
    )
    {}
""".format("UNION".join(_by_the_deepest_id(key, KEYS[:place]) for place, key in enumerate(KEYS)))
