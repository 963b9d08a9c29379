"""The persons that a municipality has decided to purge: ``gallring/<kod>.json``, pseudonyms, restricted.

Each load leaves these persons out, so that a later delivery that still holds them does not bring them back. The list
is written before anything is removed: what a kill left undone can be done from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.storage import read_json, write_json

FOLDER = "gallring"


@dataclass(frozen=True)
class Purged:
    """One decision. ``nyckel`` is the id of the key that the pseudonyms were made with; ``klar``: all of it is done."""

    kvitto: str
    tid: str
    av: str
    skal: str
    nyckel: str
    individer: tuple[str, ...]
    klar: bool = False


def purge_list(home: Home, kommunkod: str) -> list[Purged]:
    """The municipality's decisions, the oldest first; none when there is no list.

    Raises:
        IbicError: the list cannot be read. A load that passed it over would bring purged persons back.
    """
    path = _path(home, kommunkod)
    try:
        return [Purged(**each | {"individer": tuple(each["individer"])}) for each in read_json(path) or []]
    except (ValueError, TypeError, KeyError, OSError):
        raise IbicError(f"a purge list in {path}", "something else", "Restore the file from the backup.") from None


def purged_persons(home: Home, kommunkod: str) -> frozenset[str]:
    """Pseudonyms of everyone whom the municipality has purged."""
    return frozenset(person for each in purge_list(home, kommunkod) for person in each.individer)


def purged_of_key(home: Home, kommunkod: str, key_id: str) -> tuple[str, ...]:
    """The same, sorted, for a load that makes pseudonyms with the key.

    Raises:
        IbicError: some were made with another key; the load could not know the persons again.
    """
    decided = purge_list(home, kommunkod)
    if any(each.nyckel != key_id for each in decided):
        raise IbicError(
            f"the purge list of {kommunkod} to be made with its key {key_id}",
            "persons purged under another key, whom a load could not know again",
            "Restore that key; or lift them (`ibic release purge --lift`) and purge them again by their numbers.",
        )
    return tuple(sorted({person for each in decided for person in each.individer}))


def write_purge_list(home: Home, kommunkod: str, decided: Sequence[Purged]) -> None:
    """Replace the list in one step, readable by its owner only."""
    path = _path(home, kommunkod)
    restricted(home)
    kept = [asdict(each) for each in decided if each.individer]
    write_json(kept, path)


def lifted(decided: Sequence[Purged], persons: frozenset[str]) -> list[Purged]:
    """The list without the persons."""
    left = (replace(each, individer=tuple(p for p in each.individer if p not in persons)) for each in decided)
    return [each for each in left if each.individer]


def restricted(home: Home) -> Path:
    """The folder of purge lists and receipts, which this user alone may open."""
    folder = home.path / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def write_receipt(home: Home, kvitto: str, content: dict[str, Any]) -> Path:
    """Keep what was done, without pseudonyms: ``gallring/kvitton/<kvitto>.json``."""
    path = _receipt(home, kvitto)
    restricted(home)
    write_json(content, path)
    return path


def read_receipt(home: Home, kvitto: str) -> dict[str, Any] | None:
    """What a receipt says so far; None before the first word of it."""
    found: dict[str, Any] | None = read_json(_receipt(home, kvitto))
    return found


def _receipt(home: Home, kvitto: str) -> Path:
    return home.path / FOLDER / "kvitton" / f"{kvitto}.json"


def _path(home: Home, kommunkod: str) -> Path:
    return home.path / FOLDER / f"{kommunkod}.json"
