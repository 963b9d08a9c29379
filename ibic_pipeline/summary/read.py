"""Reads a summary that a municipality has sent: nothing of it is believed before its signature and hashes agree."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from ibic_pipeline.county import Lan
from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import DeliveredFile, Delivery, find_delivery
from ibic_pipeline.extract.delivery import latest_folder
from ibic_pipeline.extract.names import date_of, mask, masked_delivery
from ibic_pipeline.extract.sources import fingerprint, visible
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Del, Fil, Profil, Sammanstallning
from ibic_pipeline.summary.contents import DESCRIPTION, SIGNATURE, SUFFIX, TABLES, Description, definitions, settings_of
from ibic_pipeline.summary.signing import is_signed
from schemas.delivery_rules import refusal

EXPORT = "sammanstallning"
PATTERN = "sammanstallning_*.zip"

_FILE = Fil(monster=PATTERN, delar=(Del(tabell="individ", kolumner={}),))
_MOST_DESCRIPTION_BYTES = 1 << 20
_MOST_BYTES = 1 << 30
"""Of all tables together; those of the county's largest municipality over ten years take a hundredth of it."""


@dataclass(frozen=True)
class Summary:
    """``tables``: the bytes of each parquet file, by name without its ending."""

    description: Description
    tables: dict[str, bytes]

    def table(self, name: str) -> pa.Table:
        """One of the tables, as ``TABLES`` says."""
        return pq.read_table(pa.BufferReader(self.tables[name]))

    def other_definitions(self) -> list[str]:
        """Indicators and curves that are counted by another definition here; the county leaves theirs out."""
        own = definitions()
        return sorted(name for name in own if self.description.definitioner.get(name) != own[name])


def find_latest(home: Home, profil: Profil) -> Delivery:
    """The latest delivery, of rows or of counts, as the profile says.

    Raises:
        DeliveryRefused: there is none that can be used; every reason found.
    """
    return (find_delivery if profil.sammanstallning is None else find_summary)(home, profil)


def find_summary(home: Home, profil: Profil) -> Delivery:
    """The latest folder by name under ``inkorg/<mapp>``, in which one summary lies.

    Raises:
        DeliveryRefused: LEV-001, LEV-003, LEV-007 or LEV-008.
    """
    folder = latest_folder(home.inkorg / profil.mapp, profil.mapp)
    extracted = date_of(folder.name)
    if extracted is None:
        raise DeliveryRefused([refusal("LEV-007", f"mappen {mask(folder.name)}")])
    found = [each for each in visible(folder) if each.match(PATTERN)]
    if len(found) != 1:
        code = "LEV-008" if found else "LEV-001"
        raise DeliveryRefused([refusal(code, f"{len(found)} filer som passar {PATTERN}")])
    path = found[0]
    try:
        digest = fingerprint(path)
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"filen {mask(path.name)}, som inte får läsas")]) from None
    unused = tuple(sorted(mask(each.name) for each in visible(folder) if each != path))
    file = DeliveredFile(EXPORT, _FILE, path, mask(path.name), digest)
    return Delivery(profil.kommunkod, masked_delivery(folder.name), extracted, folder, (file,), unused)


def read_summary(delivery: Delivery, sender: Sammanstallning, lan: Lan) -> Summary:
    """The summary of a delivery.

    Raises:
        DeliveryRefused: LEV-020, it is not one that the municipality has signed, or does not belong here; LEV-021, it
            was counted with other settings than the county's.
    """
    summary = _unpacked(delivery.files[0].path, sender.publik_nyckel)
    about = summary.description
    if about.kommunkod != delivery.kommunkod:
        raise _no_summary("en annan kommuns")
    if about.uttagsdatum != delivery.uttagsdatum:
        raise _no_summary(f"uttagsdatum {about.uttagsdatum}, i en mapp för {delivery.uttagsdatum}")
    own = settings_of(lan)
    differing = sorted(name for name in own if about.lan.get(name) != own[name])
    if differing:
        raise DeliveryRefused([refusal("LEV-021", f"andra {', '.join(differing)}")])
    for name, schema in TABLES.items():
        _must_be_theirs(summary, name, schema)
    return summary


def _unpacked(path: Path, publik_nyckel: str) -> Summary:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {each.filename: each.file_size for each in archive.infolist()}
            expected = {DESCRIPTION, SIGNATURE, *(f"{name}{SUFFIX}" for name in TABLES)}
            if set(sizes) != expected or len(archive.infolist()) != len(expected):
                raise _no_summary("andra filer i arkivet, kanske av en annan programversion")
            if sizes[DESCRIPTION] + sizes[SIGNATURE] > _MOST_DESCRIPTION_BYTES or sum(sizes.values()) > _MOST_BYTES:
                raise _no_summary("ett alltför stort arkiv")
            signed = archive.read(DESCRIPTION)
            if not is_signed(signed, archive.read(SIGNATURE), publik_nyckel):
                raise _no_summary("en underskrift som inte är av kommunens nyckel")
            description = Description.model_validate_json(signed)
            tables = {name: archive.read(f"{name}{SUFFIX}") for name in TABLES}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise _no_summary("något annat än ett helt zip-arkiv") from None
    except ValidationError:
        raise _no_summary("en beskrivning i en annan form, kanske av en annan programversion") from None
    for name, content in tables.items():
        if hashlib.sha256(content).hexdigest() != description.filer.get(f"{name}{SUFFIX}"):
            raise _no_summary(f"{name}{SUFFIX} med annat innehåll än det undertecknade")
    return Summary(description, tables)


def _must_be_theirs(summary: Summary, name: str, schema: pa.Schema) -> None:
    try:
        table = summary.table(name)
    except pa.ArrowException:
        raise _no_summary(f"{name}{SUFFIX} som inte går att läsa, kanske av en annan programversion") from None
    if not table.schema.equals(schema):
        raise _no_summary(f"{name}{SUFFIX} med andra kolumner, kanske av en annan programversion")
    if set(pc.unique(table["kommunkod"]).to_pylist()) - {summary.description.kommunkod}:
        raise _no_summary(f"{name}{SUFFIX} med en annan kommuns rader")


def _no_summary(found: str) -> DeliveryRefused:
    return DeliveryRefused([refusal("LEV-020", found)])
