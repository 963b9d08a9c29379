"""Finding a municipality's latest delivery and the files that its profile asks for."""

from __future__ import annotations

import fnmatch
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.archive import SUFFIX, Source, members_of
from ibic_pipeline.extract.workbook_guard import look_inside
from ibic_pipeline.home import Home
from ibic_pipeline.identities import twelve_digits
from ibic_pipeline.profile import Fil, Profil
from ibic_pipeline.storage import sha256_of_file
from schemas import EXPORTS
from schemas.delivery_rules import refusal

_DASH = r"\s*[-+_\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]?\s*"
_LIKE_PERSONAL_NUMBER = re.compile(rf"(?<!\d)(?:\d{{2}})?\d{{6}}{_DASH}\d{{4}}(?!\d)")
_DATE_AND_FOUR_DIGITS = re.compile(rf"(?<!\d)\d{{4}}{_DASH}\d{{2}}{_DASH}\d{{2}}{_DASH}\d{{4}}(?!\d)")
_MASKED = "PERSONNUMMER"

SAME_FILE_TWICE = "REP-009"


@dataclass(frozen=True)
class DeliveredFile:
    """One file, or one sheet of a workbook, that the profile asked for.

    ``name`` is what is written as ``kallfil``: the file's name, with anything like a personal number masked.
    ``required`` are local columns that must be there beyond those of ``fil.delar``.
    ``member``: the file's path within the zip archive ``path``; ``sha256`` is then the archive's.
    ``sheet``: of a workbook; ``sheets``: all that the delivery reads of the same workbook, in order.
    ``findings``: codes of what was found about the file before it was read.
    """

    export: str
    fil: Fil
    path: Path
    name: str
    sha256: str
    required: tuple[str, ...] = ()
    member: str | None = None
    sheet: str | None = None
    sheets: tuple[str | None, ...] = ()
    findings: tuple[str, ...] = ()

    def size(self) -> int:
        """Number of bytes.

        Raises:
            OSError: the file cannot be found.
        """
        return Source(self.path, self.member).size()

    def read(self) -> bytes:
        """The file's bytes.

        Raises:
            OSError: the file cannot be read.
            DeliveryRefused: LEV-014, the archive is damaged, or beyond a bound.
        """
        return Source(self.path, self.member).read(self.name)


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
        DeliveryRefused: LEV-001, LEV-003, LEV-007, LEV-008 or LEV-014; every reason found.
    """
    folder = _latest_folder(home.inkorg / profil.mapp, profil.mapp)
    extracted = date_of(folder.name)
    if extracted is None:
        raise DeliveryRefused([refusal("LEV-007", f"mappen {mask(folder.name)}")])
    sources, reasons = sources_of(visible(folder))
    if reasons:
        raise DeliveryRefused(reasons)
    return delivery_of(sources, folder, extracted, profil)


def delivery_of(sources: Sequence[Source], folder: Path, extracted: date, profil: Profil) -> Delivery:
    """A delivery of files that lie anywhere, with one file for each pattern of the profile; named after ``folder``.

    Raises:
        DeliveryRefused: LEV-001, LEV-003, LEV-008 or LEV-014; every reason found.
    """
    asked = list(_files_asked_for(profil))
    fitting = {fil.monster: matching(sources, fil.monster) for _, fil in asked}
    reasons = [
        refusal("LEV-008" if found else "LEV-001", f"{len(found)} filer som passar {pattern}")
        for pattern, found in fitting.items()
        if not is_one(found)
    ]
    if reasons:
        raise DeliveryRefused(reasons)
    found = _sheet_by_sheet([(export, fil, fitting[fil.monster][0]) for export, fil in asked])
    digests = _digests({source.path for _, _, source, _ in found})
    names = _names([(source, sheet) for _, _, source, sheet in found])
    files = tuple(
        DeliveredFile(
            export,
            fil,
            source.path,
            name,
            digests[source.path],
            required=(profil.leverans.kommunkolumn,) if profil.leverans.kommunkolumn else (),
            member=source.member,
            sheet=sheet,
            sheets=tuple(dict.fromkeys(each for _, _, other, each in found if other == source)),
            findings=(SAME_FILE_TWICE,) if len(fitting[fil.monster]) > 1 else (),
        )
        for (export, fil, source, sheet), name in zip(found, names, strict=True)
    )
    known = {source for each in fitting.values() for source in each}
    unused = sorted(mask(each.place) for each in sources if each not in known)
    return Delivery(profil.kommunkod, _delivery_name(folder.name), extracted, folder, files, tuple(unused))


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
    shown = _LIKE_PERSONAL_NUMBER.sub(_MASKED, "".join(c if c.isprintable() else "\ufffd" for c in text))
    return _DATE_AND_FOUR_DIGITS.sub(lambda found: _MASKED if _is_personal_number(found[0]) else found[0], shown)


def _is_personal_number(text: str) -> bool:
    """A date with four digits after it is a day and a clock unless the check digit holds."""
    digits = re.sub(r"\D", "", text)
    return twelve_digits(digits, date.max) is not None


def _delivery_name(folder_name: str) -> str:
    """The masked name, which begins with the day whatever was masked."""
    masked = mask(folder_name)
    return masked if date_of(masked) else f"{folder_name[:10]}_{masked}"


def _latest_folder(inbox: Path, mapp: str) -> Path:
    folders = [each for each in visible(inbox) if each.is_dir()] if inbox.is_dir() else []
    if not folders:
        raise DeliveryRefused([refusal("LEV-001", f"ingen leveransmapp under inkorg/{mapp}")])
    return max(folders, key=lambda each: each.name)


def _files_asked_for(profil: Profil) -> Iterator[tuple[str, Fil]]:
    for export in EXPORTS:
        for fil in profil.exporter[export]:  # type: ignore[index]
            yield export, fil


def sources_of(paths: Sequence[Path]) -> tuple[list[Source], list[tuple[str, str]]]:
    """Files, with what lies in zip archives in their place; and why archives are refused (LEV-014)."""
    sources: list[Source] = []
    reasons: list[tuple[str, str]] = []
    for path in paths:
        if path.suffix.lower() != SUFFIX or not path.is_file():
            sources.append(Source(path))
            continue
        try:
            sources += [Source(path, member) for member in members_of(path, mask(path.name))]
        except DeliveryRefused as refused:
            reasons += refused.reasons
    return sources, reasons


def matching(sources: Sequence[Source], pattern: str) -> list[Source]:
    """The files whose names fit a pattern, without regard to case; those outside archives first."""
    wanted = _comparable(pattern)
    found = [each for each in sources if fnmatch.fnmatchcase(_comparable(each.name), wanted)]
    return sorted((each for each in found if each.path.is_file()), key=lambda each: each.member is not None)


def is_one(found: Sequence[Source]) -> bool:
    """Whether there is one file, or copies of one."""
    if len(found) < 2:
        return bool(found)
    try:
        return len({hashlib.sha256(each.read(mask(each.place))).digest() for each in found}) == 1
    except (OSError, DeliveryRefused):
        return False


def _sheet_by_sheet(found: list[tuple[str, Fil, Source]]) -> list[tuple[str, Fil, Source, str | None]]:
    """Each file with its sheet, once for every sheet that fits a pattern of sheets.

    Raises:
        DeliveryRefused: LEV-001, no sheet fits; LEV-003 or LEV-018, the workbook cannot be read.
    """
    each_sheet: list[tuple[str, Fil, Source, str | None]] = []
    reasons: list[tuple[str, str]] = []
    for export, fil, source in found:
        try:
            each_sheet += [(export, fil, source, sheet) for sheet in _sheets(fil, source)]
        except DeliveryRefused as refused:
            reasons += refused.reasons
    if reasons:
        raise DeliveryRefused(dict.fromkeys(reasons))
    return each_sheet


def _sheets(fil: Fil, source: Source) -> list[str | None]:
    blad, shown = fil.format.blad, mask(source.place)
    if fil.format.typ in ("csv", "sql") or blad is None or "*" not in blad:
        return [None if fil.format.typ in ("csv", "sql") else blad]
    try:
        names = look_inside(source.read(shown), shown).names
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"filen {shown}, som inte får läsas")]) from None
    fitting = [name for name in names if fnmatch.fnmatchcase(_comparable(name), _comparable(blad))]
    if not fitting:
        raise DeliveryRefused([refusal("LEV-001", f"inget blad som passar {blad} i {shown}")])
    return [*fitting]


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


def _names(sources: list[tuple[Source, str | None]]) -> list[str]:
    """Masked names; two sources whose masked names are the same get a number each."""
    plain = [mask(source.place if sheet is None else f"{source.place}#{sheet}") for source, sheet in sources]
    named: dict[str, list[tuple[Source, str | None]]] = {}
    for name, source in zip(plain, sources, strict=True):
        if source not in named.setdefault(name, []):
            named[name].append(source)
    return [
        name if len(named[name]) == 1 else f"{name}~{named[name].index(source) + 1}"
        for name, source in zip(plain, sources, strict=True)
    ]
