"""A delivery while faults are planted in it: which records are taken, and which rows may be refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ibic_pipeline.profile import Del, Profil
from ibic_pipeline.synthetic.columns import Bools, Ints
from ibic_pipeline.synthetic.export import ExportFile, row_keys
from schemas import CONTRACTS

WHOLE_FILE = 0


@dataclass(frozen=True)
class Planted:
    """One code under which a fault must be found; ``regel`` is empty where nothing may be found.

    ``kallrad`` is 0 for faults of a whole file. Exact duplicates are accounted as such and have no code.
    """

    fil: ExportFile
    kommunkod: str
    kallrad: int
    fel: str
    regel: str


@dataclass
class Site:
    """One file; ``used`` are the records that no further fault may touch."""

    file: ExportFile
    profil: Profil
    budget: int
    used: Bools
    planted: list[tuple[str, str, Ints]] = field(default_factory=list)
    """Fault, code, positions of records."""
    lines: list[tuple[str, str, int, str]] = field(default_factory=list)
    """Fault, code, number of a line or record in the file as it is written (0: the whole file), municipality."""
    appended: list[tuple[str, str, Ints, str | None]] = field(default_factory=list)

    @property
    def responsible(self) -> str:
        """The municipality that answers for what is no municipality's own record."""
        shared = self.profil.leverans.kommunkolumn is not None
        return (self.profil.leverans.ansvarig if shared else None) or self.profil.kommunkod

    def municipality_of(self, number: int) -> str:
        """The municipality of a record by its number; of a line that is no record, the one that answers for such."""
        numbers = self.file.number(np.arange(len(self.file.frame)))
        found = np.flatnonzero(numbers == number)
        return str(self.file.kommunkod[found[0]]) if len(found) else self.responsible


@dataclass
class Sites:
    """All files of one folder: the keys they hold per table, and those of which an accepted row is not certain."""

    sites: list[Site]
    known: dict[str, set[str]]
    lost: dict[str, set[str]]


def open_sites(files: list[ExportFile], profil: Profil, rate: float) -> Sites:
    """A delivery without faults."""
    sites = [Site(file, profil, round(rate * len(file.frame)), np.zeros(len(file.frame), dtype=bool)) for file in files]
    known: dict[str, set[str]] = {table: set() for table in CONTRACTS}
    for site in sites:
        for part in site.file.fil.delar:
            key = CONTRACTS[part.tabell].key()[0]
            if key in part.kolumner:
                known[part.tabell].update(row_keys(site.file, part.kolumner[key]).unique())
    return Sites(sites, known, {table: set() for table in CONTRACTS})


def lose(site: Site, part: Del, rows: Ints, delivery: Sites) -> None:
    """Note that the part's rows may be refused."""
    key = CONTRACTS[part.tabell].key()[0]
    if key in part.kolumner:
        delivery.lost[part.tabell].update(row_keys(site.file, part.kolumner[key]).iloc[rows])


def inherit_losses(table: str, delivery: Sites) -> None:
    """A row whose parent is not certain is not certain either."""
    for parent in CONTRACTS[table].parents():
        lost = delivery.lost[parent.table]
        for site in delivery.sites if lost else ():
            for part in site.file.fil.delar:
                if part.tabell == table and parent.field in part.kolumner:
                    rows = np.flatnonzero(row_keys(site.file, part.kolumner[parent.field]).isin(lost))
                    lose(site, part, rows, delivery)


def draw(possible: Bools, count: int, rng: np.random.Generator) -> Ints:
    """Positions drawn at random, ascending."""
    candidates = np.flatnonzero(possible)
    return np.sort(rng.choice(candidates, min(count, len(candidates)), replace=False))
