"""The folders under ``publicerat/``: one publisher at a time, steps that a kill cannot halve, and what it left over.

Hidden beside the releases: ``.bygge-<name>`` is being built, ``.byte-<name>`` is whole and about to take a release's
place (or is what it took the place of), ``.bort-<name>`` is being removed. Readers never look at them.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ibic_pipeline.errors import IbicError

LOCK_SECONDS = 120.0

BUILT, SWAPPED, REMOVED = ".bygge-", ".byte-", ".bort-"
NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")

_HERE, _EXCHANGE = -100, 2
"""``AT_FDCWD`` and ``RENAME_EXCHANGE`` of Linux."""
_UNKNOWN_TO_THE_FILE_SYSTEM = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


def releases_in(publicerat: Path) -> list[Path]:
    """Folders of every release that readers can see, the oldest first."""
    found = (publicerat / "releaser").glob("*")
    return sorted(path for path in found if NAME.fullmatch(path.name) and path.is_dir())


@contextmanager
def only_publisher(publicerat: Path, seconds: float = LOCK_SECONDS) -> Iterator[Path]:
    """Be the only one that changes releases, after what a killed one left has been tidied; gives ``releaser/``.

    Raises:
        IbicError: another holds the lock too long, or the disk is full, or a folder may not be written.
    """
    releases = publicerat / "releaser"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with (publicerat / ".las").open("w") as lock:
            _wait_for(lock.fileno(), publicerat / ".las", seconds)
            _tidy(releases)
            yield releases
    except OSError as error:
        raise IbicError(
            f"to write releases in {publicerat}",
            error.strerror or type(error).__name__,
            "Make room on the disk, or give the program's user the right to write there, and do it again. "
            "The release before is still in place.",
        ) from error


def remove_release(folder: Path) -> None:
    """Take a release away: out of sight in one step, then file by file."""
    hidden = folder.with_name(REMOVED + folder.name)
    folder.rename(hidden)
    sync(folder.parent)
    shutil.rmtree(hidden)


def replace_release(built: Path, folder: Path) -> None:
    """Let a folder that is whole take a release's place under the same name, and remove what stood there.

    In one step where the file system can exchange two folders (ext4, xfs, btrfs, tmpfs), so that a reader always
    finds every file. Elsewhere in two, of which a kill leaves the second to whoever publishes next.
    """
    waiting = folder.with_name(SWAPPED + folder.name)
    built.rename(waiting)
    if not _exchange(waiting, folder):
        folder.rename(folder.with_name(REMOVED + folder.name))
        waiting.rename(folder)
    sync(folder.parent)
    _tidy(folder.parent)


def sync(path: Path) -> None:
    """Bring a file, or a folder's list of names, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wait_for(lock: int, path: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise IbicError(
                    "to be the only one that publishes",
                    f"another publisher still at work after {seconds:.0f} seconds",
                    f"Wait until it has ended and do it again. It holds {path}.",
                ) from None
            time.sleep(0.1)
        else:
            return


def _tidy(releases: Path) -> None:
    for whole in releases.glob(f"{SWAPPED}*"):
        folder = whole.with_name(whole.name.removeprefix(SWAPPED))
        if folder.exists():
            shutil.rmtree(whole)
        else:
            whole.rename(folder)
            sync(releases)
    for prefix in (BUILT, REMOVED):
        for left in releases.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN_TO_THE_FILE_SYSTEM:
        return False
    raise OSError(number, os.strerror(number), str(one))
