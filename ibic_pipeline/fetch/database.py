"""The queries of a municipality's profile, run in one read-only transaction and written as a delivery of csv files."""

from __future__ import annotations

import csv
import io
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Date, String, TextClause, bindparam, create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from ibic_pipeline.extract.names import mask
from ibic_pipeline.extract.sources import visible
from ibic_pipeline.fetch.inbox import Fetched, hidden_folder, make_visible, new_file, newest, told_by_class, unreadable
from ibic_pipeline.fetch.values import in_text, without_unwritable
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.storage import sha256_of_file

ENVIRONMENT = "IBIC_DATABAS_"
PARAMETERS: dict[str, TypeEngine[Any]] = {"kommunkod": String(), "uttagsdatum": Date()}

_ROWS_AT_A_TIME = 10_000
_STREAMED = {"stream_results": True, "max_row_buffer": _ROWS_AT_A_TIME}

_CONNECT_SECONDS = 30
_CONNECT_TIMEOUT = {
    "psycopg": "connect_timeout",
    "psycopg2": "connect_timeout",
    "pymysql": "connect_timeout",
    "pyodbc": "timeout",
    "pysqlite": "timeout",
}
_ISOLATION: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "mssql": {"isolation_level": "SNAPSHOT"},
    "mysql": {"isolation_level": "REPEATABLE READ"},
    "oracle": {"isolation_level": "SERIALIZABLE"},
}
"""What makes all queries of a delivery see the same moment; a transaction of SQLite does so by itself."""

_BEGIN = {
    "postgresql": ("SET LOCAL statement_timeout = '{seconds}s'",),
    "sqlite": ("PRAGMA query_only = ON", "BEGIN"),
}

# When a server goes away the pool logs the driver's own words, which may quote its address.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


def fetch_database(home: Home, profil: Profil, inbox: Path, day: date, settings: Settings) -> Fetched:
    """Write the result of every query as a file of a new delivery, unless all are as in the newest delivery.

    A delivery that someone has put in the inbox by hand, and that counts as later, is left to be the newest.

    Raises:
        DeliveryRefused: LEV-015, a query cannot be run, lacks a column or gives too much.
        IbicError: there is no such query.
    """
    database = str(profil.leverans.databas)
    latest = newest(inbox)
    name = _name(latest, day)
    if name is None:
        return Fetched(later=mask(latest))
    wanted = _columns(profil)
    queries = {query: home.query(query) for query in wanted}
    with told_by_class(f"databasen {database}"), hidden_folder(inbox) as hidden:
        with _reading(database, settings) as connection:
            limits = _Limits(settings)
            for query, path in queries.items():
                with told_by_class(f"frågan {query}"):
                    statement = parametrised(path.read_text(encoding="utf-8"), query)
                    result = connection.execute(statement, _values(statement, profil, day), execution_options=_STREAMED)
                    _require_columns(list(result.keys()), wanted[query], query)
                    _write(result, hidden / f"{query}.csv", limits)
        if latest and _contents(hidden) == _contents(inbox / latest):
            return Fetched()
        make_visible(hidden, name)
    return Fetched((name,), len(queries), limits.written)


class _Limits:
    """How much one delivery may be and how long it may take; counts over all of its queries."""

    def __init__(self, settings: Settings) -> None:
        self.most, self.written = settings.hamta_mib << 20, 0
        self.deadline = time.monotonic() + settings.hamta_sekunder

    def count(self, size: int, query: str) -> None:
        self.written += size
        if self.written > self.most:
            raise unreadable(f"mer data än IBIC_HAMTA_MIB medger, i frågan {query}")
        if time.monotonic() > self.deadline:
            raise unreadable(f"mer tid än IBIC_HAMTA_SEKUNDER medger, i frågan {query}")


def parametrised(sql: str, query: str) -> TextClause:
    """A query whose named parameters are bound with their types; comment lines are left out, as is a last semicolon.

    Raises:
        DeliveryRefused: LEV-015, it has a parameter that there is no value for.
    """
    plain = re.sub(r"^\s*--.*$", "", sql, flags=re.MULTILINE).strip().rstrip(";")
    statement = text(plain)
    used = set(statement.compile().params)
    unknown = sorted(used - set(PARAMETERS))
    if unknown:
        raise unreadable(f"parametern {', '.join(unknown)} i frågan {query}")
    return statement.bindparams(*(bindparam(name, type_=PARAMETERS[name]) for name in sorted(used)))


def _name(latest: str, day: date) -> str | None:
    """What a delivery of the day is called, later by name than the latest; None when that one was put there by hand."""
    plain = f"{day.isoformat()}_db"
    if latest < plain:
        return plain
    number = re.fullmatch(rf"{plain}(?:_(\d\d))?", latest)
    return f"{plain}_{int(number[1] or 1) + 1:02}" if number else None


def _columns(profil: Profil) -> dict[str, list[str]]:
    """Query -> the columns that the profile reads from its result."""
    wanted: dict[str, list[str]] = {}
    for fil in profil.files():
        columns = [local for part in fil.delar for local in part.kolumner.values()]
        own = [profil.leverans.kommunkolumn] if profil.leverans.kommunkolumn else []
        wanted.setdefault(str(fil.fraga), []).extend(dict.fromkeys([*columns, *own]))
    return wanted


def _values(statement: TextClause, profil: Profil, day: date) -> dict[str, Any]:
    values = {"kommunkod": profil.kommunkod, "uttagsdatum": day}
    return {name: values[name] for name in statement.compile().params}


@contextmanager
def _reading(database: str, settings: Settings) -> Iterator[Connection]:
    """A connection in a transaction that only reads and is never committed."""
    address = os.environ.get(f"{ENVIRONMENT}{database}", "")
    if not address:
        raise unreadable(f"ingen adress i miljövariabeln {ENVIRONMENT}{database}")
    where = f"anslutningen till databasen {database}"
    with told_by_class(where):
        url = make_url(address)
        _require_existing(url)
        engine = create_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=_connect_args(url))
        connection = engine.connect()
    with connection:
        with told_by_class(where):
            _begin(connection, url, settings)
        yield connection


def _begin(connection: Connection, url: URL, settings: Settings) -> None:
    kind = url.get_backend_name()
    connection.execution_options(**_ISOLATION.get(kind, {}))
    if url.get_driver_name() == "pyodbc":
        connection.connection.driver_connection.timeout = settings.hamta_sekunder  # type: ignore[union-attr]
    for sql in _BEGIN.get(kind, ()):
        connection.exec_driver_sql(sql.format(seconds=settings.hamta_sekunder))


def _require_existing(url: URL) -> None:
    """SQLite would make an empty database of a wrong path."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise unreadable("en SQLite-adress som inte leder till någon fil")


def _connect_args(url: URL) -> dict[str, Any]:
    key = _CONNECT_TIMEOUT.get(url.get_driver_name())
    return {key: _CONNECT_SECONDS} if key and key not in url.query else {}


def _require_columns(given: list[str], wanted: list[str], query: str) -> None:
    count = Counter(given)
    wrong = [column for column in wanted if count[column] != 1]
    if wrong:
        raise unreadable(f"ingen, eller mer än en, kolumn {', '.join(wrong)} i svaret på frågan {query}")


def _write(result: CursorResult[Any], path: Path, limits: _Limits) -> None:
    """Write a result as a csv file, some rows at a time."""
    with new_file(path) as stream:
        for rows in _lines(result):
            limits.count(stream.write(without_unwritable(rows).encode("utf-8")), path.stem)


def _lines(result: CursorResult[Any]) -> Iterator[str]:
    """The file's text in pieces, in the form that a profile's ``typ: sql`` stands for."""
    yield "\ufeff" + _csv([tuple(result.keys())])
    for rows in result.partitions(_ROWS_AT_A_TIME):
        columns = [in_text(column) for column in zip(*rows, strict=True)]
        yield _csv(zip(*columns, strict=True))


def _csv(rows: Any) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def _contents(folder: Path) -> dict[str, str]:
    return {each.name: sha256_of_file(each) for each in visible(folder) if each.is_file()}
