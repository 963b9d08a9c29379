"""Faults of a person: another kind of number, the same in every file of the delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from ibic_pipeline.profile import Del, Profil
from ibic_pipeline.synthetic.columns import Ints
from ibic_pipeline.synthetic.export import row_keys
from ibic_pipeline.synthetic.faults import rows as rows_of
from ibic_pipeline.synthetic.faults.identities import (
    coordination_number,
    reads,
    reserve_number,
    tf_number,
)
from ibic_pipeline.synthetic.faults.sites import Site, Sites
from ibic_pipeline.synthetic.faults.spots import code_of, twelve_digits
from schemas import CONTRACTS

_ANY_NUMBER = "198001010000"

Renumber = Callable[[str, int], str]
"""Twelve digits and a serial number -> what stands in their place."""

PERSON_FAULTS: dict[str, tuple[Renumber, str]] = {
    "samordningsnummer": (lambda number, _: coordination_number(number), ""),
    "reservnummer": (reserve_number, "reservnummer"),
    "tf_nummer": (tf_number, "reservnummer"),
}
"""Fault -> what the number becomes, and the kind of rule under which it must be found."""


def plant_persons(
    names: list[str], share: float, at_least_one: bool, profil: Profil, delivery: Sites, rng: np.random.Generator
) -> None:
    """Give some persons another number wherever they stand; the records of each are taken.

    ``share`` of the persons have each of the faults, or one person when ``at_least_one``. A reserve number is left
    out where the profile has no pattern of it.
    """
    columns = list(_columns(delivery))
    keys = [row_keys(site.file, part.kolumner["individ_id"]) for site, part in columns]
    everyone = rng.permutation(_persons(keys))
    first = 0
    for name in names:
        renumber, kind = PERSON_FAULTS[name]
        if kind and not reads(profil, renumber(_ANY_NUMBER, 0)):
            continue
        chosen = everyone[first : first + max(round(share * len(everyone)), int(at_least_one))]
        first += len(chosen)
        new = {key: renumber(twelve_digits(key.split("|")[-1]), place) for place, key in enumerate(chosen)}
        for (site, part), of_rows in zip(columns, keys, strict=True):
            rows = np.flatnonzero(of_rows.isin(new).to_numpy(dtype=bool))
            _put(site, part, rows, [new[key] for key in of_rows.iloc[rows]], name, kind)


def _persons(keys: list[pd.Series]) -> list[str]:
    """Every person of the delivery, in the order of the files."""
    distinct = dict.fromkeys(key for of_rows in keys for key in of_rows.unique().tolist())
    return [key for key in distinct if key.split("|")[-1]]


def _columns(delivery: Sites) -> Iterator[tuple[Site, Del]]:
    """Where persons stand: the first part of each file that names the column."""
    for site in delivery.sites:
        parts = {
            part.kolumner["individ_id"]: part for part in reversed(site.file.fil.delar) if "individ_id" in part.kolumner
        }
        yield from ((site, part) for part in parts.values())


def _put(site: Site, part: Del, rows: Ints, values: list[str], name: str, kind: str) -> None:
    if not len(rows):
        return
    rows_of.put(site.file.frame, part.kolumner["individ_id"], rows, np.array(values, dtype=object))
    site.used[rows] = True
    site.planted.append((name, code_of(part.tabell, "individ_id", kind) if kind else "", rows))


def codes_of_person_fault(name: str) -> tuple[str, ...]:
    """The codes under which a fault of a person may be found."""
    kind = PERSON_FAULTS[name][1]
    tables = [table for table, contract in CONTRACTS.items() if "individ_id" in contract.own_columns()]
    return tuple(code_of(table, "individ_id", kind) for table in tables) if kind else ()
