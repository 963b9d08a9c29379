"""Zip archives in a delivery folder: what they hold, within bounds and never on disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from ibic_pipeline.errors import DeliveryRefused
from schemas.delivery_rules import refusal

SUFFIX = ".zip"

MOST_MEMBERS = 200
"""A delivery is some ten files; more is a backup of something else, or an attack on the reader."""

MOST_BYTES = 2 << 30
"""All members together, inflated. The largest municipality's whole export is a tenth of it."""

HIGHEST_RATIO = 100
"""Exports as text are packed 5 to 30 times; a thousand times is a bomb."""

FREE_OF_RATIO = 1 << 20
"""Smaller members do no harm, and a file of one value may be packed very tightly."""

DIRECTORY_BYTES = 1 << 20
"""The list of members is read whole; names of two hundred members fit many times over."""

_NESTED = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz")
_END_BYTES = (1 << 16) + 22 + 76
_PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_CHUNK = 1 << 20
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def member_bytes(path: Path, member: str) -> int:
    """Number of bytes of a member, as its archive says.

    Raises:
        OSError: it cannot be found.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return next(each.file_size for each in archive.infolist() if _name(each) == member)
    except (StopIteration, *_UNREADABLE):
        raise FileNotFoundError from None


def members_of(path: Path, shown: str) -> list[str]:
    """Names of the files in an archive, without folders and without hidden and temporary files.

    Args:
        path: the archive.
        shown: its name, as it may be shown.

    Raises:
        DeliveryRefused: LEV-014, it is not an archive, or it breaks a bound.
    """
    try:
        with path.open("rb") as stream:
            if directory_bytes(stream) > DIRECTORY_BYTES:
                raise _refused(f"fler än {MOST_MEMBERS} filer", shown)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _UNREADABLE:
        raise _refused("något annat än ett zip-arkiv", shown) from None
    files = [each for each in entries if not each.is_dir()]
    for found in _broken_bounds(files, path.stat().st_size):
        raise _refused(found, shown)
    return sorted(name for name in map(_name, files) if not _is_hidden(name))


def read_member(packed: Path | BinaryIO, member: str, shown: str) -> bytes:
    """One member's bytes, counted while they are inflated: what the archive says of sizes may be a lie.

    Args:
        packed: the archive.
        member: the file's path in it.
        shown: the file's name, as it may be shown.

    Raises:
        DeliveryRefused: LEV-014, damaged, or beyond a bound.
    """
    parts: list[bytes] = []
    length = 0
    try:
        with zipfile.ZipFile(packed) as archive:
            entry = next(each for each in archive.infolist() if _name(each) == member)
            with archive.open(entry) as stream:
                while part := stream.read(_CHUNK):
                    parts.append(part)
                    length += len(part)
                    if length > MOST_BYTES or is_bomb(length, entry.compress_size):
                        raise _refused("en fil som växer orimligt när den packas upp", shown)
    except (StopIteration, *_UNREADABLE):
        raise _refused("ett arkiv som är skadat", shown) from None
    return b"".join(parts)


def directory_bytes(stream: BinaryIO) -> int:
    """Size of the list of members as ``zipfile`` will read it; a million of them would fill the memory.

    Raises:
        BadZipFile: it is not a zip archive.
    """
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_BYTES))
    end = stream.read()
    place = end.rfind(b"PK\x05\x06", 0, max(0, len(end) - 18))
    if place < 0:
        raise zipfile.BadZipFile
    if place >= 76 and end[place - 20 :].startswith(b"PK\x06\x07"):
        return int(struct.unpack_from("<Q", end, place - 36)[0])
    return int(struct.unpack_from("<I", end, place + 12)[0])


def _broken_bounds(files: list[zipfile.ZipInfo], archive_bytes: int) -> list[str]:
    """What is wrong with an archive, counted, never by name: a name may be that of a person."""
    names = Counter(_name(each) for each in files)
    counted = {
        "krypterade filer": sum(bool(each.flag_bits & _ENCRYPTED) for each in files),
        "filer vars sökväg leder ut ur arkivet": sum(_leads_out(_name(each)) for each in files),
        "symboliska länkar": sum(stat.S_ISLNK(each.external_attr >> 16) for each in files),
        "arkiv i arkivet": sum(_name(each).lower().endswith(_NESTED) for each in files),
        "filer packade på ett ovanligt sätt": sum(each.compress_type not in _PACKED_AS for each in files),
        "filer med samma namn": sum(count for count in names.values() if count > 1),
        "orimligt hårt packade filer": sum(is_bomb(each.file_size, each.compress_size) for each in files),
    }
    found = [f"{number} {what}" for what, number in counted.items() if number]
    if len(files) > MOST_MEMBERS:
        found.append(f"{len(files)} filer, fler än {MOST_MEMBERS},")
    if sum(each.file_size for each in files) > MOST_BYTES:
        found.append(f"mer än {MOST_BYTES >> 20} MiB uppackat")
    if sum(each.compress_size for each in files) > archive_bytes:
        found.append("filer som ligger i varandra")
    return [" och ".join(found)] if found else []


def is_bomb(inflated: int, packed: int) -> bool:
    """Whether so few bytes became so many that nobody packed them in good faith."""
    return inflated > FREE_OF_RATIO and inflated > packed * HIGHEST_RATIO


def _leads_out(name: str) -> bool:
    parts = PureWindowsPath(name)
    return PurePosixPath(name).is_absolute() or bool(parts.anchor) or ".." in parts.parts


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's path; some programs write UTF-8 without saying so, which then reads as the code page of DOS."""
    if entry.flag_bits & _UTF8_NAME or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith((".", "~$")) for part in parts)


def _refused(found: str, shown: str) -> DeliveryRefused:
    return DeliveryRefused([refusal("LEV-014", f"{found} ({shown})")])
