"""Nights on which the faults happen to a real daemon and a real code server, as ``deploy/server/`` starts them."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.scheduler.instigation import SensorInstigatorData

from assets import automation
from ibic_pipeline.warehouse import is_configured, status_of
from ibic_pipeline.workflow.county import is_published, municipalities_of
from ibic_pipeline.workflow.versions import describe_version
from tests.support.chaos_county import County
from tests.support.chaos_faults import Fault
from tests.support.daemons import until
from tests.support.services import CODE, DAEMON, Services, services

MODULE = "tests.support.chaos_definitions"
WITHIN = 400.0
"""Seconds; two processors may have other work."""


def work(county: County, fault: Fault, codes: Sequence[str], rng: random.Random) -> None:
    """Let the services load and publish what has been delivered, while the fault happens to them.

    Raises:
        AssertionError: the delivery was not loaded and published in spite of it, or a run did not end.
    """
    county.hurt.clear()
    with county.storage() as instance:
        _hand_over(instance, county.cursors)
        with services(county.home, MODULE, county.more) as running:
            if fault.name == "two daemons at work":
                running.start("another daemon", DAEMON)
            until(lambda: _at_work(instance), "a run", WITHIN)
            time.sleep(rng.uniform(0, 8))
            _happen(county, fault, running, rng)
            until(lambda: _is_done(county, instance, codes), "the county with the delivery", WITHIN)
        _take_over(instance, county.cursors)


def _happen(county: County, fault: Fault, running: Services, rng: random.Random) -> None:
    if fault.name == "daemon killed":
        running.kill(DAEMON)
    if fault.name in ("code server killed", "power cut"):
        running.kill(CODE, with_its_runs=fault.name == "power cut" or rng.random() < 0.5)
    if fault.name == "power cut":
        running.kill(DAEMON)
    if fault.name == "storage stopped at work":
        assert county.servers.storage is not None
        county.servers.storage.stop()
        time.sleep(rng.uniform(1, 15))
        county.servers.storage.start()
    for name in (CODE, DAEMON):
        if name not in running.running:
            running.start(name)


def _at_work(instance: DagsterInstance) -> bool:
    return bool(instance.get_runs(RunsFilter(job_name="kommun", statuses=[DagsterRunStatus.STARTED]), limit=1))


def _is_done(county: County, instance: DagsterInstance, codes: Sequence[str]) -> bool:
    """The latest deliveries are loaded, published and in the database, and no run is at work."""
    home = county.home
    if instance.get_runs(RunsFilter(statuses=automation.UNENDED), limit=1):
        return False
    for code in codes:
        if describe_version(home, code).get("leverans") != max(each.name for each in (home.inkorg / code).iterdir()):
            return False
    published = is_published(home, municipalities_of(home)) is not None
    return published and (not is_configured(home) or status_of(home).visar_publicerad)


def _hand_over(instance: DagsterInstance, cursors: dict[str, str | None]) -> None:
    """The daemon's sensors go on where those of the nights before were; others begin with what happens now."""
    for state in instance.all_instigator_state():
        data: Any = state.instigator_data
        if isinstance(data, SensorInstigatorData):
            instance.update_instigator_state(state.with_data(data._replace(cursor=cursors.get(state.instigator_name))))


def _take_over(instance: DagsterInstance, cursors: dict[str, str | None]) -> None:
    for state in instance.all_instigator_state():
        data: Any = state.instigator_data
        if isinstance(data, SensorInstigatorData) and state.instigator_name in cursors:
            cursors[state.instigator_name] = data.cursor
