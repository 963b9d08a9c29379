"""Finding a municipality's latest delivery and the files that its profile asks for."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Fil, Profil
from ibic_pipeline.storage import sha256_of_file
from schemas import EXPORTS
from schemas.delivery_rules import refusal

_LIKE_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+_ ]?\d{4}(?!\d)")


@dataclass(frozen=True)
class DeliveredFile:
    """One file, or one sheet of a workbook, that the profile asked for.

    ``name`` is what is written as ``kallfil``: the file's name, with anything like a personal number masked.
    ``required`` are local columns that must be there beyond those of ``fil.delar``.
    """

    export: str
    fil: Fil
    path: Path
    name: str
    sha256: str
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """A municipality's latest delivery; ``files`` in the order of the exports and of the profile."""

    kommunkod: str
    leverans_id: str
    uttagsdatum: date
    folder: Path
    files: tuple[DeliveredFile, ...]


def find_delivery(home: Home, profil: Profil) -> Delivery:
    """The latest folder by name under ``inkorg/<mapp>``, with one file for each pattern of the profile.

    Raises:
        DeliveryRefused: LEV-001, LEV-003, LEV-007 or LEV-008; every reason found.
    """
    folder = _latest_folder(home.inkorg / profil.mapp, profil.mapp)
    extracted = date_of(folder.name)
    if extracted is None:
        raise DeliveryRefused([refusal("LEV-007", f"mappen {mask(folder.name)}")])
    reasons: list[tuple[str, str]] = []
    found: list[tuple[str, Fil, Path]] = []
    for export, fil in _files_asked_for(profil):
        paths = _matching(folder, fil.monster)
        if len(paths) == 1:
            found.append((export, fil, paths[0]))
        else:
            code = "LEV-001" if not paths else "LEV-008"
            reasons.append(refusal(code, f"{len(paths)} filer som passar {fil.monster} ({export})"))
    if reasons:
        raise DeliveryRefused(list(dict.fromkeys(reasons)))
    required = (profil.leverans.kommunkolumn,) if profil.leverans.kommunkolumn else ()
    digests = _digests({path for _, _, path in found})
    names = _names([(path, fil.format.blad) for _, fil, path in found])
    files = tuple(
        DeliveredFile(export, fil, path, name, digests[path], required)
        for (export, fil, path), name in zip(found, names, strict=True)
    )
    return Delivery(profil.kommunkod, mask(folder.name), extracted, folder, files)


def date_of(folder_name: str) -> date | None:
    """The ISO date with which a delivery folder's name begins; None when it does not begin with one."""
    try:
        return date.fromisoformat(folder_name[:10]) if re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", folder_name) else None
    except ValueError:
        return None


def mask(name: str) -> str:
    """A file or folder name with everything like a personal number replaced."""
    return _LIKE_PERSONAL_NUMBER.sub("PERSONNUMMER", name)


def _latest_folder(inbox: Path, mapp: str) -> Path:
    folders = [each for each in inbox.iterdir() if _is_visible(each) and each.is_dir()] if inbox.is_dir() else []
    if not folders:
        raise DeliveryRefused([refusal("LEV-001", f"ingen leveransmapp under inkorg/{mapp}")])
    return max(folders, key=lambda each: each.name)


def _files_asked_for(profil: Profil) -> Iterator[tuple[str, Fil]]:
    for export in EXPORTS:
        for fil in profil.exporter[export]:  # type: ignore[index]
            yield export, fil


def _matching(folder: Path, pattern: str) -> list[Path]:
    wanted = _comparable(pattern)
    return sorted(
        each
        for each in folder.iterdir()
        if _is_visible(each) and each.is_file() and fnmatch.fnmatchcase(_comparable(each.name), wanted)
    )


def _comparable(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _is_visible(path: Path) -> bool:
    return not path.name.startswith((".", "~$"))


def _digests(paths: set[Path]) -> dict[Path, str]:
    digests: dict[Path, str] = {}
    reasons = []
    for path in sorted(paths):
        try:
            digests[path] = sha256_of_file(path)
        except OSError:
            reasons.append(refusal("LEV-003", f"filen {mask(path.name)}, som inte får läsas"))
    if reasons:
        raise DeliveryRefused(reasons)
    return digests


def _names(sources: list[tuple[Path, str | None]]) -> list[str]:
    """Masked names; two sources whose masked names are the same get a number each."""
    plain = [mask(path.name if sheet is None else f"{path.name}#{sheet}") for path, sheet in sources]
    named: dict[str, list[tuple[Path, str | None]]] = {}
    for name, source in zip(plain, sources, strict=True):
        if source not in named.setdefault(name, []):
            named[name].append(source)
    return [
        name if len(named[name]) == 1 else f"{name}~{named[name].index(source) + 1}"
        for name, source in zip(plain, sources, strict=True)
    ]
