"""What of the home's folders can be wrong: rights to write, who else may read, disk, and the clock they tell."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ibic_pipeline.cli.doctor.finding import Finding

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

MIB = 1024**2
SHOWN = 3


def examine(home: Home) -> Iterator[Finding]:
    """Findings on folders, modes, disk and clock."""
    for folder, private in (
        (home.inkorg, False),
        (home.lager, True),
        (home.nycklar, True),
        (home.dagster, True),
        (home.publicerat, False),
    ):
        yield _folder(folder, private)
    yield _private_files(home)
    yield _readers(home)
    yield _disk(home)
    yield _clock(home, time.time())


def _folder(folder: Path, private: bool) -> Finding:
    if not folder.is_dir():
        return Finding(folder.name, "error", f"{folder} is missing.", "Run `ibic init`.")
    if not os.access(folder, os.W_OK | os.X_OK):
        do = f"Make this user its owner: `chown -R <user> {folder}`."
        return Finding(folder.name, "error", f"{folder} cannot be written by this user.", do)
    if private and _mode(folder) & 0o077:
        return Finding(folder.name, "finding", "Others may read it.", f"Run `chmod 700 {folder}`.")
    return Finding(folder.name, "ok", f"mode {_mode(folder):04o}")


def _private_files(home: Home) -> Finding:
    """Files under what nobody else may read, the folders' own modes aside: a copy or a backup would be open."""
    roots = [folder for folder in (home.lager, home.nycklar, home.dagster, home.path / "gallring") if folder.is_dir()]
    open_ones = [path for root in roots for path in _below(root) if _mode(path) & 0o077]
    if open_ones:
        told = ", ".join(str(path.relative_to(home.path)) for path in open_ones[:SHOWN])
        do = f"Run `chmod -R go= {' '.join(str(root) for root in roots)}`."
        return Finding("modes", "finding", f"{len(open_ones)} files may be read by others, such as {told}.", do)
    return Finding("modes", "ok", f"nothing in {', '.join(root.name for root in roots)} is open to others")


def _readers(home: Home) -> Finding:
    """Whether what is published can be read by those whom the county has decided, and no others."""
    from ibic_pipeline.publish.access import differing

    decided = home.lan.drift.publicerat_lasbart_for.varde
    wrong = differing(home)
    if wrong:
        told = ", ".join(path.name for path in wrong[:SHOWN])
        text = f"{told} cannot be read by just those whom lan.yaml says ({decided})."
        return Finding("readers", "finding", text, "Run `ibic run --force`: it sets every release as decided.")
    return Finding("readers", "ok", f"publicerat/ is readable as lan.yaml says: {decided}")


def _disk(home: Home) -> Finding:
    free, least = shutil.disk_usage(home.path).free // MIB, home.lan.larm.disk_mib.varde
    text = f"{free} MiB free"
    if free < least:
        return Finding(
            "disk", "finding", f"{text}; less than {least} is little.", "Make room, or `ibic release purge`."
        )
    return Finding("disk", "ok", text)


def _clock(home: Home, now: float) -> Finding:
    """Whether the machine's clock is behind what has been written or released: time runs one way."""
    allowed = home.lan.drift.klocka_minuter.varde
    newest = max(_moments(home), default=0.0)
    if newest - now > allowed * 60:
        text = f"The clock says {_spelled(now)}; something here was written {_spelled(newest)}."
        return Finding("clock", "error", text, "Set the clock (`timedatectl`) and keep it by NTP.")
    return Finding("clock", "ok", _spelled(now))


def _moments(home: Home) -> Iterator[float]:
    """When releases say that they were made, and when the latest notes and databases were written."""
    from ibic_pipeline.publish.folders import releases_in

    for release in releases_in(home.publicerat):
        yield datetime.strptime(release.name, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    for pattern in ("lager/.versioner/*/*.json", "publicerat/*.json", "dagster/*.db*"):
        for path in home.path.glob(pattern):
            yield path.stat().st_mtime


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(parent, name)
            if not path.is_symlink():
                yield path


def _spelled(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
