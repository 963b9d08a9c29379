"""Measures of earlier deliveries: kept as files beside the versions, thinned out, and read in the order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.storage import write_parquet

KEPT_EACH = 30
"""So many of the latest deliveries are kept; of those before, the last one of each month."""
KEPT_MONTHS = 60


def keep(measures: pa.Table, leverans: str, folder: Path) -> None:
    """Keep a delivery's measures, in the place of those that it had before, and remove what is no longer kept."""
    write_parquet(measures, folder / f"{leverans}.parquet")
    names = sorted(path.stem for path in folder.glob("*.parquet"))
    for name in set(names) - kept(names):
        (folder / f"{name}.parquet").unlink()


def kept(names: Sequence[str]) -> set[str]:
    """Which of the deliveries' measures stay; each name begins with the delivery's date."""
    latest_first = sorted(names, reverse=True)
    older = latest_first[KEPT_EACH:]
    of_months = {name[:7]: name for name in reversed(older)}
    months = sorted(of_months, reverse=True)[:KEPT_MONTHS]
    return {*latest_first[:KEPT_EACH], *(of_months[month] for month in months)}


def read(folder: Path, leverans: str, now: pa.Table, **whose: str) -> pa.Table:
    """Every delivery's measures up to and with one of them; of several with one date the last counts.

    Args:
        leverans: the delivery that counts now, and ``now`` its measures.
        whose: further columns, the same in every row.

    Returns:
        ``leverans``, ``dag`` (the delivery's date) and ``whose`` before the columns of the measures, in the order of
        time.
    """
    earlier = {path.stem: path for path in folder.glob("*.parquet") if path.stem < leverans}
    of_days = {name[:10]: name for name in sorted(earlier) if name[:10] < leverans[:10]}
    found = [_of(name, pq.read_table(earlier[name]), whose) for name in of_days.values()]
    return pa.concat_tables([*found, _of(leverans, now, whose)])


def latest_before(folder: Path, day: str) -> Path | None:
    """The file of the latest day before one; None when there is none."""
    return max((path for path in folder.glob("*.parquet") if path.stem < day), default=None)


def _of(leverans: str, measures: pa.Table, whose: Mapping[str, str]) -> pa.Table:
    known = {**whose, "leverans": leverans, "dag": date.fromisoformat(leverans[:10])}
    columns = {name: pa.repeat(pa.scalar(value), measures.num_rows) for name, value in known.items()}
    return pa.table(columns | {name: measures[name] for name in measures.column_names})
