"""Nights in fast motion with faults: what may happen to a county's server between two mornings, and what must hold.

``python -m tests.support.chaos 100 --seed 1`` is the long form. Odd nights have a fault; on even ones it is gone.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    RunRequest,
    RunsFilter,
    build_schedule_context,
    build_sensor_context,
)
from dagster._core.launcher.base import WorkerStatus

from assets import alive, automation
from assets.definitions import defs
from assets.watched import watched
from ibic_pipeline.alerts import look
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release, verify_release
from ibic_pipeline.workflow.proof import accounting_of
from ibic_pipeline.workflow.versions import describe_version
from tests.support.homes import TWO, bytes_of, deliver, small_county
from tests.support.receivers import web_server
from tests.support.workers import Workers, workers

FAULTS = (
    *("late", "broken", "half copied", "double", "two daemons", "no daemon"),
    *("kommun killed", "lan killed", "natt killed", "kommun on a full disk", "lan on a full disk"),
)
FIRST_NIGHT = date(2026, 10, 20)
"""The clocks change on the sixth night."""
FULL = 40_000
"""So many bytes a file may have on a disk that is nearly full."""
SWEDEN = ZoneInfo("Europe/Stockholm")
MUST_BE_TOLD = {
    "broken": {"inlasning"},
    "kommun killed": {"inlasning"},
    "lan killed": {"lan"},
    "natt killed": {"natt"},
    "kommun on a full disk": {"inlasning"},
    "lan on a full disk": {"lan"},
    "no daemon": {"demon"},
}


class County:
    """A home that faults happen to, with Dagster's storage, its sensors' cursors and whom it tells."""

    def __init__(self, folder: Path, stack: ExitStack, *, tells: bool) -> None:
        self.home = small_county(folder / "home", TWO)
        self.hook = stack.enter_context(web_server())
        self._settle(tells)
        self.workers: Workers = stack.enter_context(workers(self.home))
        self.cursors: dict[str, str | None] = {}
        self.delivered = 0

    def _settle(self, tells: bool) -> None:
        path = self.home.path / "lan.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        rare = {"standard": {"varje": "ar", "arbetsdagar": 2000, "varfor": "Proven levererar inte i verklig tid."}}
        content["larm"] = {"leveranser": rare, "disk_mib": {"varde": 1, "varfor": "Prov."}}
        if tells:
            content["larm"]["webhook"] = {"url": self.hook.url}
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
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

    def look(self, instance: DagsterInstance, name: str, *, again: bool = False) -> list[RunRequest]:
        """What a sensor asks for; ``again``: as a second daemon would, which knows of the same."""
        sensor: Any = {"inkorgen": automation.inbox, "lan": automation.county_after_municipalities}[name]
        result = sensor(build_sensor_context(instance, cursor=self.cursors.get(name), definitions=defs))
        if not again:
            self.cursors[name] = result.cursor
        return list(result.run_requests or [])

    def run(
        self, instance: DagsterInstance, job: str, requests: list[RunRequest], fault: str, rng: random.Random
    ) -> None:
        """Run what was asked for, all at once, while the fault happens to the first that it is meant for."""
        begun = []
        for request in requests:
            name = request.job_name or job
            hurt: dict[str, Any] = {}
            if fault == f"{name} killed":
                hurt, fault = {"kill_after": rng.uniform(0, 0.1 if name == "natt" else 3)}, ""
            elif fault == f"{name} on a full disk":
                hurt, fault = {"most_bytes": FULL}, ""
            begun.append(self.workers.start(self._stored(instance, name, request), **hurt))
        for pid in begun:
            self.workers.wait(pid)
        self._notice_the_dead(instance)

    def _stored(self, instance: DagsterInstance, job: str, request: RunRequest) -> str:
        tags = dict(request.tags) | ({"dagster/partition": request.partition_key} if request.partition_key else {})
        return instance.create_run_for_job(defs.resolve_job_def(job), tags=tags).run_id

    def _notice_the_dead(self, instance: DagsterInstance) -> None:
        """What Dagster's run monitoring does with what the launcher says."""
        unended = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
        for run in instance.get_runs(RunsFilter(statuses=unended)):
            if instance.run_launcher.check_run_worker_health(run).status == WorkerStatus.FAILED:
                instance.report_run_failed(run, "The run's process is gone.")

    def storage(self) -> DagsterInstance:
        """This county's, and the environment in which the sensors find it."""
        os.environ.update({"IBIC_HOME": str(self.home.path), "DAGSTER_HOME": str(self.home.dagster)})
        return DagsterInstance.get()

    def growing(self) -> None:
        """More of the deliveries that are being copied arrives."""
        for folder in (each for code in TWO for each in (self.home.inkorg / code).iterdir()):
            if not (folder / "klar").exists() and folder.name > "2024-02-29":
                with (folder / "beslut.csv").open("ab") as stream:
                    stream.write(b"x")

    def night(self, night: date, fault: str, rng: random.Random) -> None:
        """Everything that the daemon does between two mornings."""
        with self.storage() as instance:
            for _ in range(2):
                if fault == "half copied":
                    self.growing()
                asked = self.look(instance, "inkorgen", again=fault == "two daemons")
                twice = self.look(instance, "inkorgen") if fault == "two daemons" else []
                self.run(instance, "kommun", [*asked, *twice], fault, rng)
            when = datetime.combine(night, datetime.min.time(), SWEDEN).replace(hour=3, minute=30)
            automation._now = lambda: when  # nights pass faster than they do
            ticked: Any = automation.every_night(build_schedule_context(scheduled_execution_time=when))
            assert isinstance(ticked, RunRequest)
            self.run(instance, "natt", [ticked], fault, rng)
            for _ in range(6):
                asked = self.look(instance, "lan")
                if asked:
                    self.run(instance, "kommun", asked, fault, rng)

    def told(self, now: datetime, *, heartbeat: datetime) -> set[str]:
        """Topics of what is wrong in the morning, and the message about it is sent."""
        with self.storage() as instance:
            seen = watched(instance, now + timedelta(hours=2))  # nothing here starts again what crashed
        seen = replace(seen, heartbeat=heartbeat, latest_plan=now)
        done = look(Home(self.home.path), seen, now)
        assert done.not_sent == {}
        return {alert.topic for alert in done.alerts}

    def stands(self) -> dict[str, Any]:
        """What is compared with the county that nothing happens to: deliveries, accounting, every count and row."""
        release = current_release(self.home)
        assert release is not None
        assert verify_release(release) == []
        return {
            "leveranser": {code: describe_version(self.home, code)["leverans"] for code in TWO},
            "rader": {code: sum(f["last"] for f in accounting_of(self.home.current(code))) for code in TWO},
            "antal": (self.home.lager / "lan" / "indikator.parquet").read_bytes(),
            "tabeller": bytes_of(release / "harmoniserat"),
        }


def nights(
    count: int, seed: int, folder: Path, *, faults: Sequence[str] = FAULTS, tell: Callable[[str], Any] = str
) -> Counter[str]:
    """Let nights pass; which faults happened, and how often.

    Raises:
        AssertionError: something did not hold.
    """
    rng = random.Random(seed)
    happened: Counter[str] = Counter()
    waiting: list[tuple[Path, Path]] = []
    order: list[str] = []
    with ExitStack() as stack:
        disturbed = County(folder / "stord", stack, tells=True)
        calm = County(folder / "ostord", stack, tells=False)
        shutil.copytree(disturbed.home.nycklar, calm.home.nycklar, dirs_exist_ok=True)  # the same pseudonyms
        for number in range(count):
            if number % 2 and not order:
                order = rng.sample(faults, len(faults))
            fault = order.pop() if number % 2 else ""
            night = FIRST_NIGHT + timedelta(days=number)
            began = time.monotonic()
            _deliveries(disturbed, calm, number, fault, waiting)
            if fault != "no daemon":
                disturbed.night(night, fault, rng)
            morning = datetime.now(UTC)
            topics = disturbed.told(morning, heartbeat=morning - timedelta(hours=3 if fault == "no daemon" else 0))
            messages = len(disturbed.hook.bodies)
            expected = MUST_BE_TOLD.get(fault, set())
            assert expected & topics or not expected or _made_up_for(disturbed, fault), (fault, topics)
            if not fault:
                calm.night(night, "", rng)
                assert topics == set(), (number, topics)
                now, expected_now = disturbed.stands(), calm.stands()
                assert [name for name in now if now[name] != expected_now[name]] == [], number
            elif number > 1:
                disturbed.stands()
            happened[fault or "-"] += 1
            tell(f"{number:>3} {night} {fault or '-':<24} {sorted(topics)} {messages} messages, "
                 f"{time.monotonic() - began:.1f} s")  # fmt: skip
    return happened


def _deliveries(disturbed: County, calm: County, number: int, fault: str, waiting: list[tuple[Path, Path]]) -> None:
    """What comes this night; what is wrong with it is put right the next."""
    for broken, whole in waiting:
        shutil.rmtree(broken)
        shutil.copytree(whole, broken)
        (broken / "klar").unlink()
        (broken / "klar").touch()
    waiting.clear()
    if fault == "late":
        return
    for code in TWO[: 1 + number % 2]:
        name = (date(2024, 3, 1) + timedelta(days=number)).isoformat()
        whole = calm.deliver(code, name, number)
        if fault == "broken":
            folder = disturbed.deliver(code, name, number)
            (folder / "beslut.csv").unlink()
            waiting.append((folder, whole))
        elif fault == "half copied":
            folder = disturbed.deliver(code, name, number, whole=False)
            content = (folder / "beslut.csv").read_bytes()
            (folder / "beslut.csv").write_bytes(content[: len(content) // 2])
            waiting.append((folder, whole))
        else:
            disturbed.deliver(code, name, number)
            if fault == "double":
                disturbed.deliver(code, f"{name}_omtag", number)
                calm.deliver(code, f"{name}_omtag", number)


def _made_up_for(county: County, fault: str) -> bool:
    """Whether the same night has started again what was hurt, or the kill came too late: nobody need know of it."""
    job = fault.partition(" ")[0]
    with county.storage() as instance:
        latest = next(iter(instance.get_runs(RunsFilter(job_name=job), limit=1)), None)
    return latest is not None and latest.status == DagsterRunStatus.SUCCESS


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nights", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    alive.BEGINS_WITHIN = alive.ENDS_WITHIN = 0.0
    folder = Path(tempfile.mkdtemp(prefix="kaos-"))
    print(f"in {folder}", flush=True)
    print(dict(nights(given.nights, given.seed, folder, tell=lambda line: print(line, flush=True))))


if __name__ == "__main__":
    sys.exit(_main())
