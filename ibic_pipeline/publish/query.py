"""Questions to a release in SQL: one view per published table, nothing else within reach."""

from __future__ import annotations

import io
import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from rich.console import Console
from rich.table import Table

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.publish.pointer import current_release
from ibic_pipeline.publish.tables import published_files
from ibic_pipeline.storage import write_parquet

Format = Literal["csv", "json", "parquet", "table"]

ROWS_SHOWN = 200

_ABOUT_THE_QUERY = (
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
)
"""Errors that speak of the query's text alone; others may quote a cell's value."""


def open_release(home: Home, settings: Settings | None = None) -> duckdb.DuckDBPyConnection:
    """Open the current release: one view per published table, its files named one by one.

    DuckDB may then read those files and nothing else, and its settings can no longer be changed.

    Raises:
        IbicError: nothing has been published.
    """
    release = current_release(home)
    if release is None:
        raise IbicError(
            f"a release under {home.publicerat}",
            "none yet",
            "Publish one with `ibic run`, or try `ibic demo`.",
        )
    settings = settings or Settings()
    files = published_files(release)
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = {_quoted(settings.memory)}")
    connection.execute(f"SET threads = {settings.threads}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET python_enable_replacements = false")
    # Rows that do not fit in memory would be written to the folder in which the question is asked.
    connection.execute("SET temp_directory = ''")
    for name, paths in files.items():
        # Hive partitioning stays off: it would read a folder's or file's 0642 as a number.
        connection.execute(
            f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({_list(paths)}, '  # noqa: S608  names of our own
            "hive_partitioning = false, union_by_name = true)"
        )
    connection.execute(f"SET allowed_paths = {_list([path for paths in files.values() for path in paths])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def run_query(home: Home, sql: str, format: Format, settings: Settings | None = None) -> str | bytes:
    """Answer one SELECT from the current release: bytes for ``parquet``, text for the others.

    Raises:
        IbicError: nothing has been published, or DuckDB cannot run the query.
    """
    with open_release(home, settings) as connection:
        answer = _answer(connection, sql)
    if format == "parquet":
        return _as_parquet(answer)
    return {"csv": _as_csv, "json": _as_json, "table": _as_table}[format](answer)


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type.name not in {"SELECT", "EXPLAIN"}:
            raise IbicError("one SELECT", f"{len(statements)} statements or another kind", "A release is only read.")
        return _with_names_once(connection.sql(sql).to_arrow_table())
    except duckdb.OutOfMemoryException:
        raise IbicError(
            "a query that fits in memory", "one that needs more", "Raise IBIC_MEMORY, or select less."
        ) from None
    except _ABOUT_THE_QUERY as error:
        reason = str(error).split("\n\n")[0].rstrip(".")
        raise IbicError("a query that DuckDB can run", reason, _known(connection)) from None
    except duckdb.Error as error:
        raise IbicError("a query that DuckDB can run", type(error).__name__, "Check types and casts.") from None


def _with_names_once(table: pa.Table) -> pa.Table:
    """A column whose name stands before it already gets a number: some formats know it by its name alone."""
    names = table.column_names
    repeated = [names[:number].count(name) for number, name in enumerate(names)]
    return table.rename_columns([f"{name}_{n}" if n else name for name, n in zip(names, repeated, strict=True)])


def _known(connection: duckdb.DuckDBPyConnection) -> str:
    names = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name").fetchall()
    return f"Tables: {', '.join(name for (name,) in names)}."


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(paths: list[Path]) -> str:
    return "[" + ", ".join(_quoted(str(path)) for path in paths) + "]"


def _as_csv(table: pa.Table) -> str:
    """Values that csv has no form for, such as lists, are written as JSON."""
    for number, column in enumerate(table.schema):
        if pa.types.is_nested(column.type) or isinstance(column.type, pa.BaseExtensionType):
            texts = [None if each is None else _json(each) for each in table[number].to_pylist()]
            table = table.set_column(number, column.name, pa.array(texts, pa.string()))
    sink = io.BytesIO()
    pacsv.write_csv(table, sink)
    return sink.getvalue().decode()


def _as_json(table: pa.Table) -> str:
    for number, column in enumerate(table.schema):
        if pa.types.is_floating(column.type):  # JSON has neither nan nor infinity
            values = table[number]
            table = table.set_column(number, column.name, pc.if_else(pc.is_finite(values), values, None))
    return _json(table.to_pylist(), indent=1) + "\n"


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> Any:
    """A sum of whole numbers comes as a decimal; days and everything else are written as texts."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _as_parquet(table: pa.Table) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "svar.parquet"
        write_parquet(table, path)
        return path.read_bytes()


def _as_table(table: pa.Table) -> str:
    shown = Table()
    for column in table.schema:
        number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        shown.add_column(column.name, justify="right" if number else "left", no_wrap=True)
    for row in zip(*(column.to_pylist() for column in table.slice(0, ROWS_SHOWN).columns), strict=True):
        shown.add_row(*("" if value is None else str(value) for value in row))
    written = io.StringIO()
    console = Console(file=written, width=10_000, color_system=None, markup=False)
    console.print(shown)
    if table.num_rows > ROWS_SHOWN:
        console.print(f"{ROWS_SHOWN} of {table.num_rows} rows; --format csv gives them all")
    return written.getvalue()
