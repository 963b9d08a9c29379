"""A delivery judged on the sender's machine: no key, no run, nothing kept; persons get names that are forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.check.files import files_in, gather, tables_of
from ibic_pipeline.check.findings import Finding, Repaired, findings, repairs
from ibic_pipeline.codes import code_lists
from ibic_pipeline.corrections.columns import corrections_of
from ibic_pipeline.corrections.reading import read_files
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract import DeliveredFile
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import pseudonymiser_with
from ibic_pipeline.validate import Validated, check_limits, validate_delivery
from schemas import CONTRACTS

_KEY_BYTES = 32
COUNTED = ("last", "godkanda", "karantan", "dubbletter", "flaggade", "reparerade")


@dataclass(frozen=True)
class Checked:
    """What a check came to.

    ``filer``: per file that the profile knows, its export, whether it could be read, and its rows (``COUNTED``).
    ``okanda``: masked name -> why the file was not recognised. ``saknade``: export -> patterns without a file.
    ``ej_bedomda``: tables to which references were not judged. ``skal``: why the delivery would be refused.
    ``rader``: every finding (``findings.SCHEMA``). ``fynd``: the same per file and rule. ``reparationer`` and
    ``reparerat``: the same of what was mended or corrected, which is no fault of the rows that are sent.
    """

    kommunkod: str
    namn: str
    uttagsdatum: date
    filer: tuple[dict[str, Any], ...]
    okanda: dict[str, str]
    saknade: dict[str, tuple[str, ...]]
    ej_bedomda: tuple[str, ...]
    skal: tuple[tuple[str, str], ...]
    fynd: tuple[Finding, ...]
    rader: pa.Table
    reparationer: tuple[Repaired, ...]
    reparerat: pa.Table

    @property
    def fine(self) -> bool:
        """Whether nothing would be refused: no row, no file, and no file that was meant for a pattern left empty."""
        refused = any(each.avvisar for each in self.fynd)
        return not (refused or self.skal or (self.okanda and self.saknade))


def check_files(home: Home, kommunkod: str, paths: Sequence[Path], day: date, *, with_values: bool = False) -> Checked:
    """Judge files as a load would, with only those at hand; nothing is written.

    Raises:
        IbicError: a file is not there, or the profile is missing or wrong.
        DeliveryRefused: a file may not be read.
    """
    profil = home.profil(kommunkod, day)
    if profil.sammanstallning is not None:
        raise IbicError(
            f"files of rows from {kommunkod}",
            "a municipality that delivers counts",
            f"A summary is judged when it is loaded: `ibic run --kommun {kommunkod}`.",
        )
    corrections = corrections_of(home, profil)
    codes = code_lists(home)
    gathered = gather(files_in(paths), day, profil)
    delivery = gathered.delivery
    pseudonymise = pseudonymiser_with(secrets.token_bytes(_KEY_BYTES), day, profil.identiteter)
    read = read_files(delivery, profil, corrections, pseudonymise, codes, keep_delivered=with_values)
    readable = {each.file.name for each in read.files}
    unread = [file for file in delivery.files if file.name not in readable]
    not_whole = gathered.not_whole | tables_of(file.fil for file in unread)
    validated = validate_delivery(read.files, delivery, profil, codes, not_whole)
    previous = _previous(home, kommunkod, {*gathered.not_given, *(file.export for file in unread)})
    reasons = [*gathered.ambiguous, *read.reasons, *_beyond_limits(read.files, validated, previous, profil)]
    named, cells = {file.name: file for file in delivery.files}, read.delivered if with_values else None
    rows, summed = findings(validated, named, cells)
    mended_rows, mended = repairs(validated, named, cells)
    return Checked(
        kommunkod,
        profil.namn,
        day,
        filer=_accounts(delivery.files, validated),
        okanda=gathered.unknown,
        saknade=gathered.not_given,
        ej_bedomda=_not_judged(read.files, not_whole),
        skal=tuple(dict.fromkeys(reasons)),
        fynd=tuple(summed),
        rader=rows,
        reparationer=tuple(mended),
        reparerat=mended_rows,
    )


def _not_judged(files: Sequence[HarmonisedFile], not_whole: Collection[str]) -> tuple[str, ...]:
    """The tables not whole that rows of the files refer to."""
    tables = {part.tabell for file in files for part in file.parts}
    referred = {parent.table for tabell in tables for parent in CONTRACTS[tabell].parents()}
    return tuple(tabell for tabell in CONTRACTS if tabell in referred and tabell in not_whole)


def _accounts(files: Sequence[DeliveredFile], validated: Validated) -> tuple[dict[str, Any], ...]:
    accounts = {each["kallfil"]: each for each in validated.avstamning.to_pylist()}
    return tuple(
        {
            "fil": file.name,
            "export": file.export,
            "lasbar": file.name in accounts,
            **{name: accounts[file.name][name] if file.name in accounts else None for name in COUNTED},
        }
        for file in files
    )


def _beyond_limits(
    files: list[HarmonisedFile], validated: Validated, previous: pa.Table | None, profil: Profil
) -> list[tuple[str, str]]:
    if not files:
        return []
    try:
        check_limits(files, validated, previous, profil)
    except DeliveryRefused as refused:
        return refused.reasons
    return []


def _previous(home: Home, kommunkod: str, without: set[str]) -> pa.Table | None:
    """The accounting of the last accepted delivery, where it is at hand, of the exports that were given whole."""
    path = home.current(kommunkod) / "avstamning.parquet"
    if not path.exists():
        return None
    table = pq.read_table(path)
    return table.filter(pc.invert(pc.is_in(table["export"], value_set=pa.array(sorted(without), pa.string()))))
