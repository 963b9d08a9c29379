"""Reads published figures with DuckDB, which need not hold the groups that it passes over."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from ibic_pipeline.derive.engine import connection, fetch, parquet_list
from ibic_pipeline.home import Settings


def of_everyone(figures: Path) -> pa.Table:
    """The rows of the published table ``indikator`` that count everyone together."""
    return rows(figures, "brytning = 'total'")


def rows(table: Path, condition: str) -> pa.Table:
    """The rows of a published table for which the condition, in SQL and our own words, holds; in the file's order."""
    with connection(Settings()) as connected:
        return fetch(connected, f"SELECT * FROM read_parquet({parquet_list([table])}) WHERE {condition}")  # noqa: S608
