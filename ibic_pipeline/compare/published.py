"""The tables that readers see: figures and funnels with shares, intervals and signals, after disclosure control."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.compare.between import CHANGE, LIMITS, changes_of_a_year, limits_around_the_county, ranks
from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.disclosure.patterns import Pattern
from ibic_pipeline.compare.disclosure.rules import (
    EJ_UTVARDERAD,
    null_where,
    quantiles_shown,
    rule_of,
    status_of,
)
from ibic_pipeline.compare.quantiles import INTERVALS
from ibic_pipeline.compare.signals import NOT_EVALUATED, signal, thresholds_of
from ibic_pipeline.compare.statistics import share, wilson_interval
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.headers import Indicator

INDIKATOR = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("brytning", pa.string()),
        ("grupp", pa.string()),
        ("namnare", pa.int64()),
        ("taljare", pa.int64()),
        ("exkluderade", pa.int64()),
        ("andel", pa.float64()),
        ("ki_lag", pa.float64()),
        ("ki_hog", pa.float64()),
        ("median", pa.float64()),
        ("p90", pa.float64()),
        ("signal", pa.string()),
        ("status", pa.string()),
        ("regel", pa.string()),
        ("inaktuell", pa.bool_()),
        *((name, pa.float64()) for name in (*INTERVALS, *CHANGE)),
        ("rang_lag", pa.int64()),
        ("rang_hog", pa.int64()),
        *((name, pa.float64()) for name in LIMITS),
    ]
)
"""Columns of the published table ``indikator``."""

TRATT = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("steg", pa.int64()),
        ("orsak", pa.string()),
        ("kvar", pa.int64()),
        ("med_varde", pa.int64()),
        ("i_taljare", pa.int64()),
    ]
)
"""Columns of the published table ``tratt``."""

_PERIOD = ["indikator", "version", "period_typ", "period"]


def as_broken_down(figures: pa.Table, indicator: Indicator, lan: Lan) -> pa.Table:
    """One indicator's figures without the groups of periods that the policy does not break down."""
    if indicator.typ == "tillstand":
        return figures
    lengths = pa.array(lan.disclosure.uppdelning.perioder, pa.string())
    return figures.filter(pc.or_(pc.equal(figures["brytning"], TOTAL), pc.is_in(figures["period_typ"], lengths)))


def publishable(
    figures: pa.Table, indicator: Indicator, lan: Lan, stale: Collection[str], pattern: Pattern
) -> pa.Table:
    """The table ``indikator`` of one indicator, from its figures as ``as_broken_down`` gives them.

    A municipality that has not reached a period that another has gets a ``total`` row with status ``ej_utvarderad``. A
    county row is ``inaktuell`` when a municipality of the county is stale or missing in that period.
    """
    if not figures.num_rows:
        return INDIKATOR.empty_table()
    found = figures.to_pandas()
    missing = _not_evaluated(found, lan)
    absent = {"signal": NOT_EVALUATED, "status": EJ_UTVARDERAD, "regel": "ej_levererat"}
    frame = pd.concat([_evaluated(found, indicator, lan, pattern), missing.assign(**absent)], ignore_index=True)
    incomplete = pd.MultiIndex.from_frame(missing[_PERIOD])
    of_county = frame["niva"].eq("lan").to_numpy()
    old = frame["kommunkod"].isin(stale).to_numpy()
    county_old = bool(set(stale) & set(lan.kommuner)) | pd.MultiIndex.from_frame(frame[_PERIOD]).isin(incomplete)
    frame["inaktuell"] = np.where(of_county, county_old, old)
    return _sorted(frame, INDIKATOR, until="grupp")


def publishable_funnel(funnel: pa.Table, pattern: Pattern) -> pa.Table:
    """The table ``tratt`` of one indicator, from funnels as ``county_funnel`` gives them, in order of their steps."""
    if not funnel.num_rows:
        return TRATT.empty_table()
    rows = funnel.to_pandas()
    hidden = {"kvar": pattern.left, "med_varde": pattern.with_value, "i_taljare": pattern.counted}
    shown = rows.assign(**{name: null_where(rows[name].to_numpy(), where) for name, where in hidden.items()})
    return _sorted(shown, TRATT, until="steg")


def _evaluated(found: pd.DataFrame, indicator: Indicator, lan: Lan, pattern: Pattern) -> pd.DataFrame:
    namnare, taljare, hidden = found["namnare"].to_numpy(), found["taljare"].to_numpy(), pattern.hidden
    low, high = wilson_interval(taljare, namnare)
    status = status_of(namnare, hidden, lan.disclosure)
    compared = {**changes_of_a_year(found, hidden), **quantiles_shown(found, hidden, lan.disclosure)}
    if indicator.matt != "skillnad":  # the share itself is neither good nor bad
        compared |= {**ranks(found, hidden, indicator), **limits_around_the_county(found, hidden)}
    return found.assign(
        namnare=null_where(namnare, hidden),
        taljare=null_where(taljare, hidden),
        exkluderade=null_where(found["exkluderade"].to_numpy(), pattern.excluded),
        andel=np.where(hidden, np.nan, share(taljare, namnare)),
        ki_lag=np.where(hidden, np.nan, low),
        ki_hog=np.where(hidden, np.nan, high),
        signal=pd.Series(_signals(found, indicator, lan), dtype="str").where(~hidden, None),
        status=status,
        regel=rule_of(status, pattern.rule),
        **compared,
    )


def _signals(found: pd.DataFrame, indicator: Indicator, lan: Lan) -> np.ndarray:
    if indicator.matt == "skillnad":
        return np.full(len(found), NOT_EVALUATED, dtype=object)
    return signal(
        found["taljare"].to_numpy(),
        found["namnare"].to_numpy(),
        indicator.riktning,
        thresholds_of(lan, indicator.id),
        lan.disclosure.namnare_min.varde,
    )


def _not_evaluated(found: pd.DataFrame, lan: Lan) -> pd.DataFrame:
    totals = found[(found["brytning"] == TOTAL) & (found["niva"] == "kommun")]
    periods = totals[_PERIOD].drop_duplicates()
    wanted = periods.merge(pd.DataFrame({"kommunkod": list(lan.kommuner)}), how="cross")
    there = pd.MultiIndex.from_frame(totals[[*_PERIOD, "kommunkod"]])
    missing = wanted[~pd.MultiIndex.from_frame(wanted).isin(there)]
    return missing.assign(niva="kommun", brytning=TOTAL, grupp=EVERYONE)


def _sorted(frame: pd.DataFrame, schema: pa.Schema, until: str) -> pa.Table:
    table = pa.Table.from_pandas(frame.reindex(columns=schema.names), schema=schema, preserve_index=False)
    order = [name for name in schema.names[: schema.names.index(until) + 1] if name != "version"]
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in order])
