"""Deliveries that lie in the inbox: which is the latest of each folder, and whether all of it has been written."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.delivery import latest_folder
from ibic_pipeline.extract.names import DONE, masked_delivery
from ibic_pipeline.home import Home
from ibic_pipeline.storage import sha256_of_json

QUIET_SECONDS = 120
"""A delivery that nothing has touched for so long counts as whole where it cannot be looked at twice."""


@dataclass(frozen=True)
class Arrival:
    """The latest delivery of a folder under ``inkorg/``.

    ``signature``: of its name, and of names, sizes and times of its files. ``said_done``: the sender's file ``klar``
    came after all of them. ``touched``: when something in it last changed, in nanoseconds of the file system's clock.
    """

    mapp: str
    folder: Path
    signature: str
    said_done: bool
    touched: int

    @property
    def leverans(self) -> str:
        """The delivery's name, as it may be shown."""
        return masked_delivery(self.folder.name)

    def is_quiet(self, now: float) -> bool:
        """Whether nothing has touched it for a while, or the sender says that it is done; ``now`` in seconds."""
        return self.said_done or now - self.touched / 1e9 >= QUIET_SECONDS


def arrivals(inkorg: Path) -> list[Arrival]:
    """The latest delivery of every folder, in order of name; hidden folders are being fetched and do not count."""
    if not inkorg.is_dir():
        return []
    folders = sorted(each for each in inkorg.iterdir() if each.is_dir() and not each.name.startswith("."))
    found = (arrival_of(inkorg, each.name) for each in folders)
    return [each for each in found if each is not None]


def arrival_of(inkorg: Path, mapp: str) -> Arrival | None:
    """The latest delivery of one folder; None when there is none, or it goes away while it is looked at."""
    try:
        folder = latest_folder(inkorg / mapp, mapp)
        return _looked_at(mapp, folder)
    except (DeliveryRefused, OSError):
        return None


def is_being_written(home: Home, mapp: str) -> bool:
    """Whether the folder's latest delivery may still be on its way."""
    arrival = arrival_of(home.inkorg, mapp)
    return arrival is not None and not arrival.is_quiet(time.time())


def is_news(home: Home, kommunkod: str, arrival: Arrival) -> bool:
    """Whether something in the delivery came after the municipality's latest attempt, or that was of another one."""
    status = home.status(kommunkod)
    if status is None:
        return True
    if status["leverans"] not in (None, arrival.leverans):
        return True
    return arrival.touched > (home.versions(kommunkod) / "status.json").stat().st_mtime_ns


def _looked_at(mapp: str, folder: Path) -> Arrival:
    files: list[tuple[str, int, int]] = []
    done, touched = 0, 0
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            about = path.lstat()
            if name.casefold() == DONE and Path(place) == folder:
                done = about.st_ctime_ns
            else:
                files.append((str(path.relative_to(folder)), about.st_size, about.st_mtime_ns))
                touched = max(touched, about.st_ctime_ns)
    return Arrival(mapp, folder, sha256_of_json([folder.name, sorted(files)]), 0 < touched <= done, max(touched, done))
