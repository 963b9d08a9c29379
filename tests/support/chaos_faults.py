"""The faults that a night of ``tests/support/chaos.py`` may have, and what each needs of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import postgres

POSTGRESQL, MOUNT = "PostgreSQL's programs", "the right to mount a file system (root)"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong on one night.

    ``told``: what a person must be told of, unless the same night has made up for it; ``always``: in any case.
    ``at_work``: it happens to a real daemon and a real code server. ``needs``: what the machine must have.
    """

    name: str
    told: str = ""
    always: bool = False
    at_work: bool = False
    needs: str = ""


FAULTS = {
    each.name: each
    for each in (
        Fault("late", "sen", always=True),
        Fault("broken", "inlasning", always=True),
        Fault("half copied"),
        Fault("double"),
        Fault("two daemons"),
        Fault("no daemon", "demon", always=True),
        Fault("kommun killed", "inlasning"),
        Fault("lan killed", "lan"),
        Fault("natt killed", "natt"),
        Fault("kommun on a full disk", "inlasning"),
        Fault("lan on a full disk", "lan"),
        Fault("full disk", "disk", always=True, needs=MOUNT),
        Fault("storage stopped", "demon", always=True, needs=POSTGRESQL),
        Fault("warehouse stopped", "databas", always=True, needs=POSTGRESQL),
        Fault("daemon killed", at_work=True),
        Fault("code server killed", at_work=True),
        Fault("power cut", at_work=True),
        Fault("two daemons at work", at_work=True),
        Fault("storage stopped at work", at_work=True, needs=POSTGRESQL),
    )
}
NOTHING = Fault("")
DISK_MIB = 512


def missing() -> set[str]:
    """What faults need and this machine has not."""
    found = set()
    if postgres.programs() is None:
        found.add(POSTGRESQL)
    return found if _may_mount() else found | {MOUNT}


def _may_mount() -> bool:
    """Tried where nobody else sees it, and gone afterwards."""
    trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return os.getuid() == 0 and shutil.which("unshare") is not None and subprocess.run(trial).returncode == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own in a folder, which can be filled without harm to anyone else."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "none", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path, left: int) -> Iterator[None]:
    """So many bytes are free meanwhile."""
    ballast = folder / ".ballast"
    about = os.statvfs(folder)
    with ballast.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, about.f_bavail * about.f_frsize - left)
    try:
        yield
    finally:
        ballast.unlink()
