"""Dagster's daemon as a process of its own, at work in a test's home; its processes end with the test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from dagster import DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE, SQL
from tests.support.few_indicators import KEPT

Found = TypeVar("Found")
MODULE = "tests.support.night_definitions"
FOLDER = "IBIC_TEST_INDICATORS"
"""The environment variable that names where the few indicators lie."""


def few(folder: Path, names: Sequence[str] = KEPT) -> Path:
    """A folder with the SQL of a few indicators."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(SQL / "indicators" / f"{name}.sql", folder)
    return folder


def environment(home: Home, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the daemon's processes are told; what they leave behind lies beside the home."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    return clean | {
        "IBIC_HOME": str(home.path),
        "IBIC_DAGSTER": str(home.dagster),
        "DAGSTER_HOME": str(home.dagster),
        "TMPDIR": str(home.path.parent),
        "PYTHONPATH": str(PACKAGE.parent),
        FOLDER: str(few(home.path.parent / "indikatorer")),
        **(more or {}),
    }


@contextmanager
def daemon(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon with a code server of its own; all of its processes are killed in the end."""
    with (home.path.parent / "daemon.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "dagster._daemon", "run", "-m", MODULE],
            cwd=PACKAGE.parent,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def until(found: Callable[[], Found | None], what: str, seconds: float = 180) -> Found:
    """Wait for something; what it is stands in the error."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


def runs(instance: DagsterInstance, job: str, *statuses: DagsterRunStatus) -> list[DagsterRun]:
    """Runs of a job, the latest first."""
    return list(instance.get_runs(RunsFilter(job_name=job, statuses=list(statuses))))


def pid_of(instance: DagsterInstance, run: DagsterRun) -> int | None:
    """The process of a run, as Dagster noted it."""
    for record in instance.get_records_for_run(run.run_id, of_type=DagsterEventType.ENGINE_EVENT).records:
        event = record.event_log_entry.dagster_event
        said = dict(event.engine_event_data.metadata) if event is not None else {}
        if "pid" in said:
            return int(str(said["pid"].value))
    return None


def steps_begun(instance: DagsterInstance, run: DagsterRun) -> list[str]:
    """Names of the steps that a run has begun."""
    found = instance.get_records_for_run(run.run_id, of_type=DagsterEventType.STEP_START).records
    return [record.event_log_entry.step_key or "" for record in found]
