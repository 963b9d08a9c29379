"""Delivery folders in a remote folder, copied file by file; nothing is written or removed there."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
from fsspec.spec import AbstractFileSystem

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.names import DONE, date_of, mask
from ibic_pipeline.fetch.inbox import Fetched, hidden_folder, make_visible, new_file, newest, told_by_class, unreadable
from ibic_pipeline.home import Settings
from ibic_pipeline.profile import Profil
from schemas.delivery_rules import refusal

_CHUNK = 1 << 20
_CHANGED = ("mtime", "LastModified", "last_modified", "created", "ETag", "etag")

Listing = dict[str, tuple[int, str]]
"""File name -> size in bytes, and what the file system tells of when it was changed."""


def fetch_remote(profil: Profil, inbox: Path, day: date, settings: Settings) -> Fetched:
    """Copy the delivery folders that are newer than the newest in the inbox; of an empty inbox, only the newest.

    A folder that changes while it is looked at is still being written, and left for the next time.

    Raises:
        DeliveryRefused: LEV-015, the remote folder cannot be read or holds what may not be copied; LEV-007, its
            newest delivery is dated after ``day``.
    """
    with told_by_class("mappen som hamtas_fran anger"):
        files, root = fsspec.core.url_to_fs(profil.leverans.hamtas_fran)
        root = root.rstrip("/")
        have = newest(inbox)
        wanted = [name for name in _delivery_folders(files, root) if name > have]
        _require_past(wanted, day)
        copied: list[str] = []
        unfinished: list[str] = []
        count = size = 0
        for name in wanted if have else wanted[::-1]:
            listing = _copy_when_finished(files, f"{root}/{name}", inbox / name, settings)
            if listing is None:
                unfinished.append(mask(name))
                continue
            copied.append(mask(name))
            count, size = count + len(listing), size + sum(bytes_ for bytes_, _ in listing.values())
            if not have:
                break
        return Fetched(tuple(copied), count, size, tuple(unfinished))


def _delivery_folders(files: AbstractFileSystem, root: str) -> list[str]:
    """Names that begin with a date, the oldest first."""
    files.invalidate_cache()
    entries = files.ls(root, detail=True)
    names = [_own_name(entry) for entry in entries if entry["type"] == "directory" and not entry.get("islink")]
    return sorted(name for name in names if date_of(name) is not None and _may_be_copied(name))


def _require_past(names: list[str], day: date) -> None:
    """A delivery of the future would hide every later one."""
    ahead = [mask(name) for name in names if (date_of(name) or day) > day]
    if ahead:
        raise DeliveryRefused([refusal("LEV-007", f"mappen {ahead[-1]} hos avsändaren, daterad efter i dag")])


def _copy_when_finished(files: AbstractFileSystem, folder: str, delivery: Path, settings: Settings) -> Listing | None:
    """Copy one delivery folder; None when it is empty or changed meanwhile."""
    before, said_done = _listing(files, folder)
    _require_within_limits(before, delivery.name, settings)
    if not before:
        return None
    if not said_done:
        time.sleep(settings.hamta_lugn_sekunder)
        if _listing(files, folder)[0] != before:
            return None
    with hidden_folder(delivery.parent) as hidden:
        whole = all(_copied(files, f"{folder}/{name}", hidden / name, size) for name, (size, _) in before.items())
        if not whole or _listing(files, folder)[0] != before:
            return None
        make_visible(hidden, delivery.name)
    return before


def _listing(files: AbstractFileSystem, folder: str) -> tuple[Listing, bool]:
    """The folder's visible files, and whether the sender says that they are all there."""
    files.invalidate_cache()
    found: Listing = {}
    done = False
    for entry in files.ls(folder, detail=True):
        name = _own_name(entry)
        if name.casefold() == DONE:
            done = True
        elif entry["type"] != "directory" and not name.startswith((".", "~$")):
            _require_plain(name, entry)
            found[name] = (int(entry["size"]), next((str(entry[key]) for key in _CHANGED if key in entry), ""))
    return found, done


def _own_name(entry: dict[str, Any]) -> str:
    return str(entry["name"]).rstrip("/").rpartition("/")[2]


def _may_be_copied(name: str) -> bool:
    return ".." not in name and "\\" not in name and name.isprintable()


def _require_plain(name: str, entry: dict[str, Any]) -> None:
    """A name could lead out of the delivery folder, and a link to another file of the machine."""
    if not _may_be_copied(name) or entry["type"] != "file" or entry.get("islink"):
        raise unreadable(f"en fil som inte får kopieras ({mask(name)})")
    if entry.get("size") is None:
        raise unreadable(f"en fil av okänd storlek ({mask(name)})")


def _require_within_limits(listing: Listing, name: str, settings: Settings) -> None:
    if len(listing) > settings.hamta_filer:
        raise unreadable(f"{len(listing)} filer i {mask(name)}; gränsen IBIC_HAMTA_FILER är {settings.hamta_filer}")
    if sum(size for size, _ in listing.values()) > settings.hamta_mib << 20:
        raise unreadable(f"mer än {settings.hamta_mib} MiB i {mask(name)}; gränsen är IBIC_HAMTA_MIB")


def _copied(files: AbstractFileSystem, source: str, target: Path, size: int) -> bool:
    """Copy one file; whether it had exactly the size that was listed. Never reads further than one chunk beyond."""
    length = 0
    with files.open(source, "rb") as remote, new_file(target) as local:
        while length <= size and (chunk := remote.read(_CHUNK)):
            length += len(chunk)
            local.write(chunk)
    return length == size
