"""Dagster's records of old runs go; what the UI needs to tell of today stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetKey,
    AssetSelection,
    DagsterInstance,
    Definitions,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    define_asset_job,
)
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.runs.schema import RunTagsTable
from sqlalchemy import func, select

from ibic_pipeline.cli.common import enter
from ibic_pipeline.cli.dagster_purge import purge_runs
from ibic_pipeline.cli.dagster_records import opened
from ibic_pipeline.home import Home
from tests.support.command_line import OF_A_HOME, Ibic
from tests.support.homes import small_county

TOMORROW = datetime.now(UTC) + timedelta(days=1)
MULLSJO, HABO = "0642", "0643"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in OF_A_HOME:
        monkeypatch.setenv(name, "")
    return enter(small_county(tmp_path / "home").path)


@pytest.fixture
def instance(home: Home) -> Iterator[DagsterInstance]:
    with opened(home) as found:
        yield found


@asset(partitions_def=StaticPartitionsDefinition([MULLSJO, HABO]))
def tabell() -> None:
    """A table of a municipality."""


@asset_check(asset=tabell)
def hel() -> AssetCheckResult:
    """Whether it is whole."""
    return AssetCheckResult(passed=True)


JOB = Definitions(
    assets=[tabell],
    asset_checks=[hel],
    jobs=[define_asset_job("kommun", AssetSelection.assets(tabell))],
).resolve_job_def("kommun")


def nights(instance: DagsterInstance, *codes: str) -> list[str]:
    """A run for each municipality named, in this order; their ids."""
    return [JOB.execute_in_process(partition_key=code, instance=instance).run_id for code in codes]


def test_old_runs_go_with_their_events_tags_and_outcomes_of_checks(home: Home, instance: DagsterInstance) -> None:
    runs = nights(instance, MULLSJO, HABO, MULLSJO, HABO)

    done = purge_runs(home, instance, TOMORROW)

    assert (done.borttagna, done.kvar_som_senaste, done.korningar) == (2, 2, 2)
    assert {run.run_id for run in instance.get_runs()} == set(runs[2:])
    assert [len(instance.all_logs(run)) for run in runs[:2]] == [0, 0]
    assert all(instance.all_logs(run) for run in runs[2:])
    with instance.event_log_storage.index_connection() as connection:
        kept = {row.run_id for row in connection.execute(select(AssetCheckExecutionsTable.c.run_id))}
    with instance.run_storage.connect() as connection:
        tagged = {row.run_id for row in connection.execute(select(RunTagsTable.c.run_id))}
    assert kept <= set(runs[2:])
    assert tagged == set(runs[2:])


def test_a_municipality_that_loaded_long_ago_still_stands_in_the_ui(home: Home, instance: DagsterInstance) -> None:
    first = nights(instance, MULLSJO)[0]
    nights(instance, HABO, HABO, HABO)

    purge_runs(home, instance, TOMORROW)

    assert instance.get_run_by_id(first) is not None
    key = AssetKey("tabell")
    assert instance.get_materialized_partitions(key) == {MULLSJO, HABO}
    assert instance.get_latest_materialization_event(key) is not None
    assert instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [*JOB.asset_layer.asset_graph.asset_check_keys]
    )


def test_young_and_unfinished_runs_stay(home: Home, instance: DagsterInstance) -> None:
    runs = nights(instance, MULLSJO, MULLSJO)
    waiting = instance.create_run_for_job(JOB, tags={"dagster/partition": HABO})

    assert purge_runs(home, instance, datetime.now(UTC) - timedelta(days=1)).borttagna == 0
    assert purge_runs(home, instance, TOMORROW, dry_run=True).borttagna == 1
    assert {run.run_id for run in instance.get_runs()} == {*runs, waiting.run_id}
    purge_runs(home, instance, TOMORROW)
    assert {run.run_id for run in instance.get_runs()} == {runs[1], waiting.run_id}


def test_files_that_are_mostly_holes_become_smaller_when_nobody_is_at_work(
    home: Home, instance: DagsterInstance
) -> None:
    nights(instance, *[MULLSJO] * 12)
    before = (home.dagster / "event_log.db").stat().st_size

    done = purge_runs(home, instance, TOMORROW)

    assert done.komprimerad
    assert (home.dagster / "event_log.db").stat().st_size < before
    with instance.run_storage.connect() as connection:
        assert connection.execute(select(func.count()).select_from(RunTagsTable)).scalar_one() > 0


def test_the_policy_of_the_county_decides_how_old_is_old(home: Home, ibic: Ibic) -> None:
    with opened(home) as instance:
        nights(instance, MULLSJO, MULLSJO)
    kept = json.loads(ibic("runs", "purge", "--home", home.path, "--json").out)
    settings = home.path / "lan.yaml"
    settings.write_text(f"{settings.read_text()}\ndrift:\n  korningar_dagar: {{varde: 0, varfor: Prov}}\n")
    counted = json.loads(ibic("runs", "purge", "--home", home.path, "--json", "--dry-run").out)
    said = ibic("runs", "purge", "--home", home.path)

    assert (kept["dagar"], kept["borttagna"], kept["korningar"]) == (60, 0, 2)
    assert (counted["borttagna"], counted["korningar"]) == (1, 2)
    assert said.code == 0
    assert "1 runs older than 0 days are gone." in said.out
