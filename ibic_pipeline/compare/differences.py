"""The table ``skillnad``: two groups of one breakdown beside each other, in percentage points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure.rules import (
    EJ_TILLAMPLIGT,
    OSAKER,
    UNDERTRYCKT,
    VISAS,
    null_where,
)
from ibic_pipeline.compare.statistics import difference_interval
from ibic_pipeline.county import Lan

PAIRS = {"kon": ("kvinna", "man"), "lagrum": ("LSS", "SoL"), "regiform": ("privat", "kommunal")}
"""Breakdown -> the two groups that are compared; the difference is the first less the second."""

SKILLNAD = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("brytning", pa.string()),
        ("grupp_a", pa.string()),
        ("grupp_b", pa.string()),
        ("skillnad_pe", pa.float64()),
        ("ki_lag", pa.float64()),
        ("ki_hog", pa.float64()),
        ("n_a", pa.int64()),
        ("n_b", pa.int64()),
        ("status", pa.string()),
    ]
)
"""Columns of the published table ``skillnad``."""

_PLACE = ["indikator", "niva", "kommunkod", "period_typ", "period"]


def differences(figures: pa.Table, hidden: np.ndarray, lan: Lan) -> pa.Table:
    """The table ``skillnad`` of one indicator, from its figures as ``as_broken_down`` gives them.

    A difference is shown where both shares are, so that nothing is told that ``indikator`` does not tell; ``hidden``
    says by row which are not.
    """
    if not figures.num_rows:
        return SKILLNAD.empty_table()
    found = figures.to_pandas().assign(hidden=hidden)
    parts = [_differences(found[found["brytning"] == name], name, lan) for name in PAIRS if name in lan.brytningar]
    table = pa.concat_tables([SKILLNAD.empty_table(), *parts])
    return table.sort_by([(name, "ascending") for name in [*_PLACE, "brytning"]])


def _differences(rows: pd.DataFrame, brytning: str, lan: Lan) -> pa.Table:
    a, b = (_of_group(rows, grupp) for grupp in PAIRS[brytning])
    both = a.merge(b, on=_PLACE, how="outer", suffixes=("_a", "_b"))
    counts = [
        both[name].fillna(0).to_numpy(dtype=np.int64) for name in ("taljare_a", "namnare_a", "taljare_b", "namnare_b")
    ]
    _, n_a, _, n_b = counts
    hidden_a, hidden_b = (both[name].eq(True).to_numpy() for name in ("hidden_a", "hidden_b"))
    hidden = hidden_a | hidden_b
    few = np.minimum(n_a, n_b)
    shown = [np.where(hidden, np.nan, 100 * each) for each in difference_interval(*counts)]
    frame = both.assign(
        brytning=brytning,
        grupp_a=PAIRS[brytning][0],
        grupp_b=PAIRS[brytning][1],
        **dict(zip(("skillnad_pe", "ki_lag", "ki_hog"), shown, strict=True)),
        n_a=null_where(n_a, hidden_a),
        n_b=null_where(n_b, hidden_b),
        status=np.select(
            [hidden, few == 0, few < lan.disclosure.osaker_under.varde], [UNDERTRYCKT, EJ_TILLAMPLIGT, OSAKER], VISAS
        ),
    )
    table = pa.Table.from_pandas(frame[SKILLNAD.names], schema=SKILLNAD, preserve_index=False)
    return table.replace_schema_metadata(None)


def _of_group(rows: pd.DataFrame, grupp: str) -> pd.DataFrame:
    return rows.loc[rows["grupp"] == grupp, [*_PLACE, "taljare", "namnare", "hidden"]]
