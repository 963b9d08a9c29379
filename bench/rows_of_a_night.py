"""A night in Dagster's SQLite files, copied as rows: what a year of nights is made of in seconds."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from ibic_pipeline.home import Home


class RowsOfANight:
    """The rows of the first night in SQLite, and copies of them a number of days later."""

    def __init__(self, home: Home) -> None:
        self.folder = home.dagster
        with self._database("runs") as runs:
            self.columns = {"runs": _names(runs, "runs"), "run_tags": _names(runs, "run_tags")}
            self.rows = {name: runs.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in self.columns}
        with self._database("event_log") as events:
            of_events = {name: _names(events, name) for name in ("event_logs", "asset_check_executions")}
            self.rows |= {name: events.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in of_events}
        self.columns |= of_events

    def copied(self, days: int) -> None:
        """Write the night again under new run ids, so many days later."""
        new = {row[self.columns["runs"].index("run_id")]: str(uuid.uuid4()) for row in self.rows["runs"]}
        with self._database("runs") as runs:
            for name in ("runs", "run_tags"):
                self._write(runs, name, new, days, {})
        with self._database("event_log") as events:
            last = events.execute("SELECT max(id) FROM event_logs").fetchone()[0]
            moved = {row[0]: last + place for place, row in enumerate(self.rows["event_logs"], start=1)}
            self._write(events, "event_logs", new, days, moved)
            self._write(events, "asset_check_executions", new, days, moved)

    def _write(
        self, database: sqlite3.Connection, name: str, new: dict[str, str], days: int, moved: dict[int, int]
    ) -> None:
        columns = self.columns[name]
        rows = [[_later(column, value, new, days, moved) for column, value in zip(columns, row, strict=True)]
                for row in self.rows[name]]  # fmt: skip
        database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)

    @contextmanager
    def _database(self, name: str) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.folder / f"{name}.db", timeout=60)
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def _names(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _later(column: str, value: Any, new: dict[str, str], days: int, moved: dict[int, int]) -> Any:
    """One value of a copied row."""
    if value is None or column == "id":
        return None
    if column.endswith("storage_id"):
        return moved[value]
    if column in ("start_time", "end_time"):
        return value + days * 86_400
    if column.endswith("timestamp"):
        return str(datetime.fromisoformat(value) + timedelta(days=days))
    if isinstance(value, str):
        for old, renamed in new.items():
            if old in value:
                return value.replace(old, renamed)
    return value
