"""Does a release still hold what its manifest says, and the manifest what was written?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ibic_pipeline.publish.seal import read_sealed
from ibic_pipeline.storage import sha256_of_file

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Finding:
    """One file of a release that is not as the manifest says, in words (Swedish)."""

    fil: str
    vad: str


def verify_release(folder: Path) -> list[Finding]:
    """Every difference between a release and its manifest, in name order; empty when it is whole.

    When the manifest itself is not as it was written it is the only finding: what it says of others is worth nothing.
    """
    if not (folder / MANIFEST).is_file():
        return [Finding(MANIFEST, "saknas")]
    try:
        manifest = read_sealed(folder / MANIFEST)
    except OSError:
        return [Finding(MANIFEST, "går inte att läsa")]
    if manifest is None:
        return [Finding(MANIFEST, "är inte som det skrevs")]
    listed: dict[str, Any] = manifest["filer"]
    present = files_in(folder)
    found = [Finding(name, "saknas") for name in listed.keys() - present.keys()]
    found += [Finding(name, "står inte i manifestet") for name in present.keys() - listed.keys()]
    for name in listed.keys() & present.keys():
        difference = _difference(present[name], listed[name])
        if difference is not None:
            found.append(Finding(name, difference))
    return sorted(found, key=lambda finding: finding.fil)


def files_in(folder: Path) -> dict[str, Path]:
    """Every file of a release but its manifest, by its path within the release; a link counts as a file."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    return {name: path for name, path in paths.items() if name != MANIFEST and (path.is_symlink() or not path.is_dir())}


def _difference(path: Path, listed: dict[str, Any]) -> str | None:
    try:
        if path.is_symlink():
            return "är en länk"
        if path.stat().st_size != listed["byte"]:
            return "har en annan storlek än i manifestet"
        if sha256_of_file(path) != listed["sha256"]:
            return "har ett annat innehåll än i manifestet"
    except OSError:
        return "går inte att läsa"
    return None
