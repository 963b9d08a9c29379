"""Dagster's records in SQLite: held open by a process, never out of date, and whole when they are closed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, Definitions, asset, define_asset_job
from sqlalchemy import text

from ibic_pipeline.home import Home
from tests.support.homes import small_county


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = small_county(tmp_path / "home", ["0642"])
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    monkeypatch.setenv("IBIC_DAGSTER", str(home.dagster))
    return home


def run(instance: DagsterInstance) -> int:
    """A run of two small assets; how many events it left."""

    @asset
    def en() -> None:
        pass

    @asset(deps=["en"])
    def tva() -> None:
        pass

    job = Definitions(assets=[en, tva], jobs=[define_asset_job("prov")]).resolve_job_def("prov")
    done = job.execute_in_process(instance=instance)
    assert done.success
    return len(instance.all_logs(done.run_id))


def test_the_log_is_not_folded_into_the_file_at_every_event(home: Home) -> None:
    log = home.dagster / "event_log.db-wal"
    with DagsterInstance.get() as instance:
        events = run(instance)
        size = log.stat().st_size
        run(instance)

        assert events > 15
        assert 0 < size < log.stat().st_size


def test_an_answer_that_somebody_keeps_hides_nothing_that_others_write_later(home: Home) -> None:
    with DagsterInstance.get() as instance:
        run(instance)
        storage: Any = instance.run_storage
        with storage.connect() as connection:
            kept = connection.connection.cursor().execute("SELECT run_id FROM runs UNION ALL SELECT 'none'")
            assert kept.fetchone() is not None
        with DagsterInstance.get() as another:
            run(another)

        assert len(instance.get_runs()) == 2
        del kept


def test_what_is_closed_stands_in_one_file_each(home: Home) -> None:
    with DagsterInstance.get() as instance:
        run(instance)
    names = {path.name for path in home.dagster.glob("*.db*")}

    assert {"event_log.db", "runs.db"} <= names
    assert {name for name in names if name.startswith(("event_log", "runs"))} == {"event_log.db", "runs.db"}
    with DagsterInstance.get() as instance:
        assert [each.job_name for each in instance.get_runs()] == ["prov"]


def test_whoever_finds_the_file_locked_waits_for_a_minute(home: Home) -> None:
    with DagsterInstance.get() as instance:
        for storage in (instance.run_storage, instance.event_log_storage, instance.schedule_storage):
            with storage.connect() as connection:  # type: ignore[union-attr]
                assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 60_000


def test_a_process_that_was_forked_has_connections_of_its_own(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with DagsterInstance.get() as instance:
        storage: Any = instance.run_storage
        own = storage._engine()
        assert storage._engine() is own
        with monkeypatch.context() as forked:
            forked.setattr(os, "getpid", lambda: -1)
            assert storage._engine() is not own
