"""A county of a municipality or two that faults happen to: its home, Dagster's storage, sensors, and whom it tells."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from dagster import (
    DagsterEvent,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunRequest,
    RunsFilter,
    build_run_status_sensor_context,
    build_schedule_context,
    build_sensor_context,
)
from dagster._core.launcher.base import WorkerStatus

from assets import automation
from assets.definitions import defs
from assets.watched import watched
from ibic_pipeline.alerts import look
from ibic_pipeline.cli.through_dagster import signs_of_life
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support.chaos_faults import Fault, filled
from tests.support.daemons import FOLDER, few
from tests.support.homes import TWO, deliver, small_county
from tests.support.postgres import Server
from tests.support.receivers import web_server
from tests.support.services import ImpatientRunLauncher
from tests.support.workers import Workers, workers

SWEDEN = ZoneInfo("Europe/Stockholm")
FULL = 40_000
"""So many bytes a file may have on a disk that is nearly full."""
FEW = ("M5", "T1")
"""Indicators; what is counted does not matter to a fault."""
SENSORS: dict[str, Any] = {each.name: each for each in (automation.inbox, automation.county_after_municipalities)}
INBOX, COUNTY = SENSORS
SUCCEEDED = DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name="lan")


@dataclass
class Servers:
    """PostgreSQL: where Dagster keeps its records, and the county's database. None: files, and no database."""

    storage: Server | None = None
    warehouse: Server | None = None


@dataclass
class County:
    """A home at ``folder/home``; ``tells``: someone is told of what goes wrong."""

    folder: Path
    stack: ExitStack
    tells: bool
    servers: Servers = field(default_factory=Servers)
    codes: Sequence[str] = TWO

    def __post_init__(self) -> None:
        self.home = small_county(self.folder / "home", self.codes)
        self.hook = self.stack.enter_context(web_server())
        self._settle()
        self.more = {FOLDER: str(few(self.folder / "fa", FEW))}
        if self.servers.storage is not None:
            self.more["IBIC_DAGSTER_DATABAS"] = self.servers.storage.address.replace("+psycopg:", "+psycopg2:")
        self.cursors: dict[str, str | None] = {}
        self.planned: datetime | None = None
        self.worked = 0.0
        """Processor seconds of the runs that were started by hand."""
        self.morning = datetime.now(SWEDEN)
        self.hurt: list[str] = []
        """Runs that the night's fault has happened to."""

    @cached_property
    def workers(self) -> Workers:
        """A process that starts this county's runs."""
        return self.stack.enter_context(workers(self.home, self.more))

    def _settle(self) -> None:
        path = self.home.path / "lan.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content["brytningar"] = ["kon"]
        content["larm"] = {"disk_mib": {"varde": 1, "varfor": "Prov."}}
        few = {"varde": 3, "varfor": "Prov."}, {"varde": 0, "varfor": "Prov."}
        names = ("behall_antal", "behall_dagar", "frist_timmar", "tolerans_procent")
        content["publicering"] = dict(zip(names, (few[0], few[1], few[1], few[0]), strict=True))
        if self.tells:
            content["larm"]["webhook"] = {"url": self.hook.url}
        if self.servers.warehouse is not None:
            content["warehouse"] = {"url": self.servers.warehouse.address}
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        shipped = PACKAGE.parent / ("deploy/server/dagster.yaml" if self.servers.storage else "dagster.yaml")
        settings = yaml.safe_load(shipped.read_text(encoding="utf-8"))
        settings["run_launcher"] = {"module": ImpatientRunLauncher.__module__, "class": ImpatientRunLauncher.__name__}
        settings["run_monitoring"]["poll_interval_seconds"] = 3
        (self.home.dagster / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        self.home = Home(self.home.path)

    def deliver(self, code: str, name: str, number: int, *, whole: bool = True) -> Path:
        """A delivery whose content depends on its number; the word that it is done, when it is."""
        folder = deliver(self.home.path, code, name)
        path = folder / "uppdrag.csv"
        *lines, _ = path.read_text(encoding="utf-8-sig").splitlines()
        del lines[1 + number % 5]
        path.write_text("\n".join([*lines, f"Antal rader: {len(lines) - 1}", ""]), encoding="utf-8-sig")
        if whole:
            (folder / "klar").touch()
        return folder

    def storage(self) -> DagsterInstance:
        """This county's, and the environment in which the sensors find it."""
        os.environ.update({"IBIC_HOME": str(self.home.path), "DAGSTER_HOME": str(self.home.dagster)})
        os.environ.update({"IBIC_DAGSTER": str(self.home.dagster)} | self.more)
        return DagsterInstance.get()

    def night(self, night: date, fault: Fault, rng: random.Random) -> None:
        """Everything that the daemon does between two mornings, without waiting for the time to pass."""
        self.hurt.clear()
        self.morning = datetime.combine(night, datetime.min.time(), SWEDEN).replace(hour=7)
        with ExitStack() as meanwhile:
            if fault.name == "full disk":
                meanwhile.enter_context(filled(self.home.path, rng.randrange(400_000)))
                meanwhile.callback(self.told)
            if fault.name == "warehouse stopped":
                assert self.servers.warehouse is not None
                self.servers.warehouse.stop()
                meanwhile.callback(self.servers.warehouse.start)
            with suppress(Exception) if fault.name == "full disk" else ExitStack(), self.storage() as instance:
                self._night(instance, night, fault, rng)
        with self.storage() as instance:
            self._notice_the_dead(instance)

    def _night(self, instance: DagsterInstance, night: date, fault: Fault, rng: random.Random) -> None:
        ticks: list[Callable[[], None]] = [lambda: self._inbox(instance, fault, rng)] * 2
        ticks += [lambda: self._plan(instance, night, fault, rng)]
        ticks += [lambda: self._county(instance, fault, rng)] * 6
        for tick in ticks:
            # A tick of the daemon that cannot write is over; there are others.
            with suppress(Exception) if fault.name == "full disk" else ExitStack():
                tick()

    def _inbox(self, instance: DagsterInstance, fault: Fault, rng: random.Random) -> None:
        if fault.name == "half copied":
            self._growing()
        asked = self.look(instance, INBOX, again=fault.name == "two daemons")
        twice = self.look(instance, INBOX) if fault.name == "two daemons" else []
        self.run(instance, "kommun", [*asked, *twice], fault, rng)

    def _plan(self, instance: DagsterInstance, night: date, fault: Fault, rng: random.Random) -> None:
        when = datetime.combine(night, datetime.min.time(), SWEDEN).replace(hour=3, minute=30)
        automation._now = lambda: when  # nights pass faster than they do
        asked: Any = automation.every_night(build_schedule_context(scheduled_execution_time=when))
        assert isinstance(asked, RunRequest)
        self.planned = when
        self.run(instance, "natt", [asked], fault, rng)

    def _county(self, instance: DagsterInstance, fault: Fault, rng: random.Random) -> None:
        asked = self.look(instance, COUNTY)
        for run in self.run(instance, "lan", asked, fault, rng):
            ended: Any = automation.warehouse_after_county(
                build_run_status_sensor_context("databasen_efter_lan", SUCCEEDED, instance, run)
            )
            self.run(instance, "databas", [ended] if isinstance(ended, RunRequest) else [], fault, rng)

    def _growing(self) -> None:
        """More of the deliveries that are being copied arrives."""
        for folder in (each for code in self.codes for each in (self.home.inkorg / code).iterdir()):
            if not (folder / "klar").exists() and folder.name > "2024-02-29":
                with (folder / "beslut.csv").open("ab") as stream:
                    stream.write(b"x")

    def look(self, instance: DagsterInstance, name: str, *, again: bool = False) -> list[RunRequest]:
        """What a sensor asks for; ``again``: as a second daemon would, which knows of the same."""
        result = SENSORS[name](build_sensor_context(instance, cursor=self.cursors.get(name), definitions=defs))
        if not again:
            self.cursors[name] = result.cursor
        return list(result.run_requests or [])

    def run(
        self, instance: DagsterInstance, job: str, requests: Sequence[RunRequest], fault: Fault, rng: random.Random
    ) -> list[DagsterRun]:
        """Run what was asked for, all at once, while the fault happens to the first that it is meant for.

        Returns:
            Those that succeeded.
        """
        begun: list[tuple[str, int]] = []
        for request in requests:
            name = request.job_name or job
            run_id = self._stored(instance, name, request)
            begun.append((run_id, self.workers.start(run_id, **self._harm(name, run_id, fault, rng))))
        if begun and fault.name == "storage stopped" and not self.hurt:
            self.hurt += [run_id for run_id, _ in begun]
            time.sleep(rng.uniform(0, 3))
            self._storage_stops(rng)
        self.worked += sum(self.workers.wait(pid) for _, pid in begun)
        self._notice_the_dead(instance)
        ended = [instance.get_run_by_id(run_id) for run_id, _ in begun]
        return [run for run in ended if run is not None and run.status == DagsterRunStatus.SUCCESS]

    def _harm(self, job: str, run_id: str, fault: Fault, rng: random.Random) -> dict[str, Any]:
        """What happens to a run; to one a night."""
        if self.hurt or fault.name not in (f"{job} killed", f"{job} on a full disk"):
            return {}
        self.hurt.append(run_id)
        if fault.name.endswith("killed"):
            return {"kill_after": rng.uniform(0, 0.1 if job == "natt" else 3)}
        return {"most_bytes": FULL}

    def _storage_stops(self, rng: random.Random) -> None:
        """For as long as the timer needs to look whether Dagster lives, and some seconds more."""
        assert self.servers.storage is not None
        self.servers.storage.stop()
        look(self.home, signs_of_life(self.home, datetime.now(UTC)), self.morning)
        time.sleep(rng.uniform(0, 5))
        self.servers.storage.start()

    def _stored(self, instance: DagsterInstance, job: str, request: RunRequest) -> str:
        tags = dict(request.tags) | ({"dagster/partition": request.partition_key} if request.partition_key else {})
        return instance.create_run_for_job(defs.resolve_job_def(job), tags=tags).run_id

    def _notice_the_dead(self, instance: DagsterInstance) -> None:
        """What Dagster's run monitoring does with what the launcher says."""
        launcher: Any = instance.run_launcher
        launcher.begins_within = launcher.ends_within = 0.0
        for run in instance.get_runs(RunsFilter(statuses=automation.UNENDED)):
            begun = run.status not in (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING)
            if not begun or launcher.check_run_worker_health(run).status == WorkerStatus.FAILED:
                instance.report_run_failed(run, "The run's process is gone.")

    def made_up_for(self) -> bool:
        """Whether every run that was hurt ended well, or the same has been done since: nobody need know of it."""
        with self.storage() as instance:
            hurt = [run for run in map(instance.get_run_by_id, self.hurt) if run is not None]
            return all(self._latest_like(instance, run).status == DagsterRunStatus.SUCCESS for run in hurt)

    def _latest_like(self, instance: DagsterInstance, run: DagsterRun) -> DagsterRun:
        where = {key: value for key, value in run.tags.items() if key == automation.PARTITION}
        return instance.get_runs(RunsFilter(job_name=run.job_name, tags=where), limit=1)[0]

    def told(self, *, silent: bool = False) -> set[str]:
        """Topics of what is wrong, and the message about it is sent; ``silent``: the daemon has not been heard of."""
        with self.storage() as instance:
            seen = watched(instance, datetime.now(UTC) + timedelta(hours=2))  # nothing starts again what crashed
        heard = self.morning - timedelta(hours=3 if silent else 0)
        done = look(Home(self.home.path), replace(seen, heartbeat=heard, latest_plan=self.planned), self.morning)
        assert done.not_sent == {}
        return {alert.topic for alert in done.alerts}
