"""Finding a municipality's latest delivery and the files that its profile asks for."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterator, Sequence
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
    """A municipality's latest delivery; ``files`` in the order of the exports and of the profile.

    ``unused``: masked names of what else lies in the folder, matched by no pattern of the profile.
    """

    kommunkod: str
    leverans_id: str
    uttagsdatum: date
    folder: Path
    files: tuple[DeliveredFile, ...]
    unused: tuple[str, ...] = ()


def find_delivery(home: Home, profil: Profil) -> Delivery:
    """The latest folder by name under ``inkorg/<mapp>``, with one file for each pattern of the profile.

    Raises:
        DeliveryRefused: LEV-001, LEV-003, LEV-007 or LEV-008; every reason found.
    """
    folder = _latest_folder(home.inkorg / profil.mapp, profil.mapp)
    extracted = date_of(folder.name)
    if extracted is None:
        raise DeliveryRefused([refusal("LEV-007", f"mappen {mask(folder.name)}")])
    return delivery_of(visible(folder), folder, extracted, profil)


def delivery_of(paths: Sequence[Path], folder: Path, extracted: date, profil: Profil) -> Delivery:
    """A delivery of files that lie anywhere, with one file for each pattern of the profile; named after ``folder``.

    Raises:
        DeliveryRefused: LEV-001, LEV-003 or LEV-008; every reason found.
    """
    asked = list(_files_asked_for(profil))
    fitting = {fil.monster: matching(paths, fil.monster) for _, fil in asked}
    reasons = [
        refusal("LEV-008" if found else "LEV-001", f"{len(found)} filer som passar {pattern}")
        for pattern, found in fitting.items()
        if len(found) != 1
    ]
    if reasons:
        raise DeliveryRefused(reasons)
    found = [(export, fil, fitting[fil.monster][0]) for export, fil in asked]
    required = (profil.leverans.kommunkolumn,) if profil.leverans.kommunkolumn else ()
    read = {path for _, _, path in found}
    digests = _digests(read)
    names = _names([(path, fil.format.blad) for _, fil, path in found])
    files = tuple(
        DeliveredFile(export, fil, path, name, digests[path], required)
        for (export, fil, path), name in zip(found, names, strict=True)
    )
    unused = sorted(mask(each.name) for each in paths if each not in read)
    return Delivery(profil.kommunkod, mask(folder.name), extracted, folder, files, tuple(unused))


def profile_of_latest(home: Home, kommunkod: str) -> Profil:
    """The profile as it applies to the municipality's latest delivery; the latest version when there is none.

    Raises:
        IbicError: the profile is missing or wrong.
    """
    profil = home.profil(kommunkod)
    try:
        extracted = date_of(_latest_folder(home.inkorg / profil.mapp, profil.mapp).name)
    except DeliveryRefused:  # told by ``find_delivery``, with its reason
        return profil
    return home.profil(kommunkod, extracted)


def date_of(folder_name: str) -> date | None:
    """The ISO date with which a delivery folder's name begins; None when it does not begin with one."""
    try:
        return date.fromisoformat(folder_name[:10]) if re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", folder_name) else None
    except ValueError:
        return None


def mask(name: str) -> str:
    """A file or folder name that may be shown: what is not printable or like a personal number is replaced."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _LIKE_PERSONAL_NUMBER.sub("PERSONNUMMER", "".join(c if c.isprintable() else "\ufffd" for c in text))


def _latest_folder(inbox: Path, mapp: str) -> Path:
    folders = [each for each in visible(inbox) if each.is_dir()] if inbox.is_dir() else []
    if not folders:
        raise DeliveryRefused([refusal("LEV-001", f"ingen leveransmapp under inkorg/{mapp}")])
    return max(folders, key=lambda each: each.name)


def _files_asked_for(profil: Profil) -> Iterator[tuple[str, Fil]]:
    for export in EXPORTS:
        for fil in profil.exporter[export]:  # type: ignore[index]
            yield export, fil


def matching(paths: Sequence[Path], pattern: str) -> list[Path]:
    """The files whose names fit a pattern, without regard to case."""
    wanted = _comparable(pattern)
    return [each for each in paths if each.is_file() and fnmatch.fnmatchcase(_comparable(each.name), wanted)]


def _comparable(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def visible(folder: Path) -> list[Path]:
    """What lies in a folder, by name, without hidden and temporary files.

    Raises:
        DeliveryRefused: LEV-003, the folder may not be read.
    """
    try:
        return sorted(each for each in folder.iterdir() if not each.name.startswith((".", "~$")))
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"mappen {mask(folder.name)}, som inte får läsas")]) from None


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
