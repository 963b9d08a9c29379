"""Rows of a parquet file into a SQL table, some at a time, by the fastest way that the driver has."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from sqlalchemy import Connection, Table, insert

ROWS_AT_A_TIME = 32_768


def copy_file(connection: Connection, table: Table, path: Path) -> int:
    """Append every row of a parquet file to a table within the connection's transaction; returns how many.

    No more than ``ROWS_AT_A_TIME`` rows are in memory as SQL values, and one row group as arrow.
    """
    write = _copy if _can_copy(connection) else _insert
    written = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_A_TIME, use_threads=False):
            write(connection, table, batch)
            written += batch.num_rows
    return written


def _can_copy(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and connection.dialect.driver in {"psycopg", "psycopg2"}


def _copy(connection: Connection, table: Table, batch: pa.RecordBatch) -> None:
    """COPY in csv: arrow leaves null empty and puts every text in quotes, which is how PostgreSQL tells them apart."""
    prepare = connection.dialect.identifier_preparer
    columns = ", ".join(prepare.quote(name) for name in batch.schema.names)
    sql = f"COPY {prepare.format_table(table)} ({columns}) FROM STDIN (FORMAT csv)"
    rows = io.BytesIO()
    pacsv.write_csv(batch, rows, pacsv.WriteOptions(include_header=False))
    cursor: Any = connection.connection.cursor()
    try:
        if hasattr(cursor, "copy_expert"):
            rows.seek(0)
            cursor.copy_expert(sql, rows)
        else:
            with cursor.copy(sql) as copy:
                copy.write(rows.getbuffer())
    finally:
        cursor.close()


def _insert(connection: Connection, table: Table, batch: pa.RecordBatch) -> None:
    if batch.num_rows:
        connection.execute(insert(table), batch.to_pylist())
