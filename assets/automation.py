"""What happens without anyone there: the night's schedule, and the sensors that start what a delivery or a night needs.

Their state is a cursor that Dagster keeps. If it is lost something is started once too often, and finds nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dagster import (
    AssetKey,
    DagsterEventType,
    DagsterInstance,
    DagsterRunStatus,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    RunRecord,
    RunRequest,
    RunsFilter,
    RunStatusSensorContext,
    ScheduleEvaluationContext,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    run_status_sensor,
    schedule,
    sensor,
)

from assets.jobs import databas, kommun, lan, natt, utfall
from assets.night import COUNTY, STARTED, SWEDEN
from assets.places import home, municipality_codes, night_begins

if TYPE_CHECKING:
    from ibic_pipeline.workflow.arrivals import Arrival

NIGHT = "ibic/natt"
PARTITION = "dagster/partition"
BY_HAND = "ibic/kommandorad"
WILL_RETRY = "dagster/will_retry"
UNENDED = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
LOOKS_BACK = 100
SECONDS_BETWEEN_LOOKS = 30

_HOUR, _MINUTE = night_begins()


@schedule(
    name="natt",
    job=natt,
    cron_schedule=f"{_MINUTE} {_HOUR} * * *",
    execution_timezone=SWEDEN,
    default_status=DefaultScheduleStatus.RUNNING,
    description="Varje natt: ser efter vad varje kommun har levererat. Det som behöver läsas in startas av sensorn "
    "lan_efter_kommunerna, som också startar länet när kommunerna är klara.",
)
def every_night(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
    """One run per night; a night that was missed is not made up for when the next one has begun, too."""
    night = context.scheduled_execution_time
    following = datetime.combine(night.date() + timedelta(days=1), time(_HOUR, _MINUTE), ZoneInfo(SWEDEN))
    if _now() >= following:
        return SkipReason(f"Natten {night.date()} är redan ersatt av en senare.")
    return RunRequest(run_key=f"natt-{night.date()}", tags={NIGHT: night.date().isoformat()})


@sensor(
    name="inkorgen",
    job=kommun,
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=DefaultSensorStatus.RUNNING,
    description="Startar kommuner vars senaste leverans är ny och hel: likadan vid två tillfällen efter varandra, "
    "eller avslutad med filen klar. Dolda mappar räknas inte.",
)
def inbox(context: SensorEvaluationContext) -> SensorResult:
    """Look at the latest delivery of every folder; start a municipality once per content of it."""
    from ibic_pipeline.workflow.arrivals import arrivals

    before: dict[str, list[Any]] = json.loads(context.cursor or "{}")
    seen: dict[str, list[Any]] = {}
    requests: list[RunRequest] = []
    growing: list[str] = []
    for arrival in arrivals(home().inkorg):
        signature, handled = before.get(arrival.mapp, ["", False])
        same = signature == arrival.signature
        if not (same and handled):
            handled = same or arrival.said_done
            requests += _of_those_who_share(arrival) if handled else []
            growing += [] if handled else [f"{arrival.mapp}/{arrival.leverans}"]
        seen[arrival.mapp] = [arrival.signature, handled]
    waiting = f"Väntar på att dessa ska bli hela: {', '.join(growing)}." if growing else "Inga nya leveranser."
    return SensorResult(
        run_requests=requests, skip_reason=None if requests else SkipReason(waiting), cursor=json.dumps(seen)
    )


def _of_those_who_share(arrival: Arrival) -> list[RunRequest]:
    """Runs of the municipalities that the folder belongs to, and whose latest attempt was of something else."""
    from ibic_pipeline.errors import IbicError
    from ibic_pipeline.workflow.arrivals import is_news

    requests = []
    for code in municipality_codes():
        try:
            theirs = home().profil(code).mapp == arrival.mapp
        except IbicError:  # the night tells which profile cannot be read
            continue
        if theirs and is_news(home(), code, arrival):
            key = f"{code}-{arrival.leverans}-{arrival.signature[:16]}"
            requests.append(RunRequest(run_key=key, partition_key=code, tags={"ibic/leverans": arrival.leverans}))
    return requests


@dataclass(frozen=True)
class Turn:
    """What the sensor remembers: the latest run ``natt`` that it has started municipalities for, and of which night;
    whether the county still waits for that night's; and the latest run of a municipality that a county has followed.
    """

    natt: str = ""
    dag: str = ""
    vantar: bool = False
    lan_behovs: bool = False
    efter: str = ""


@sensor(
    name="lan_efter_kommunerna",
    jobs=[kommun, lan, utfall],
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=DefaultSensorStatus.RUNNING,
    description="Startar de kommuner som nattens plan räknar upp, och länet när kommunernas körningar är slut, hur de "
    "än gick. Pågår någon ännu vid lan_senast startas länet ändå.",
)
def county_after_municipalities(context: SensorEvaluationContext) -> SensorResult:
    """First the municipalities of a night; then, when none is at work, the county, once per burst."""
    turn = Turn(**json.loads(context.cursor or "{}"))
    planned = _latest_plan(context.instance)
    if planned is not None and planned.dagster_run.run_id != turn.natt:
        return _begin_night(context.instance, planned, turn)
    unended = _runs(context.instance, UNENDED)
    if any(record.dagster_run.job_name == lan.name for record in unended):
        return _wait("Länet arbetar eller står på tur.", turn)
    latest = next((each for each in _runs(context.instance, ENDED) if _has_ended_for_good(each)), None)
    after = latest.dagster_run.run_id if latest is not None else ""
    something_ended = after not in ("", turn.efter)
    at_work = sum(PARTITION in record.dagster_run.tags for record in unended)
    if not (something_ended or turn.vantar):
        return _wait("Inget nytt sedan länet senast gick.", turn)
    if at_work and not _is_too_late(turn):
        return _wait(f"{at_work} kommuner arbetar eller står på tur.", turn)
    job = lan if something_ended or turn.lan_behovs else utfall
    key = f"{job.name}-{after}-{turn.natt}"
    done = Turn(natt=turn.natt, dag=turn.dag, efter=after)
    return SensorResult([RunRequest(run_key=key, job_name=job.name)], cursor=json.dumps(asdict(done)))


@run_status_sensor(
    name="databasen_efter_lan",
    run_status=DagsterRunStatus.SUCCESS,
    monitored_jobs=[lan, utfall],
    request_job=databas,
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=DefaultSensorStatus.RUNNING,
    description="Fyller länets databas när länet är publicerat, om lan.yaml eller IBIC_WAREHOUSE anger en. Gick den "
    "inte att nå försöker nästa natt igen, även om inget nytt har publicerats.",
)
def warehouse_after_county(context: RunStatusSensorContext) -> RunRequest | SkipReason:
    """Load the release into the county's database, if it has one; `ibic run` does so by itself."""
    from ibic_pipeline.warehouse import is_configured

    run = context.dagster_run
    if BY_HAND in run.tags or not is_configured(home()):
        return SkipReason("Länet har ingen databas, eller kommandoraden fyller den själv.")
    if run.job_name == utfall.name and not _failed_last(context.instance, databas.name):
        return SkipReason("Inget nytt är publicerat sedan databasen fylldes.")
    return RunRequest(run_key=f"databas-{run.run_id}")


def _begin_night(instance: DagsterInstance, planned: RunRecord, turn: Turn) -> SensorResult:
    """The county waits until the next look, when the runs that are asked for here stand in the queue."""
    run = planned.dagster_run
    starts, county = _said_by(instance, run.run_id)
    known = set(municipality_codes())
    requests = [
        RunRequest(run_key=f"{run.run_id}-{code}", job_name=kommun.name, partition_key=code, tags=_night_of(run.tags))
        for code in starts
        if code in known
    ]
    day = run.tags.get(NIGHT, _now().date().isoformat())
    begun = Turn(natt=run.run_id, dag=day, vantar=True, lan_behovs=county, efter=turn.efter)
    return SensorResult(
        run_requests=requests,
        skip_reason=None if requests else SkipReason("Ingen kommun behöver läsas in."),
        cursor=json.dumps(asdict(begun)),
    )


def _failed_last(instance: DagsterInstance, job: str) -> bool:
    latest = next(iter(instance.get_runs(RunsFilter(job_name=job), limit=1)), None)
    return latest is not None and latest.status == DagsterRunStatus.FAILURE


def _latest_plan(instance: DagsterInstance) -> RunRecord | None:
    wanted = RunsFilter(job_name=natt.name, statuses=[DagsterRunStatus.SUCCESS])
    return next(iter(instance.get_run_records(wanted, limit=1)), None)


def _said_by(instance: DagsterInstance, run_id: str) -> tuple[list[str], bool]:
    """The municipalities that a plan starts, and whether the county has something to publish."""
    found = instance.get_records_for_run(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION).records
    for record in found:
        made = record.asset_materialization
        if made is not None and made.asset_key == AssetKey(["natt", "plan"]):
            return [str(code) for code in made.metadata[STARTED].value], bool(made.metadata[COUNTY].value)  # type: ignore[union-attr]
    return [], True


def _runs(instance: DagsterInstance, statuses: Sequence[DagsterRunStatus]) -> list[RunRecord]:
    """Runs in these states, the latest change first; without those of `ibic run`, which publishes by itself."""
    found = instance.get_run_records(RunsFilter(statuses=list(statuses)), limit=LOOKS_BACK, order_by="update_timestamp")
    return [record for record in found if BY_HAND not in record.dagster_run.tags]


def _has_ended_for_good(record: RunRecord) -> bool:
    """A municipality's run that is not about to be started once more after a crash."""
    tags = record.dagster_run.tags
    return PARTITION in tags and tags.get(WILL_RETRY) != "true"


def _is_too_late(turn: Turn) -> bool:
    """Whether the county is to be published although some of the night's municipalities are still at work."""
    if not turn.vantar:
        return False
    hour, minute = home().lan.natt.lan_senast.parts
    night = date.fromisoformat(turn.dag)
    day = night if (hour, minute) > (_HOUR, _MINUTE) else night + timedelta(days=1)
    return _now() >= datetime.combine(day, time(hour, minute), ZoneInfo(SWEDEN))


def _wait(why: str, turn: Turn) -> SensorResult:
    return SensorResult(skip_reason=SkipReason(why), cursor=json.dumps(asdict(turn)))


def _night_of(tags: Any) -> dict[str, str]:
    return {NIGHT: tags[NIGHT]} if NIGHT in tags else {}


def _now() -> datetime:
    return datetime.now(ZoneInfo(SWEDEN))
