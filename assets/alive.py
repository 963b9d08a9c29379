"""Whether the process of a run is alive: a lock that it holds, and a launcher that looks for it.

Dagster's own launcher knows nothing of a run whose code server is gone. After a power cut such a run would look as if
it were at work for hours and keep its place in the queue.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from dagster import DagsterInstance, DagsterRun, InitResourceContext, resource
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher

ALIVE = "lever"
"""The resource that every step requires."""

FOLDER = ".lever"
NO_RUN_LASTS = 2 * 24 * 3600
"""Seconds."""


@resource(description="Ett lås så länge körningens process lever, så att en avbruten körning märks.")
def alive(context: InitResourceContext) -> Iterator[None]:
    """Held from the first step of a run to its last; it ends with the process, however that ends."""
    if context.run is None or context.instance is None:
        yield
        return
    path = _lock_of(context.instance, context.run.run_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_the_dead(path.parent)
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
        path.unlink(missing_ok=True)


class AttentiveRunLauncher(DefaultRunLauncher):
    """Dagster's launcher on one machine, which also tells when the process of a run is gone."""

    begins_within, ends_within = 60.0, 5.0
    """Seconds between a run's start and its lock, and between the lock's end and the run's, on a busy machine."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring asks only launchers that say so."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """A run that does not hold its lock, and has had time to take it and to end, is gone."""
        if self._holds_its_lock(run) or self._is_beginning(run):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        time.sleep(self.ends_within)  # run monitoring looks afterwards whether the run has ended as it should
        return CheckRunHealthResult(WorkerStatus.FAILED, "The run's process is gone.")

    def _holds_its_lock(self, run: DagsterRun) -> bool:
        try:
            with _lock_of(self._instance, run.run_id).open("r") as stream:
                return not _is_free(stream)
        except FileNotFoundError:
            return False

    def _is_beginning(self, run: DagsterRun) -> bool:
        record = self._instance.get_run_record_by_id(run.run_id)
        return record is None or record.start_time is None or time.time() - record.start_time < self.begins_within


def _forget_the_dead(folder: Path) -> None:
    """Locks that runs left which were killed; no run is as old (``max_runtime_seconds`` in dagster.yaml)."""
    for path in folder.iterdir():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > NO_RUN_LASTS:
                path.unlink()


def _lock_of(instance: DagsterInstance, run_id: str) -> Path:
    return Path(instance.root_directory) / FOLDER / run_id


def _is_free(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
