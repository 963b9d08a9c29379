"""The table ``andringar``: which published figures are others than in the release before, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.county import Lan
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
_NO_REASON = "okand"


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
    reasons = _reasons(read_json(previous / "manifest.json"), made_of, settings)
    old = previous / "jamforelse" / "indikator.parquet"
    names = sorted(set(pc.unique(pq.read_table(figures, columns=["indikator"])["indikator"]).to_pylist()))
    parts = [_changed(_read(old, name), _read(figures, name), reasons) for name in names]
    table = pa.concat_tables([ANDRINGAR.empty_table(), *parts])
    return table.sort_by([(name, "ascending") for name in (*_CELL, "matt")])


def _read(path: Path, indikator: str) -> pd.DataFrame:
    known = set(pq.read_schema(path).names)
    columns = [name for name in (*_CELL, "version", *_FIGURES) if name in known]
    return pq.read_table(path, columns=columns, filters=[("indikator", "=", indikator)]).to_pandas()


def _changed(before: pd.DataFrame, after: pd.DataFrame, reasons: pd.DataFrame) -> pa.Table:
    both = before.assign(kommunkod=before["kommunkod"].fillna("")).merge(
        after.assign(kommunkod=after["kommunkod"].fillna("")), on=_CELL, suffixes=("_fore", "_efter")
    )
    parts = [_changed_in(both, name) for name in _FIGURES if f"{name}_fore" in both]
    found = pd.concat(parts, ignore_index=True).merge(reasons, on="kommunkod", how="left")
    own = np.where(found["version_fore"] != found["version_efter"], "ny_definition", "")
    orsak = pd.Series(own, dtype="str").str.cat(found["orsak"].fillna(""), sep=", ").str.strip(", ")
    frame = found.assign(
        orsak=orsak.where(orsak != "", _NO_REASON),
        kommunkod=found["kommunkod"].where(found["kommunkod"] != "", None),
        kommuner=found["kommuner"].where(found["kommuner"] != "", None),
    )
    table = pa.Table.from_pandas(frame[ANDRINGAR.names], schema=ANDRINGAR, preserve_index=False)
    return table.replace_schema_metadata(None)


def _changed_in(both: pd.DataFrame, name: str) -> pd.DataFrame:
    fore, efter = both[f"{name}_fore"].astype(float), both[f"{name}_efter"].astype(float)
    rows = both[[*_CELL, "version_fore", "version_efter"]].assign(matt=name, fore=fore, efter=efter)
    return rows[fore.notna() & efter.notna() & (fore != efter)]


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
