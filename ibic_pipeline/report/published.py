"""Reads published figures of everyone together, a part of a table that is large because of its groups."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa


def of_everyone(figures: Path) -> pa.Table:
    """The rows of the published table ``indikator`` that count everyone together.

    By DuckDB, which unlike pyarrow need not hold the groups that it passes over.
    """
    query = duckdb.sql("SELECT * FROM read_parquet($figures) WHERE brytning = 'total'", params={"figures": str(figures)})
    found: pa.Table = query.to_arrow_table()
    return found
