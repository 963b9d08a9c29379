"""Which files a correction is for, and whether a municipality's profile lets it change what it names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ibic_pipeline.corrections.model import Rattelse
from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.extract import DeliveredFile
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Fil, Profil
from schemas import CONTRACTS
from schemas.contract import FREE_TEXT


def corrections_of(home: Home, profil: Profil) -> tuple[Rattelse, ...]:
    """The municipality's corrections, each of which the profile allows.

    Raises:
        IbicError: the file is wrong, names what the profile does not read, or changes what may not be corrected.
    """
    corrections = home.rattelser(profil.kommunkod)
    for each in corrections:
        _require_allowed(each, profil)
    return corrections


def files_for(correction: Rattelse, profil: Profil) -> list[Fil]:
    """The files of the profile that have every column that the correction names."""
    return [fil for fil in _named(correction, profil) if correction.columns <= _readings(fil).keys()]


def is_for(correction: Rattelse, file: DeliveredFile) -> bool:
    """Whether a delivered file is one that the correction is about."""
    named = file.export == correction.export and correction.fil in (None, file.fil.monster)
    return named and correction.columns <= _readings(file.fil).keys()


def _named(correction: Rattelse, profil: Profil) -> list[Fil]:
    return [fil for fil in profil.exporter[correction.export] if correction.fil in (None, fil.monster)]


def _readings(fil: Fil) -> dict[str, set[str]]:
    """Local column -> how the contracts read it."""
    found: dict[str, set[str]] = {}
    for part in fil.delar:
        readings = _of_contract(part.tabell)
        for name, local in part.kolumner.items():
            found.setdefault(local, set()).add(readings[name])
    return found


@cache
def _of_contract(tabell: str) -> dict[str, str]:
    return {name: column.metadata["lasning"] for name, column in CONTRACTS[tabell].own_columns().items()}


def _require_allowed(correction: Rattelse, profil: Profil) -> None:
    named = _named(correction, profil)
    if not named:
        patterns = [fil.monster for fil in profil.exporter[correction.export]]
        near = did_you_mean(correction.fil or "", patterns)
        raise _refused(correction, f"a file of the export {correction.export}", f"another in fil{near}")
    if profil.leverans.kommunkolumn in correction.columns:
        raise _refused(correction, "no kommunkolumn in a correction", "the column that tells the municipality")
    known: dict[str, set[str]] = {}
    for fil in named:
        for local, readings in _readings(fil).items():
            known[local] = known.get(local, set()) | readings
    _require_known(correction, known)
    if not files_for(correction, profil):
        raise _refused(correction, "columns that stand in one file together", "columns of different files")
    for key, columns in _by_key(correction):
        for column in columns:
            if "personnummer" in known[column]:
                raise _refused(correction, f"no column of personal numbers under {key}", column)
            if key != "kolumner" and not known[column].isdisjoint(FREE_TEXT):
                raise _refused(correction, f"no column of free text under {key}", column)


def _require_known(correction: Rattelse, known: Iterable[str]) -> None:
    for key, columns in _by_key(correction):
        for column in columns:
            if column not in known:
                found = f"{column!r}{did_you_mean(column, known)}"
                raise _refused(correction, f"columns that the profile reads, under {key}", found)


def _by_key(correction: Rattelse) -> Iterable[tuple[str, Iterable[str]]]:
    return [(key, getattr(correction, key)) for key in ("matcha", "forvantat", "varden", "kolumner")]


def _refused(correction: Rattelse, expected: str, found: str) -> IbicError:
    return IbicError(f"{expected} ({correction.id})", found, "Correct the municipality's file under rattelser/.")
