"""What of Dagster's own records can be wrong: damaged, not migrated, too large, or a daemon that is silent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ibic_pipeline.cli.doctor.finding import Finding

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from ibic_pipeline.home import Home

MIB = 1024**2


def examine(home: Home) -> Iterator[Finding]:
    """Findings on the run storage and the daemon; a storage that cannot be opened is told once."""
    from ibic_pipeline.cli.dagster_records import is_sqlite, opened

    if is_sqlite(home):
        damaged = _damaged(home)
        if damaged or not (home.dagster / "event_log.db").exists():
            yield damaged or Finding("run storage", "ok", "empty, no run yet")
            return
    try:
        with opened(home) as instance:
            yield _storage(home, instance)
            yield daemon(home, instance, datetime.now(UTC).timestamp())
    except Exception as error:  # of a driver, of SQLAlchemy or of Dagster; its words may hold the password
        yield Finding(
            "run storage",
            "error",
            f"Dagster's storage cannot be opened ({type(error).__name__}).",
            f"Check storage in {home.dagster / 'dagster.yaml'}, the variables it names, and that the database answers.",
        )


def _damaged(home: Home) -> Finding | None:
    for database in sorted(home.dagster.glob("*.db")):
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
                answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            answer = type(error).__name__
        if answer != "ok":
            do = "Stop Dagster and move it away; the runs' history starts anew, no figure rests on it."
            return Finding("run storage", "error", f"{database} is damaged or cannot be read.", do)
    return None


def _storage(home: Home, instance: DagsterInstance) -> Finding:
    from ibic_pipeline.cli.dagster_records import bytes_stored, unmigrated

    behind = unmigrated(instance)
    if behind:
        text = f"The tables of {', '.join(behind)} are of another version of Dagster."
        do = f"Stop Dagster, back it up, and run `DAGSTER_HOME={home.dagster} dagster instance migrate`."
        return Finding("run storage", "error", text, do)
    size, limit = bytes_stored(home, instance) / MIB, home.lan.drift.lagring_mib.varde
    if size > limit:
        return Finding(
            "run storage", "finding", f"{size:.1f} MiB; more than {limit} is much.", "Run `ibic runs purge`."
        )
    return Finding("run storage", "ok", f"{size:.1f} MiB, migrated")


def daemon(home: Home, instance: DagsterInstance, now: float) -> Finding:
    """Whether the daemon, where one is used, has been heard of lately and without errors."""
    limit = home.lan.larm.demon_minuter.varde
    beats = instance.get_daemon_heartbeats()
    do = "See its log (`journalctl -u ibic-daemon`) and start it: `systemctl restart ibic-daemon`."
    if not beats:
        return Finding("daemon", "ok", "none has run here; nights are started by `ibic run`")
    required = instance.get_required_daemon_types()
    silent = sorted(kind for kind in required if kind not in beats or (now - beats[kind].timestamp) > limit * 60)
    if silent:
        text = f"Silent for more than {limit} minutes: {', '.join(silent)}. No schedule or sensor starts anything."
        return Finding("daemon", "finding", text, do)
    failing = sorted(kind for kind in required if beats[kind].errors)
    if failing:
        return Finding("daemon", "finding", f"Reports errors: {', '.join(failing)}.", do)
    return Finding("daemon", "ok", f"{len(required)} parts, heard of in the last {limit} minutes")
