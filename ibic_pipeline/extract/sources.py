"""Files of a delivery folder and within zip archives in it: which there are, their bytes, and their fingerprints."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.archive import SUFFIX, member_bytes, members_of, read_member
from ibic_pipeline.extract.names import DONE, mask
from ibic_pipeline.storage import sha256_of_file
from schemas.delivery_rules import refusal

_SETTLED_SECONDS = 2.0
"""A file that was touched later may be touched again without the file system's clock telling the two apart."""


class Source(NamedTuple):
    """A file, or a file within the zip archive ``path``, whose path there is ``member``."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return self.path.name if self.member is None else PurePosixPath(self.member).name

    @property
    def place(self) -> str:
        """The file's name, after that of its archive."""
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"

    def size(self) -> int:
        """Number of bytes that reading it holds: of a member what its archive says, but no less than the archive.

        Raises:
            OSError: the file cannot be found.
        """
        whole = self.path.stat().st_size
        return whole if self.member is None else max(whole, member_bytes(self.path, self.member))

    def read(self, shown: str, sha256: str = "") -> bytes:
        """The file's bytes, in one pass over the file; an archive is passed over once for all its members.

        Args:
            shown: its name, as it may be shown.
            sha256: what ``fingerprint`` said of ``path``; empty when nobody asked.

        Raises:
            OSError: the file cannot be read.
            DeliveryRefused: LEV-014, the archive is damaged, or beyond a bound.
            IbicError: the bytes are not those of the fingerprint.
        """
        if self.member is None:
            return _unchanged(self.path, sha256)
        archive = io.BytesIO(_archive(self.path, sha256)) if sha256 else self.path
        return read_member(archive, self.member, shown)

    def open(self, shown: str) -> BinaryIO:
        """The file's bytes for a look at some of them; only those of an archive's member are all read.

        Raises:
            OSError: the file cannot be read.
            DeliveryRefused: LEV-014, the archive is damaged, or beyond a bound.
        """
        return self.path.open("rb") if self.member is None else io.BytesIO(self.read(shown))


def sources_of(paths: Sequence[Path]) -> tuple[list[Source], list[tuple[str, str]]]:
    """Files, with what lies in zip archives in their place; and why archives are refused (LEV-014)."""
    sources: list[Source] = []
    reasons: list[tuple[str, str]] = []
    for path in paths:
        if path.suffix.lower() != SUFFIX or not path.is_file():
            sources.append(Source(path))
            continue
        try:
            sources += [Source(path, member) for member in members_of(path, mask(path.name))]
        except DeliveryRefused as refused:
            reasons += refused.reasons
    return sources, reasons


def visible(folder: Path) -> list[Path]:
    """What lies in a folder, by name, without hidden and temporary files, and without the sender's file ``klar``.

    Raises:
        DeliveryRefused: LEV-003, the folder may not be read.
    """
    try:
        shown = [each for each in folder.iterdir() if not each.name.startswith((".", "~$"))]
        return sorted(each for each in shown if each.name.casefold() != DONE or each.is_dir())
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"mappen {mask(folder.name)}, som inte får läsas")]) from None


def fingerprint(path: Path) -> str:
    """Hexadecimal SHA-256 of a file; it is read once in a process, until something touches it.

    Raises:
        OSError: the file cannot be read.
    """
    about = path.stat()
    if time.time() - about.st_ctime < _SETTLED_SECONDS:
        return sha256_of_file(path)
    return _fingerprint(path, (about.st_dev, about.st_ino, about.st_size, about.st_ctime_ns))


def forget_archive() -> None:
    """Let go of the archive that was read last."""
    _archive.cache_clear()


@lru_cache(maxsize=1024)
def _fingerprint(path: Path, _state: tuple[int, ...]) -> str:
    return sha256_of_file(path)


@lru_cache(maxsize=1)
def _archive(path: Path, sha256: str) -> bytes:
    return _unchanged(path, sha256)


def _unchanged(path: Path, sha256: str) -> bytes:
    data = path.read_bytes()
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise IbicError(
            f"{mask(path.name)} as it was when the run began",
            "another content",
            "Run again when the delivery is complete.",
        )
    return data
