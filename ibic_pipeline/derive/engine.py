"""A DuckDB connection within its limits, and the order in which derived tables are made on it."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from ibic_pipeline.derive.headers import Fact, facts
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings


@contextmanager
def connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database that spills to a temporary folder and prints nothing."""
    with TemporaryDirectory(prefix="ibic-duckdb-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": settings.memory,
            "threads": settings.threads,
            "temp_directory": folder,
        }
        connected = duckdb.connect(":memory:", config=config)
        try:
            connected.execute("SET enable_progress_bar = false")
            yield connected
        finally:
            connected.close()


def parquet_list(paths: list[Path]) -> str:
    """The paths as an argument to ``read_parquet``, quoted; DuckDB takes no parameters in a view."""
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"[{quoted}]"


def show_parquet(connected: duckdb.DuckDBPyConnection, tables: Mapping[str, Path]) -> None:
    """Make one view per parquet file."""
    for name, path in tables.items():
        connected.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({parquet_list([path])})")


def show_arrow(connected: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Make one table per Arrow table."""
    for name, table in tables.items():
        connected.register(f"arrow_{name}", table)
        connected.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_{name}")
        connected.unregister(f"arrow_{name}")


def fetch(connected: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The query's rows as an Arrow table."""
    with warnings.catch_warnings():
        # DuckDB 2 recommends its relational API here; only `execute` is the same in the versions that we allow.
        warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)
        return connected.execute(query).to_arrow_table()


def materialise(connected: duckdb.DuckDBPyConnection, fact: Fact) -> None:
    """Make the fact's table; the facts that it reads must stand already."""
    connected.execute(f"CREATE TABLE {fact.namn} AS {fact.sql}")


def in_order() -> tuple[Fact, ...]:
    """Facts, each after those that it reads.

    Raises:
        IbicError: facts read each other in a circle.
    """
    by_name = {fact.namn: fact for fact in facts()}
    graph = {fact.namn: [name for name in fact.indata if name in by_name] for fact in facts()}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise IbicError(
            "facts that do not read each other", f"a circle: {' -> '.join(error.args[1])}", "Correct their `indata`."
        ) from None
