"""What the open tables of a release tell of counts, and what adds up to what: figures, funnels, outcomes and curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from ibic_pipeline.compare.disclosure.system import BOTH, NAME, System, last_month

PARTS = ("taljare", "rest")
LOST = "bortfall"
"""Those whom a process chain loses at a step: together they are all whom its figure's numerator leaves out."""
_OUTCOMES = {"antal_forbattrade": "battre", "antal_oforandrade": "lika", "antal_forsamrade": "samre"}
_CHAIN = ["utgava", "niva", "kommunkod", "period_typ", "period"]


@dataclass(frozen=True)
class Published:
    """One release as its readers have it."""

    folder: Path
    about: Mapping[str, Any]
    same: frozenset[str]
    """Places (a kommunkod, or empty for the county) whose counts are the same in the other release."""

    def curves(self) -> list[str]:
        """Ids of the curves of waiting that it shows."""
        path = self.folder / "jamforelse" / "overlevnad.parquet"
        return (
            sorted(pq.read_table(path, columns=["indikator"])["indikator"].unique().to_pylist())
            if path.is_file()
            else []
        )

    def table(self, name: str, indikator: str) -> pd.DataFrame:
        """Rows of one indicator or curve, with ``utgava``; none where there is no such table."""
        path = self.folder / "jamforelse" / f"{name}.parquet"
        if not path.is_file():
            return pd.DataFrame()
        found = pq.read_table(path, filters=[("indikator", "=", indikator)]).to_pandas()
        found["kommunkod"] = found["kommunkod"].fillna("")
        # What has the same version in both releases is the same count in both.
        return found.assign(utgava=np.where(found["kommunkod"].isin(self.same), BOTH, self.folder.name))

    def named(self, rows: pd.DataFrame, *, state: bool) -> pd.DataFrame:
        """Rows with a state's period as the month whose last day it is counted on."""
        if not state:
            return rows
        months = {each: last_month(each) for each in rows["period"].unique()}
        return rows.assign(period=rows["period"].map(months), period_typ="manad")


def of_indicator(system: System, release: Published, indicator: Mapping[str, Any]) -> pd.DataFrame:
    """Counts of an indicator (``NAME``, ``period_typ``, ``varde``), with what the tables equate added to ``system``."""
    state = indicator["typ"] == "tillstand"
    figures = release.table("indikator", indicator["id"])
    figures = release.named(figures[figures["status"] != "ej_utvarderad"], state=state)
    # By another definition the counts of the same municipality are others.
    if set(figures["version"]) - {indicator["version"]}:
        return figures[:0]
    tables = [_figures(figures), *_funnel(system, release, indicator, state=state)]
    tables += _outcomes(system, release, indicator["id"], state=state)
    tables += _chain(system, release, indicator["id"], state=state)
    return pd.concat(tables, ignore_index=True)


def of_curve(system: System, release: Published, curve: str) -> pd.DataFrame:
    """Events and losses between the steps of a curve of waiting, as ``of_indicator``.

    A shown step tells how many still wait, and how many events there were since the last one that is shown. The shares
    tell the same events once more.
    """
    rows = release.table("overlevnad", curve)
    rows = rows.assign(
        period=rows["start_ar"].astype(str), period_typ="ar", brytning="dag", grupp=rows["dag"].astype(str)
    )
    rows = rows.sort_values(["utgava", "niva", "kommunkod", "start_ar", "dag"], ignore_index=True)
    number = rows.groupby(["niva", "kommunkod", "start_ar"], sort=False).ngroup()
    shown = rows["i_risk"].notna()
    stretch = number * (len(rows) + 1) + shown.astype(int).groupby(number).cumsum()
    events, lost = _terms(rows, ("handelse", "forlust"))
    tells = rows[shown].assign(
        stretch=stretch[shown],
        left=rows.loc[shown, "i_risk"] - rows[shown].groupby(number[shown])["i_risk"].shift(-1).fillna(0),
    )
    of_stretch = pd.Index(tells["stretch"]).get_indexer(pd.Index(stretch))
    inside = of_stretch >= 0
    both = pd.concat([events[inside], lost[inside]])
    sign = np.ones(len(both))
    system.add(both, np.tile(of_stretch[inside], 2), sign, tells["left"].to_numpy(dtype=float))
    before = pd.Index(tells["stretch"] - 1).get_indexer(pd.Index(stretch))
    inside = before >= 0
    system.add(events[inside], before[inside], np.ones(int(inside.sum())), tells["handelser"].to_numpy(dtype=float))
    nothing = np.full(len(rows), np.nan)
    return pd.concat([_counts(rows, each, nothing) for each in ("handelse", "forlust")], ignore_index=True)


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


def _funnel(system: System, release: Published, indicator: Mapping[str, Any], *, state: bool) -> Iterator[pd.DataFrame]:
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
    whole = [_term(first, each, **total) for each in PARTS]
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


def _outcomes(system: System, release: Published, indikator: str, *, state: bool) -> Iterator[pd.DataFrame]:
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
    parts = [_term(rows, each)[shown] for each in PARTS]
    _equate(system, [], [], parts, rows["antal_par"].to_numpy(dtype=float)[shown])


def _chain(system: System, release: Published, indikator: str, *, state: bool) -> Iterator[pd.DataFrame]:
    """Who is lost at each step of a process chain. The shares tell the counts once more."""
    rows = release.table("processkedja", indikator)
    if not (len(rows) and rows["status"].ne("ej_utvarderad").any()):
        return
    rows = rows[rows["status"] != "ej_utvarderad"]
    everyone = rows["kvar"].where(rows["steg"] == 0).groupby([rows[name] for name in _CHAIN]).transform("max")
    told = {f"{name}_sagt": rows[name].fillna((rows[f"andel_{name}"] * everyone).round()) for name in ("kvar", LOST)}
    rows = release.named(rows.assign(**told), state=state).assign(brytning="kedjesteg", grupp=rows["steg"].astype(str))
    later = rows[rows["steg"] > 0]
    yield _counts(later, LOST, later[LOST])
    said = later[later[f"{LOST}_sagt"].notna()]
    _equate(system, [], [], [_term(said, LOST)], said[f"{LOST}_sagt"].to_numpy(dtype=float))
    first, steps = rows[rows["steg"] == 0], int(rows["steg"].max())
    total = {"brytning": "total", "grupp": "alla"}
    lost = [_term(first, LOST, grupp=str(step)) for step in range(1, steps + 1)]
    _equate(system, [_term(first, "rest", **total)], [-1], lost, np.zeros(len(first)))
    for step in range(steps + 1):
        shown = rows[(rows["steg"] == step) & rows["kvar_sagt"].notna()]
        left = [_term(shown, LOST, grupp=str(each)) for each in range(step + 1, steps + 1)]
        _equate(system, [], [], [_term(shown, "taljare", **total), *left], shown["kvar_sagt"].to_numpy(dtype=float))


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
