"""A Spark Connect server as the engine: tables go there, queries run there, and rows come back as Arrow in pieces.

What a query gave lies in a temporary folder here, as parquet, and is shown to the server from there. So each query runs
once whatever reads it later (a server need not be able to keep a result), and checks look at the rows that came back.
"""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot

from ibic_pipeline.derive.duckdb_engine import connection, fetch, first_row, show_arrow, show_parquet
from ibic_pipeline.derive.pieces import in_pieces, in_the_order
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings
from ibic_pipeline.storage import ROW_GROUP_ROWS, write_parquet, write_parquet_parts

SECONDS_TO_ANSWER = 10
RETRIES = 5
"""Of a call that the network dropped: about a quarter of a minute, where the library would go on for ten."""
START = "Start it (`sail spark server --ip 127.0.0.1 --port 50051`) or take IBIC_ENGINE away to derive with DuckDB."


def require_server(address: str) -> None:
    """See that the server answers.

    Raises:
        IbicError: it does not, its address is wrong, or the library is not installed.
    """
    _import_pyspark()
    import grpc
    from pyspark.errors import PySparkException
    from pyspark.sql.connect.client import DefaultChannelBuilder

    try:
        with DefaultChannelBuilder(address).toChannel() as channel:
            grpc.channel_ready_future(channel).result(timeout=SECONDS_TO_ANSWER)
    except (PySparkException, ValueError):
        raise IbicError(
            "the address of a Spark Connect server in IBIC_ENGINE",
            "one that cannot be read",
            "Write it as sc://127.0.0.1:50051.",
        ) from None
    except grpc.FutureTimeoutError:
        raise IbicError(
            f"a Spark Connect server at {_place(address)}", f"no answer in {SECONDS_TO_ANSWER} seconds", START
        ) from None


@contextmanager
def spark_engine(settings: Settings) -> Iterator[SparkEngine]:
    """A session on the server, and a temporary folder for what comes back.

    Raises:
        IbicError: the server does not answer, or the library is not installed.
    """
    require_server(settings.engine)
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    with _told_in_our_words(f"a session at {_place(settings.engine)}"):
        session: Any = SparkSession.builder.remote(settings.engine).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    with connection(settings) as here, TemporaryDirectory(prefix="ibic-spark-") as folder:
        try:
            yield SparkEngine(session, here, Path(folder))
        finally:
            session.stop()


class SparkEngine:
    """Derives on the server; see ``ibic_pipeline.derive.engine.Engine``.

    ``here`` is a DuckDB that knows the same tables: it tells which columns a query has, so that both engines agree on
    their types, and answers the checks.
    """

    def __init__(self, session: Any, here: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._session = session
        self._here = here
        self._folder = folder
        self._shared: dict[Path, bool] = {}
        self._kept: dict[str, Path] = {}

    def show_parquet(self, tables: Mapping[str, Path]) -> None:
        """Let queries read parquet files by name.

        The server reads them itself where it sees this machine's folder, and is sent the rows where it does not.
        """
        show_parquet(self._here, tables)
        for name, path in tables.items():
            if self._is_shared(path.parent):
                self._session.read.parquet(str(path)).createOrReplaceTempView(name)
            else:
                self._send(name, pq.ParquetFile(path))

    def show_arrow(self, tables: Mapping[str, pa.Table]) -> None:
        """Let queries read Arrow tables by name; the rows go to the server as they are."""
        show_arrow(self._here, tables)
        for name, table in tables.items():
            self._frame(table).createOrReplaceTempView(name)

    def materialise(self, name: str, query: str, order: Sequence[str]) -> None:
        """Run the query on the server and keep its rows here, under a name that later queries read.

        Raises:
            IbicError: the server could not run it, or gave other columns than the query has.
        """
        schema = fetch(self._here, f"SELECT * FROM ({query}) AS t LIMIT 0").schema
        path = self._folder / f"{name}.{secrets.token_hex(4)}.parquet"
        with _told_in_our_words(f"{name} from the Spark Connect server"):
            write_parquet_parts(
                self._answer(in_the_order(f"SELECT * FROM ({query}) AS t", order), schema), schema, path
            )
        if name in self._kept:
            self._kept[name].unlink()
        self._kept[name] = path
        self.show_parquet({name: path})

    def rows(self, name: str) -> Iterator[pa.Table]:
        """What was kept, in its order, piece by piece."""
        with pq.ParquetFile(self._kept[name]) as file:
            batches = file.iter_batches(ROW_GROUP_ROWS)
            yield from in_pieces((pa.Table.from_batches([batch]) for batch in batches), file.schema_arrow)

    def numbers(self, query: str) -> tuple[int, ...]:
        """The numbers in the query's only row, counted over the rows that came back."""
        return first_row(self._here, query)

    def _answer(self, query: str, schema: pa.Schema) -> Iterator[pa.Table]:
        (spark,) = sqlglot.transpile(query, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        frame = self._session.sql(spark)
        # `toArrow` would hold the whole answer; this is what it reads from, batch by batch.
        client = self._session.client
        answer = client.to_table_as_iterator(frame._plan.to_proto(client), frame._plan.observations)
        return in_pieces((part.cast(schema) for part in answer if isinstance(part, pa.Table)), schema)

    def _is_shared(self, folder: Path) -> bool:
        """Whether the server sees this folder: it must read back a word that was just written there."""
        if folder not in self._shared:
            self._shared[folder] = self._reads_back(folder)
        return self._shared[folder]

    def _reads_back(self, folder: Path) -> bool:
        from pyspark.errors import PySparkException

        word = secrets.token_hex(16)
        probe = folder / f"prov-{word}.parquet"
        try:
            write_parquet(pa.table({"ord": [word]}), probe)
            return [row["ord"] for row in self._session.read.parquet(str(probe)).collect()] == [word]
        except (OSError, PySparkException, KeyError, ValueError):
            return False
        finally:
            probe.unlink(missing_ok=True)

    def _send(self, name: str, file: pq.ParquetFile) -> None:
        """Send the rows in pieces, so that no message is larger than a server takes."""
        with file:
            parts: list[str] = []
            batches = (pa.Table.from_batches([each]) for each in file.iter_batches())
            for piece in in_pieces(batches, file.schema_arrow):
                parts.append(f"{name}__{len(parts)}")
                self._frame(piece).createOrReplaceTempView(parts[-1])
        self._session.sql(" UNION ALL ".join(f"SELECT * FROM {part}" for part in parts)).createOrReplaceTempView(name)

    def _frame(self, table: pa.Table) -> Any:
        from pyspark.sql.pandas.types import from_arrow_schema

        return self._session.createDataFrame(table, schema=from_arrow_schema(table.schema))


@contextmanager
def _told_in_our_words(expected: str) -> Iterator[None]:
    """Errors of the library and of the server, without their texts: these may hold values."""
    import grpc
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, grpc.RpcError, pa.ArrowException) as error:
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        found = f"{type(error).__name__}{f' ({condition})' if condition else ''}"
        raise IbicError(expected, found, f"Look at the server's own log. {START}") from None


def _import_pyspark() -> None:
    # A main module with neither file nor spec (`python -c`, a worker of another tool) is taken for a doctest of the
    # library's own, which then looks for a Spark of its own and ends the process.
    main = sys.modules["__main__"]
    if main.__spec__ is None:
        main.__spec__ = ModuleSpec("__main__", None)
    try:
        import pyspark.sql.connect.session  # noqa: F401
    except ImportError:
        raise IbicError(
            "the library pyspark-client, for IBIC_ENGINE",
            "none that can be imported",
            "Install ibic-pipeline[spark], or take IBIC_ENGINE away to derive with DuckDB.",
        ) from None


def _place(address: str) -> str:
    """Host and port, without what else the address may hold: a token, a user."""
    return address.removeprefix("sc://").split("/")[0]
