"""Where the warehouse is and how it is spoken to: one transaction, errors that quote neither rows nor passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool

from ibic_pipeline.errors import IbicError, PassingError
from ibic_pipeline.home import Home

ENVIRONMENT = "IBIC_WAREHOUSE"
"""The environment variable that holds the address with its password; it goes before ``warehouse.url`` of lan.yaml."""

_WAIT = "SET LOCAL lock_timeout = '60s'"
_LOCKED = "55P03"
_LOST = ("08", "40", "53", "57")
"""Classes of SQLSTATE that may be gone in a minute: no connection, deadlock, too many users, a server that restarts."""
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('ibic-warehouse'))")


def is_configured(home: Home) -> bool:
    """Whether there is a warehouse to load."""
    return bool(_given(home))


def address_of(home: Home) -> URL:
    """The SQLAlchemy address of the warehouse.

    Raises:
        IbicError: none is given, or it is no address.
    """
    given = _given(home)
    if not given:
        raise IbicError(
            "the address of a database",
            f"neither {ENVIRONMENT} nor warehouse.url in lan.yaml",
            f"Set {ENVIRONMENT}=postgresql+psycopg://user:password@host/database.",
        )
    try:
        return make_url(given)
    except ArgumentError:
        raise IbicError(
            "a SQLAlchemy address", "something else", "Write it as dialect+driver://user@host/database."
        ) from None


def shown(url: URL) -> str:
    """The address as it may be shown: no password, and nothing of what follows the question mark."""
    return url.set(query={}).render_as_string(hide_password=True)


@contextmanager
def engine_of(url: URL) -> Iterator[Engine]:
    """An engine without a pool; SQLite gets real transactions, also for tables.

    Raises:
        IbicError: the dialect or its driver is not installed, or the database refuses; told by the error's class alone.
    """
    with _told_by_class(url):
        try:
            engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
        except (NoSuchModuleError, ModuleNotFoundError):
            raise IbicError(
                f"the driver of {url.drivername}",
                "none installed",
                "Install it, for PostgreSQL `pip install ibic-pipeline[postgres]`.",
            ) from None
        if engine.dialect.name == "sqlite":
            _begin_for_real(engine)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that is alone in writing to the warehouse.

    Raises:
        IbicError: another load is under way.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(_WAIT)
            if not connection.execute(_ALONE).scalar():
                raise IbicError("to be the only one that loads", "another load under way", "Wait until it has ended.")
        yield connection


@contextmanager
def _told_by_class(url: URL) -> Iterator[None]:
    """Turn a database's error into one that names the kind of error only: its own words may quote a row."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        found = type(cause).__name__ + (f" (SQLSTATE {state})" if state else "")
        lost = isinstance(error, OperationalError | InterfaceError) and (state or _LOST[0])[:2] in _LOST
        if state == _LOCKED:
            raise PassingError(
                "readers who let go of the views within a minute",
                "one who holds them",
                "Ask for open transactions to be ended, or load again later. Nothing in the warehouse has changed.",
            ) from None
    except Exception as error:
        if isinstance(error, IbicError) or not _of_a_driver(error):
            raise
        found, lost = type(error).__name__, False
    else:
        return
    raise (PassingError if lost else IbicError)(
        f"the warehouse {shown(url)} to do as asked",
        found,
        "Check that it answers, that the user may create and drop tables, and its log. Nothing in it has changed.",
    ) from None


def _given(home: Home) -> str:
    return os.environ.get(ENVIRONMENT, "") or home.lan.warehouse.url or ""


def _of_a_driver(error: Exception) -> bool:
    """Whether the error was raised by COPY, which goes past SQLAlchemy."""
    return type(error).__module__.partition(".")[0] in {"psycopg", "psycopg2"}


def _begin_for_real(engine: Engine) -> None:
    """Python's sqlite3 begins a transaction only before rows are changed, so that tables would not be in it."""

    @event.listens_for(engine, "connect")
    def _hold_foreign_keys(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
