"""What is tried again, what is not, and how a run whose process is gone is noticed."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dagster import DagsterInstance, DagsterRunStatus, ExecuteInProcessResult, Failure, RetryPolicy
from dagster._core.launcher.base import WorkerStatus
from sqlalchemy.exc import OperationalError

from assets import alive
from assets.alive import AttentiveRunLauncher
from assets.definitions import defs
from assets.failures import failing_at_once, passes, refusal, without_values
from ibic_pipeline.errors import DeliveryRefused, IbicError, PassingError
from ibic_pipeline.home import Home
from tests.support.homes import copy_of, deliver
from tests.support.workers import workers

KOD, LATER = "0642", "2024-03-31"

pytestmark = pytest.mark.usefixtures("few_indicators")


@pytest.fixture
def home(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = copy_of(published_home, tmp_path / "home")
    deliver(home.path, KOD, LATER)
    monkeypatch.setenv("IBIC_HOME", str(home.path))
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    monkeypatch.setattr(RetryPolicy, "calculate_delay", lambda _self, _attempt: 0)
    return home


def run(instance: DagsterInstance, job: str = "kommun") -> ExecuteInProcessResult:
    where = {"partition_key": KOD} if job == "kommun" else {}
    return defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False, **where)  # type: ignore[arg-type]


def tried_again(result: ExecuteInProcessResult) -> int:
    return sum(each.event_type_value == "STEP_UP_FOR_RETRY" for each in result.all_events)


def failing(times: int, error: Exception, then: Callable[..., Any]) -> Callable[..., Any]:
    left = [times]

    def work(*args: object, **named: object) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return then(*args, **named)

    return work


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OSError(errno.ESTALE, "x"), True),
        (BlockingIOError(errno.EAGAIN, "x"), True),
        (ConnectionResetError(errno.ECONNRESET, "x"), True),
        (sqlite3.OperationalError("database is locked"), True),
        (OperationalError("x", {}, Exception()), True),
        (duckdb.IOException("lock"), True),
        (PassingError("a", "b", "c"), True),
        (OSError(errno.ENOSPC, "x"), False),
        (FileNotFoundError(errno.ENOENT, "x"), False),
        (ValueError("x"), False),
        (IbicError("a", "b", "c"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_may_be_gone_in_a_minute_is_tried_again(error: Exception, again: bool) -> None:
    with pytest.raises(Failure) as failed, without_values():
        raise error

    assert failed.value.allow_retries is again
    with pytest.raises(Failure) as at_once, failing_at_once(), without_values():
        raise error
    assert at_once.value.allow_retries is False


def test_an_error_that_was_caused_by_a_lost_database_passes_as_well() -> None:
    wrapped = ValueError("x")
    wrapped.__cause__ = ConnectionRefusedError(errno.ECONNREFUSED, "x")

    assert passes(wrapped)


def test_a_refused_delivery_is_not_read_again_unless_its_source_did_not_answer() -> None:
    with pytest.raises(Failure) as refused, without_values():
        raise DeliveryRefused([("LEV-004", "Filen är kapad.")])

    assert refused.value.allow_retries is False
    assert refusal([("LEV-015", "Svarar inte.")]).allow_retries is True
    assert refusal([("LEV-015", "Svarar inte."), ("LEV-001", "Saknas.")]).allow_retries is False


def test_a_share_that_does_not_answer_for_a_moment_costs_no_night(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibic_pipeline.workflow import municipality

    lost = failing(2, OSError(errno.ESTALE, "x"), municipality.derive)
    monkeypatch.setattr(municipality, "derive", lost)
    result = run(instance)

    assert result.success
    assert tried_again(result) == 2
    assert (home.status(KOD) or {})["utfall"] == "godkand"


def test_a_full_disk_is_said_in_words_and_not_tried_again(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibic_pipeline.workflow import municipality

    full = failing(1, OSError(errno.ENOSPC, "x"), municipality.derive)
    monkeypatch.setattr(municipality, "derive", full)
    result = run(instance)

    assert not result.success
    assert tried_again(result) == 0
    assert (home.status(KOD) or {})["orsaker"][0]["text"].startswith("Disken är full, vid ")


def test_the_plan_of_a_night_is_tried_again_too(instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    from ibic_pipeline.workflow import needed

    monkeypatch.setattr(needed, "needs", failing(1, OSError(errno.EIO, "x"), needed.needs))
    result = run(instance, "natt")

    assert (result.success, tried_again(result)) == (True, 1)


def test_locks_of_runs_that_were_killed_are_not_kept_for_ever(home: Home, instance: DagsterInstance) -> None:
    folder = home.dagster / alive.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, days in (("old", 3), ("young", 1)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - days * 24 * 3600,) * 2)
    run(instance, "natt")

    assert [path.name for path in folder.iterdir()] == ["young"]


def test_a_run_is_seen_to_live_while_its_process_does_and_to_be_gone_when_it_was_killed(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AttentiveRunLauncher, "ends_within", 0)
    monkeypatch.setattr(AttentiveRunLauncher, "begins_within", 0)
    launcher = instance.run_launcher
    assert isinstance(launcher, AttentiveRunLauncher)
    assert launcher.supports_check_run_worker_health
    begun = instance.create_run_for_job(defs.resolve_job_def("kommun"), tags={"dagster/partition": KOD})
    with workers(home) as started:
        holding = alive._lock_of(instance, begun.run_id)
        pid = started.start(begun.run_id, kill_after=0.1)
        started.wait(pid)
    run_ = instance.get_run_by_id(begun.run_id)
    assert run_ is not None
    assert run_.status == DagsterRunStatus.STARTED
    assert holding.exists()
    assert launcher.check_run_worker_health(run_).status == WorkerStatus.FAILED
    with holding.open("w") as stream:
        alive.fcntl.flock(stream, alive.fcntl.LOCK_EX)
        assert launcher.check_run_worker_health(run_).status == WorkerStatus.RUNNING
    monkeypatch.setattr(AttentiveRunLauncher, "begins_within", 3600)
    assert launcher.check_run_worker_health(run_).status == WorkerStatus.RUNNING
    instance.report_run_failed(run_)
    assert run(instance).success
