"""Which of the files that a sender has at hand the profile asks for, and which it does not know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ibic_pipeline.errors import DeliveryRefused, IbicError, did_you_mean
from ibic_pipeline.extract import Delivery, delivery_of
from ibic_pipeline.extract.fitting import fitting_of
from ibic_pipeline.extract.names import date_of, mask
from ibic_pipeline.extract.sources import Source, sources_of, visible
from ibic_pipeline.profile import Fil, Profil
from schemas.delivery_rules import refusal


@dataclass(frozen=True)
class Gathered:
    """The files at hand as a delivery.

    ``unknown``: masked name of each file that no pattern fits -> why. ``not_given``: export -> patterns without a file.
    ``ambiguous``: what is wrong with archives, and with patterns that several files fit. ``not_whole``: tables of which
    a file is missing.
    """

    delivery: Delivery
    unknown: dict[str, str]
    not_given: dict[str, tuple[str, ...]]
    ambiguous: tuple[tuple[str, str], ...]
    not_whole: frozenset[str]


def files_in(paths: Sequence[Path]) -> list[Path]:
    """Every file given, and those in folders given.

    Raises:
        IbicError: something is not there, or a folder may not be read.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise IbicError("files or folders that exist", f"no {mask(str(path))}", "Correct the path.")
        try:
            found += [each for each in visible(path) if each.is_file()] if path.is_dir() else [path]
        except DeliveryRefused as refused:
            raise IbicError("a folder that may be read", str(refused), "Ask for permission to read it.") from None
    return list(dict.fromkeys(found))


def extraction_day(paths: Sequence[Path], given: date | None, today: date) -> date:
    """The day given; else the one with which the name of a folder given, or of a file's folder, begins; else today."""
    folders = [path if path.is_dir() else path.parent for path in (each.resolve() for each in paths)]
    named = [day for day in (date_of(folder.name) for folder in folders) if day is not None]
    return given or (max(named) if named else today)


def gather(paths: Sequence[Path], day: date, profil: Profil) -> Gathered:
    """Sort the files, and those in zip archives, after the profile's patterns; patterns without one file are left out.

    Raises:
        DeliveryRefused: LEV-001 or LEV-003, a workbook whose sheets are asked for by pattern.
    """
    sources, refused = sources_of(paths)
    fitting = fitting_of(sources, profil)
    asked = [(str(export), fil) for export, files in profil.exporter.items() for fil in files]
    lacking = [(export, fil) for export, fil in asked if fil.monster not in fitting.usable]
    exporter = {
        export: tuple(fil for fil in files if fil.monster in fitting.usable)
        for export, files in profil.exporter.items()
    }
    delivery = delivery_of(
        fitting, Path(day.isoformat()), day, profil.model_copy(update={"exporter": exporter}), fingerprinted=False
    )
    ambiguous = [
        refusal("LEV-008", f"{len(found)} filer som passar {pattern}: {', '.join(mask(s.place) for s in found)}")
        for pattern, found in fitting.files.items()
        if found and pattern not in fitting.usable
    ]
    return Gathered(
        delivery,
        unknown={mask(each.place): _why_unknown(each, list(fitting.files)) for each in fitting.rest},
        not_given=_grouped([(export, fil.monster) for export, fil in lacking if not fitting.files[fil.monster]]),
        ambiguous=(*refused, *ambiguous),
        not_whole=tables_of(fil for _, fil in lacking),
    )


def tables_of(files: Iterable[Fil]) -> frozenset[str]:
    """The tables that files hold; persons are told by every file that names them, so that they are never missing."""
    found = {part.tabell for fil in files for part in fil.delar}
    return frozenset(found - {"individ"})


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {export: tuple(pattern for each, pattern in pairs if each == export) for export, _ in pairs}


def _why_unknown(source: Source, patterns: list[str]) -> str:
    near = did_you_mean(mask(source.name), patterns)
    nearest = near.removeprefix(" (did you mean ").removesuffix("?)")
    likely = f" Närmast är {nearest}." if near else ""
    return f"Inget filmönster i profilen passar namnet.{likely} Döp om filen, eller rätta monster i profilen."
