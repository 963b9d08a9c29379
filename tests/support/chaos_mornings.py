"""What must hold on the morning after a night of ``tests/support/chaos.py``, whatever happened in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from dagster import RunsFilter
from dagster._utils.schedules import schedule_execution_time_iterator

from assets import automation
from ibic_pipeline.publish import current_release, verify_release
from ibic_pipeline.warehouse import is_configured, status_of
from ibic_pipeline.workflow.proof import accounting_of
from ibic_pipeline.workflow.versions import HISTORY, KEPT, describe_version
from tests.support.chaos_county import SWEDEN, County
from tests.support.chaos_faults import Fault
from tests.support.homes import bytes_of


@dataclass
class Night:
    """One night. ``sent``: topics that someone was told of; ``broken``: what did not hold in the morning."""

    number: int
    date: date
    fault: str
    wrong: list[str]
    sent: list[str]
    made_up: bool
    seconds: float
    cpu_seconds: float = 0.0
    """Without those of a real daemon and code server, and of what they start."""
    broken: list[str] = field(default_factory=list)


def badly_told(night: Night, fault: Fault) -> Iterator[str]:
    """Someone is told of what they must know of, and of nothing on a night when all is well."""
    if fault.told and fault.told not in night.sent and (fault.always or not night.made_up):
        yield f"nobody was told ({fault.told})"
    if not fault.told and (night.sent or night.wrong):
        yield f"someone was told for nothing: {', '.join(sorted({*night.sent, *night.wrong}))}"


def not_whole(county: County, night: Night) -> Iterator[str]:
    """What is published is whole, whatever happened."""
    release = current_release(county.home)
    if release is None:
        yield "nothing is published"
    elif verify_release(release):
        yield "the release does not verify"
    if night.fault != "warehouse stopped" and is_configured(county.home):
        status = status_of(county.home)
        if sum(each["aktuell"] for each in status.releaser) != 1:
            yield "the database does not show one release"
        if not night.fault and not status.visar_publicerad:
            yield "the database does not show what is published"


def stands(county: County) -> dict[str, Any]:
    """What is compared with the county that nothing happens to: deliveries, accounting, every count and every row."""
    home, release = county.home, current_release(county.home)
    return {
        "deliveries": {code: describe_version(home, code).get("leverans") for code in county.codes},
        "versions": {code: describe_version(home, code).get("version") for code in county.codes},
        "accounts": {code: accounting_of(home.current(code)) for code in county.codes},
        "counts": (home.lager / "lan" / "indikator.parquet").read_bytes(),
        "rows": bytes_of(release / "harmoniserat") if release else {},
    }


def left_behind(county: County) -> Iterator[str]:
    """Nothing half is left when all is well again: no building folder, no temporary file, no run that never ends."""
    home = county.home
    for code in county.codes:
        folders = [each for each in home.versions(code).iterdir() if each.is_dir() and each.name != HISTORY]
        if len(folders) > KEPT:
            yield f"{len(folders)} versions of {code} are kept"
    for place in (home.lager, home.publicerat):
        half = {path.relative_to(home.path).as_posix() for path in place.rglob(".*") if _is_half(path)}
        yield from (f"left behind: {name}" for name in sorted(half))
    with county.storage() as instance:
        unended = instance.get_runs(RunsFilter(statuses=automation.UNENDED))
    yield from (f"a run of {run.job_name} never ended" for run in unended)


def _is_half(path: Path) -> bool:
    return not path.name.startswith((".las", ".larm-las", ".versioner")) and path.name != ".publicering.las"


def every_night_came(before: date, until: date) -> bool:
    """Dagster's scheduler would begin exactly one night on each day after ``before``, whatever the clocks do."""
    start = datetime.combine(before, datetime.min.time(), SWEDEN) + timedelta(hours=12)
    schedule: Any = automation.every_night
    found: list[date] = []
    for tick in schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, schedule.execution_timezone, ascending=True
    ):
        if tick.astimezone(SWEDEN).date() > until:
            break
        found.append(tick.astimezone(SWEDEN).date())
    return found == [before + timedelta(days=number) for number in range(1, (until - before).days + 1)]
