"""``ibic doctor``: is this installation fit to run, and if not, what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_COULD_NOT_RUN,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    JsonOption,
    enter,
    say,
    say_json,
)
from ibic_pipeline.errors import DeliveryRefused, IbicError, did_you_mean

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

LEAST_FREE_BYTES = 2 * 1024**3
LATE_AFTER_DAYS = 45
LIBRARIES = ("dagster", "pandas", "pandera", "pyarrow", "duckdb", "pydantic", "fastexcel")

EXAMPLES = ("ibic doctor --home /srv/ibic", "ibic doctor --json")

Status = Literal["ok", "finding", "error"]
"""A finding is something for someone to look at; the installation runs all the same. With an error it does not."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    status: Status
    text: str


def command(
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Look at settings, keys, deliveries, corrections, disk and the release, and say what is wrong.

    A delivery that is late or refused, a full disk or an open folder is a finding (exit code 1); settings, keys or a
    release that cannot be used are errors (exit code 2). The age of made-up deliveries is not judged.
    """
    found = list(examine(enter(home)))
    if as_json:
        say_json([asdict(each) for each in found])
    else:
        for each in found:
            say(f"{each.status:<8} {each.what:<22} {each.text}")
    raise typer.Exit(_exit_code(found))


def examine(home: Home) -> Iterator[Finding]:
    """Everything that can be wrong with an installation, one finding each; later ones need the earlier."""
    yield _program()
    yield _settings(home)
    if not (home.path / "lan.yaml").is_file():
        return
    yield from _folders(home)
    yield _disk(home)
    yield _run_storage(home)
    yield _keys(home)
    for code in home.lan.kommuner:
        yield _municipality(home, code)
    yield from _corrections(home)
    yield _release(home)


def _exit_code(found: list[Finding]) -> int:
    wrong = {each.status for each in found}
    if "error" in wrong:
        return EXIT_COULD_NOT_RUN
    return EXIT_FINDINGS if "finding" in wrong else EXIT_FINE


def _program() -> Finding:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return Finding("program", "ok", f"Python {sys.version_info.major}.{sys.version_info.minor}, {versions}")


def _settings(home: Home) -> Finding:
    try:
        return Finding("lan.yaml", "ok", f"{home.lan.namn}, {len(home.lan.kommuner)} municipalities")
    except IbicError as error:
        return Finding("lan.yaml", "error", str(error))


def _folders(home: Home) -> Iterator[Finding]:
    for folder, private in ((home.lager, True), (home.nycklar, True), (home.dagster, True), (home.publicerat, False)):
        if not folder.is_dir():
            yield Finding(folder.name, "error", f"{folder} is missing. Run `ibic init`.")
        elif not os.access(folder, os.W_OK | os.X_OK):
            yield Finding(folder.name, "error", f"{folder} cannot be written by this user.")
        elif private and _mode(folder) & 0o077:
            yield Finding(folder.name, "finding", f"Others may read it. Run `chmod 700 {folder}`.")
        else:
            yield Finding(folder.name, "ok", f"mode {_mode(folder):04o}")


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    text = f"{free / 1024**3:.1f} GiB free"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", "finding", f"{text}. Make room: a run needs about three times its deliveries.")
    return Finding("disk", "ok", text)


def _run_storage(home: Home) -> Finding:
    database = home.dagster / "event_log.db"
    if not database.exists():
        return Finding("run storage", "ok", "empty, no run yet")
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return Finding("run storage", "error", f"{database} cannot be read ({type(error).__name__}).")
    if answer != "ok":
        return Finding("run storage", "error", f"{database} is damaged. Move it away; the runs' history starts anew.")
    return Finding("run storage", "ok", f"{database.stat().st_size / 1024**2:.1f} MiB")


def _keys(home: Home) -> Finding:
    """Every key that is asked for, its mode, whether two are the same, and whether the working tables are its own."""
    from ibic_pipeline.cli.keys import keys_of
    from ibic_pipeline.workflow.switch import is_pending
    from ibic_pipeline.workflow.versions import describe_version

    keys = keys_of(home)
    wrong = [each.fel for each in keys if each.fel is not None]
    if wrong:
        return Finding("keys", "error", " ".join(wrong))
    if is_pending(home):
        return Finding(
            "keys", "finding", "A key is being replaced, or its run was killed; the next `ibic run` ends it."
        )
    times = Counter(each.nyckel for each in keys)
    alike = [each.omfattning for each in keys if times[each.nyckel] > 1]
    if alike:
        return Finding(
            "keys", "finding", f"{', '.join(alike)} have the same key. Run `ibic keys rotate` for all but one."
        )
    made_with = {code: describe_version(home, code).get("nyckel") for code in home.lan.kommuner}
    other = [code for each in keys for code in each.kommuner if made_with[code] not in (None, each.nyckel)]
    if other:
        text = (
            f"The tables of {', '.join(other)} were made with another key. Restore it; `ibic run` would part from it."
        )
        return Finding("keys", "finding", text)
    return Finding("keys", "ok", f"{len(keys)} keys, each for its owner only")


def _municipality(home: Home, code: str) -> Finding:
    from ibic_pipeline.extract import profile_of_latest
    from ibic_pipeline.pseudonym import key_id, scope_of
    from ibic_pipeline.summary import find_latest

    try:
        profil = profile_of_latest(home, code)
        key_id(home, scope_of(profil))
        delivery = find_latest(home, profil)
    except IbicError as error:
        return Finding(code, "error", str(error))
    except DeliveryRefused as refused:
        return Finding(code, "finding", f"{profil.namn}: {_in_words(refused.reasons)}")
    text = f"{profil.namn}, delivery {delivery.leverans_id}"
    status = home.status(code)
    if status is not None and status["utfall"] != "godkand":
        reasons = _in_words((each["kod"], each["text"]) for each in status["orsaker"])
        return Finding(code, "finding", f"{text} was not accepted when it was last run. {reasons}")
    age = (date.today() - delivery.uttagsdatum).days
    if _is_made_up(home):
        return Finding(code, "ok", f"{text} (made up)")
    if age > LATE_AFTER_DAYS:
        late = f"{text} is late: {age} days old, and more than {LATE_AFTER_DAYS} is late."
        return Finding(code, "finding", f"{late} Ask {profil.kontakt} for a new one.")
    return Finding(code, "ok", f"{text}, {age} days old")


def _corrections(home: Home) -> Iterator[Finding]:
    """Every file of corrections: whose it is, and whether the municipality's profile allows what it says."""
    from ibic_pipeline.corrections.columns import corrections_of
    from ibic_pipeline.extract import profile_of_latest
    from ibic_pipeline.extract.names import mask

    for path in sorted(home.rattelsemapp.glob("[!.]*")):
        what = f"{path.parent.name}/{mask(path.name)}"
        if path.suffix != ".yaml" or path.stem not in home.lan.kommuner:
            near = did_you_mean(mask(path.name), [f"{code}.yaml" for code in home.lan.kommuner])
            text = f"No municipality of {home.lan.namn} is corrected by it{near}."
            yield Finding(what, "finding", f"{text} Rename it after the municipality's code, or take it away.")
            continue
        try:
            profil = profile_of_latest(home, path.stem)
        except IbicError:  # told with the municipality
            continue
        try:
            decided = corrections_of(home, profil)
        except IbicError as error:
            text = f"{profil.namn}'s deliveries are refused until it is right. {error}"
            yield Finding(what, "finding", text)
        else:
            yield Finding(what, "ok", f"{profil.namn}, {len(decided)} corrections that its profile allows")


def _in_words(reasons: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{code}: {text}" for code, text in reasons)


def _is_made_up(home: Home) -> bool:
    """Whether `ibic synth` wrote the inbox: it leaves the truth beside it, and never writes among real deliveries."""
    return (home.path / "facit").is_dir()


def _release(home: Home) -> Finding:
    from ibic_pipeline.publish import current_release, verify_release

    try:
        release = current_release(home)
    except IbicError as error:
        return Finding("release", "error", str(error))
    if release is None:
        return Finding("release", "finding", "Nothing is published yet. Run `ibic run`.")
    differences = verify_release(release)
    if differences:
        return Finding("release", "error", f"{release.name}: {differences[0].fil} {differences[0].vad}")
    return Finding("release", "ok", f"{release.name}, every file as its manifest says")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
