"""The table ``parad_forandring``: goals that became better, stayed or became worse, and the sign test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure.rules import null_where, status_of
from ibic_pipeline.compare.statistics import sign_test
from ibic_pipeline.county import Lan

PAIRED = ("M5",)
"""Indicators whose ``varde`` is a step on the scale after less the same step before; lower is better."""

OUTCOMES = ("antal_forbattrade", "antal_oforandrade", "antal_forsamrade")

PARAD_FORANDRING = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("brytning", pa.string()),
        ("grupp", pa.string()),
        ("antal_par", pa.int64()),
        *((name, pa.int64()) for name in OUTCOMES),
        ("p_varde", pa.float64()),
        ("status", pa.string()),
    ]
)
"""Columns of the published table ``parad_forandring``."""

_CELL = PARAD_FORANDRING.names[: PARAD_FORANDRING.names.index("antal_par")]

PAIRS_COUNTED = pa.schema([PARAD_FORANDRING.field(name) for name in (*_CELL, "antal_par", *OUTCOMES)])
"""Columns of the county's unsuppressed ``par.parquet``."""


def pairs(signs: pd.DataFrame) -> pa.Table:
    """Unsuppressed counts of municipalities and the county, as ``PAIRS_COUNTED``, from ``signs_of``."""
    of_municipalities = signs.assign(niva="kommun")
    keys = [name for name in _CELL if name != "kommunkod"]
    of_county = of_municipalities.assign(niva="lan").groupby(keys, as_index=False, sort=False)[list(OUTCOMES)].sum()
    frame = pd.concat([of_municipalities, of_county], ignore_index=True)
    frame["antal_par"] = frame[list(OUTCOMES)].sum(axis=1)
    table = pa.Table.from_pandas(frame[PAIRS_COUNTED.names], schema=PAIRS_COUNTED, preserve_index=False)
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in _CELL])


def outcomes_of(figures: pd.DataFrame, counted: pd.DataFrame) -> np.ndarray | None:
    """By row of the figures, how many became better, stayed and became worse; None where these are not all of them."""
    both = figures.merge(counted, on=_CELL, how="left")
    outcomes: np.ndarray = both[list(OUTCOMES)].fillna(0).to_numpy(dtype=np.int64)
    return outcomes if (outcomes.sum(axis=1) == both["namnare"]).all() else None


def publishable_pairs(counted: pa.Table, figures: pa.Table, hidden: np.ndarray, lan: Lan) -> pa.Table:
    """The table ``parad_forandring`` from tables as ``pairs`` gives them.

    The three counts add up to the denominator of the indicator's figure, and are hidden when that is: ``hidden``, by
    row of ``figures``. What has no figure is not published.
    """
    if not counted.num_rows:
        return PARAD_FORANDRING.empty_table()
    of_figures = figures.select(_CELL).to_pandas().assign(hidden=hidden)
    found = counted.to_pandas().merge(of_figures, on=_CELL)
    n, hidden = found["antal_par"].to_numpy(), found["hidden"].to_numpy(dtype=bool)
    outcomes = [found[name].to_numpy() for name in OUTCOMES]
    frame = found.assign(
        antal_par=null_where(n, hidden),
        **{name: null_where(each, hidden) for name, each in zip(OUTCOMES, outcomes, strict=True)},
        p_varde=np.where(hidden, np.nan, sign_test(outcomes[0], outcomes[2])),
        status=status_of(n, hidden, lan.disclosure),
    )
    table = pa.Table.from_pandas(frame[PARAD_FORANDRING.names], schema=PARAD_FORANDRING, preserve_index=False)
    return table.replace_schema_metadata(None)
