"""How data quality has moved between deliveries: rows refused, and row checks that fail by today's thresholds."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.county import Lan
from ibic_pipeline.quality.model import DELIVERY, GODKAND, UNDERKAND
from ibic_pipeline.quality.score import scored
from ibic_pipeline.quality.tally import ROWS
from ibic_pipeline.quality.thresholds import thresholds

ACCOUNTING = "avstamning"
"""What measures of a delivery's accounting are called; ``del`` is the column that was added up."""

UTVECKLING = pa.schema(
    [
        ("kommunkod", pa.string()),
        ("leverans", pa.date32()),
        ("lasta", pa.int64()),
        ("avvisade", pa.int64()),
        ("flaggade", pa.int64()),
        ("rader", pa.int64()),
        ("provade", pa.int64()),
        ("underkanda", pa.int64()),
    ]
)
"""Columns of the published table ``datakvalitet_utveckling``."""

_DELIVERY = ["kommunkod", "dag"]
_ADDED_UP = {"last": "lasta", "karantan": "avvisade", "flaggade": "flaggade"}


def with_accounting(measures: pa.Table, avstamning: Path) -> pa.Table:
    """A delivery's measures with its accounting among them: rows read, refused and flagged.

    Where nothing was measured, as in a delivery of counts, nothing is added.
    """
    if not measures.num_rows:
        return measures
    read = pq.read_table(avstamning, columns=list(_ADDED_UP))
    sums = [pc.sum(read[column], min_count=0).as_py() for column in _ADDED_UP]
    rows = [
        {"matt": ACCOUNTING, "tabell": DELIVERY, "del": each, "antal": n}
        for each, n in zip(_ADDED_UP, sums, strict=True)
    ]
    return pa.concat_tables([measures, pa.Table.from_pylist(rows, schema=measures.schema)])


def trend(measures: pa.Table, lan: Lan) -> pa.Table:
    """The table ``datakvalitet_utveckling``: a row per municipality and delivery that is kept.

    Checks that compare deliveries are left out: the first delivery has nothing to be compared with.

    Args:
        measures: every delivery's, as ``history.read`` gives them, of all municipalities.
    """
    kept = measures.to_pandas()
    checks = kept[kept["matt"].str.startswith("DK-")].rename(columns={"matt": "kontroll", "antal": "brister"})
    judged = scored(checks, thresholds(lan))
    judged = judged.assign(
        provade=judged["status"].isin([GODKAND, UNDERKAND]), underkanda=judged["status"] == UNDERKAND
    )
    found = kept[_DELIVERY].drop_duplicates()
    for rows, name in (
        *((judged.rename(columns={name: "antal"}), name) for name in ("provade", "underkanda")),
        (kept[kept["matt"] == ROWS], "rader"),
        *((kept[(kept["matt"] == ACCOUNTING) & (kept["del"] == column)], name) for column, name in _ADDED_UP.items()),
    ):
        sums = rows.groupby(_DELIVERY, as_index=False)["antal"].sum().rename(columns={"antal": name})
        found = found.merge(sums, on=_DELIVERY, how="left")
    told = found.rename(columns={"dag": "leverans"}).reindex(columns=UTVECKLING.names)
    table = pa.Table.from_pandas(told, UTVECKLING, preserve_index=False)
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in ("kommunkod", "leverans")])
