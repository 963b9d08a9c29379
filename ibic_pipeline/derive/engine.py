"""What runs the SQL: DuckDB in this process, or a Spark Connect server. Both leave the same rows in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from ibic_pipeline.derive.duckdb_engine import DuckDbEngine, connection, fetch, parquet_list, show_parquet
from ibic_pipeline.derive.headers import Fact, facts
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings

__all__ = ["Engine", "connection", "engine_of", "fetch", "in_order", "parquet_list", "require_engine", "show_parquet"]


class Engine(Protocol):
    """Where tables are shown, queries in DuckDB's dialect are run, and what they gave is kept and handed out."""

    def show_parquet(self, tables: Mapping[str, Path]) -> None:
        """Let queries read parquet files by name."""

    def show_arrow(self, tables: Mapping[str, pa.Table]) -> None:
        """Let queries read Arrow tables by name."""

    def materialise(self, name: str, query: str, order: Sequence[str]) -> None:
        """Keep the query's rows, in the order of these columns, under a name that later queries read."""

    def rows(self, name: str) -> Iterator[pa.Table]:
        """What was kept, in its order, in pieces of ``ROW_GROUP_ROWS`` rows; without rows it is one empty piece."""

    def numbers(self, query: str) -> tuple[int, ...]:
        """The numbers in the query's only row."""


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """The engine that ``IBIC_ENGINE`` names.

    Raises:
        IbicError: there is no such engine, its library is not installed, or its server does not answer.
    """
    _require_known(settings.engine)
    if settings.engine:
        from ibic_pipeline.derive.spark_engine import spark_engine

        with spark_engine(settings) as engine:
            yield engine
    else:
        with connection(settings) as connected:
            yield DuckDbEngine(connected)


def require_engine(settings: Settings) -> None:
    """Refuse at once where deriving could not begin.

    Raises:
        IbicError: there is no such engine, its library is not installed, or its server does not answer.
    """
    _require_known(settings.engine)
    if settings.engine:
        from ibic_pipeline.derive.spark_engine import require_server

        require_server(settings.engine)


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


def _require_known(engine: str) -> None:
    if engine and not engine.startswith("sc://"):
        raise IbicError(
            "IBIC_ENGINE empty (DuckDB) or the address of a Spark Connect server",
            "something else",
            "Set it to sc://127.0.0.1:50051, or take it away.",
        )
