"""The attack on a release: how exactly can someone who has all its open tables work out what they hide?

Everything that adds up is put into one system of equations per indicator, or curve of waiting: groups, municipalities,
periods, the steps of funnels, what becomes better or worse, the steps of curves; and for two releases, that a
municipality whose version is the same has the same counts in both. Linear programs then give the range of each hidden
count. Only what is published is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ibic_pipeline.compare.disclosure.attack_tables import LOST, PARTS, Published, of_curve, of_indicator
from ibic_pipeline.compare.disclosure.intervals import NEAR, ranges
from ibic_pipeline.compare.disclosure.system import NAME, System, add_sums, holds
from ibic_pipeline.errors import IbicError
from ibic_pipeline.storage import read_json


@dataclass(frozen=True)
class Found:
    """A hidden count that can be worked out too well."""

    utgava: str
    indikator: str
    niva: str
    kommunkod: str
    period: str
    brytning: str
    grupp: str
    matt: str
    lagst: float
    hogst: float


@dataclass(frozen=True)
class Attack:
    """What an attack found; ``lagst`` and ``hogst`` tell of persons, so they are for the administrator's eyes only."""

    releases: tuple[str, ...]
    skyddsbredd: int
    dolda: int
    """How many counts were hidden, and so attacked."""
    funna: tuple[Found, ...]

    @property
    def withstood(self) -> bool:
        """Whether nothing was found."""
        return not self.funna


def attack_release(folder: Path, previous: Path | None = None, only: Sequence[str] | None = None) -> Attack:
    """Attack a release, alone or together with the one before it.

    Args:
        folder: of a release, with ``manifest.json`` and ``jamforelse/``.
        only: ids of indicators and curves; all when not given.

    Raises:
        IbicError: there is no release there, or tables of it contradict each other.
    """
    releases = _releases(folder, previous)
    policy = releases[-1].about["lan"]["disclosure"]
    width, small, few = (_value(policy, name) for name in ("skyddsbredd", "antal_min", "namnare_min"))
    found: list[Found] = []
    attacked = 0
    for about, of, state in _attacked(releases):
        if only is not None and about not in only:
            continue
        names, low, high = _ranges(releases, about, of, width, state=state)
        attacked += len(names)
        found += _too_well(names, low, high, width, small, few, about)
    return Attack(tuple(each.folder.name for each in releases), width, attacked, tuple(found))


def _attacked(
    releases: Sequence[Published],
) -> Iterator[tuple[str, Callable[[System, Published], pd.DataFrame], bool]]:
    """Indicators and curves: the id, what its tables tell, and whether it is a state."""
    for indicator in releases[-1].about["indikatorer"]:
        yield indicator["id"], partial(of_indicator, indicator=indicator), indicator["typ"] == "tillstand"
    for curve in releases[-1].curves():
        yield curve, partial(of_curve, curve=curve), True


def _value(policy: Mapping[str, Any], name: str) -> int:
    return int(policy.get(name, {"varde": 1})["varde"])


def _releases(folder: Path, previous: Path | None) -> list[Published]:
    folders = [each for each in (previous, folder) if each is not None]
    manifests = [read_json(each / "manifest.json") for each in folders]
    for each, manifest in zip(folders, manifests, strict=True):
        if manifest is None or not (each / "jamforelse" / "indikator.parquet").is_file():
            raise IbicError("a release", f"no manifest.json or indikator.parquet in {each}", "Name a release's folder.")
    versions = [{each["kommunkod"]: each["version"] for each in manifest["kommuner"]} for manifest in manifests]
    same: set[str] = set()
    if len(versions) == 2:
        before, after = versions
        same = {code for code, version in after.items() if version is not None and before.get(code) == version}
        if before == after:
            same.add("")
    pairs = zip(folders, manifests, strict=True)
    return [Published(each, manifest, frozenset(same)) for each, manifest in pairs]


def _ranges(
    releases: Sequence[Published],
    about: str,
    of: Callable[[System, Published], pd.DataFrame],
    width: int,
    *,
    state: bool,
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    system = System()
    found = [table for table in (of(system, release) for release in releases) if len(table)]
    if not found:
        return pd.DataFrame(columns=NAME), np.zeros(0), np.zeros(0)
    counts = pd.concat(found, ignore_index=True)
    system.know(counts)
    happens = not state and holds(counts[counts["matt"].isin([*PARTS, "exkluderade"])])
    add_sums(system, counts, happens=happens)
    names, matrix, known = system.solved_for()
    try:
        # One more than asked for, since a count that is known not to be 0 has one value less.
        low, high = ranges(matrix, known, np.ones(len(names), dtype=bool), width + 1)
    except ValueError:
        raise IbicError(
            f"figures of {about} that add up",
            "tables that contradict each other",
            "Publish again; if it stays, report it.",
        ) from None
    return names, low, high


def _too_well(
    names: pd.DataFrame, low: np.ndarray, high: np.ndarray, width: int, small: int, few: int, indikator: str
) -> list[Found]:
    """Counts whose range is narrower than ``width`` and that may be small, or be all of a group that is small.

    A known zero tells no more than one that is shown.
    """
    low = _not_empty(names, low, high)
    narrow = (high - low < width - NEAR) & (high > NEAR)
    cell = [name for name in NAME if name != "matt"]
    parts = names["matt"].isin(PARTS)
    together = pd.DataFrame({"lagst": low, "hogst": high, "smal": narrow | (high <= NEAR)})[parts]
    whole = together.groupby([names.loc[parts, name] for name in cell]).agg({"hogst": "sum", "smal": "all"})
    group = whole.reindex(pd.MultiIndex.from_frame(names[cell]))
    small_group = group["smal"].eq(True).to_numpy() & (group["hogst"].to_numpy() < few)
    told = narrow & ((low < small - NEAR) | (small_group & parts.to_numpy()))
    rows = names[told].assign(indikator=indikator, lagst=low[told], hogst=high[told])
    return [Found(**row) for row in rows.to_dict("records")]


def _not_empty(names: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Lowest values when what is hidden is somebody: where one part is known to be nobody, the other is not."""
    parts = names["matt"].isin(PARTS).to_numpy()
    cell = pd.MultiIndex.from_frame(names.loc[parts, [name for name in NAME if name != "matt"]])
    empty = pd.Series((high[parts] <= NEAR).astype(int)).groupby(cell).transform("sum").to_numpy()
    found = low.copy()
    # Where a chain's figure is shown, a step at which nobody is lost is shown too.
    place = pd.MultiIndex.from_frame(names[["utgava", "niva", "kommunkod", "period"]])
    told = ~place.isin(place[parts & names["brytning"].eq("total").to_numpy()])
    somebody = names["matt"].eq(LOST).to_numpy() & told & (high > NEAR)
    found[somebody] = np.maximum(low[somebody], 1.0)
    found[parts] = np.where((empty == 1) & (high[parts] > NEAR), np.maximum(low[parts], 1.0), low[parts])
    return found
