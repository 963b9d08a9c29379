"""Which files of a delivery fit which patterns of a profile."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.names import comparable, mask
from ibic_pipeline.extract.sources import Source, fingerprint
from ibic_pipeline.profile import Profil


class Fitting(NamedTuple):
    """Files sorted after patterns.

    ``files``: pattern -> the files that fit it, those outside archives first. ``usable``: the patterns that one file
    fits, or copies of one. ``rest``: the files that fit none.
    """

    files: dict[str, list[Source]]
    usable: frozenset[str]
    rest: list[Source]


def fitting_of(sources: Sequence[Source], profil: Profil) -> Fitting:
    """Sort files after the patterns of a profile; only where several fit one are they read, to tell copies."""
    files = {fil.monster: _matching(sources, fil.monster) for fil in profil.files()}
    known = {source for found in files.values() for source in found}
    return Fitting(
        files,
        frozenset(pattern for pattern, found in files.items() if _is_one(found)),
        [source for source in sources if source not in known],
    )


def fits(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern, without regard to case."""
    return fnmatch.fnmatchcase(comparable(name), comparable(pattern))


def _matching(sources: Sequence[Source], pattern: str) -> list[Source]:
    found = [each for each in sources if fits(each.name, pattern) and each.path.is_file()]
    return sorted(found, key=lambda each: each.member is not None)


def _is_one(found: Sequence[Source]) -> bool:
    """Whether there is one file, or copies of one."""
    if len(found) < 2:
        return bool(found)
    try:
        return len({_content(each) for each in found}) == 1
    except (OSError, DeliveryRefused):
        return False


def _content(source: Source) -> str:
    if source.member is None:
        return fingerprint(source.path)
    return hashlib.sha256(source.read(mask(source.place))).hexdigest()
