"""What of the program itself can be wrong: Python, the libraries, telemetry, printing, the mask of new files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ibic_pipeline.cli.doctor.finding import Finding
from ibic_pipeline.errors import IbicError
from ibic_pipeline.resources import PACKAGE

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

DISTRIBUTION = "ibic-pipeline"
LOCK = PACKAGE.parent / "requirements.lock"
"""Beside the package in a clone; an installed wheel has none, and is held against what it declares."""
TOLD = ("dagster", "pandas", "pandera", "pyarrow", "duckdb", "pydantic", "fastexcel")
SHOWN = 5


def examine(home: Home) -> Iterator[Finding]:
    """Findings on Python, libraries, umask, telemetry and what printing needs."""
    yield python()
    yield libraries()
    yield umask()
    yield telemetry(home)
    yield printing(home)


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether the program supports this Python."""
    wanted = metadata.metadata(DISTRIBUTION)["Requires-Python"]
    spelled = ".".join(map(str, version))
    if not SpecifierSet(wanted).contains(spelled):
        return Finding(
            "python", "error", f"{spelled}; the program needs {wanted}.", "Install it anew with such a Python."
        )
    return Finding("python", "ok", f"Python {spelled}")


def libraries(lock: Path = LOCK, distribution: str = DISTRIBUTION) -> Finding:
    """Whether each library that the program needs is there, in the version that was tested where that is known."""
    wrong = _not_as_declared(distribution)
    if lock.is_file():
        wrong += _not_as_locked(lock)
    if wrong:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        do = "Install from requirements.lock (in a clone `make demo` does), or the wheel in an empty environment."
        return Finding("libraries", "finding", f"Not as they were tested: {', '.join(wrong[:SHOWN])}{more}.", do)
    return Finding("libraries", "ok", ", ".join(f"{name} {metadata.version(name)}" for name in TOLD))


def umask() -> Finding:
    """Whether what this process writes can be read by its owner alone."""
    mask = os.umask(0o077)
    os.umask(mask)
    if mask & 0o077 != 0o077:
        do = "Put `umask 077` before what starts it; a systemd unit has UMask=0077."
        return Finding("umask", "finding", f"{mask:04o}: others may read files that are written from now on.", do)
    return Finding("umask", "ok", f"{mask:04o}")


def telemetry(home: Home) -> Finding:
    """Whether Dagster sends nothing home; Great Expectations' own is switched off where the program loads it."""
    path = home.dagster / "dagster.yaml"
    if not path.is_file():
        return Finding("telemetry", "error", f"{path} is missing: Dagster would send usage data.", "Run `ibic init`.")
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        return Finding("telemetry", "error", f"{path} is no YAML.", "Correct it, or remove it and run `ibic init`.")
    if (settings.get("telemetry") or {}).get("enabled", True) and "DAGSTER_DISABLE_TELEMETRY" not in os.environ:
        return Finding(
            "telemetry", "finding", "Dagster sends usage data.", f"Write telemetry: {{enabled: false}} in {path}."
        )
    return Finding("telemetry", "ok", "off")


def _not_as_declared(distribution: str) -> list[str]:
    """Requirements, and theirs in turn, that are missing or outside their bounds."""
    seen: set[tuple[str, frozenset[str]]] = set()
    wrong: dict[str, None] = {}
    waiting = [Requirement(distribution)]
    while waiting:
        one = waiting.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        installed = _installed(one.name)
        if installed is None:
            wrong[f"{one.name} is missing"] = None
            continue
        if not one.specifier.contains(installed, prereleases=True):
            wrong[f"{one.name} {installed} ({one.specifier} is needed)"] = None
        for text in metadata.requires(one.name) or ():
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in (*one.extras, "")):
                waiting.append(needed)
    return list(wrong)


def _not_as_locked(lock: Path) -> list[str]:
    """Libraries that are installed in another version than the lock's; those of developers may be absent."""
    wrong = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line[:1].isalnum():
            continue
        try:
            locked = Requirement(line.rstrip(" \\"))
        except InvalidRequirement:
            continue
        if locked.marker is not None and not locked.marker.evaluate():
            continue
        installed = _installed(locked.name)
        if installed is not None and not locked.specifier.contains(installed, prereleases=True):
            wrong.append(f"{locked.name} {installed} (locked {locked.specifier})")
    return wrong


def _installed(name: str) -> Version | None:
    try:
        return Version(metadata.version(name))
    except metadata.PackageNotFoundError:
        return None


def printing(home: Home) -> Finding:
    """Whether printable reports can be made, where the county wants them; without settings they are looked for."""
    from ibic_pipeline.pdf import NOT_MADE, can_print

    try:
        wanted = home.lan.rapport.utskrift
    except IbicError:  # told with the settings
        wanted = True
    if not wanted:
        return Finding("printing", "ok", "not wanted (rapport.utskrift)")
    if can_print():
        return Finding("printing", "ok", "Pango is here; reports are printed")
    trouble, do = NOT_MADE.split(" Install ", 1)
    return Finding("printing", "finding", trouble, f"Install {do}")
