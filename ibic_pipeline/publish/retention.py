"""Which releases are kept: the newest, the young, the current one, and those that someone may still be reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ibic_pipeline.county import Publicering
from ibic_pipeline.home import Home
from ibic_pipeline.publish.folders import LOCK_SECONDS, only_publisher, releases_in, remove_release
from ibic_pipeline.publish.pointer import read_pointer

_NAMED = "%Y-%m-%dT%H%M%SZ"


def purge_releases(
    home: Home, policy: Publicering | None, now: datetime, lock_seconds: float = LOCK_SECONDS
) -> list[str]:
    """Remove the releases that the policy no longer keeps, and return their names, the oldest first.

    Without a policy nothing is removed.

    Raises:
        IbicError: a publisher holds the lock too long, the pointer cannot be read, or a folder cannot be removed.
    """
    if policy is None or not home.publicerat.is_dir():
        return []
    with only_publisher(home.publicerat, lock_seconds):
        gone = expired(home, policy, now)
        for folder in gone:
            remove_release(folder)
    return [folder.name for folder in gone]


def expired(home: Home, policy: Publicering, now: datetime) -> list[Path]:
    """Releases beyond all of the policy's limits: not among the newest, old, and not pointed at for the grace time."""
    pointer = read_pointer(home)
    if pointer is None:
        return []
    present = releases_in(home.publicerat)
    newest = {folder.name for folder in present[max(0, len(present) - policy.behall_antal.varde) :]}
    lately = now - timedelta(hours=policy.frist_timmar.varde)
    being_read = {each["release"] for each in pointer["tidigare"] if datetime.fromisoformat(each["ersatt"]) > lately}
    kept = newest | being_read | {pointer["release"]}
    old = now - timedelta(days=policy.behall_dagar.varde)
    return [folder for folder in present if folder.name not in kept and published(folder) < old]


def published(folder: Path) -> datetime:
    """When a release was published, as its name says."""
    return datetime.strptime(folder.name, _NAMED).replace(tzinfo=UTC)
