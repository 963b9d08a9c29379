"""Finding a municipality's latest delivery and the files that its profile asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.fitting import Fitting, fits, fitting_of
from ibic_pipeline.extract.names import date_of, mask, masked_delivery
from ibic_pipeline.extract.sources import Source, fingerprint, sources_of, visible
from ibic_pipeline.extract.workbook_guard import look_inside
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Fil, Profil
from schemas import EXPORTS
from schemas.delivery_rules import refusal

SAME_FILE_TWICE = "REP-009"


@dataclass(frozen=True)
class DeliveredFile:
    """One file, or one sheet of a workbook, that the profile asked for.

    ``name`` is what is written as ``kallfil``: the file's name, with anything like a personal number masked.
    ``required`` are local columns that must be there beyond those of ``fil.delar``.
    ``member``: the file's path within the zip archive ``path``. ``sha256``: of ``path``; empty when nobody asked.
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
        """Number of bytes that reading it holds.

        Raises:
            OSError: the file cannot be found.
        """
        return Source(self.path, self.member).size()

    def read(self) -> bytes:
        """The file's bytes, read once; those that ``sha256`` is of, when it is known.

        What decides whether there is anything to do is the fingerprint, so that a delivery that has changed is passed
        over twice: once for its fingerprint, once for its content, and that it is the same content is proven here.

        Raises:
            OSError: the file cannot be read.
            DeliveryRefused: LEV-014, the archive is damaged, or beyond a bound.
            IbicError: the file has changed since its fingerprint was taken.
        """
        return Source(self.path, self.member).read(self.name, self.sha256)


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
    folder = latest_folder(home.inkorg / profil.mapp, profil.mapp)
    extracted = date_of(folder.name)
    if extracted is None:
        raise DeliveryRefused([refusal("LEV-007", f"mappen {mask(folder.name)}")])
    sources, reasons = sources_of(visible(folder))
    if reasons:
        raise DeliveryRefused(reasons)
    return delivery_of(fitting_of(sources, profil), folder, extracted, profil)


def delivery_of(
    fitting: Fitting, folder: Path, extracted: date, profil: Profil, *, fingerprinted: bool = True
) -> Delivery:
    """A delivery of files that lie anywhere, with one file for each pattern of the profile; named after ``folder``.

    Args:
        fitting: the files, sorted after the patterns of a profile that has all of this one's.
        folder: whose name becomes the delivery's.
        extracted: the day of extraction.
        profil: whose files are wanted.
        fingerprinted: read every file once to tell whether it has changed; without, it is read only when it is used.

    Raises:
        DeliveryRefused: LEV-001, LEV-003, LEV-008 or LEV-014; every reason found.
    """
    asked = list(_files_asked_for(profil))
    reasons = [
        refusal(
            "LEV-008" if (count := len(fitting.files[pattern])) else "LEV-001", f"{count} filer som passar {pattern}"
        )
        for pattern in dict.fromkeys(fil.monster for _, fil in asked)
        if pattern not in fitting.usable
    ]
    if reasons:
        raise DeliveryRefused(reasons)
    found = _sheet_by_sheet([(export, fil, fitting.files[fil.monster][0]) for export, fil in asked])
    digests = _fingerprints({source.path for _, _, source, _ in found}) if fingerprinted else {}
    names = _names([(source, sheet) for _, _, source, sheet in found])
    files = tuple(
        DeliveredFile(
            export,
            fil,
            source.path,
            name,
            digests.get(source.path, ""),
            required=(profil.leverans.kommunkolumn,) if profil.leverans.kommunkolumn else (),
            member=source.member,
            sheet=sheet,
            sheets=tuple(dict.fromkeys(each for _, _, other, each in found if other == source)),
            findings=(SAME_FILE_TWICE,) if len(fitting.files[fil.monster]) > 1 else (),
        )
        for (export, fil, source, sheet), name in zip(found, names, strict=True)
    )
    unused = sorted(mask(each.place) for each in fitting.rest)
    return Delivery(profil.kommunkod, masked_delivery(folder.name), extracted, folder, files, tuple(unused))


def profile_of_latest(home: Home, kommunkod: str) -> Profil:
    """The profile as it applies to the municipality's latest delivery; the latest version when there is none.

    Raises:
        IbicError: the profile is missing or wrong.
    """
    profil = home.profil(kommunkod)
    try:
        extracted = date_of(latest_folder(home.inkorg / profil.mapp, profil.mapp).name)
    except DeliveryRefused:  # told by ``find_delivery``, with its reason
        return profil
    return home.profil(kommunkod, extracted)


def latest_folder(inbox: Path, mapp: str) -> Path:
    """The folder of the latest delivery, which is the last by name.

    Raises:
        DeliveryRefused: LEV-001, there is none.
    """
    folders = [each for each in visible(inbox) if each.is_dir()] if inbox.is_dir() else []
    if not folders:
        raise DeliveryRefused([refusal("LEV-001", f"ingen leveransmapp under inkorg/{mapp}")])
    return max(folders, key=lambda each: each.name)


def _files_asked_for(profil: Profil) -> Iterator[tuple[str, Fil]]:
    for export in EXPORTS:
        for fil in profil.exporter[export]:  # type: ignore[index]
            yield export, fil


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
        with source.open(shown) as stream:
            names = look_inside(stream, shown).names
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"filen {shown}, som inte får läsas")]) from None
    fitting = [name for name in names if fits(name, blad)]
    if not fitting:
        raise DeliveryRefused([refusal("LEV-001", f"inget blad som passar {blad} i {shown}")])
    return [*fitting]


def _fingerprints(paths: set[Path]) -> dict[Path, str]:
    digests: dict[Path, str] = {}
    reasons = []
    for path in sorted(paths):
        try:
            digests[path] = fingerprint(path)
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
