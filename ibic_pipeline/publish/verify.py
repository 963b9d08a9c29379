"""Does a release still hold what its manifest says?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ibic_pipeline.storage import read_json, sha256_of_file

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Finding:
    """One file of a release that is not as the manifest says, in words (Swedish)."""

    fil: str
    vad: str


def verify_release(folder: Path) -> list[Finding]:
    """Every difference between a release and its manifest, in name order; empty when it is whole."""
    try:
        manifest = read_json(folder / MANIFEST)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return [Finding(MANIFEST, "går inte att läsa")]
    if manifest is None:
        return [Finding(MANIFEST, "saknas")]
    listed: dict[str, Any] = manifest.get("filer", {})
    present = files_in(folder)
    found = [Finding(name, "saknas") for name in listed.keys() - present.keys()]
    found += [Finding(name, "står inte i manifestet") for name in present.keys() - listed.keys()]
    for name in listed.keys() & present.keys():
        if present[name].stat().st_size != listed[name]["byte"]:
            found.append(Finding(name, "har en annan storlek än i manifestet"))
        elif sha256_of_file(present[name]) != listed[name]["sha256"]:
            found.append(Finding(name, "har ett annat innehåll än i manifestet"))
    return sorted(found, key=lambda finding: finding.fil)


def files_in(folder: Path) -> dict[str, Path]:
    """Every file of a release but its manifest, by its path within the release."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path for name, path in paths.items() if name != MANIFEST}
