"""The schedule, the sensors and what they start, evaluated by Dagster itself on a home with two municipalities."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dagster import (
    DagsterEvent,
    DagsterEventType,
    DagsterInstance,
    DagsterRunStatus,
    RunRequest,
    SensorResult,
    SkipReason,
    build_run_status_sensor_context,
    build_schedule_context,
    build_sensor_context,
)
from dagster._core.storage.tags import RUN_KEY_TAG
from dagster._utils.schedules import schedule_execution_time_iterator

from assets import automation
from assets.definitions import defs
from assets.places import NIGHT_BEGINS
from ibic_pipeline.cli.through_dagster import storage
from ibic_pipeline.home import Home
from ibic_pipeline.nights import Natt
from ibic_pipeline.publish import current_release
from ibic_pipeline.workflow.versions import describe_version
from tests.support.homes import TWO, copy_of, deliver, small_county

SWEDEN = ZoneInfo("Europe/Stockholm")
KOD = "0642"
LATER = "2024-03-31"

pytestmark = pytest.mark.usefixtures("few_indicators")


@pytest.fixture
def home(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """One municipality, loaded and published."""
    home = copy_of(published_home, tmp_path / "home")
    (home.versions(KOD) / "status.json").touch()  # the copy of the delivery is newer than what was loaded from it
    monkeypatch.setenv("IBIC_HOME", str(home.path))
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    return home


def ticks(begin: date, days: int, cron: str = "30 3 * * *") -> list[datetime]:
    """When Dagster's scheduler would evaluate the schedule, in Swedish time."""
    start = datetime.combine(begin, datetime.min.time(), SWEDEN)
    end = start + timedelta(days=days)
    found = []
    for tick in schedule_execution_time_iterator(start.timestamp(), cron, "Europe/Stockholm", ascending=True):
        if tick >= end:
            return found
        found.append(tick.astimezone(SWEDEN))
    return found


def evaluated(when: datetime) -> Any:
    return automation.every_night(build_schedule_context(scheduled_execution_time=when))


@pytest.mark.parametrize("begin", [date(2026, 3, 26), date(2026, 10, 22)], ids=["to summer time", "to winter time"])
@pytest.mark.parametrize("clock", ["03:30", "02:30", "03:00", "02:00"])
def test_every_night_comes_exactly_once_whatever_the_clocks_do(
    begin: date, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour, minute = (int(part) for part in clock.split(":"))
    monkeypatch.setattr(automation, "_now", lambda: datetime.combine(begin, datetime.min.time(), SWEDEN))
    requests = [evaluated(tick) for tick in ticks(begin, 7, f"{minute} {hour} * * *")]

    assert [each.run_key for each in requests] == [f"natt-{begin + timedelta(days=number)}" for number in range(7)]


def test_the_schedule_says_half_past_three_in_sweden() -> None:
    found = defs.resolve_schedule_def("natt")

    assert (found.cron_schedule, found.execution_timezone) == ("30 3 * * *", "Europe/Stockholm")
    assert Natt().klockan.varde == NIGHT_BEGINS
    assert [tick.strftime("%H:%M") for tick in ticks(date(2026, 3, 28), 3)] == ["03:30"] * 3


def test_nights_that_a_stopped_server_missed_are_not_made_up_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=SWEDEN)
    monkeypatch.setattr(automation, "_now", lambda: now)
    kinds = [type(evaluated(tick)) for tick in ticks(date(2026, 11, 19), 4)]

    assert kinds == [SkipReason, SkipReason, SkipReason, RunRequest]


class Looked:
    """A sensor that looks again and again, with the cursor that it left; what it asked for is run here, if wanted."""

    def __init__(self, instance: DagsterInstance, sensor: Any) -> None:
        self.instance, self.sensor = instance, sensor
        self.cursor: str | None = None
        self.said = ""

    def __call__(self) -> list[RunRequest]:
        context = build_sensor_context(self.instance, cursor=self.cursor, definitions=defs)
        result = self.sensor(context)
        assert isinstance(result, SensorResult)
        self.cursor = result.cursor
        self.said = result.skip_reason.skip_message if isinstance(result.skip_reason, SkipReason) else ""
        return list(result.run_requests or [])

    def run(self, requests: list[RunRequest], job: str = "kommun") -> list[bool]:
        return [run(self.instance, each.job_name or job, each) for each in requests]


def run(instance: DagsterInstance, job: str, request: RunRequest) -> bool:
    tags = dict(request.tags) | ({RUN_KEY_TAG: request.run_key} if request.run_key else {})
    done = defs.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=request.partition_key, raise_on_error=False, tags=tags
    )
    return done.success


def whose(requests: list[RunRequest]) -> list[str | None]:
    return [each.partition_key for each in requests]


def test_a_delivery_is_started_when_it_was_the_same_at_two_looks(home: Home, instance: DagsterInstance) -> None:
    look = Looked(instance, automation.inbox)
    assert (look(), look()) == ([], [])
    folder = deliver(home.path, KOD, LATER)
    assert look() == []
    assert LATER in look.said
    with (folder / "beslut.csv").open("a") as growing:
        growing.write("\n")
    assert look() == []
    requests = look()
    assert whose(requests) == [KOD]
    assert look() == []


def test_a_delivery_that_the_sender_calls_done_is_started_at_once_and_the_word_is_no_file_of_it(
    home: Home, instance: DagsterInstance
) -> None:
    look = Looked(instance, automation.inbox)
    look()
    folder = deliver(home.path, KOD, LATER)
    (folder / "klar").touch()
    requests = look()

    assert whose(requests) == [KOD]
    assert look.run(requests) == [True]
    assert describe_version(home, KOD)["leverans"] == LATER
    latest = instance.get_latest_materialization_event(automation.AssetKey("leverans"))
    assert latest is not None
    assert latest.asset_materialization.metadata["ej_lasta"].value == "Inga."  # type: ignore[union-attr]


def test_files_that_come_after_the_word_done_are_waited_for(home: Home, instance: DagsterInstance) -> None:
    look = Looked(instance, automation.inbox)
    look()
    folder = deliver(home.path, KOD, LATER)
    (folder / "klar").touch()
    time.sleep(0.02)  # the file system's clock has steps
    (folder / "beslut.csv").touch()

    assert look() == []
    assert whose(look()) == [KOD]


def test_a_hidden_folder_and_one_that_is_loaded_already_start_nothing(home: Home, instance: DagsterInstance) -> None:
    deliver(home.path, KOD, f".hamtas-{LATER}")
    look = Looked(instance, automation.inbox)

    assert [look() for _ in range(3)] == [[], [], []]


def test_a_lost_cursor_starts_what_is_new_and_nothing_else(home: Home, instance: DagsterInstance) -> None:
    deliver(home.path, KOD, LATER)
    look = Looked(instance, automation.inbox)
    look()
    first = look()
    look.run(first)
    look.cursor = None

    assert whose(first) == [KOD]
    assert [look() for _ in range(3)] == [[], [], []]


def test_the_same_delivery_has_the_same_key_and_another_content_another(home: Home, instance: DagsterInstance) -> None:
    folder = deliver(home.path, KOD, LATER)
    keys = []
    for _ in range(2):
        look = Looked(instance, automation.inbox)
        look()
        keys.append(look()[0].run_key)
    os.utime(folder / "beslut.csv", (1, 1))
    look()
    keys.append(look()[0].run_key)

    assert keys[0] == keys[1] != keys[2]


def test_a_folder_that_two_share_starts_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small_county(tmp_path / "home", TWO)
    for code in TWO:
        path = home.kommuner / f"{code}.yaml"
        text = path.read_text(encoding="utf-8")
        own = "leverans:\n  mapp: gemensam\n"
        path.write_text(text.replace("leverans:\n", own) if "leverans:\n" in text else text + own)
    (home.inkorg / KOD).rename(home.inkorg / "gemensam")
    monkeypatch.setenv("IBIC_HOME", str(home.path))
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with DagsterInstance.get() as instance:
        look = Looked(instance, automation.inbox)
        look()
        assert whose(look()) == list(TWO)


def a_night(instance: DagsterInstance, night: str = "2026-11-22") -> None:
    assert run(instance, "natt", RunRequest(run_key=f"natt-{night}", tags={automation.NIGHT: night}))


def how_it_went(instance: DagsterInstance) -> str:
    """What the asset that a newcomer opens says of the municipality."""
    told = instance.get_latest_materialization_event(automation.AssetKey("alla_kommuner"))
    assert told is not None
    return str(told.asset_materialization.metadata[f"{KOD} Kommun {KOD}"].value)  # type: ignore[union-attr]


def test_a_night_starts_what_needs_it_then_the_county_once(home: Home, instance: DagsterInstance) -> None:
    before = current_release(home)
    folder = deliver(home.path, KOD, LATER)
    for path in folder.iterdir():
        os.utime(path)
    (folder / "klar").touch()
    look = Looked(instance, automation.county_after_municipalities)
    assert look() == []
    a_night(instance)
    requests = look()
    assert whose(requests) == [KOD]
    assert look.run(requests) == [True]
    county = look()
    assert [each.job_name for each in county] == ["lan"]
    assert look.run(county) == [True]
    assert current_release(home) != before
    assert look() == []
    assert "Inget nytt" in look.said


def test_a_night_on_which_nothing_is_new_tells_how_everyone_stands_and_publishes_nothing(
    home: Home, instance: DagsterInstance
) -> None:
    look = Looked(instance, automation.county_after_municipalities)
    a_night(instance)
    assert look() == []
    requests = look()

    assert [each.job_name for each in requests] == ["utfall"]
    assert look.run(requests) == [True]
    assert look() == []
    assert how_it_went(instance).startswith("Inläst: leveransen 2024-02-29, ")


def test_the_county_follows_also_when_the_municipality_was_refused(home: Home, instance: DagsterInstance) -> None:
    folder = deliver(home.path, KOD, LATER)
    (folder / "beslut.csv").unlink()
    (folder / "klar").touch()
    look = Looked(instance, automation.county_after_municipalities)
    a_night(instance)
    assert look.run(look()) == [False]
    county = look()
    assert [each.job_name for each in county] == ["lan"]
    look.run(county)
    assert how_it_went(instance).startswith("VÄGRAD: leveransen ")
    assert "I siffrorna: 2024-02-29. LEV-001: Förväntade" in how_it_went(instance)
    a_night(instance, "2026-11-23")
    assert look() == []


def test_the_county_waits_for_those_at_work_but_not_beyond_the_latest_hour(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    (deliver(home.path, KOD, LATER) / "klar").touch()
    look = Looked(instance, automation.county_after_municipalities)
    a_night(instance)
    request = look()[0]
    hanging = instance.create_run_for_job(
        defs.resolve_job_def("kommun"), tags={**request.tags, "dagster/partition": KOD}
    )
    instance.run_storage.handle_run_event(hanging.run_id, begun(hanging.run_id))
    monkeypatch.setattr(automation, "_now", lambda: datetime(2026, 11, 22, 5, 59, tzinfo=SWEDEN))
    assert look() == []
    assert look.said == "1 kommuner arbetar eller står på tur."
    monkeypatch.setattr(automation, "_now", lambda: datetime(2026, 11, 22, 6, 0, tzinfo=SWEDEN))
    assert len(look()) == 1
    assert look() == []
    instance.report_run_canceled(instance.get_run_by_id(hanging.run_id))  # type: ignore[arg-type]
    assert [each.job_name for each in look()] == ["lan"]


def begun(run_id: str) -> Any:
    return DagsterEvent(event_type_value=DagsterEventType.PIPELINE_START.value, job_name="kommun")


def test_runs_of_the_command_line_start_no_county(home: Home, instance: DagsterInstance) -> None:
    from ibic_pipeline.cli.through_dagster import run_municipality

    look = Looked(instance, automation.county_after_municipalities)
    with storage(home) as own:
        run_municipality(own, KOD, rebuild=True, fetch=False)

    assert look() == []
    assert [each.status for each in instance.get_runs()] == [DagsterRunStatus.SUCCESS]


def test_a_database_that_did_not_answer_is_filled_the_next_night_although_nothing_new_is_published(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(job: str) -> bool:
        run = instance.create_run_for_job(defs.resolve_job_def(job))
        ended = DagsterEvent(event_type_value=DagsterEventType.PIPELINE_SUCCESS.value, job_name=job)
        context = build_run_status_sensor_context("databasen_efter_lan", ended, instance, run)
        return isinstance(automation.warehouse_after_county(context), RunRequest)

    assert not asked("lan")
    monkeypatch.setenv("IBIC_WAREHOUSE", "sqlite://")
    assert asked("lan")
    assert not asked("utfall")
    instance.report_run_failed(instance.create_run_for_job(defs.resolve_job_def("databas")))
    assert asked("utfall")


def test_a_plan_says_in_words_why_each_municipality_starts_or_not(home: Home, instance: DagsterInstance) -> None:
    a_night(instance)
    made = instance.get_latest_materialization_event(automation.AssetKey(["natt", "plan"]))
    assert made is not None
    metadata = made.asset_materialization.metadata  # type: ignore[union-attr]
    assert "Oförändrad" in str(metadata["kommuner"].value)
    assert metadata[automation.STARTED].value == []
    assert metadata[automation.COUNTY].value is False
    deliver(home.path, KOD, LATER)
    a_night(instance)
    made = instance.get_latest_materialization_event(automation.AssetKey(["natt", "plan"]))
    assert "skrivs ännu" in str(made.asset_materialization.metadata["kommuner"].value)  # type: ignore[union-attr]


def test_times_are_those_of_the_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert abs(automation._now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert json.loads(json.dumps(automation.asdict(automation.Turn())))["vantar"] is False
