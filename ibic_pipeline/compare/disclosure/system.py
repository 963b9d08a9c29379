"""What an outsider can set up from published tables: every count by its name, what is known of it, and what adds up.

Nothing here is shared with what decides which cells are hidden, so that a fault there does not hide itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

NAME = ["utgava", "niva", "kommunkod", "period", "brytning", "grupp", "matt"]
"""What names a count of one indicator. ``utgava``: the release, or both where the count is the same in both."""

BOTH = "bada"

PARTS = {"kvartal": ("manad",), "halvar": ("kvartal", "manad"), "ar": ("halvar", "kvartal", "manad")}
"""Period type -> the shorter ones that it may be the sum of, the longest first."""


@dataclass
class System:
    """Equations between named counts; all counts are at least 0."""

    names: list[pd.DataFrame] = field(default_factory=list)
    rows: list[tuple[pd.DataFrame, np.ndarray, np.ndarray]] = field(default_factory=list)
    """Terms of equations: names of counts, the equation each belongs to, and its sign."""
    sides: list[np.ndarray] = field(default_factory=list)
    number: int = 0

    def know(self, counts: pd.DataFrame) -> None:
        """Add counts: ``NAME`` and ``varde``, null where hidden."""
        self.names.append(counts[[*NAME, "varde"]])

    def add(self, terms: pd.DataFrame, equation: np.ndarray, sign: np.ndarray, sides: np.ndarray) -> None:
        """Add equations, numbered from 0: for each, the sum of its signed terms is its side."""
        self.rows.append((terms[NAME], equation + self.number, sign))
        self.sides.append(sides.astype(float))
        self.number += len(sides)

    def solved_for(self) -> tuple[pd.DataFrame, Any, np.ndarray]:
        """The unknown counts by name, sparse equations over them, and the equations' known sides.

        Counts that no table has a row for are 0.
        """
        from scipy.sparse import coo_array

        known = pd.concat(self.names, ignore_index=True)
        # The same count may stand in several rows; one of them is enough to know it.
        counts = known.groupby(NAME, sort=True, dropna=False)["varde"].first()
        index, values = counts.index, counts.to_numpy(dtype=float)
        hidden = np.isnan(values)
        place = np.where(hidden, hidden.cumsum() - 1, -1)
        sides = np.concatenate([*self.sides, np.zeros(0)])
        columns, equations, signs = [], [], []
        for terms, equation, sign in self.rows:
            found = index.get_indexer(pd.MultiIndex.from_frame(terms))
            there = found >= 0
            at, of, signed = found[there], equation[there], sign[there]
            np.subtract.at(sides, of, np.where(hidden[at], 0.0, np.nan_to_num(values[at])) * signed)
            columns.append(place[at][hidden[at]])
            equations.append(of[hidden[at]])
            signs.append(signed[hidden[at]])
        shape = (self.number, int(hidden.sum()))
        flat = [np.concatenate([*each, np.zeros(0)]) for each in (signs, equations, columns)]
        matrix = coo_array((flat[0], (flat[1].astype(int), flat[2].astype(int))), shape=shape).tocsr()
        says = np.diff(matrix.indptr) > 0
        return index[hidden].to_frame(index=False), matrix[says], sides[says]


def add_sums(system: System, counts: pd.DataFrame, *, happens: bool) -> None:
    """Add everything that adds up among ``counts`` (``NAME``, ``period_typ``, ``varde``), each measure on its own."""
    for parent, children in _sums(counts, happens=happens):
        every = pd.concat([parent, children], ignore_index=True)
        key = pd.MultiIndex.from_frame(parent[NAME])
        equation = np.concatenate([np.arange(len(parent)), key.get_indexer(pd.MultiIndex.from_frame(children[_UP]))])
        sign = np.concatenate([-np.ones(len(parent)), np.ones(len(children))])
        system.add(every, equation, sign, np.zeros(len(parent)))


_UP = [f"{name}_upp" for name in NAME]


def _sums(counts: pd.DataFrame, *, happens: bool) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Parents, and children that name their parent in the columns ``_UP``."""
    municipal = _in_each(counts[counts["niva"] == "kommun"])
    yield _matched(counts, municipal, niva="lan", kommunkod="", utgava=municipal["i"])
    for brytning in sorted(set(counts["brytning"]) - {"total"}):
        own = counts[counts["brytning"] == brytning]
        for above in _wholes(own, brytning, set(counts["brytning"])):
            yield _matched(counts, own, **above)
    if happens:
        yield from _of_time(counts)


def _in_each(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts with the release that they are in as ``i``: those that are the same in both stand once for each."""
    shared = counts[counts["utgava"] == BOTH]
    releases = sorted(set(counts["utgava"]) - {BOTH})
    return pd.concat([counts.assign(i=counts["utgava"]), *(shared.assign(i=each) for each in releases)])


def _wholes(own: pd.DataFrame, brytning: str, published: set[str]) -> Iterator[dict[str, Any]]:
    parts = brytning.split("_x_")
    found = [number for number, part in enumerate(parts) if len(parts) == 2 and part in published]
    for number in found:
        yield {"brytning": parts[number], "grupp": [grupp.split("_x_")[number] for grupp in own["grupp"]]}
    if not found:
        yield {"brytning": "total", "grupp": "alla"}


def _matched(counts: pd.DataFrame, children: pd.DataFrame, **above: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    named = children.assign(**{f"{name}_upp": above.get(name, children[name]) for name in NAME})
    parents = pd.MultiIndex.from_frame(counts[NAME])
    has = pd.MultiIndex.from_frame(named[_UP]).isin(parents)
    named = named[has]
    wanted = parents.isin(pd.MultiIndex.from_frame(named[_UP]))
    return counts[wanted].drop_duplicates(NAME), named.drop_duplicates([*NAME, *_UP])


def _of_time(counts: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    for some in (
        counts["brytning"] == "total",
        counts["brytning"] == "orsak",
        ~counts["brytning"].isin(["total", "orsak"]),
    ):
        own = counts[some]
        types = set(own["period_typ"])
        for longer, shorter in PARTS.items():
            part = next((each for each in shorter if each in types), None)
            if longer in types and part is not None:
                yield _whole_periods(own[own["period_typ"] == longer], own[own["period_typ"] == part], longer, part)


def _whole_periods(
    parents: pd.DataFrame, children: pd.DataFrame, longer: str, shorter: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    above = children["period"].map({each: period_above(each, longer) for each in children["period"].unique()})
    parent, child = _matched(parents, children, period=above)
    # A sum holds where every part of the period is there, of as many municipalities as the whole is.
    lengths = {"manad": 1, "kvartal": 3, "halvar": 6, "ar": 12}
    times = lengths[longer] // lengths[shorter]
    complete = _complete(parents, children.assign(hel=above), times)
    keep = pd.MultiIndex.from_frame(parent[["utgava", "niva", "kommunkod", "period"]]).isin(complete)
    parent = parent[keep]
    kept = pd.MultiIndex.from_frame(child[_UP]).isin(pd.MultiIndex.from_frame(parent[NAME]))
    return parent, child[kept]


def _complete(parents: pd.DataFrame, children: pd.DataFrame, times: int) -> pd.MultiIndex:
    """Releases, places and periods whose shorter periods are all there."""
    where = ["utgava", "niva", "kommunkod"]
    parts = children[[*where, "period", "hel"]].drop_duplicates().groupby([*where, "hel"]).size()
    whole = parts[parts == times].reset_index().rename(columns={"hel": "period"})
    municipal = {
        name: _in_each(table[table["niva"] == "kommun"])[["i", "kommunkod", "period"]].drop_duplicates()
        for name, table in (("hel", parents), ("del", children))
    }
    of_whole = municipal["hel"].groupby(["i", "period"])["kommunkod"].agg(frozenset)
    of_part = municipal["del"].groupby(["i", "period"])["kommunkod"].agg(frozenset)
    names = children[["utgava", "period", "hel"]].drop_duplicates()
    same = names.assign(
        lika=[
            of_part.get((release, period)) == of_whole.get((release, hel))
            for release, period, hel in names.itertuples(index=False)
        ]
    )
    fine = same.groupby(["utgava", "hel"])["lika"].all()
    county = [
        bool(fine.get((release, period), True))
        for release, period in zip(whole["utgava"], whole["period"], strict=True)
    ]
    whole = whole[(whole["niva"] == "kommun") | pd.Series(county, index=whole.index)]
    return pd.MultiIndex.from_frame(whole[[*where, "period"]])


def period_above(period: str, longer: str) -> str:
    """The longer period that holds a period: the year ``2026`` holds ``2026-05``, ``2026-H1`` holds ``2026-K2``."""
    year, _, part = period.partition("-")
    if longer == "ar":
        return year
    first = {"K": 3, "H": 6}.get(part[:1], 1) * (int(part.lstrip("KH")) - 1)
    return f"{year}-K{first // 3 + 1}" if longer == "kvartal" else f"{year}-H{first // 6 + 1}"


def last_month(period: str) -> str:
    """The month that a period ends with."""
    year, _, part = period.partition("-")
    month = 12 if not part else int(part.lstrip("KH")) * {"K": 3, "H": 6}.get(part[0], 1)
    return f"{year}-{month:02d}"


def holds(counts: pd.DataFrame) -> bool:
    """Whether shorter periods add up to longer ones wherever that can be seen."""
    known = counts.dropna(subset=["varde"]).drop_duplicates(NAME).set_index(NAME)["varde"]
    hidden = pd.MultiIndex.from_frame(counts.loc[counts["varde"].isna(), NAME])
    for parent, children in _of_time(counts):
        names = pd.MultiIndex.from_frame(children[NAME])
        above = pd.MultiIndex.from_frame(children[_UP])
        open_ = above[names.isin(hidden)]
        sums = pd.Series(known.reindex(names).to_numpy()).groupby(above).sum()
        seen = pd.MultiIndex.from_frame(parent[NAME])
        seen = seen[~seen.isin(open_) & ~seen.isin(hidden)]
        if not np.array_equal(sums.reindex(seen).to_numpy(), known.reindex(seen).to_numpy()):
            return False
    return True
