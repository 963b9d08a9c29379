"""Runs of Dagster jobs in this process, kept in the home's storage so that the UI shows them.

The only place where the package starts Dagster. Imported late: Dagster costs a second.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dagster import DagsterInstance, DagsterRunStatus, JobDefinition, RunConfig, RunsFilter
from dagster._core.instance.ref import InstanceRef
from sqlalchemy.exc import IntegrityError

from assets.county import HowToPublish
from assets.definitions import defs
from assets.failures import failing_at_once
from assets.municipality import HowToLoad
from assets.watched import watched
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home

if TYPE_CHECKING:
    from ibic_pipeline.alerts import Watched

FROM_THE_COMMAND_LINE = {"ibic/kommandorad": "ja"}
NOT_AGAIN = {"dagster/max_retries": "0"}
"""Dagster's daemon starts runs that crashed once more, but not those that someone at a terminal started."""
AS_THE_UI_LOADS_IT = "__repository__@assets.definitions"
"""Runs that carry it stand in the UI's timeline of the job."""
QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


@contextmanager
def storage(home: Home) -> Iterator[DagsterInstance]:
    """The home's run storage; Dagster's own log lines stay off the terminal. The caller is the ``only_run``.

    Raises:
        IbicError: it cannot be opened.
    """
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "100")  # a run's events in few transactions
    _keep_quiet()
    home.dagster.mkdir(parents=True, exist_ok=True)
    try:
        opened = _opened(home)
    except Exception as error:  # of a driver, of SQLAlchemy or of Dagster; its words may hold the password
        raise IbicError(
            f"Dagster's records where {home.dagster / 'dagster.yaml'} says",
            type(error).__name__,
            "Check that the database answers, and the variables that the file names. `ibic doctor` says more.",
        ) from None
    with opened as instance:
        _end_what_was_killed(instance)
        yield instance


def signs_of_life(home: Home, now: datetime) -> Watched:
    """What the storage tells of the nights, also while a daemon is at work in it."""
    from ibic_pipeline.alerts import Watched

    _keep_quiet()
    try:
        with _opened(home) as instance:
            return watched(instance, now)
    except Exception:  # of a driver, of SQLAlchemy or of Dagster; someone must be told all the same
        return Watched(answers=False)


def run_municipality(instance: DagsterInstance, kommunkod: str, *, rebuild: bool, fetch: bool) -> str | None:
    """Run the job ``kommun`` for one municipality; None when it succeeded, else what went wrong.

    ``fetch``: ask its database or remote folder first, which the caller may just have done.
    """
    config = RunConfig(ops={"las_leverans": HowToLoad(bygg_om=rebuild, hamta=fetch)}, loggers=QUIET)
    return _run("kommun", instance, config, partition_key=kommunkod)


def run_county(instance: DagsterInstance, *, republish: bool) -> str | None:
    """Run the job ``lan``; None when it succeeded, else what went wrong."""
    config = RunConfig(ops={"publicera": HowToPublish(publicera_om=republish)}, loggers=QUIET)
    return _run("lan", instance, config)


def run_warehouse(instance: DagsterInstance) -> str | None:
    """Run the job ``databas``; None when it succeeded, else what went wrong."""
    return _run("databas", instance, RunConfig(loggers=QUIET))


def _keep_quiet() -> None:
    """Dagster's lines, and those about a database that does not answer, which name it and its user."""
    for name in ("dagster", None):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="dagster")


def _opened(home: Home) -> DagsterInstance:
    """The storage, made where it is not there. When another process makes it just then, this one has to begin anew."""
    for last_try in (False, True):
        instance = DagsterInstance.from_ref(InstanceRef.from_dir(str(home.dagster)))
        try:
            instance.get_runs(limit=1)
            instance.all_asset_keys()
        except IntegrityError:
            instance.dispose()
            if last_try:
                raise
        else:
            break
    return instance


def _end_what_was_killed(instance: DagsterInstance) -> None:
    """Runs of a command line that is gone look as if they were still at work, and would hold up the UI's queue."""
    unended = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    for run in instance.get_runs(filters=RunsFilter(statuses=unended, tags=FROM_THE_COMMAND_LINE)):
        instance.report_run_failed(run, "The process that ran this ended before it was done.")


def _run(name: str, instance: DagsterInstance, config: RunConfig, **where: Any) -> str | None:
    job: JobDefinition = defs.resolve_job_def(name)
    tags = {**FROM_THE_COMMAND_LINE, **NOT_AGAIN, ".dagster/repository": AS_THE_UI_LOADS_IT}
    with failing_at_once():
        result = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False, tags=tags, **where)
    if result.success:
        return None
    failed = next(event for event in result.all_events if event.is_step_failure)
    told = failed.step_failure_data.user_failure_data
    return (told.description if told else None) or f"The step {failed.step_key} failed; see the run in the UI."
