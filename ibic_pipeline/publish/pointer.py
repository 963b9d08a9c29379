"""``senaste.json``: which release is the current one, since when others are not, and whether that is a rollback.

It is replaced in one step and carries all of it, so that no other file can disagree with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish.folders import releases_in, sync
from ibic_pipeline.publish.seal import read_sealed, sealed
from ibic_pipeline.storage import read_json, sha256_of_file, write_json

POINTER = "senaste.json"


def read_pointer(home: Home) -> dict[str, Any] | None:
    """What ``senaste.json`` says; None before the first release.

    The name of the release is enough, so that one written by hand in an emergency is good until the next publication.

    Raises:
        IbicError: it cannot be read.
    """
    try:
        said = read_json(home.publicerat / POINTER)
        if said is None:
            return None
        if isinstance(said["release"], str):
            return {"tidigare": [], "manifest_sha256": None, **said}
    except (ValueError, KeyError, TypeError, OSError):
        pass
    raise IbicError(
        f"{home.publicerat / POINTER} with the name of a release",
        "something else",
        "`ibic release verify` tells which releases are whole; point at one with `ibic release rollback NAME`.",
    )


def current_release(home: Home) -> Path | None:
    """The folder that ``senaste.json`` points at; None before the first release.

    Raises:
        IbicError: the pointer cannot be read, or names a folder that is not there.
    """
    pointer = read_pointer(home)
    if pointer is None:
        return None
    folder: Path = home.publicerat / "releaser" / pointer["release"]
    if not folder.is_dir():
        raise IbicError(
            f"the release {folder}",
            "a senaste.json that names it, but no such folder",
            "Point at one that is there: `ibic release list`, then `ibic release rollback NAME`.",
        )
    return folder


def point_at(home: Home, folder: Path, now: datetime, *, rolled_back: dict[str, str] | None = None) -> None:
    """Make a release the current one. The caller is the ``only_publisher``.

    Args:
        now: aware time; from now on the release that was current until now is not.
        rolled_back: says that this is a rollback: ``fran`` (the release that was current), ``tid`` and ``av``.
    """
    about = read_json(folder / "manifest.json")
    pointer = {
        "release": folder.name,
        "publicerad": about["publicerad"],
        "inaktuella": about["inaktuella"],
        "manifest_sha256": sha256_of_file(folder / "manifest.json"),
        "tidigare": _replaced(home, folder, now),
        "aterstalld": rolled_back,
    }
    _write(home, pointer, folder)


def renew_pointer(home: Home) -> None:
    """Let ``senaste.json`` name the manifest that the current release has now. The caller is the ``only_publisher``."""
    pointer, folder = read_pointer(home), current_release(home)
    if pointer is not None and folder is not None:
        manifest = sha256_of_file(folder / "manifest.json")
        if pointer["manifest_sha256"] != manifest:
            _write(home, pointer | {"manifest_sha256": manifest}, folder)


def pointer_faults(home: Home) -> list[str]:
    """What is wrong with ``senaste.json`` itself, in words (Swedish); nothing before the first release."""
    path = home.publicerat / POINTER
    if not path.exists():
        return []
    try:
        pointer = read_sealed(path)
    except OSError:
        return ["går inte att läsa"]
    if pointer is None:
        return ["är inte som den skrevs"]
    manifest = home.publicerat / "releaser" / pointer["release"] / "manifest.json"
    if not manifest.is_file():
        return ["pekar på en release som inte finns"]
    if sha256_of_file(manifest) != pointer["manifest_sha256"]:
        return ["anger en annan kontrollsumma än manifestets"]
    return []


def _replaced(home: Home, folder: Path, now: datetime) -> list[dict[str, str]]:
    """Since when each other release has not been current, of those that still exist."""
    present = {path.name for path in releases_in(home.publicerat)} - {folder.name}
    moment = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        pointer = read_pointer(home)
    except IbicError:
        return [{"release": name, "ersatt": moment} for name in sorted(present)]
    if pointer is None:
        return []
    since = {each["release"]: each["ersatt"] for each in pointer["tidigare"]}
    if pointer["release"] != folder.name:
        since[pointer["release"]] = moment
    return [{"release": name, "ersatt": since[name]} for name in sorted(since.keys() & present)]


def _write(home: Home, pointer: dict[str, Any], folder: Path) -> None:
    waiting = home.publicerat / f".{POINTER}"
    write_json(sealed(pointer), waiting)
    waiting.chmod(folder.stat().st_mode & 0o444)
    waiting.replace(home.publicerat / POINTER)
    sync(home.publicerat)
