"""Which facts decided about each unit: per unit type a query over the facts, per indicator the columns that decide."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from typing import NamedTuple

import duckdb
import pandas as pd

from ibic_pipeline.derive.engine import fetch
from ibic_pipeline.derive.headers import Indicator

# Each query gives a row per unit of the table `enhet`: enhet_id, individ_id, dag, and the columns of COLUMNS that it
# knows. `dag` is the unit's own day; it tells units of two types apart that happen to have the same id.
_BESLUT = """
    SELECT
        e.enhet_id, b.individ_id, b.beslutsdatum AS dag,
        b.ansokan_datum, b.beslutsdatum, b.galler_fran, b.galler_tom, b.slut, b.verkstallighetsfrist, b.verkstallt,
        b.ej_verkstallt_skal, b.utfall AS beslut_utfall, n.galler_fran AS nasta_galler_fran,
        n.utredning_inledd AS nasta_utredning, n.omfattning_andrad, n.glapp_dagar_antal,
        k.utredning_dag, k.har_bedomning, k.uppdrag_dag, k.plan_dag, k.uppfoljning_dag,
        MAX(u.datum) FILTER (WHERE u.datum <= e.gransdag AND {step}) AS senast_i_steget,
        MAX(u.datum) FILTER (WHERE u.datum <= e.gransdag AND {authority}) AS senast_av_myndigheten,
        MAX(u.datum) FILTER (WHERE u.datum <= n.galler_fran AND {step}) AS i_steget_fore_nasta
    FROM enhet AS e
    INNER JOIN beslutsfakta AS b ON e.enhet_id = b.beslut_id
    INNER JOIN processkedja AS k ON b.beslut_id = k.beslut_id
    LEFT JOIN efterfoljare AS n ON b.beslut_id = n.beslut_id
    LEFT JOIN uppfoljningsfakta AS u ON b.beslut_id = u.beslut_id AND u.gjord
    GROUP BY ALL
""".format(
    authority="u.foremal = 'beslut' AND u.part = 'myndighet'",
    step="u.foremal = 'beslut' AND u.part = 'myndighet' AND u.kanal = 'folja_upp'",
)
_UPPDRAG = """
    SELECT
        e.enhet_id, u.individ_id, u.startdag AS dag,
        u.startdag, u.avslutat, u.slut, u.forsta_klarmarkerad, u.antal_mal,
        MAX(p.klarmarkerad) FILTER (WHERE p.typ = 'plan' AND p.klarmarkerad <= e.gransdag) AS senast_klarmarkerad,
        (SELECT COUNT(*) FROM malfakta AS m WHERE m.foremal = 'beslut' AND m.beslut_id = u.beslut_id) AS mal_i_beslutet
    FROM enhet AS e
    INNER JOIN uppdragsfakta AS u ON e.enhet_id = u.uppdrag_id
    LEFT JOIN planfakta AS p ON u.uppdrag_id = p.uppdrag_id
    GROUP BY ALL
"""
_EPISOD = """
    SELECT
        e.enhet_id, i.individ_id, i.fran AS dag,
        i.fran AS episod_fran, i.slut, i.antal_beslut,
        MAX(u.datum) FILTER (WHERE u.datum <= e.gransdag) AS senast_uppfoljd
    FROM enhet AS e
    INNER JOIN insatsepisoder AS i ON e.enhet_id = i.episod_id
    LEFT JOIN beslut_i_episod AS b ON i.episod_id = b.episod_id
    LEFT JOIN uppfoljningsfakta AS u ON b.beslut_id = u.beslut_id AND u.gjord
    GROUP BY ALL
"""
_PERSON = """
    SELECT
        e.enhet_id, p.individ_id, e.fran AS dag,
        MIN(p.klarmarkerad) AS forsta_klarmarkerad,
        MAX(p.klarmarkerad) FILTER (WHERE p.klarmarkerad <= e.gransdag) AS senast_klarmarkerad
    FROM enhet AS e
    INNER JOIN planfakta AS p ON e.enhet_id = p.individ_id AND p.typ = 'individuell_plan' AND p.lag_villkor = 'LSS'
    GROUP BY ALL
"""
_MAL = """
    SELECT
        e.enhet_id, b.individ_id, m.dag,
        m.dag AS malets_dag, m.icf_kod, m.avsett_tal, m.bedomt_tal, m.bedomt_dag, m.text_langd, m.endast_skala,
        u.utfall, u.uppfoljt_tal, u.utfall_beraknat
    FROM enhet AS e
    INNER JOIN malfakta AS m ON e.enhet_id = m.mal_id
    INNER JOIN beslutsfakta AS b ON m.beslut_id = b.beslut_id
    LEFT JOIN malutfall AS u ON e.enhet_id = u.mal_id AND e.fran = u.dag
"""
_UPPFOLJNING = """
    SELECT
        e.enhet_id, b.individ_id, u.datum AS dag,
        u.datum, u.part, u.kanal, u.antal_svar, u.antal_positiva_svar
    FROM enhet AS e
    INNER JOIN uppfoljningsfakta AS u ON e.enhet_id = u.uppfoljning_id
    INNER JOIN beslutsfakta AS b ON u.beslut_id = b.beslut_id
"""
_UTREDNING = """
    SELECT
        e.enhet_id, t.individ_id, {day} AS dag,
        t.inledd, t.avslutad, t.utfall AS utredning_utfall, t.uppgifter_fran, t.antal_delar, t.antal_bedomningar,
        t.livsomraden, t.har_8_9, t.resurser, t.del_individens_uppfattning = 1 AS individens_uppfattning,
        n.beslut_id AS forra_beslutet, n.omfattning_andrad,
        MAX(u.datum) AS i_steget_fore_utredningen
    FROM enhet AS e
    INNER JOIN utredningsfakta AS t ON e.enhet_id = t.utredning_id
    LEFT JOIN efterfoljare AS n ON t.utredning_id = n.utredning_id AND n.nummer_i_utredningen = 1
    LEFT JOIN uppfoljningsfakta AS u
        ON
            n.beslut_id = u.beslut_id AND u.gjord AND u.foremal = 'beslut' AND u.kanal = 'folja_upp'
            AND u.datum <= t.inledd
    GROUP BY ALL
"""
_PLAN = """
    SELECT
        e.enhet_id, p.individ_id, p.upprattad AS dag,
        p.typ, p.status, p.upprattad, p.klarmarkerad, p.startdag, p.slut, p.delaktighet_text_langd, p.onskemal
    FROM enhet AS e
    INNER JOIN planfakta AS p ON e.enhet_id = p.plan_id
"""

UNITS = {
    "beslut": _BESLUT,
    "uppdrag": _UPPDRAG,
    "insatsepisod": _EPISOD,
    "person": _PERSON,
    "mål": _MAL,
    "uppföljning": _UPPFOLJNING,
    "utredning": _UTREDNING.format(day="t.avslutad"),
    "ny utredning": _UTREDNING.format(day="t.inledd"),
    "planversion": _PLAN,
}
"""Unit type -> where its person and its dates stand."""


class Deciding(NamedTuple):
    """What an indicator's units are, and the columns that decided about them."""

    units: tuple[str, ...]
    columns: tuple[str, ...]


_CHAIN = ("utredning_dag", "har_bedomning", "beslutsdatum", "uppdrag_dag", "plan_dag", "uppfoljning_dag")
_BEFORE_NEXT = (
    "galler_tom",
    "slut",
    "nasta_galler_fran",
    "nasta_utredning",
    "i_steget_fore_nasta",
    "omfattning_andrad",
)
_SCALE = ("bedomt_dag", "bedomt_tal", "avsett_tal", "uppfoljt_tal")

DECIDING = {
    "T1": Deciding(("beslut",), ("galler_fran", "slut", "senast_i_steget")),
    "T2": Deciding(("beslut",), ("galler_fran", "slut", "senast_av_myndigheten")),
    "T3": Deciding(("insatsepisod",), ("episod_fran", "slut", "antal_beslut", "senast_uppfoljd")),
    "T4": Deciding(("beslut",), ("galler_fran", "slut", "senast_av_myndigheten")),
    "T5": Deciding(("beslut",), ("galler_fran", "galler_tom", "slut", "senast_av_myndigheten")),
    "T6": Deciding(("beslut",), ("galler_fran", *_BEFORE_NEXT)),
    "T7": Deciding(("beslut",), ("galler_tom", "slut", "nasta_galler_fran", "glapp_dagar_antal")),
    "T8": Deciding(("beslut",), ("ansokan_datum", "beslutsdatum", "beslut_utfall")),
    "T9": Deciding(("beslut",), ("beslutsdatum", "verkstallighetsfrist", "verkstallt", "slut", "ej_verkstallt_skal")),
    "T10": Deciding(("uppdrag", "beslut"), ("startdag", "forsta_klarmarkerad", "avslutat", "beslutsdatum")),
    "T11": Deciding(("uppdrag",), ("startdag", "slut", "senast_klarmarkerad")),
    "T12": Deciding(("person",), ("forsta_klarmarkerad", "senast_klarmarkerad")),
    "T13": Deciding(("beslut",), ("ansokan_datum", "beslutsdatum", "verkstallt")),
    "M1": Deciding(("mål",), ("malets_dag", "utfall")),
    "M2": Deciding(("mål",), ("malets_dag", "utfall")),
    "M3": Deciding(("mål",), ("malets_dag", "utfall")),
    "M4": Deciding(("mål",), ("avsett_tal", "uppfoljt_tal", "utfall")),
    "M5": Deciding(("mål",), _SCALE),
    "M6": Deciding(("mål",), _SCALE),
    "M7": Deciding(("mål",), ("avsett_tal", "uppfoljt_tal", "utfall_beraknat", "utfall")),
    "F1": Deciding(("beslut",), ("galler_fran", "slut", *_CHAIN)),
    "F2": Deciding(("uppföljning",), ("part", "kanal")),
    "F3": Deciding(
        ("uppföljning", "ny utredning"),
        ("datum", "kanal", "inledd", "forra_beslutet", "omfattning_andrad", "i_steget_fore_utredningen"),
    ),
    "F4": Deciding(("planversion",), ("typ", "status", "upprattad", "klarmarkerad", "slut")),
    "F5": Deciding(("uppdrag",), ("startdag", "antal_mal", "mal_i_beslutet")),
    "F6": Deciding(("uppdrag",), ("startdag", "slut", "senast_klarmarkerad")),
    "D1": Deciding(("mål",), ("avsett_tal", "text_langd", "endast_skala")),
    "D2": Deciding(("mål",), ("avsett_tal", "text_langd", "endast_skala")),
    "D3": Deciding(("utredning",), ("inledd", "avslutad", "utredning_utfall", "antal_delar")),
    "D4": Deciding(("utredning",), ("inledd", "avslutad", "utredning_utfall", "livsomraden", "har_8_9")),
    "P1": Deciding(("utredning",), ("avslutad", "utredning_utfall", "individens_uppfattning", "uppgifter_fran")),
    "P2": Deciding(("planversion",), ("upprattad", "klarmarkerad", "delaktighet_text_langd", "onskemal")),
    "P3": Deciding(("uppföljning",), ("part", "kanal", "antal_svar", "antal_positiva_svar")),
    "P4": Deciding(("utredning",), ("avslutad", "utredning_utfall", "antal_bedomningar", "resurser")),
}
"""Indicator -> what decided; for a state as it stood on the period's last day, for an event on its own day."""


def units_with_evidence(connected: duckdb.DuckDBPyConnection, indicator: Indicator) -> pd.DataFrame:
    """The rows of ``enhet`` with ``individ_id``, ``skyddad`` and the deciding columns, sorted by unit.

    A unit whose person is not found counts as protected, so that it is never shown.
    """
    deciding = DECIDING[indicator.id]
    several = len(deciding.units) > 1
    for number, unit in enumerate(deciding.units):
        connected.execute(f"CREATE OR REPLACE TABLE underlag_{number} AS {UNITS[unit]}")
    together = " UNION BY NAME ".join(f"SELECT * FROM underlag_{n}" for n in range(len(deciding.units)))
    columns = ", ".join(f"u.{name}" for name in deciding.columns)
    return fetch(
        connected,
        f"""
        SELECT e.* EXCLUDE (gransdag), u.individ_id, COALESCE(i.skyddad, TRUE) AS skyddad, {columns}
        FROM enhet AS e
        LEFT JOIN ({together}) AS u ON e.enhet_id = u.enhet_id {"AND e.fran = u.dag" if several else ""}
        LEFT JOIN individfakta AS i ON u.individ_id = i.individ_id
        ORDER BY e.enhet_id, e.fran
        """,
    ).to_pandas()
