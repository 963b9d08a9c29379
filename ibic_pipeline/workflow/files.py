"""Files that only this user may read, and one writer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.workflow.switch import settle

COUNTY = "lan"
"""What ``only_writer`` calls the county, whose figures have a lock of their own."""


@contextmanager
def private_files() -> Iterator[None]:
    """New files and folders are for this user alone, also those that DuckDB writes."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def only_run(home: Home) -> Iterator[None]:
    """Hold the home for this run of `ibic run` or `ibic keys rotate`; the lock ends with the process.

    A change of keys that was killed is brought to its end first.

    Raises:
        IbicError: another run holds it.
    """
    with _lock_file(home.lager) as lock:
        if not _taken(lock):
            raise IbicError(
                f"to be the only run in {home.path}", "another one at work", "Wait until it has ended, then run again."
            )
        settle(home)
        yield


@contextmanager
def only_writer(home: Home, place: str, when_waiting: Callable[[], Any]) -> Iterator[None]:
    """Be the only process that writes one municipality's versions, or the county's figures (``COUNTY``).

    Whoever comes second waits, after ``when_waiting`` has been called once. The lock ends with the process, so a
    run that was killed holds up no one. It cannot be taken twice in one process. A change of keys that was killed
    is brought to its end first.
    """
    with _lock_file(home.lager / COUNTY if place == COUNTY else home.versions(place)) as lock:
        if not _taken(lock):
            when_waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        settle(home, place)
        yield


@contextmanager
def _lock_file(folder: Path) -> Iterator[IO[str]]:
    with private_files():
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / ".las").open("w")
    with stream:
        yield stream


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
