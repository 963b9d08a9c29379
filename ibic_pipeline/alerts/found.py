"""What is wrong at this moment, as alerts: from the home's files, and from what Dagster's storage tells."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ibic_pipeline.alerts.model import Alert, FailedRun, Watched
from ibic_pipeline.alerts.rhythm import late
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.delivery import latest_folder
from ibic_pipeline.extract.names import date_of, mask
from ibic_pipeline.home import Home
from ibic_pipeline.nights import Rytm
from ibic_pipeline.publish.pointer import read_pointer
from ibic_pipeline.workflow.attempts import Attempt, attempts

SWEDEN = ZoneInfo("Europe/Stockholm")
REASONS_SHOWN = 3
_JOBS = {
    "lan": (
        "Länets körning misslyckades",
        "Den förra releasen gäller ännu. Det som kommunerna har levererat sedan dess syns inte i siffrorna.",
        "Öppna den senaste körningen av jobbet lan i Dagster, eller kör `ibic doctor`. Starta sedan jobbet på nytt.",
    ),
    "natt": (
        "Nattens plan kunde inte göras",
        "Natten startade inga kommuner. Nya leveranser läses ändå in av sensorn inkorgen, men inget annat.",
        "Kör `ibic doctor`; rätta det som den säger om lan.yaml och profilerna. Starta sedan jobbet natt på nytt.",
    ),
    "databas": (
        "Länets databas fylldes inte",
        "Releasen är publicerad, men den som läser i databasen ser den förra.",
        "Kontrollera att databasen svarar och att lösenordet gäller. Kör sedan `ibic warehouse load`.",
    ),
}


def alerts_of(home: Home, watched: Watched | None, now: datetime) -> list[Alert]:
    """Everything that someone must know of; ``watched`` is None where Dagster has never been started.

    Raises:
        IbicError: lan.yaml is missing or wrong.
    """
    found = [*_loading(home, watched)]
    if not home.is_made_up:
        found += [*_late(home, now.astimezone(SWEDEN).date()), *_old_release(home, now)]
    if watched is not None:
        found += [*_jobs(watched), *_silence(home, watched, now)]
    return [*found, *_disk(home)]


def _loading(home: Home, watched: Watched | None) -> Iterator[Alert]:
    crashed = {} if watched is None else {each.kommunkod: each for each in watched.failed if each.kommunkod}
    for attempt in attempts(home):
        if attempt.utfall == "vagrad":
            yield _refused(attempt)
        elif attempt.utfall == "fel":
            yield _failed(attempt, " ".join(attempt.orsaker))
        elif attempt.kommunkod in crashed and _is_newer(crashed[attempt.kommunkod], attempt):
            yield _failed(attempt, crashed[attempt.kommunkod].reason)


def _is_newer(run: FailedRun, attempt: Attempt) -> bool:
    """Whether nothing has been noted about the municipality since the run began to fail."""
    return attempt.nar is None or run.ended > attempt.nar


def _refused(attempt: Attempt) -> Alert:
    reasons = "\n".join(f"  {mask(each)}" for each in attempt.orsaker[:REASONS_SHOWN])
    more = len(attempt.orsaker) - REASONS_SHOWN
    told = f"{reasons}\n  … och {more} skäl till." if more > 0 else reasons
    what = f"{_named(attempt)}: leveransen {attempt.leverans or '(ingen läsbar)'}. {_in_the_figures(attempt)}\n{told}"
    return Alert(
        topic="inlasning",
        kommunkod=attempt.kommunkod,
        title="Leverans vägrad",
        cause=", ".join(attempt.koder),
        about=what,
        means="Kommunens siffror står kvar från den senaste godkända leveransen och märks som inaktuella.",
        do="Be kommunen rätta det som står ovan och leverera i en ny mapp. Den läses in av sig själv när den är hel.",
        fingerprint=f"vagrad {attempt.leverans} {' '.join(attempt.koder)}",
    )


def _failed(attempt: Attempt, reason: str) -> Alert:
    told = mask(reason) or "Körningens process avbröts innan den var klar."
    return Alert(
        topic="inlasning",
        kommunkod=attempt.kommunkod,
        title="Inläsning misslyckades",
        cause=told,
        about=f"{_named(attempt)}: leveransen {attempt.leverans or '(okänd)'}. {_in_the_figures(attempt)}",
        means="Kommunens siffror står kvar från den senaste godkända leveransen. Inget har blivit halvt.",
        do="Felet är inte kommunens. Rätta det som står ovan om det går; nästa natt försöker igen. Annars: starta "
        "jobbet kommun i Dagster, eller `ibic run --kommun KOD`, och kör `ibic doctor` om det inte hjälper.",
        fingerprint=f"fel {attempt.leverans} {told}",
    )


def _named(attempt: Attempt) -> str:
    return f"{attempt.namn} ({attempt.kommunkod})"


def _in_the_figures(attempt: Attempt) -> str:
    if attempt.i_siffrorna is None:
        return "Kommunen finns inte i länets siffror."
    return f"I siffrorna: leveransen {attempt.i_siffrorna}."


def _late(home: Home, today: date) -> Iterator[Alert]:
    for attempt in attempts(home):
        rhythm = home.lan.larm.leveranser.of(attempt.kommunkod)
        latest = _latest_delivery(home, attempt.kommunkod)
        missing = late(rhythm, latest, today)
        if missing is None:
            continue
        yield Alert(
            topic="sen",
            kommunkod=attempt.kommunkod,
            title="Leverans försenad",
            cause="",
            about=f"{_named(attempt)}: väntad uttagen {missing.expected} eller senare och levererad "
            f"senast {missing.due} ({_in_words(rhythm)}). Senaste leveransen är {latest or 'ingen'}. "
            f"{_in_the_figures(attempt)}",
            means="Perioder efter den senaste leveransen saknas i kommunens siffror; kommuner jämförs vid olika tider.",
            do="Fråga kommunens kontakt i profilen när leveransen kommer. Är rytmen en annan: ändra larm.leveranser i "
            "lan.yaml.",
            fingerprint=f"sen {latest}",
        )


def _in_words(rhythm: Rytm) -> str:
    per = {"ar": "år", "halvar": "halvår", "manad": "månad"}.get(rhythm.varje, rhythm.varje)
    return f"en per {per}, inom {rhythm.arbetsdagar} arbetsdagar"


def _latest_delivery(home: Home, kommunkod: str) -> date | None:
    try:
        mapp = home.profil(kommunkod).mapp
        return date_of(latest_folder(home.inkorg / mapp, mapp).name)
    except (IbicError, DeliveryRefused):
        return None


def _old_release(home: Home, now: datetime) -> Iterator[Alert]:
    limit = home.lan.larm.release_dagar.varde
    try:
        pointer = read_pointer(home)
    except IbicError:
        yield _release("Länets pekare till releasen (senaste.json) går inte att läsa.", "olaslig")
        return
    if pointer is None or "publicerad" not in pointer:
        return
    age = (now - datetime.fromisoformat(pointer["publicerad"])).days
    if age > limit:
        yield _release(f"Den gällande releasen är {age} dagar gammal; gränsen är {limit}.", "gammal")


def _release(what: str, fingerprint: str) -> Alert:
    return Alert(
        topic="release",
        kommunkod="",
        title="Länets release",
        cause="",
        about=what,
        means="Den som läser siffrorna ser ett gammalt läge, eller inget.",
        do="Kör `ibic doctor` och `ibic release verify`. Kommer leveranserna? Går jobbet lan igenom?",
        fingerprint=fingerprint,
    )


def _jobs(watched: Watched) -> Iterator[Alert]:
    for run in watched.failed:
        if run.job in _JOBS:
            title, means, do = _JOBS[run.job]
            reason = mask(run.reason) or "Körningens process avbröts innan den var klar."
            yield Alert(run.job, "", title, "", reason, means, do, reason)  # type: ignore[arg-type]


def _silence(home: Home, watched: Watched, now: datetime) -> Iterator[Alert]:
    """The daemon does not answer; or it does, and the night did not begin all the same."""
    larm = home.lan.larm
    if not watched.answers:
        yield _daemon("Dagsters databas går inte att läsa.", "databas")
    elif watched.heartbeat is None:
        return
    elif now - watched.heartbeat > timedelta(minutes=larm.demon_minuter.varde):
        yield _daemon(f"Dagsters demon hördes senast {_clock(watched.heartbeat)}.", "tyst")
    else:
        night = _latest_night(home, now)
        deadline = night + timedelta(minutes=larm.natt_minuter.varde)
        if now > deadline and (watched.latest_plan is None or watched.latest_plan < night):
            yield Alert(
                topic="natt",
                kommunkod="",
                title="Natten började inte",
                cause="",
                about=f"Ingen plan har gjorts sedan {_clock(night)}, fast Dagsters demon lever.",
                means="Ändringar i profiler och inställningar, och leveranser som hämtas, har inte lästs in i natt.",
                do="Är schemat natt påslaget i Dagster (Automation)? Går koden att ladda (Deployment)? Starta sedan "
                "jobbet natt för hand.",
                fingerprint=night.date().isoformat(),
            )


def _daemon(what: str, fingerprint: str) -> Alert:
    return Alert(
        topic="demon",
        kommunkod="",
        title="Dagster står still",
        cause="",
        about=what,
        means="Inga leveranser läses in och inget publiceras. Den gällande releasen är orörd.",
        do="Se efter att dagster-daemon är igång och att disken inte är full, och starta om den. Natten kan köras i "
        "efterhand med `ibic run`.",
        fingerprint=fingerprint,
    )


def _latest_night(home: Home, now: datetime) -> datetime:
    """When the latest night should have begun."""
    local = now.astimezone(SWEDEN)
    tonight = datetime.combine(local.date(), time(*home.lan.natt.klockan.parts), SWEDEN)
    return tonight if tonight <= local else datetime.combine(local.date() - timedelta(days=1), tonight.time(), SWEDEN)


def _disk(home: Home) -> Iterator[Alert]:
    limit = home.lan.larm.disk_mib.varde
    free = shutil.disk_usage(home.path).free // 1024**2
    if free < limit:
        yield Alert(
            topic="disk",
            kommunkod="",
            title="Disken är nästan full",
            cause="",
            about=f"{free} MiB är lediga där länets mapp ligger; gränsen är {limit}.",
            means="Körningar misslyckas när disken är full. Det som är publicerat är orört.",
            do="Gör plats: gamla leveranser i inkorg/, gamla releaser (`ibic release purge`), annat på disken.",
            fingerprint="full",
        )


def _clock(when: datetime) -> str:
    return when.astimezone(SWEDEN).strftime("%Y-%m-%d %H:%M")
