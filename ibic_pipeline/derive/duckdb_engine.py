"""DuckDB in this process, within its limits: the connection that every step uses, and the engine that derives on it."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

import atexit
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa

from ibic_pipeline.derive.pieces import in_pieces, in_the_order
from ibic_pipeline.home import Settings
from ibic_pipeline.storage import ROW_GROUP_ROWS

_numbers = count()


@contextmanager
def connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database of its own, within the limits of the process, that prints nothing.

    To start DuckDB takes 15 ms and small deliveries open a hundred connections, so a process starts it once. What is in
    a database goes when its connection is closed.
    """
    started = _started(os.getpid(), settings.memory, settings.threads)
    connected, name = started.cursor(), f"eget_{next(_numbers)}"
    try:
        connected.execute(f"ATTACH ':memory:' AS {name}")
        connected.execute(f"USE {name}")
        connected.execute("SET enable_progress_bar = false")
        yield connected
    finally:
        connected.close()
        started.cursor().execute(f"DETACH DATABASE IF EXISTS {name}")


@cache
def _started(process: int, memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    """DuckDB in this process; one that was forked starts it anew. It spills to a folder that goes with the process."""
    folder = mkdtemp(prefix="ibic-duckdb-")
    atexit.register(_remove, folder, process)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": threads,
        "temp_directory": folder,
    }
    started = duckdb.connect(":memory:", config=config)
    started.execute("SET GLOBAL enable_external_file_cache = false")  # files change while a process lives
    return started


def _remove(folder: str, process: int) -> None:
    """Unless this process was forked from the one whose folder it is."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def parquet_list(paths: list[Path]) -> str:
    """The paths as an argument to ``read_parquet``, quoted; DuckDB takes no parameters in a view."""
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"[{quoted}]"


def show_parquet(connected: duckdb.DuckDBPyConnection, tables: Mapping[str, Path]) -> None:
    """Make one view per parquet file."""
    for name, path in tables.items():
        connected.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet({parquet_list([path])})")


def show_arrow(connected: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Make one table per Arrow table."""
    for name, table in tables.items():
        connected.register(f"arrow_{name}", table)
        connected.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_{name}")
        connected.unregister(f"arrow_{name}")


def fetch(connected: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> pa.Table:
    """The query's rows as an Arrow table; ``values`` stand for its question marks."""
    with _no_recommendation():
        return connected.execute(query, list(values)).to_arrow_table()


def first_row(connected: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    """The numbers in the query's only row."""
    (found,) = connected.execute(query).fetchall()
    return tuple(int(number) for number in found)


class DuckDbEngine:
    """Derives in this process; see ``ibic_pipeline.derive.engine.Engine``."""

    def __init__(self, connected: duckdb.DuckDBPyConnection) -> None:
        self._connected = connected
        self._order: dict[str, Sequence[str]] = {}

    def show_parquet(self, tables: Mapping[str, Path]) -> None:
        """Let queries read parquet files by name."""
        show_parquet(self._connected, tables)

    def show_arrow(self, tables: Mapping[str, pa.Table]) -> None:
        """Let queries read Arrow tables by name."""
        show_arrow(self._connected, tables)

    def materialise(self, name: str, query: str, order: Sequence[str]) -> None:
        """Keep the query's rows under a name that later queries read."""
        self._connected.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        self._order[name] = order

    def rows(self, name: str) -> Iterator[pa.Table]:
        """What was kept, in its order, piece by piece."""
        reader = _reader(self._connected, in_the_order(f"SELECT * FROM {name}", self._order[name]))
        yield from in_pieces((pa.Table.from_batches([batch]) for batch in reader), reader.schema)

    def numbers(self, query: str) -> tuple[int, ...]:
        """The numbers in the query's only row."""
        return first_row(self._connected, query)


def _reader(connected: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    with _no_recommendation():
        return connected.execute(query).to_arrow_reader(ROW_GROUP_ROWS)


@contextmanager
def _no_recommendation() -> Iterator[None]:
    """DuckDB 2 recommends its relational API; only ``execute`` is the same in the versions that we allow."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)
        yield
