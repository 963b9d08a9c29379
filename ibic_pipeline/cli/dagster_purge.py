"""Old runs leave Dagster's records; the latest of everything stays, since the UI tells of today from it.

A run stays when it is younger than the policy, not ended, the latest of its job and partition, or holds the latest
materialisation of an asset and partition or the latest outcome of a check. What a deleted run leaves behind in tables
without keys of their own goes with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dagster import DagsterEventType, DagsterInstance, RunsFilter
from dagster._core.storage.dagster_run import FINISHED_STATUSES, NOT_FINISHED_STATUSES
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.runs import SqlRunStorage
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from ibic_pipeline.cli.dagster_records import bytes_stored, is_sqlite
from ibic_pipeline.home import Home

BATCH = 200
OF_ASSETS = [DagsterEventType.ASSET_MATERIALIZATION.value, DagsterEventType.ASSET_OBSERVATION.value]
WORTH_COMPACTING = 0.25
"""A SQLite file with a larger share of free pages than this is written anew; smaller holes are filled by later runs."""


@dataclass(frozen=True)
class Purged:
    """What a purge did, or would do; ``kvar_som_senaste`` are old runs that stay because they are the latest."""

    borttagna: int
    kvar_som_senaste: int
    korningar: int
    mib_fore: float
    mib_efter: float
    komprimerad: bool


def purge_runs(home: Home, instance: DagsterInstance, before: datetime, *, dry_run: bool = False) -> Purged:
    """Delete runs that were created before a moment; killed halfway, the next one goes on."""
    size = bytes_stored(home, instance)
    filters = RunsFilter(statuses=list(FINISHED_STATUSES), created_before=before)
    old = instance.get_run_ids(filters=filters)
    latest = _latest(instance)
    gone = [run_id for run_id in old if run_id not in latest]
    compacted = False
    if not dry_run:
        for batch in _batches(gone):
            _delete(instance, batch)
        compacted = is_sqlite(home) and not _at_work(instance) and _compact(home)
    return Purged(
        borttagna=len(gone),
        kvar_som_senaste=len(old) - len(gone),
        korningar=instance.get_runs_count(),
        mib_fore=round(size / 1024**2, 1),
        mib_efter=round(bytes_stored(home, instance) / 1024**2, 1),
        komprimerad=compacted,
    )


def _latest(instance: DagsterInstance) -> set[str]:
    """Runs that the UI needs to tell how each asset, check and job of each partition stands."""
    events, checks = SqlEventLogStorageTable, AssetCheckExecutionsTable
    with cast(SqlEventLogStorage, instance.event_log_storage).index_connection() as connection:
        found = _runs_of_latest(
            connection, events, [events.c.asset_key, events.c.partition], events.c.dagster_event_type.in_(OF_ASSETS)
        )
        found |= _runs_of_latest(
            connection, checks, [checks.c.asset_key, checks.c.check_name, checks.c.partition], checks.c.id > 0
        )
    with cast(SqlRunStorage, instance.run_storage).connect() as connection:
        return found | _runs_of_latest(
            connection, RunsTable, [RunsTable.c.pipeline_name, RunsTable.c.partition], RunsTable.c.id > 0
        )


def _runs_of_latest(
    connection: Connection, table: Table, group: Sequence[ColumnElement], which: ColumnElement[bool]
) -> set[str]:
    latest = select(func.max(table.c.id)).where(which).group_by(*group)
    return {row.run_id for row in connection.execute(select(table.c.run_id).where(table.c.id.in_(latest)))}


def _delete(instance: DagsterInstance, runs: Sequence[str]) -> None:
    """What ``delete_run`` does, for many runs in two transactions, and what it leaves: checks and, in SQLite, tags.

    Events go first: after a kill in between, the runs are still there to be deleted.
    """
    events, storage = cast(SqlEventLogStorage, instance.event_log_storage), cast(SqlRunStorage, instance.run_storage)
    with events.index_connection() as connection:
        for run_id in runs:
            events.delete_events_for_run(connection, run_id)
        connection.execute(delete(AssetCheckExecutionsTable).where(AssetCheckExecutionsTable.c.run_id.in_(runs)))
    with storage.connect() as connection:
        connection.execute(delete(RunTagsTable).where(RunTagsTable.c.run_id.in_(runs)))
        connection.execute(delete(RunsTable).where(RunsTable.c.run_id.in_(runs)))


def _at_work(instance: DagsterInstance) -> bool:
    return instance.get_runs_count(RunsFilter(statuses=list(NOT_FINISHED_STATUSES))) > 0


def _compact(home: Home) -> bool:
    """Write files anew that are mostly holes; one that someone is using is left for the next time."""
    done = False
    for path in home.dagster.glob("*.db"):
        with sqlite3.connect(path, timeout=10, isolation_level=None) as connection:
            free, pages = (
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count")
            )
            if free <= pages * WORTH_COMPACTING:
                continue
            try:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.OperationalError:  # locked by someone at work
                continue
            done = True
    return done


def _batches(runs: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(runs), BATCH):
        yield runs[start : start + BATCH]
