"""Made-up deliveries with known faults, and what the pipeline finds in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import RawTable, find_delivery, profile_of_latest, read_file
from ibic_pipeline.harmonise import harmonise_file
from ibic_pipeline.home import Home
from ibic_pipeline.pseudonym import pseudonymiser
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.export import ExportFile, render, write_files
from ibic_pipeline.synthetic.faults import Planted, plant
from ibic_pipeline.validate import validate_delivery
from ibic_pipeline.validate.delivery import Validated
from schemas import CONTRACTS
from schemas.rulebook import every_rule
from tests.support.made_up import LAYOUTS, SHIPPED, small_world

Place = tuple[str, str, int, str]
"""Municipality, file, record number, code."""

OF_PARENTS = {rule.code for rule in every_rule().values() if rule.kind == "foralder"}
"""Rules that a row breaks because of another row."""


@dataclass(frozen=True)
class Outcome:
    """A delivery with faults, and what became of it; ``read`` is empty when it was refused."""

    files: list[ExportFile]
    planted: list[Planted]
    read: dict[str, Validated]
    refused: set[str]
    """Codes of the reasons to refuse the delivery."""

    def missed(self) -> dict[tuple[str, str], int]:
        """Faults that were not found under their code: (fault, code) -> how many."""
        found = self._found()
        missed: dict[tuple[str, str], int] = {}
        for each in self.planted:
            place = (each.kommunkod, each.fil.label(END), each.kallrad, each.regel)
            if each.regel and not (place in found or each.regel in self.refused):
                missed[each.fel, each.regel] = missed.get((each.fel, each.regel), 0) + 1
        return missed

    def unexplained(self) -> list[Place]:
        """Refused records on which nothing was planted, and whose parents were not refused."""
        planted = {(each.kommunkod, each.fil.label(END), each.kallrad) for each in self.planted}
        rules: dict[tuple[str, str, int], set[str]] = {}
        for code, validated in self.read.items():
            for row in validated.karantan.to_pylist():
                rules.setdefault((code, row["kallfil"], row["kallrad"]), set()).add(row["regel"])
        return [
            (*place, min(broken)) for place, broken in rules.items() if place not in planted and not broken & OF_PARENTS
        ]

    def rows(self) -> tuple[int, int]:
        """Records read and exact duplicates, as the pipeline counts them."""
        accounts = [row for validated in self.read.values() for row in validated.avstamning.to_pylist()]
        return sum(row["last"] for row in accounts), sum(row["dubbletter"] for row in accounts)

    def true_rows(self) -> tuple[int, int]:
        """The same as the generator counts them."""
        records = sum(file.rows_of(code) for file in self.files for code in self.read)
        return records, sum(int(file.duplicates().sum()) for file in self.files)

    def differing_from(self, clean: Outcome) -> list[str]:
        """Tables whose accepted rows differ, wherever in the files they stand."""
        return [
            f"{code} {table}"
            for code, validated in self.read.items()
            for table in CONTRACTS
            if not _content(validated, table).equals(_content(clean.read[code], table))
        ]

    def require_found(self) -> None:
        """Every fault is found, no clean row is refused, and the accounting is the generator's."""
        assert not self.refused
        assert self.missed() == {}
        assert self.unexplained() == []
        assert self.rows() == self.true_rows()

    def _found(self) -> set[Place]:
        return {
            (code, row["kallfil"], row["kallrad"], row["regel"])
            for code, validated in self.read.items()
            for rows in (validated.karantan, validated.flaggor, validated.reparationer)
            for row in rows.to_pylist()
        }


def _content(validated: Validated, table: str) -> object:
    return validated.tables[table].drop(["kallfil", "kallrad"])


World = Callable[[str], Mapping[str, pd.DataFrame]]


def planted_in(
    mapp: str, rate: float, only: Collection[str] | None, seed: int = 1, world: World = small_world
) -> tuple[list[ExportFile], list[Planted]]:
    """The layout's files with faults, not yet written, and where the faults are."""
    members = LAYOUTS[mapp]
    profiles = {code: SHIPPED.profil(code) for code in members}
    files = render({code: world(code) for code in members}, profiles, END)
    return files, plant(files, profiles[members[0]], rate, np.random.default_rng(seed), only)


def deliver(
    home: Home, mapp: str, rate: float, only: Collection[str] | None, seed: int = 1, world: World = small_world
) -> Outcome:
    """Write the layout's small delivery with faults, and read it."""
    files, planted = planted_in(mapp, rate, only, seed, world)
    folder = home.inkorg / mapp / END.isoformat()
    shutil.rmtree(folder, ignore_errors=True)
    write_files(files, folder, END)
    raw: dict[str, RawTable] = {}
    try:
        return Outcome(files, planted, {code: _read(home, code, raw) for code in LAYOUTS[mapp]}, set())
    except DeliveryRefused as refused:
        return Outcome(files, planted, {}, {code for code, _ in refused.reasons})


def _read(home: Home, kommunkod: str, raw: dict[str, RawTable]) -> Validated:
    """What the pipeline makes of a municipality's delivery; a file that several share is read once."""
    profil = profile_of_latest(home, kommunkod)
    delivery = find_delivery(home, profil)
    pseudonymise = pseudonymiser(home, profil, delivery.uttagsdatum)
    for file in delivery.files:
        if file.name not in raw:
            raw[file.name] = read_file(file)
    files = [harmonise_file(raw[file.name], file, delivery, profil, pseudonymise) for file in delivery.files]
    return validate_delivery(files, delivery, profil)
