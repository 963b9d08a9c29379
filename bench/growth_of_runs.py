"""How Dagster's records grow over a year of nights, with and without ``ibic runs purge``, and what that costs the UI.

``python -m bench.growth_of_runs --home HOME --work FOLDER --nights 365`` takes the records of HOME's night of real
runs and writes them again for each simulated night: the first night and those that are measured through Dagster's own
storage classes, the others as copies of the first one's rows (new ids, later times), which gives the same rows in a
hundredth of the time. Then it asks a real webserver on 127.0.0.1 for its pages. The worst case: every municipality has
delivered anew every night.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from dagster import DagsterInstance, DagsterRun, EventLogEntry
from dagster._core.events import PIPELINE_EVENTS

from bench.rows_of_a_night import RowsOfANight
from ibic_pipeline.cli.dagster_purge import purge_runs
from ibic_pipeline.cli.dagster_records import bytes_stored, opened
from ibic_pipeline.home import Home

QUERIES = {
    "runs": """{ runsOrError(limit: 25) { ... on Runs { results { id status jobName startTime endTime
        tags { key value } assetSelection { path } } } } runsCount: runsOrError { ... on Runs { count } } }""",
    "assets": """{ assetNodes { id assetKey { path } groupName partitionStats { numMaterialized numFailed }
        assetMaterializations(limit: 1) { runId timestamp partition metadataEntries { label } }
        latestMaterializationByPartition { partition timestamp runId } assetChecksOrError { ... on AssetChecks {
        checks { name executionForLatestMaterialization { status timestamp } } } } } }""",
    "one_asset": """{ assetNodeOrError(assetKey: {path: ["avstamning"]}) { ... on AssetNode {
        assetMaterializations(limit: 100) { runId timestamp partition metadataEntries { label description } } } } }""",
}


@dataclass(frozen=True)
class Night:
    """The records of one night of real runs."""

    runs: list[tuple[DagsterRun, list[EventLogEntry]]]
    began: float


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--nights", type=int, default=365)
    asked = parser.parse_args()
    shutil.rmtree(asked.work, ignore_errors=True)
    checkpoints = sorted({min(each, asked.nights) for each in (1, 30, 90, 180, asked.nights)})
    ever = _year(asked.home, asked.work / "ever", asked.nights, checkpoints, purge=False)
    kept = _year(asked.home, asked.work / "purged", asked.nights, checkpoints, purge=True)
    result = {
        "scenario": "dagster-growth",
        "nights": asked.nights,
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "without_purge": ever,
        "with_purge": kept,
        "first_purge_after_all_nights": _first_purge(asked.work / "ever", asked.nights),
    }
    json.dump(result, sys.stdout, indent=1)


def _year(source: Path, target: Path, nights: int, checkpoints: Sequence[int], *, purge: bool) -> list[dict[str, Any]]:
    home = _home(source, target)
    night = _taken(source, home)
    start = datetime.now(UTC) - timedelta(days=nights)
    days = home.lan.drift.korningar_dagar.varde
    measured: list[dict[str, Any]] = []
    first: RowsOfANight | None = None
    with opened(home) as instance:
        for number in range(1, nights + 1):
            at = start + timedelta(days=number)
            if number == 1 or number in checkpoints:
                seconds = _timed(lambda at=at: _repeat(instance, night, at.timestamp()))  # type: ignore[misc]
                first = first or RowsOfANight(home)
            else:
                assert first is not None
                first.copied(number - 1)
            spent = 0.0
            if purge:
                spent = _timed(lambda at=at: purge_runs(home, instance, at - timedelta(days=days)))  # type: ignore[misc]
            if number in checkpoints:
                measured.append(
                    {
                        "night": number,
                        "runs": instance.get_runs_count(),
                        "mib": round(bytes_stored(home, instance) / 1024**2, 1),
                        "write_a_night_seconds": round(seconds, 2),
                        "purge_seconds": round(spent, 2),
                        "query_seconds": _asked(home),
                    }
                )
                print(json.dumps(measured[-1]), file=sys.stderr, flush=True)
    return measured


def _home(source: Path, target: Path) -> Home:
    """A home with settings and an empty storage."""
    target.mkdir(parents=True)
    for name in ("lan.yaml", "kommuner"):
        (shutil.copytree if (source / name).is_dir() else shutil.copyfile)(source / name, target / name)
    (target / "dagster").mkdir()
    shutil.copyfile(source / "dagster" / "dagster.yaml", target / "dagster" / "dagster.yaml")
    return Home(target)


def _taken(source: Path, target: Home) -> Night:
    """The source's runs with their events; snapshots that they refer to are copied to the target."""
    copied = target.path / "source"
    shutil.copytree(source / "dagster", copied / "dagster")
    with opened(Home(copied)) as instance:
        found = [(run, instance.all_logs(run.run_id)) for run in reversed(instance.get_runs())]
        jobs = {run.job_snapshot_id: instance.run_storage.get_job_snapshot(run.job_snapshot_id) for run, _ in found}
        plans = {
            run.execution_plan_snapshot_id: instance.run_storage.get_execution_plan_snapshot(
                run.execution_plan_snapshot_id
            )
            for run, _ in found
        }
    with opened(target) as instance:
        for snapshot in jobs.values():
            instance.run_storage.add_job_snapshot(snapshot)
        for plan in plans.values():
            instance.run_storage.add_execution_plan_snapshot(plan)
    return Night(found, min(events[0].timestamp for _, events in found))


def _repeat(instance: DagsterInstance, night: Night, begins: float) -> None:
    """Write a night's runs again, their events in one transaction."""
    with _one_transaction(instance):
        for run, events in night.runs:
            later = begins - night.began
            new = run._replace(run_id=str(uuid.uuid4())) if hasattr(run, "_replace") else _renamed(run)
            runs: Any = instance.run_storage  # ``add_run`` itself takes the present for the time of creation
            created = datetime.fromtimestamp(events[0].timestamp + later, UTC)
            runs._core_add_run(runs._get_run_insertion_values(new, created), new.tags_for_storage())
            for event in events:
                moved = event._replace(run_id=new.run_id, timestamp=event.timestamp + later)
                instance.event_log_storage.store_event(moved)
                told = moved.dagster_event
                if told is not None and told.event_type in PIPELINE_EVENTS:
                    instance.run_storage.handle_run_event(
                        new.run_id, told, datetime.fromtimestamp(moved.timestamp, UTC)
                    )


def _renamed(run: DagsterRun) -> DagsterRun:
    from dagster_shared.record import copy

    return copy(run, run_id=str(uuid.uuid4()))


@contextmanager
def _one_transaction(instance: DagsterInstance) -> Iterator[None]:
    """Lend every statement of a night the same connection: the same rows, without a commit for each."""
    storage: Any = instance.event_log_storage
    usual = {name: getattr(storage, name) for name in ("index_connection", "run_connection")}
    with storage.index_connection() as connection:

        @contextmanager
        def lent(*_: Any) -> Iterator[Any]:
            yield connection

        for name in usual:
            setattr(storage, name, lent)
        try:
            yield
        finally:
            for name, method in usual.items():
                setattr(storage, name, method)


def _asked(home: Home) -> dict[str, float]:
    """Seconds per page of a real webserver: the median of five answers, after one that warms it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "IBIC_HOME": str(home.path), "DAGSTER_HOME": str(home.dagster)}
    command = [
        sys.executable,
        "-m",
        "dagster_webserver",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-m",
        "assets.definitions",
    ]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/server_info")
            return {name: round(_page(port, query), 3) for name, query in QUERIES.items()}
        finally:
            server.terminate()
            server.wait(timeout=60)


def _page(port: int, query: str) -> float:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )

    def answered() -> None:
        with urllib.request.urlopen(request, timeout=300) as answer:
            said = json.load(answer)
        if "errors" in said:
            raise SystemExit(f"The query is not understood: {said['errors'][0]['message']}")

    answered()
    return median(_timed(answered) for _ in range(5))


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The webserver did not start.")


def _first_purge(folder: Path, nights: int) -> dict[str, Any]:
    """What a first purge costs where there has been none."""
    home = Home(folder)
    days = home.lan.drift.korningar_dagar.varde
    with opened(home) as instance:
        began = time.monotonic()
        done = purge_runs(home, instance, datetime.now(UTC) - timedelta(days=days))
        seconds = round(time.monotonic() - began, 1)
    return {"nights": nights, "seconds": seconds, "query_seconds": _asked(home), **done.__dict__}


def _timed(work: Callable[[], Any]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
