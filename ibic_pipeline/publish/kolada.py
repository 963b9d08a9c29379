"""The yearly figures in the form that tools for Kolada read, made of the published table alone."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from ibic_pipeline.derive import indicators

COLUMNS = {
    "kpi": "Indikatorns id, till exempel T1; inte ett nyckeltal i Kolada.",
    "municipality": "Kommunens kod enligt SCB, fyra tecken.",
    "period": "Året.",
    "gender": "T alla, K kvinnor, M män.",
    "value": "Andelen i procent; för indikatorer som mäter tid medianen i dagar. Tomt när siffran inte visas.",
    "count": "Antal enheter som siffran avser (nämnaren); tomt när det inte visas.",
    "status": "visas, osaker, undertryckt, ej_tillampligt eller ej_utvarderad.",
}

_GENDERS = {("total", "alla"): "T", ("kon", "kvinna"): "K", ("kon", "man"): "M"}
_SHOWN = ["visas", "osaker"]
_READ = ["indikator", "kommunkod", "period", "brytning", "grupp", "andel", "median", "namnare", "status"]
_TYPES = {"value": pa.float64(), "count": pa.int64()}


def kolada_csv(indikator: Path) -> str:
    """The municipalities' figures per year, for all and by gender, as csv in UTF-8 with quoted texts.

    Kolada knows years only, and no county of municipalities. An indicator that compares two groups (``skillnad``) has
    no value of its own and is left out.
    """
    wanted = [("niva", "=", "kommun"), ("period_typ", "=", "ar"), ("brytning", "in", ["total", "kon"])]
    found = pq.read_table(indikator, columns=_READ, filters=wanted).to_pandas()
    measures = {each.id: each.matt for each in indicators()}
    matt = found["indikator"].map(measures)
    gender = pd.Series(
        [_GENDERS.get(pair) for pair in zip(found["brytning"], found["grupp"], strict=True)], dtype=object
    )
    value = np.where(matt == "median", found["median"], found["andel"] * 100)
    rows = pd.DataFrame(
        {
            "kpi": found["indikator"],
            "municipality": found["kommunkod"],
            "period": found["period"],
            "gender": gender,
            "value": np.round(value.astype(float), 4),
            "count": found["namnare"].astype("Int64"),
            "status": _status(found["status"], pd.Series(value).isna()),
        }
    )
    rows = rows[gender.notna() & matt.isin(["andel", "median"])]
    schema = pa.schema([(name, _TYPES.get(name, pa.string())) for name in COLUMNS])
    table = pa.Table.from_pandas(rows, schema=schema, preserve_index=False)
    sink = io.BytesIO()
    pacsv.write_csv(table.sort_by([(name, "ascending") for name in ("kpi", "municipality", "period", "gender")]), sink)
    return sink.getvalue().decode()


def _status(of_share: pd.Series, absent: pd.Series) -> pd.Series:
    """The status of the value: a median is shown or hidden by its own rule, whatever becomes of the share beside it."""
    hidden = of_share.where(~(absent & of_share.isin(_SHOWN)), "undertryckt")
    return hidden.where(absent | hidden.isin(_SHOWN), "osaker")
