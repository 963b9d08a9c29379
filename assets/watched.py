"""What Dagster's storage tells of the nights: signs of life, runs that failed, municipalities that are being loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dagster import DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus, RunRecord, RunsFilter

from assets.automation import PARTITION, UNENDED, WILL_RETRY
from assets.jobs import databas, lan, natt
from assets.places import municipality_codes

if TYPE_CHECKING:
    from ibic_pipeline.alerts import FailedRun, Watched

DAEMONS = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR", "MONITORING")
STARTED_AGAIN_WITHIN = timedelta(minutes=10)
HANGS_AFTER = timedelta(hours=3)
"""A run that has been at work for longer holds back no alert about the others."""


def watched(instance: DagsterInstance, now: datetime) -> Watched:
    """Signs of life and failures, as they stand in the storage."""
    from ibic_pipeline.alerts import Watched

    return Watched(
        heartbeat=_heartbeat(instance),
        latest_plan=_latest_plan(instance),
        at_work=_at_work(instance, now),
        failed=tuple(_failed(instance, now)),
    )


def _heartbeat(instance: DagsterInstance) -> datetime | None:
    """The oldest of the latest signs of life of those daemons that have given one."""
    found = instance.get_daemon_heartbeats()
    times = [found[name].timestamp for name in DAEMONS if name in found]
    return datetime.fromtimestamp(min(times), UTC) if times else None


def _latest_plan(instance: DagsterInstance) -> datetime | None:
    records = instance.get_run_records(RunsFilter(job_name=natt.name), limit=1)
    return records[0].create_timestamp.replace(tzinfo=UTC) if records else None


def _at_work(instance: DagsterInstance, now: datetime) -> bool:
    records = instance.get_run_records(RunsFilter(statuses=UNENDED, created_after=now - HANGS_AFTER))
    return any(PARTITION in record.dagster_run.tags for record in records)


def _failed(instance: DagsterInstance, now: datetime) -> list[FailedRun]:
    """The latest run of each job of the county and of each municipality, where it failed."""
    wanted = [RunsFilter(job_name=job.name) for job in (lan, natt, databas)]
    wanted += [RunsFilter(tags={PARTITION: code}) for code in municipality_codes()]
    latest = [_latest(instance, each) for each in wanted]
    return [_told(instance, each) for each in latest if each is not None and _has_failed(each, now)]


def _latest(instance: DagsterInstance, wanted: RunsFilter) -> RunRecord | None:
    return next(iter(instance.get_run_records(wanted, limit=1)), None)


def _has_failed(record: RunRecord, now: datetime) -> bool:
    """Whether it failed for good: one that crashed is soon started once more."""
    run = record.dagster_run
    if run.status != DagsterRunStatus.FAILURE:
        return False
    ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else now
    return run.tags.get(WILL_RETRY) != "true" or now - ended > STARTED_AGAIN_WITHIN


def _told(instance: DagsterInstance, record: RunRecord) -> FailedRun:
    from ibic_pipeline.alerts import FailedRun

    run = record.dagster_run
    ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else datetime.now(UTC)
    return FailedRun(run.job_name, run.tags.get(PARTITION, ""), ended, _reason(instance, run))


def _reason(instance: DagsterInstance, run: DagsterRun) -> str:
    """The sentence that a step of ours ended with; nothing that a library said."""
    events: Sequence[object] = instance.get_records_for_run(
        run.run_id, of_type=DagsterEventType.STEP_FAILURE, limit=1
    ).records
    for record in events:
        event = record.event_log_entry.dagster_event  # type: ignore[attr-defined]
        if event is not None and event.step_failure_data.user_failure_data is not None:
            return event.step_failure_data.user_failure_data.description or ""
    return ""
