"""Reads published figures with DuckDB, which need not hold the groups that it passes over."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa


def of_everyone(figures: Path) -> pa.Table:
    """The rows of the published table ``indikator`` that count everyone together."""
    return rows(figures, "brytning = 'total'")


def rows(table: Path, condition: str) -> pa.Table:
    """The rows of a published table for which the condition, in SQL and our own words, holds; in the file's order."""
    with duckdb.connect(":memory:") as connection:
        query = f"SELECT * FROM read_parquet(?) WHERE {condition}"  # noqa: S608  our own words
        found: pa.Table = connection.sql(query, params=[str(table)]).to_arrow_table()
        return found
