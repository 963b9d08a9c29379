"""A municipality whose key may be changed, beside one without data."""

from __future__ import annotations

import shutil
from pathlib import Path

from ibic_pipeline.home import Home
from ibic_pipeline.pseudonym import key_path
from tests.support.homes import DELIVERY, load, small_county

KOD = "0642"
SHARED = "identiteter: {nyckel: lan, nyckel_skal: 'Beslut av nämnderna i båda kommunerna'}"
"""What a profile says of a municipality that uses the county's key."""


def one_of_two_loaded(folder: Path) -> Home:
    """A municipality that is loaded, and one that has delivered nothing."""
    home = small_county(folder)
    shutil.rmtree(home.inkorg / "0643")
    load(home, KOD)
    return home


def key_of(home: Home, scope: str = KOD) -> str:
    """The key itself."""
    return key_path(home, scope).read_text().strip()


def change_delivery(home: Home) -> None:
    """Another day in the delivery that the current version was made of."""
    path = next((home.inkorg / KOD / DELIVERY).glob("beslut*"))
    path.write_bytes(path.read_bytes().replace(b"2024-01-05", b"2024-01-06"))
