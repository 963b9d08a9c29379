"""What Dagster keeps of runs: how large it is, whether its tables are of this version, and what may go.

Imported late: Dagster costs a second.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef
from sqlalchemy import text

from ibic_pipeline.home import Home

SQLITE_SUFFIXES = ("", "-wal", "-shm")


def is_sqlite(home: Home) -> bool:
    """Whether the home's records lie in files of its own; ``dagster.yaml`` may name a server instead."""
    path = home.dagster / "dagster.yaml"
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (yaml.YAMLError, UnicodeDecodeError):
        return True
    return not (isinstance(settings, dict) and "postgres" in (settings.get("storage") or {}))


@contextmanager
def opened(home: Home) -> Iterator[DagsterInstance]:
    """The home's storage as ``dagster.yaml`` describes it, without Dagster's own lines on the terminal."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="dagster")
    os.environ["IBIC_DAGSTER"] = os.environ["DAGSTER_HOME"] = str(home.dagster)
    with DagsterInstance.from_ref(InstanceRef.from_dir(str(home.dagster))) as instance:
        yield instance


def unmigrated(instance: DagsterInstance) -> list[str]:
    """Which of the storages have tables of another version of Dagster than the one installed."""
    storages: dict[str, Any] = {
        "runs": instance.run_storage,
        "events": instance.event_log_storage,
        "schedules": instance.schedule_storage,
    }
    found = []
    for name, storage in storages.items():
        version = storage.alembic_version() if storage is not None else None
        if version is not None and version[0] not in _heads(version[1]):
            found.append(name)
    return found


def bytes_stored(home: Home, instance: DagsterInstance) -> int:
    """The size of the records on disk: of SQLite's files, or of the tables that Dagster has on the server."""
    if is_sqlite(home):
        return sum(path.stat().st_size for path in home.dagster.glob("*.db*"))
    size = text(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = current_schema()"
    )
    with instance.event_log_storage.index_connection() as connection:  # type: ignore[attr-defined]
        return int(connection.execute(size).scalar_one())


def _heads(head: Any) -> tuple[Any, ...]:
    return tuple(head) if isinstance(head, (list, tuple)) else (head,)
