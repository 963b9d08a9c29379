"""The tables that readers see: figures and funnels with shares, intervals and signals, after disclosure control."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.compare.between import CHANGE, LIMITS, changes_of_a_year, limits_around_the_county, ranks
from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.disclosure import (
    EJ_UTVARDERAD,
    UNDERTRYCKT,
    is_small,
    must_be_hidden,
    never_shown,
    null_where,
    quantiles_shown,
    safe_steps,
    status_of,
    too_few,
)
from ibic_pipeline.compare.quantiles import INTERVALS
from ibic_pipeline.compare.signals import NOT_EVALUATED, signal, thresholds_of
from ibic_pipeline.compare.statistics import share, wilson_interval
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.headers import Indicator, indicators

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


def publishable(figures: pa.Table, lan: Lan, stale: Collection[str]) -> pa.Table:
    """The table ``indikator`` from figures as ``county`` gives them, one indicator at a time.

    A municipality that has not reached a period that another has gets a ``total`` row with status ``ej_utvarderad``. A
    county row is ``inaktuell`` when a municipality of the county is stale or missing in that period.
    """
    present = set(pc.unique(figures["indikator"]).to_pylist())
    parts = [
        _publishable(figures.filter(pc.equal(figures["indikator"], each.id)), each, lan, stale)
        for each in indicators()
        if each.id in present
    ]
    return pa.concat_tables([INDIKATOR.empty_table(), *parts])


def _publishable(figures: pa.Table, indicator: Indicator, lan: Lan, stale: Collection[str]) -> pa.Table:
    found = figures.to_pandas()
    missing = _not_evaluated(found, lan)
    evaluated = _evaluated(found, indicator, lan)
    frame = pd.concat([evaluated, missing.assign(signal=NOT_EVALUATED, status=EJ_UTVARDERAD)], ignore_index=True)
    incomplete = pd.MultiIndex.from_frame(missing[_PERIOD])
    of_county = frame["niva"].eq("lan").to_numpy()
    old = frame["kommunkod"].isin(stale).to_numpy()
    county_old = bool(set(stale) & set(lan.kommuner)) | pd.MultiIndex.from_frame(frame[_PERIOD]).isin(incomplete)
    frame["inaktuell"] = np.where(of_county, county_old, old)
    return _sorted(frame, INDIKATOR, until="grupp")


def publishable_funnel(funnels: pa.Table, lan: Lan) -> pa.Table:
    """The table ``tratt`` from funnels as ``county_funnel`` gives them; small counts and differences are null."""
    together = _sorted(funnels.to_pandas(), TRATT, until="steg").to_pandas()
    parts = [_safe_funnel(each, lan) for _, each in together.groupby("indikator", sort=True)]
    return _sorted(pd.concat([together.iloc[:0], *parts]), TRATT, until="steg")


def _evaluated(found: pd.DataFrame, indicator: Indicator, lan: Lan) -> pd.DataFrame:
    namnare, taljare = found["namnare"].to_numpy(), found["taljare"].to_numpy()
    withheld = never_shown(found["grupp"])
    hidden = must_be_hidden(namnare, taljare, lan.disclosure) | withheld
    low, high = wilson_interval(taljare, namnare)
    small_excluded = is_small(found["exkluderade"].to_numpy(), lan.disclosure.antal_min.varde)
    signals = pd.Series(_signals(found, indicator, lan), dtype="str")
    compared = {**changes_of_a_year(found, hidden), **quantiles_shown(found, withheld, lan.disclosure)}
    if indicator.matt != "skillnad":  # the share itself is neither good nor bad
        compared |= {**ranks(found, hidden, indicator), **limits_around_the_county(found, hidden)}
    return found.assign(
        namnare=null_where(namnare, too_few(namnare, lan.disclosure) | withheld),
        taljare=null_where(taljare, hidden),
        exkluderade=null_where(found["exkluderade"].to_numpy(), small_excluded | withheld),
        andel=np.where(hidden, np.nan, share(taljare, namnare)),
        ki_lag=np.where(hidden, np.nan, low),
        ki_hog=np.where(hidden, np.nan, high),
        # That there are too few to judge is no secret; which colour a hidden share has is one.
        signal=signals.where(~hidden | ((signals == NOT_EVALUATED) & ~withheld), None),
        status=np.where(withheld, UNDERTRYCKT, status_of(namnare, taljare, lan.disclosure)),
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


def _safe_funnel(rows: pd.DataFrame, lan: Lan) -> pd.DataFrame:
    """One indicator's funnels, rows in order of funnel and step."""
    antal_min = lan.disclosure.antal_min.varde
    shape = (-1, rows["steg"].nunique())
    left, with_value, counted = (rows[name].to_numpy().reshape(shape) for name in ("kvar", "med_varde", "i_taljare"))
    namnare, taljare = left[:, -1], counted[:, -1]
    left_shown = safe_steps(left, antal_min) & ~too_few(namnare, lan.disclosure)[:, None]
    value_shown = left_shown & safe_steps(with_value, antal_min) & safe_steps(left - with_value, antal_min)
    counted_shown = np.broadcast_to(~must_be_hidden(namnare, taljare, lan.disclosure)[:, None], left.shape)
    return rows.assign(
        kvar=null_where(left.ravel(), ~left_shown.ravel()),
        med_varde=null_where(with_value.ravel(), ~value_shown.ravel()),
        i_taljare=null_where(counted.ravel(), ~counted_shown.ravel()),
    )


def _sorted(frame: pd.DataFrame, schema: pa.Schema, until: str) -> pa.Table:
    table = pa.Table.from_pandas(frame.reindex(columns=schema.names), schema=schema, preserve_index=False)
    order = [name for name in schema.names[: schema.names.index(until) + 1] if name != "version"]
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in order])
