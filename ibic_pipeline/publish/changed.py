"""The table ``andringar``: which published figures are others than in the release before, and why."""

# ruff: noqa: S608 - the names in the query are our own, not input
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import connection, fetch, show_parquet
from ibic_pipeline.home import Settings
from ibic_pipeline.publish.municipality import Municipality
from ibic_pipeline.storage import read_json

ANDRINGAR = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("brytning", pa.string()),
        ("grupp", pa.string()),
        ("matt", pa.string()),
        ("fore", pa.float64()),
        ("efter", pa.float64()),
        ("orsak", pa.string()),
        ("kommuner", pa.string()),
    ]
)
"""Columns of the published table ``andringar``. ``kommuner``: whose delivery, settings or processing is another."""

_FIGURES = ("namnare", "taljare", "andel", "median", "p90")
_CELL = ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"]
_COUNTY_SETTINGS = ("parametrar", "insatsregler", "aldersgranser")
_SAME_CELL = " AND ".join(f"fore.{name} IS NOT DISTINCT FROM efter.{name}" for name in _CELL)
_CHANGED = f"""
    WITH matt AS (
        SELECT
            {", ".join(f"efter.{name}" for name in _CELL)},
            fore.version IS DISTINCT FROM efter.version AS ny_definition,
            UNNEST([{{measured}}], recursive := true)
        FROM fore JOIN efter ON {_SAME_CELL}
    )
    SELECT
        {", ".join(f"matt.{name}" for name in _CELL)}, matt.matt, matt.fore, matt.efter,
        COALESCE(NULLIF(CONCAT_WS(', ',
            CASE WHEN matt.ny_definition THEN 'ny_definition' END, NULLIF(orsaker.orsak, '')
        ), ''), 'okand') AS orsak,
        NULLIF(orsaker.kommuner, '') AS kommuner
    FROM matt LEFT JOIN orsaker ON orsaker.kommunkod = COALESCE(matt.kommunkod, '')
    WHERE matt.fore <> matt.efter
    ORDER BY {", ".join(f"matt.{name}" for name in _CELL)}, matt.matt
"""


def changed_figures(previous: Path | None, figures: Path, municipalities: Sequence[Municipality], lan: Lan) -> pa.Table:
    """Every figure that both releases show, and that is not the same in both, with the reasons that there are for it.

    Args:
        previous: folder of the release before; None when there is none.
        figures: the new release's table ``indikator``.
        municipalities: what the new release is made of.

    Reasons, in this order, separated by ``, ``: ``ny_definition`` of the indicator, ``nya_parametrar`` of the county or
    of a municipality, ``ny_leverans``, ``ny_bearbetning`` (profile, code lists, corrections, program) and ``okand``.
    """
    if previous is None or not (previous / "jamforelse" / "indikator.parquet").is_file():
        return ANDRINGAR.empty_table()
    made_of = {
        each.kommunkod: (read_json(each.version / "version.json") or {}) if each.version else {}
        for each in municipalities
    }
    return changed_between(previous, figures, made_of, lan.model_dump(mode="json", by_alias=True))


def changed_between(
    previous: Path, figures: Path, made_of: Mapping[str, dict[str, Any]], settings: Mapping[str, Any]
) -> pa.Table:
    """The same, of a release that stands or is being made.

    Args:
        previous: folder of the earlier release.
        figures: the later one's table ``indikator``.
        made_of: municipality -> what its version in the later one was made of (``version.json``); empty without any.
        settings: the county's settings of the later one.
    """
    old = previous / "jamforelse" / "indikator.parquet"
    comparable = set(pq.read_schema(old).names) & set(pq.read_schema(figures).names)
    measured = ", ".join(
        f"{{'matt': '{name}', 'fore': fore.{name}::DOUBLE, 'efter': efter.{name}::DOUBLE}}"
        for name in _FIGURES
        if name in comparable
    )
    with connection(Settings()) as connected:
        show_parquet(connected, {"fore": old, "efter": figures})
        connected.register("orsaker", _reasons(read_json(previous / "manifest.json"), made_of, settings))
        return fetch(connected, _CHANGED.format(measured=measured)).cast(ANDRINGAR)


def _reasons(before: dict[str, Any], now_made_of: Mapping[str, dict[str, Any]], now: Mapping[str, Any]) -> pd.DataFrame:
    """Per municipality, and for the county (``kommunkod`` empty), why a figure may be another: ``orsak, kommuner``."""
    then = before["lan"]
    of_county = ["nya_parametrar"] if any(then.get(name) != now[name] for name in _COUNTY_SETTINGS) else []
    made_of = {each["kommunkod"]: each["underlag"] or {} for each in before["kommuner"]}
    own = {code: _own_reasons(made_of.get(code, {}), about) for code, about in now_made_of.items()}
    order = ("nya_parametrar", "ny_leverans", "ny_bearbetning")
    every = {reason for found in own.values() for reason in found}
    rows = [
        (code, [each for each in order if each in {*of_county, *found}], [code] if found else [])
        for code, found in own.items()
    ]
    rows.append(
        ("", [each for each in order if each in {*of_county, *every}], sorted(c for c, found in own.items() if found))
    )
    joined = [(code, ", ".join(found), ", ".join(codes)) for code, found, codes in rows]
    return pd.DataFrame(joined, columns=["kommunkod", "orsak", "kommuner"], dtype="str")


def _own_reasons(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    if then.get("version") == now.get("version"):
        return []
    reasons = [] if then.get("frister") == now.get("frister") else ["nya_parametrar"]
    delivered = any(then.get(name) != now.get(name) for name in ("leverans", "filer"))
    return [*reasons, "ny_leverans" if delivered else "ny_bearbetning"]
