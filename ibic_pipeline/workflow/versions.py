"""A municipality's versions: built beside the current one, made current in one step, and tidied away."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Literal

from ibic_pipeline.home import Home
from ibic_pipeline.storage import read_json, replace_link, write_json

KEPT = 2
"""How many versions stay: the current one and the one before."""

HISTORY = "kvalitetshistorik"
"""Beside the versions: what every delivery measured, which outlives them."""

Outcome = Literal["godkand", "vagrad", "fel"]


def current_version(home: Home, kommunkod: str) -> str | None:
    """The version that readers see, or None."""
    link = home.current(kommunkod)
    return link.resolve().name if (link / "version.json").exists() else None


def describe_version(home: Home, kommunkod: str) -> dict[str, Any]:
    """``version.json`` of the current version; empty when there is none."""
    return read_json(home.current(kommunkod) / "version.json") or {}


def version_folder(home: Home, kommunkod: str, version: str) -> Path:
    """The folder of a finished version."""
    return home.versions(kommunkod) / version


def building_folder(home: Home, kommunkod: str, version: str) -> Path:
    """The folder in which a version is built; what an interrupted run left there is overwritten."""
    return home.versions(kommunkod) / f".{version}.bygge"


def refused_folder(home: Home, kommunkod: str) -> Path:
    """Where the quarantine and the accounting of a refused delivery stay until a delivery is accepted."""
    return home.versions(kommunkod) / "vagrad"


def fresh_building_folder(home: Home, kommunkod: str, version: str) -> Path:
    """An empty folder, readable by this user alone, in which to build."""
    folder = building_folder(home, kommunkod, version)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def make_current(home: Home, kommunkod: str, version: str) -> None:
    """Turn what has been built into the version that readers see, and remove versions that are no longer kept."""
    built, finished = building_folder(home, kommunkod, version), version_folder(home, kommunkod, version)
    if finished.exists():
        _move_file_by_file(built, finished)
    else:
        built.rename(finished)
    replace_link(home.current(kommunkod), finished)
    _remove_old(home, kommunkod)


def write_note(home: Home, kommunkod: str, leverans: str | None, version: str, *, rebuild: bool) -> None:
    """Note which version the steps of a municipality work on, in ``pagaende.json``."""
    note = {"leverans": leverans, "version": version, "bygg_om": rebuild}
    write_json(note, home.versions(kommunkod) / "pagaende.json")


def write_status(
    home: Home, kommunkod: str, outcome: Outcome, *, leverans: str | None, version: str | None, reasons: Any = ()
) -> None:
    """Note how the latest attempt went, in ``status.json``."""
    content = {
        "utfall": outcome,
        "leverans": leverans,
        "version": version,
        "orsaker": [{"kod": code, "text": text} for code, text in reasons],
    }
    write_json(content, home.versions(kommunkod) / "status.json")


def _move_file_by_file(built: Path, finished: Path) -> None:
    """Replace a version that is read at this moment: its bytes are the same, so each file may go by itself."""
    for source in sorted(path for path in built.rglob("*") if path.is_file()):
        target = finished / source.relative_to(built)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    shutil.rmtree(built)


def _remove_old(home: Home, kommunkod: str) -> None:
    current = current_version(home, kommunkod)
    folders = [path for path in home.versions(kommunkod).iterdir() if path.is_dir() and path.name != HISTORY]
    finished = [path for path in folders if (path / "version.json").exists() and not path.name.startswith(".")]
    newest_first = sorted(finished, key=lambda path: (path.name == current, path.stat().st_mtime_ns), reverse=True)
    kept = {path.name for path in newest_first[:KEPT]}
    for folder in folders:
        if folder.name not in kept:
            shutil.rmtree(folder)
