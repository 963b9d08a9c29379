"""What a person does with releases that stand: list them, look at one, verify them, go back to an earlier one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.home import Home
from ibic_pipeline.publish.folders import LOCK_SECONDS, only_publisher, releases_in
from ibic_pipeline.publish.pointer import POINTER, point_at, pointer_faults, read_pointer
from ibic_pipeline.publish.verify import MANIFEST, Finding, verify_release


@dataclass(frozen=True)
class Listed:
    """One release. ``ersatt``: since when it is not the current one; None for that one and those that never were."""

    release: str
    publicerad: str | None
    aktuell: bool
    ersatt: str | None
    kommuner: int
    inaktuella: int
    filer: int
    byte: int
    gallringar: int


def list_releases(home: Home) -> list[Listed]:
    """Every release that readers can see, the newest first.

    Raises:
        IbicError: the pointer cannot be read.
    """
    pointer = read_pointer(home) or {"release": None, "tidigare": []}
    since = {each["release"]: each["ersatt"] for each in pointer["tidigare"]}
    return [
        _listed(folder, aktuell=folder.name == pointer["release"], ersatt=since.get(folder.name))
        for folder in reversed(releases_in(home.publicerat))
    ]


def release_named(home: Home, name: str | None) -> Path:
    """The folder of a release; without a name, of the current one.

    Raises:
        IbicError: there is none.
    """
    known = [folder.name for folder in releases_in(home.publicerat)]
    wanted = name or str((read_pointer(home) or {}).get("release"))
    if wanted not in known:
        next_step = "See `ibic release list`." if known else "Publish one with `ibic run`."
        found = f"no release {wanted}{did_you_mean(wanted, known)}" if name else "none that is current"
        raise IbicError(f"a release in {home.publicerat}", found, next_step)
    return home.publicerat / "releaser" / wanted


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a release says about itself.

    Raises:
        IbicError: its manifest cannot be read.
    """
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise IbicError(
            f"the manifest of {folder.name}",
            "a file that cannot be read",
            "Run `ibic release verify`; go back to a whole release with `ibic release rollback`.",
        ) from None
    return found


def verify(home: Home, names: list[str] | None = None) -> dict[str, list[Finding]]:
    """What is wrong with each release (all, unless named), and under ``senaste.json`` with the pointer.

    Raises:
        IbicError: a named release does not exist.
    """
    folders = [release_named(home, name) for name in names] if names else releases_in(home.publicerat)
    pointer = [Finding(POINTER, fault) for fault in pointer_faults(home)]
    return {POINTER: pointer} | {folder.name: verify_release(folder) for folder in folders}


def rollback(home: Home, name: str | None, av: str, now: datetime, lock_seconds: float = LOCK_SECONDS) -> Path:
    """Point at another release that verifies: by default the latest one before the current.

    It holds until something else is to be published than what was rolled back. Pointing at the release that was
    rolled back ends it.

    Raises:
        IbicError: there is no such release, it is the current one, or it does not verify.
    """
    with only_publisher(home.publicerat, lock_seconds):
        try:
            pointer = read_pointer(home) or {}
        except IbicError:
            if name is None:
                raise
            pointer = {}
        current = pointer.get("release")
        target = release_named(home, name) if name else _latest_whole_before(home, current)
        if target.name == current:
            raise IbicError("another release than the current one", target.name, "See `ibic release list`.")
        faults = verify_release(target)
        if faults:
            raise IbicError(
                f"a release {target.name} that is whole",
                f"{len(faults)} differences from its manifest, the first: {faults[0].fil}",
                "Choose another: `ibic release verify` tells which are whole.",
            )
        origin = (pointer.get("aterstalld") or {}).get("fran", current)
        moment = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        holds = origin is not None and origin != target.name
        point_at(home, target, now, rolled_back={"fran": str(origin), "tid": moment, "av": av} if holds else None)
    return target


def _latest_whole_before(home: Home, current: str | None) -> Path:
    before = [folder for folder in releases_in(home.publicerat) if current is not None and folder.name < current]
    for folder in reversed(before):
        if not verify_release(folder):
            return folder
    raise IbicError("an earlier release that is whole", "none", "See `ibic release list` and `ibic release verify`.")


def _listed(folder: Path, *, aktuell: bool, ersatt: str | None) -> Listed:
    try:
        about = manifest_of(folder)
    except IbicError:
        about = {}
    files = about.get("filer", {})
    return Listed(
        release=folder.name,
        publicerad=about.get("publicerad"),
        aktuell=aktuell,
        ersatt=ersatt,
        kommuner=len(about.get("kommuner", ())),
        inaktuella=len(about.get("inaktuella", ())),
        filer=len(files),
        byte=sum(each["byte"] for each in files.values()),
        gallringar=len(about.get("gallringar", ())),
    )
