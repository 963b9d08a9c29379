"""What one municipality brings to a release."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Municipality:
    """A municipality of the county; ``version`` is the folder of its last good data, if it has any."""

    kommunkod: str
    namn: str
    individniva: Literal["lan", "lokal"]
    version: Path | None
    inaktuell: bool = False
    orsaker: tuple[str, ...] = ()
    """Why it is stale, in Swedish sentences."""
