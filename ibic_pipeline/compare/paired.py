"""The table ``parad_forandring``: goals that became better, stayed or became worse, and the sign test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure import (
    EJ_TILLAMPLIGT,
    OSAKER,
    UNDERTRYCKT,
    VISAS,
    is_small,
    never_shown,
    null_where,
    too_few,
)
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


def publishable_pairs(counted: pa.Table, lan: Lan) -> pa.Table:
    """The table ``parad_forandring`` from tables as ``pairs`` gives them.

    The three counts are hidden together when one of them is small: the total would give it away.
    """
    found = counted.to_pandas()
    n = found["antal_par"].to_numpy()
    outcomes = [found[name].to_numpy() for name in OUTCOMES]
    withheld = never_shown(found["grupp"])
    small = [is_small(each, lan.disclosure.antal_min.varde) for each in outcomes]
    hidden = np.logical_or.reduce([withheld, too_few(n, lan.disclosure), *small])
    frame = found.assign(
        antal_par=null_where(n, too_few(n, lan.disclosure) | withheld),
        **{name: null_where(each, hidden) for name, each in zip(OUTCOMES, outcomes, strict=True)},
        p_varde=np.where(hidden, np.nan, sign_test(outcomes[0], outcomes[2])),
        status=np.select(
            [withheld, n == 0, hidden, n < lan.disclosure.osaker_under.varde],
            [UNDERTRYCKT, EJ_TILLAMPLIGT, UNDERTRYCKT, OSAKER],
            default=VISAS,
        ),
    )
    table = pa.Table.from_pandas(frame[PARAD_FORANDRING.names], schema=PARAD_FORANDRING, preserve_index=False)
    return table.replace_schema_metadata(None)
