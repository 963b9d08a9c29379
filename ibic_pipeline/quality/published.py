"""The two tables of a release that tell of data quality: the results, with small counts hidden, and what they mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure.rules import is_small
from ibic_pipeline.county import Lan, Rojandekontroll
from ibic_pipeline.quality.catalogue import ROW_CHECKS, every_check
from ibic_pipeline.quality.checks.compared import (
    CODES,
    EMPTIER,
    EMPTIER_THAN_OTHERS,
    LAST_MONTH,
    OUTCOMES,
    UNLIKE_OTHERS,
    VOLUME,
)
from ibic_pipeline.quality.checks.county import GROUPS_STAY, INDICATORS_COUNTED, NOT_STALE, PRESENT
from ibic_pipeline.quality.county_tables import GROUPED, TABLES
from ibic_pipeline.quality.model import COUNTY, DELIVERY, ComparedCheck
from ibic_pipeline.quality.results import Parts, parts_of_deliveries
from ibic_pipeline.quality.thresholds import thresholds

RESULTS = pa.schema(
    [
        pa.field("kontroll", pa.string(), nullable=False),
        pa.field("tabell", pa.string(), nullable=False),
        ("del", pa.string()),
        ("kommunkod", pa.string()),
        ("leverans", pa.date32()),
        ("brister", pa.int64()),
        ("underlag", pa.int64()),
        ("andel", pa.float64()),
        ("troskel", pa.float64()),
        ("status", pa.string()),
        ("allvar", pa.string()),
        ("forst_sedd", pa.date32()),
        ("senast_godkand", pa.date32()),
        ("fa", pa.bool_()),
    ]
)
MEANINGS = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in ("kontroll", "tabell")),
        ("del", pa.string()),
        ("mening", pa.string()),
        ("gor_sa", pa.string()),
        ("allmant_rad", pa.bool_()),
        ("allvar", pa.string()),
        ("troskel", pa.float64()),
        ("anmarkning", pa.string()),
        ("agare", pa.string()),
    ]
)
_BESIDE_OTHER_ROWS = (VOLUME, EMPTIER, CODES, OUTCOMES, LAST_MONTH, UNLIKE_OTHERS, EMPTIER_THAN_OTHERS)
_ORDER = ["kontroll", "tabell", "del", "kommunkod"]


def results_table(results: pd.DataFrame, policy: Rojandekontroll) -> pa.Table:
    """The table ``datakvalitet``: results of municipalities and of the county (``kommunkod`` "") without small counts.

    Args:
        results: as ``results.of_municipalities`` gives them, and the county's.
    """
    shown = results.sort_values(_ORDER, ignore_index=True)
    of_rows = _counts_rows(shown)
    hidden = of_rows & (_few(shown, policy) | _gives_one_away(shown, policy))
    shown["brister"] = shown["brister"].mask(hidden)
    shown["underlag"] = shown["underlag"].mask(of_rows & _small(shown["underlag"], policy))
    shown["andel"] = shown["andel"].mask(hidden)
    shown["fa"] = hidden
    shown["leverans"] = shown["dag"]
    columns = {field.name: _column(shown[field.name], field.type) for field in RESULTS}
    return pa.table(columns, schema=RESULTS)


def meanings_table(lan: Lan) -> pa.Table:
    """The table ``datakvalitet_kontroll``: what each check says of each of its parts, and what to do."""
    limits, checks = thresholds(lan), every_check()
    rows = [
        {
            "kontroll": code,
            "tabell": table,
            "del": part or None,
            "mening": meaning(code, table, part),
            "gor_sa": checks[code].what_to_do,
            "allmant_rad": checks[code].general_advice,
            "allvar": limits[code].allvar,
            "troskel": limits[code].varde,
            "anmarkning": limits[code].varfor,
            "agare": checks[code].owner,
        }
        for code, parts in every_part().items()
        for table, part in sorted(parts)
    ]
    return pa.Table.from_pylist(rows, schema=MEANINGS)


def meaning(code: str, table: str, part: str | None) -> str:
    """What should hold, in a sentence; of the county's own row of a comparison, that few parts deviate at once."""
    check = every_check()[code]
    if isinstance(check, ComparedCheck) and table == DELIVERY and (DELIVERY, "") not in parts_of_deliveries()[code]:
        general = check.sentence.format(**{"tabell": "en tabell", "del": "kolumn"})
        return f"Bara i få kommuners delar brister samtidigt: {general[0].lower()}{general[1:]}"
    return check.sentence.format(**{"tabell": table, "del": part or ""})


def every_part() -> dict[str, Parts]:
    """Check -> table and column ("" for none) of every row that a release can have of it."""
    of_county: dict[str, Parts] = {
        PRESENT: [(table, "") for table in TABLES],
        NOT_STALE: [(COUNTY, "")],
        GROUPS_STAY: [(GROUPED, "")],
        INDICATORS_COUNTED: [(GROUPED, "")],
    }
    of_deliveries = parts_of_deliveries()
    of_rows = {each.id for each in ROW_CHECKS}
    common = {
        code: sorted({*parts, *([] if code in of_rows else [(DELIVERY, "")])}) for code, parts in of_deliveries.items()
    }
    return {code: (common | of_county)[code] for code in every_check()}


def _counts_rows(results: pd.DataFrame) -> pd.Series:
    """Where a count is of rows, and so of persons; others are of codes, days, tables or municipalities."""
    of_sums = results["kontroll"].isin([each.id for each in ROW_CHECKS])
    return of_sums | ((results["kommunkod"] != "") & results["kontroll"].isin(_BESIDE_OTHER_ROWS))


def _small(counts: pd.Series, policy: Rojandekontroll) -> pd.Series:
    return pd.Series(is_small(counts.fillna(0).to_numpy(), policy.antal_min.varde), index=counts.index)


def _few(results: pd.DataFrame, policy: Rojandekontroll) -> pd.Series:
    return _small(results["brister"], policy) | _small(results["underlag"], policy)


def _gives_one_away(results: pd.DataFrame, policy: Rojandekontroll) -> pd.Series:
    """The county's sums from which the hidden counts of municipalities could be worked out too closely.

    ``n`` hidden counts with the sum ``s`` lie between 1 and ``antal_min - 1`` each; the sum may be shown when every
    such value is still possible for each of them.
    """
    part = ["kontroll", "tabell", "del"]
    of_county = results["kommunkod"] == ""
    hidden = results[~of_county & _few(results, policy)].groupby(part)["brister"].agg(["size", "sum"])
    found = results[part].merge(hidden, left_on=part, right_index=True, how="left")
    n, total, widest = found["size"].fillna(0), found["sum"].fillna(0), policy.antal_min.varde - 1
    safe = (total >= n - 1 + widest) & (total <= 1 + (n - 1) * widest)
    return of_county & results["kontroll"].isin([each.id for each in ROW_CHECKS]) & (n > 0) & ~safe


def _column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([each or None for each in values], kind)
    if pa.types.is_date(kind):
        return pa.array(pd.to_datetime(values), pa.timestamp("ms"), from_pandas=True).cast(kind)
    if pa.types.is_integer(kind):
        return pa.array(np.asarray(values, dtype=float), pa.float64(), from_pandas=True).cast(kind)
    return pa.array(values, kind, from_pandas=True)
