"""Dagster's records in SQLite files as one machine needs them: held open by each process, and waited for when locked.

Dagster's own classes open and close the file at every event. Each time SQLite then folds its log into the file, as the
last one that has it open, which cost more than half of what a small municipality's run took.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

WAITS_SECONDS = 60
"""For another process that writes; Dagster's own classes for runs and schedules give up after five."""


class _StaysOpen:
    """A process that has used the file has it open to its end. A process that was forked opens it anew.

    What holds it open is never asked anything again. Every transaction has a connection of its own: one that is used
    again would see the file as it was for as long as an answer that was not read to its end is kept by somebody. Such
    a process must not read these files but by SQLite: to close a file takes the process's locks on it away.
    """

    _conn_string: str
    _opened: tuple[int, Engine, Connection] | None = None

    def _engine(self) -> Engine:
        if self._opened is None or self._opened[0] != os.getpid():
            patient = {"timeout": WAITS_SECONDS, "check_same_thread": False}
            engine = create_engine(self._conn_string, poolclass=NullPool, connect_args=patient)
            event.listen(engine, "connect", _settle)
            holding = engine.connect()
            holding.execute(text("SELECT name FROM sqlite_master")).all()  # from the first look on it counts
            holding.rollback()
            self._opened = os.getpid(), engine, holding
        return self._opened[1]

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One transaction."""
        with self._engine().begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the file, in which everything then stands."""
        super().dispose()  # type: ignore[misc]
        if self._opened is not None and self._opened[0] == os.getpid():
            self._opened[2].close()
            self._opened = None


class RunRecords(_StaysOpen, SqliteRunStorage):
    """Runs and their tags."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Any:
        """Called by Dagster with what ``dagster.yaml`` says."""
        return cls.from_local(inst_data=inst_data, **config_value)


class EventRecords(_StaysOpen, ConsolidatedSqliteEventLogStorage):
    """Events of all runs in one file: a file per run, Dagster's default, doubles the time that a run costs."""

    def _connect(self) -> Any:
        return self.connect()


class ScheduleRecords(_StaysOpen, SqliteScheduleStorage):
    """Ticks of schedules and sensors, and the sensors' cursors."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Any:
        """Called by Dagster with what ``dagster.yaml`` says."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _settle(connection: Any, _record: Any) -> None:
    """A power cut may take the latest events with it, but leaves the file whole; no figure rests on them."""
    connection.execute("PRAGMA synchronous = NORMAL")
