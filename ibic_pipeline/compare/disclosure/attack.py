"""The attack on a release: how exactly can someone who has all its open tables work out what they hide?

Everything that adds up is put into one system of equations per indicator: groups, municipalities, periods, the steps of
funnels, what becomes better or worse; and for two releases, that a municipality whose version is the same has the
same counts in both. Linear programs then give the range of each hidden count. Only what is published is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from ibic_pipeline.compare.disclosure.intervals import NEAR, ranges
from ibic_pipeline.compare.disclosure.system import BOTH, NAME, System, add_sums, holds, last_month
from ibic_pipeline.errors import IbicError
from ibic_pipeline.storage import read_json

_PARTS = ("taljare", "rest")
_OUTCOMES = {"antal_forbattrade": "battre", "antal_oforandrade": "lika", "antal_forsamrade": "samre"}


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


@dataclass(frozen=True)
class _Published:
    """One release as its readers have it."""

    folder: Path
    about: Mapping[str, Any]
    same: frozenset[str]
    """Places (a kommunkod, or empty for the county) whose counts are the same in the other release."""

    def table(self, name: str, indikator: str) -> pd.DataFrame:
        path = self.folder / "jamforelse" / f"{name}.parquet"
        if not path.is_file():
            return pd.DataFrame()
        found = pq.read_table(path, filters=[("indikator", "=", indikator)]).to_pandas()
        return found.assign(kommunkod=found["kommunkod"].fillna(""))

    def named(self, rows: pd.DataFrame, *, state: bool) -> pd.DataFrame:
        """Rows with ``utgava``, and a state's period as the month whose last day it is counted on."""
        shared = rows["kommunkod"].isin(self.same)
        named = rows.assign(utgava=np.where(shared, BOTH, self.folder.name))
        if not state:
            return named
        months = {each: last_month(each) for each in named["period"].unique()}
        return named.assign(period=named["period"].map(months), period_typ="manad")


def attack_release(folder: Path, previous: Path | None = None, only: Sequence[str] | None = None) -> Attack:
    """Attack a release, alone or together with the one before it.

    Args:
        folder: of a release, with ``manifest.json`` and ``jamforelse/``.
        only: ids of indicators; all when not given.

    Raises:
        IbicError: there is no release there, or tables of it contradict each other.
    """
    releases = _releases(folder, previous)
    policy = releases[-1].about["lan"]["disclosure"]
    width, small, few = (_value(policy, name) for name in ("skyddsbredd", "antal_min", "namnare_min"))
    found: list[Found] = []
    attacked = 0
    for indicator in releases[-1].about["indikatorer"]:
        if only is not None and indicator["id"] not in only:
            continue
        names, low, high = _ranges(releases, indicator, width)
        attacked += len(names)
        found += _too_well(names, low, high, width, small, few, indicator["id"])
    return Attack(tuple(each.folder.name for each in releases), width, attacked, tuple(found))


def _value(policy: Mapping[str, Any], name: str) -> int:
    return int(policy.get(name, {"varde": 1})["varde"])


def _releases(folder: Path, previous: Path | None) -> list[_Published]:
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
    return [_Published(each, manifest, frozenset(same)) for each, manifest in pairs]


def _ranges(
    releases: Sequence[_Published], indicator: Mapping[str, Any], width: int
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    state = indicator["typ"] == "tillstand"
    system = System()
    summed = []
    for release in releases:
        figures = release.table("indikator", indicator["id"])
        figures = release.named(figures[figures["status"] != "ej_utvarderad"], state=state)
        # By another definition the counts of the same municipality are others.
        if len(figures) and set(figures["version"]) != {indicator["version"]}:
            continue
        tables = [_figures(figures), *_funnel(system, release, indicator, state=state)]
        tables += _outcomes(system, release, indicator["id"], state=state)
        summed.append(pd.concat(tables, ignore_index=True))
    if not summed:
        return pd.DataFrame(columns=NAME), np.zeros(0), np.zeros(0)
    counts = pd.concat(summed, ignore_index=True)
    system.know(counts)
    happens = not state and holds(counts[counts["matt"].isin([*_PARTS, "exkluderade"])])
    add_sums(system, counts, happens=happens)
    names, matrix, known = system.solved_for()
    try:
        # One more than asked for, since a count that is known not to be 0 has one value less.
        low, high = ranges(matrix, known, np.ones(len(names), dtype=bool), width + 1)
    except ValueError:
        raise IbicError(
            f"figures of {indicator['id']} that add up",
            "tables that contradict each other",
            "Publish again; if it stays, report it.",
        ) from None
    return names, low, high


def _counts(rows: pd.DataFrame, matt: str, values: Any, **names: Any) -> pd.DataFrame:
    kept = [name for name in (*NAME, "period_typ") if name in rows.columns]
    return rows[kept].assign(matt=matt, varde=np.asarray(values, dtype=float), **names)


def _figures(figures: pd.DataFrame) -> pd.DataFrame:
    namnare, taljare = (figures[name].to_numpy(dtype=float) for name in ("namnare", "taljare"))
    return pd.concat(
        [
            _counts(figures, "taljare", taljare),
            _counts(figures, "rest", namnare - taljare),
            _counts(figures, "exkluderade", figures["exkluderade"]),
        ]
    )


def _funnel(
    system: System, release: _Published, indicator: Mapping[str, Any], *, state: bool
) -> Iterator[pd.DataFrame]:
    """Who is taken away by each reason, and of those and of who is left, how many have a value."""
    rows = release.table("tratt", indicator["id"])
    if not len(rows):
        return
    rows = release.named(rows, state=state).assign(brytning="orsak")
    steps = int(rows["steg"].max())
    first = rows[rows["steg"] == 0]
    for each in range(1, steps + 1):
        taken = rows[rows["steg"] == each]
        nothing = np.full(len(taken), np.nan)
        yield _counts(taken, "exkluderade", nothing, grupp=str(each))
        yield _counts(taken, "med", nothing, grupp=str(each))
        yield _counts(taken, "utan", nothing, grupp=str(each))
    kept = first.assign(grupp="kvar")
    nothing = np.full(len(first), np.nan)
    yield _counts(kept, "med", nothing)
    yield _counts(kept, "utan", nothing)
    total = {"brytning": "total", "grupp": "alla"}
    whole = [_term(first, each, **total) for each in _PARTS]
    _equate(system, [*_terms(kept, ("med", "utan"))], [-1, -1], whole, np.zeros(len(first)))
    for each in range(1, steps + 1):
        taken = first.assign(grupp=str(each))
        _equate(
            system, [*_terms(taken, ("med", "utan"))], [-1, -1], [_term(taken, "exkluderade")], np.zeros(len(first))
        )
    _shown_steps(system, rows, whole, steps)


def _shown_steps(system: System, rows: pd.DataFrame, whole: list[pd.DataFrame], steps: int) -> None:
    for each in range(steps + 1):
        step = rows[rows["steg"] == each]
        later = range(each + 1, steps + 1)
        for column, terms in (
            ("kvar", [*whole, *(_term(step, "exkluderade", grupp=str(number)) for number in later)]),
            ("med_varde", [_term(step, "med", grupp="kvar"), *(_term(step, "med", grupp=str(n)) for n in later)]),
            ("i_taljare", whole[:1]),
        ):
            shown = step[column].notna().to_numpy()
            named = [term[shown] for term in terms]
            _equate(system, [], [], named, step[column].to_numpy(dtype=float)[shown])


def _outcomes(system: System, release: _Published, indikator: str, *, state: bool) -> Iterator[pd.DataFrame]:
    rows = release.table("parad_forandring", indikator)
    if not len(rows):
        return
    rows = release.named(rows, state=state)
    for column, matt in _OUTCOMES.items():
        yield _counts(rows, matt, rows[column])
    zero = np.zeros(len(rows))
    _equate(system, [_term(rows, "battre")], [-1], [_term(rows, "taljare")], zero)
    _equate(system, _terms(rows, ("lika", "samre")), [-1, -1], [_term(rows, "rest")], zero)
    shown = rows["antal_par"].notna().to_numpy()
    parts = [_term(rows, each)[shown] for each in _PARTS]
    _equate(system, [], [], parts, rows["antal_par"].to_numpy(dtype=float)[shown])


def _term(rows: pd.DataFrame, matt: str, **names: Any) -> pd.DataFrame:
    return rows.assign(matt=matt, **names)[NAME]


def _terms(rows: pd.DataFrame, measures: Sequence[str]) -> list[pd.DataFrame]:
    return [_term(rows, matt) for matt in measures]


def _equate(
    system: System, less: Sequence[pd.DataFrame], signs: Sequence[int], more: Sequence[pd.DataFrame], sides: np.ndarray
) -> None:
    """Add one equation per row: the ``more`` terms and the signed ``less`` terms together are the side."""
    terms = [*more, *less]
    sign = np.repeat([*([1.0] * len(more)), *signs], len(sides))
    system.add(pd.concat(terms), np.tile(np.arange(len(sides)), len(terms)), sign, sides)


def _too_well(
    names: pd.DataFrame, low: np.ndarray, high: np.ndarray, width: int, small: int, few: int, indikator: str
) -> list[Found]:
    """Counts whose range is narrower than ``width`` and that may be small, or be all of a group that is small.

    A known zero tells no more than one that is shown.
    """
    low = _not_empty(names, low, high)
    narrow = (high - low < width - NEAR) & (high > NEAR)
    cell = [name for name in NAME if name != "matt"]
    parts = names["matt"].isin(_PARTS)
    together = pd.DataFrame({"lagst": low, "hogst": high, "smal": narrow | (high <= NEAR)})[parts]
    whole = together.groupby([names.loc[parts, name] for name in cell]).agg({"hogst": "sum", "smal": "all"})
    group = whole.reindex(pd.MultiIndex.from_frame(names[cell]))
    small_group = group["smal"].eq(True).to_numpy() & (group["hogst"].to_numpy() < few)
    told = narrow & ((low < small - NEAR) | (small_group & parts.to_numpy()))
    rows = names[told].assign(indikator=indikator, lagst=low[told], hogst=high[told])
    return [Found(**row) for row in rows.to_dict("records")]


def _not_empty(names: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Lowest values when a hidden figure holds somebody: where one part is known to be nobody, the other is not."""
    parts = names["matt"].isin(_PARTS).to_numpy()
    cell = pd.MultiIndex.from_frame(names.loc[parts, [name for name in NAME if name != "matt"]])
    empty = pd.Series((high[parts] <= NEAR).astype(int)).groupby(cell).transform("sum").to_numpy()
    found = low.copy()
    found[parts] = np.where((empty == 1) & (high[parts] > NEAR), np.maximum(low[parts], 1.0), low[parts])
    return found
