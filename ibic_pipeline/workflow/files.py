"""Files that only this user may read, and one run at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home


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
    """Hold the home for this run; the lock ends with the process.

    Raises:
        IbicError: another run holds it.
    """
    home.lager.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home.lager / ".las").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IbicError(
                f"to be the only run in {home.path}", "another one at work", "Wait until it has ended, then run again."
            ) from None
        yield
