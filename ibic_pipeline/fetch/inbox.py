"""How something fetched comes to lie in the inbox: whole, by one rename, and for this user alone."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.sources import visible
from schemas.delivery_rules import refusal

HIDDEN = ".hamtas-"
"""How the name of a folder begins that is not whole yet; nothing reads hidden folders."""


@dataclass(frozen=True)
class Fetched:
    """What came of it. ``deliveries``: names of the new folders, oldest first."""

    deliveries: tuple[str, ...] = ()
    files: int = 0
    size: int = 0
    """Bytes."""
    unfinished: tuple[str, ...] = ()
    """Remote folders that seemed to be written to, and were left alone."""
    later: str = ""
    """A delivery that someone put in the inbox by hand and that counts as later, so that nothing was fetched."""


@contextmanager
def only_fetcher(inbox: Path) -> Iterator[Path]:
    """Be the only process that fetches to a folder under ``inkorg/``; what a killed one left behind is removed.

    Raises:
        DeliveryRefused: LEV-015, the folder cannot be written.
    """
    try:
        inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(inbox / f"{HIDDEN}las", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        raise unreadable("en inkorg som inte går att skriva i") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in inbox.glob(f"{HIDDEN}*"):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
        yield inbox
    finally:
        os.close(lock)


def newest(inbox: Path) -> str:
    """The name of the latest delivery folder; empty when there is none.

    Raises:
        DeliveryRefused: LEV-003, the inbox may not be read.
    """
    return max((each.name for each in visible(inbox) if each.is_dir()), default="")


@contextmanager
def hidden_folder(inbox: Path) -> Iterator[Path]:
    """A folder to fetch to; it is gone afterwards unless ``make_visible`` gave it a name."""
    folder = Path(tempfile.mkdtemp(prefix=HIDDEN, dir=inbox))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that only this user may read; on disk when it is closed."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def make_visible(folder: Path, name: str) -> Path:
    """Give a hidden folder the name of a delivery, in one step."""
    _sync(folder)
    delivery = folder.rename(folder.parent / name)
    _sync(folder.parent)
    return delivery


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def told_by_class(where: str) -> Iterator[None]:
    """Turn an error of a driver into a refusal that tells its class and ``where``: its text may quote addresses,
    passwords or cells.
    """
    try:
        yield
    except (DeliveryRefused, IbicError):
        raise
    except ImportError as error:
        module = error.name or getattr(error.__cause__, "name", None) or "okänd"
        raise unreadable(f"en drivrutin som inte är installerad ({module}) för {where}") from None
    except Exception as error:
        of_driver = getattr(error, "orig", None) or error
        raise unreadable(f"felet {type(of_driver).__name__} i {where}") from None


def unreadable(found: str) -> DeliveryRefused:
    """LEV-015, with what was found in Swedish."""
    return DeliveryRefused([refusal("LEV-015", found)])
