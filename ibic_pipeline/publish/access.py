"""Who on the machine may read what is published: the county decides, and every release is opened or closed by it."""

from __future__ import annotations

import stat
from pathlib import Path

from ibic_pipeline.home import Home
from ibic_pipeline.publish.folders import releases_in

OTHERS = {"agare": 0, "grupp": 0o050, "alla": 0o055}
"""What others than the owner may do with a folder; with a file the same, less entering it."""


def folder_mode(home: Home) -> int:
    """The mode of ``publicerat/`` and of every folder in it."""
    return 0o700 | OTHERS[home.lan.drift.publicerat_lasbart_for.varde]


def file_mode(home: Home) -> int:
    """The mode of every published file; nobody writes to one, since a release is never changed."""
    return folder_mode(home) & 0o444


def differing(home: Home) -> list[Path]:
    """``publicerat/`` and the releases that are open to others than the county has decided."""
    wanted = folder_mode(home)
    folders = [home.publicerat, home.publicerat / "releaser", *releases_in(home.publicerat)]
    return [path for path in folders if path.is_dir() and stat.S_IMODE(path.stat().st_mode) != wanted]


def open_as_decided(home: Home) -> None:
    """Give every release that differs the modes that the county has decided; the caller is the only publisher."""
    for folder in differing(home):
        if folder in (home.publicerat, home.publicerat / "releaser"):
            folder.chmod(folder_mode(home))
        else:
            open_release_as_decided(home, folder)


def open_release_as_decided(home: Home, folder: Path) -> None:
    """Give one release's folders and files their modes, its own folder last: until then it is as it was."""
    for path in folder.rglob("*"):
        path.chmod(folder_mode(home) if path.is_dir() else file_mode(home))
    folder.chmod(folder_mode(home))
