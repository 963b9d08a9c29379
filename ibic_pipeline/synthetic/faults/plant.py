"""Planting known faults in rendered files, so that it is known of each which code must find it on which record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

import numpy as np

from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.profile import Profil
from ibic_pipeline.synthetic.columns import Ints
from ibic_pipeline.synthetic.export import ExportFile
from ibic_pipeline.synthetic.faults.books import BOOK_FAULTS
from ibic_pipeline.synthetic.faults.cells import CELL_FAULTS
from ibic_pipeline.synthetic.faults.damage import applies, damage
from ibic_pipeline.synthetic.faults.deliveries import DELIVERY_FAULTS, MISSING_MONTH, leave_out_a_month
from ibic_pipeline.synthetic.faults.files import FILE_FAULTS, FileFault
from ibic_pipeline.synthetic.faults.persons import PERSON_FAULTS, codes_of_person_fault, plant_persons
from ibic_pipeline.synthetic.faults.records import (
    RECORD_FAULTS,
    REPEATED_HEADER,
    RecordPlanter,
    append_copies,
    record_planters,
)
from ibic_pipeline.synthetic.faults.sites import Planted, Site, Sites, inherit_losses, open_sites
from ibic_pipeline.synthetic.faults.spots import severity_of
from schemas import CONTRACTS

WHOLE_FILES: dict[str, FileFault] = {each.name: each for each in (*FILE_FAULTS, *BOOK_FAULTS, *DELIVERY_FAULTS)}
"""Faults of files that are planted last, at most one in each file."""


def fault_codes() -> dict[str, tuple[str, ...]]:
    """Every kind of fault that can be planted -> the codes under which it may be found; none where it is normal."""
    codes: dict[str, tuple[str, ...]] = {}
    for fault in CELL_FAULTS:
        codes[fault.name] = tuple(dict.fromkeys((*codes.get(fault.name, ()), *fault.found_as)))
    codes |= {name: codes_of_person_fault(name) for name in PERSON_FAULTS}
    codes |= RECORD_FAULTS
    codes |= {name: fault.codes for name, fault in WHOLE_FILES.items()}
    return {**codes, MISSING_MONTH: ("LEV-012",)}


def fault_names() -> tuple[str, ...]:
    """Every kind of fault that can be planted."""
    return tuple(fault_codes())


def stops(name: str) -> bool:
    """Whether the fault makes the whole delivery be refused; such faults are planted by name alone."""
    return any(severity_of(code) == "stoppa" for code in fault_codes()[name])


def keeps_content(name: str) -> bool:
    """Whether what is accepted of a delivery with the fault is what is accepted of one without it."""
    if any(severity_of(code) in ("stoppa", "avvisa") for code in fault_codes()[name]):
        return False
    changed = {fault.name for fault in CELL_FAULTS if fault.changes} | set(PERSON_FAULTS) | {MISSING_MONTH}
    return name not in changed


def plant(
    files: list[ExportFile],
    profil: Profil,
    rate: float,
    rng: np.random.Generator,
    only: Collection[str] | None = None,
) -> list[Planted]:
    """Damage about ``rate`` of the records of every file in place, each record at most once, and of the files.

    A fault of a decision that stands on several records is on all of them. A fault is left out of a file where
    it would not surely be found under its own code. A fault of files that is asked for by name stands in one file
    of the delivery at least; those that make the delivery be refused are planted only so.

    Raises:
        IbicError: ``only`` names a fault that does not exist.
    """
    unknown = sorted(set(only or ()) - set(fault_names()))
    if unknown:
        found = ", ".join(f"{name}{did_you_mean(name, fault_names())}" for name in unknown)
        raise IbicError("names of faults", found, "`ibic synth --list-faults` prints every name.")
    names = list(fault_names()) if only is None else [name for name in fault_names() if name in only]
    delivery = open_sites(files, profil, rate)
    if only is not None and MISSING_MONTH in names:
        leave_out_a_month(delivery)
    plant_persons([each for each in names if each in PERSON_FAULTS], rate / 20, only is not None, profil, delivery, rng)
    for table in CONTRACTS:  # parents first, so that it is known which of them a child has lost
        inherit_losses(table, delivery)
        for site in delivery.sites:
            _spend(site, table, delivery, rng, set(names))
    for site in delivery.sites:
        append_copies(site, rng)
    _plant_files([each for each in names if each in WHOLE_FILES], rate, only is not None, delivery, rng)
    return [each for site in delivery.sites for each in _tell(site)]


def _spend(site: Site, table: str, delivery: Sites, rng: np.random.Generator, names: set[str]) -> None:
    """Spend the file's budget, even over the faults that its tables allow, on the faults of one table."""
    tables = dict.fromkeys(part.tabell for part in site.file.fil.delar)
    planters = {each: list(_planters(site, each, names)) for each in tables}
    total = sum(map(len, planters.values()))
    for planter in planters.get(table, ()):
        share = site.budget / total
        planter(site, int(share) + int(rng.random() < share % 1), delivery, rng)


def _planters(site: Site, table: str, names: set[str]) -> Iterator[RecordPlanter]:
    for part in site.file.fil.delar:
        for fault in CELL_FAULTS if part.tabell == table else ():
            if fault.table == table and fault.name in names and applies(fault, part, site):
                yield partial(damage, fault=fault, part=part)
    if site.file.fil.delar[0].tabell == table:
        yield from (planter for name, planter in record_planters(site) if name in names)


def _plant_files(names: list[str], rate: float, by_name: bool, delivery: Sites, rng: np.random.Generator) -> None:
    """At most one in each file: each name once when asked for, and by chance what does not stop the delivery."""
    free = list(rng.permutation(len(delivery.sites)))
    if by_name:
        for name in names:
            taken = next((place for place in free if _plant_in(delivery.sites[place], name, delivery, rng)), None)
            if taken is not None:
                free.remove(taken)
    harmless = [name for name in names if not stops(name)]
    for place in free:
        if rng.random() < rate:
            for name in rng.permutation(harmless).tolist():
                if _plant_in(delivery.sites[place], name, delivery, rng):
                    break


def _plant_in(site: Site, name: str, delivery: Sites, rng: np.random.Generator) -> bool:
    found = WHOLE_FILES[name].plant(site, delivery, rng)
    site.lines += [(name, code, number, site.municipality_of(number)) for number, code in found or ()]
    return found is not None


def _tell(site: Site) -> Iterator[Planted]:
    """Every fault but those on records that happen to repeat an earlier one."""
    file = site.file
    repeats = file.duplicates()
    headers = np.array(sorted(file.writing.header_before), dtype=np.int64)
    for number in (file.number(headers) - 1).tolist():
        yield Planted(file, site.responsible, number, REPEATED_HEADER, "REP-004")
    for name, code, number, kommunkod in site.lines:
        yield Planted(file, kommunkod, number, name, code)
    for name, code, rows in site.planted:
        told: Ints = rows[~repeats[rows]] if code else rows
        for row, number in zip(told.tolist(), file.number(told).tolist(), strict=True):
            yield Planted(file, str(file.kommunkod[row]), number, name, code)
            if row in file.writing.torn:
                yield Planted(file, str(file.kommunkod[row]), number + 1, name, code)
