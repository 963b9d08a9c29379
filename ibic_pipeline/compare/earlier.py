"""The release before: what readers have seen already, and what must stay hidden so that it is not shown by halves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from ibic_pipeline.compare.changes import TOTAL
from ibic_pipeline.compare.disclosure import EJ_UTVARDERAD, UNDERTRYCKT
from ibic_pipeline.compare.structures import CELL, cells_of, standing_for
from ibic_pipeline.storage import read_json

_NUMBERS = ["namnare", "taljare", "exkluderade"]
_COLUMNS = ["niva", "kommunkod", "period_typ", "period", "brytning", "grupp", "status", *_NUMBERS]


@dataclass(frozen=True)
class Earlier:
    """A release's table ``indikator``, and the municipalities of which the next release has the same version."""

    table: Path
    same: frozenset[str]
    all_same: bool
    """Whether nothing of the county is another."""

    def seen(self, members: Sequence[str], cells: pd.DataFrame, *, state: bool) -> pd.DataFrame:
        """By row of ``cells``: ``known`` (there was a row), ``figur`` and ``undantagna`` (it hid them), ``_NUMBERS``.

        What one of the members hid, all hid.
        """
        frame = pq.read_table(self.table, columns=_COLUMNS, filters=[("indikator", "in", list(members))]).to_pandas()
        frame = frame[frame["status"] != EJ_UTVARDERAD].reset_index(drop=True)
        names = cells_of(frame)
        names = standing_for(names) if state else names
        names = names.assign(
            known=True,
            figur=frame["status"].eq(UNDERTRYCKT).to_numpy(),
            undantagna=frame["exkluderade"].isna().to_numpy(),
            **{name: frame[name].to_numpy(dtype=float) for name in _NUMBERS},
        )
        first = names.groupby(CELL, sort=False).agg(
            {"known": "any", "figur": "any", "undantagna": "any"} | dict.fromkeys(_NUMBERS, "first")
        )
        found = first.reindex(pd.MultiIndex.from_frame(cells[CELL])).reset_index(drop=True)
        flags = {name: found[name].eq(True) for name in ("known", "figur", "undantagna")}
        return found.assign(**flags)

    def unchanged(self, places: pd.Series) -> np.ndarray:
        """Which places' counts are the same as in the release before."""
        found: np.ndarray = np.where(places.eq(""), self.all_same, places.isin(self.same))
        return found.astype(bool)


def stays_hidden(
    cells: pd.DataFrame, seen: pd.DataFrame, unchanged: np.ndarray, counts: Mapping[str, np.ndarray], which: str
) -> np.ndarray:
    """Cells that the release before hid, and that a reader must take to hold the same as then.

    Of a municipality that is not the same, these are the cells of places and periods whose total is shown as the same;
    and those where neither release shows the total.

    Args:
        counts: the numbers of ``_NUMBERS`` that say whether a total is the same.
        which: ``figur`` or ``undantagna``.
    """
    total = cells["brytning"].eq(TOTAL).to_numpy()
    alike = np.logical_and.reduce([seen[name].to_numpy() == values for name, values in counts.items()])
    alike = alike | seen[which].to_numpy()
    place = ["place", "months", "number"]
    of_totals = pd.Series(alike[total], index=pd.MultiIndex.from_frame(cells.loc[total, place]))
    same_total = of_totals.reindex(pd.MultiIndex.from_frame(cells[place])).eq(True).to_numpy()
    found: np.ndarray = seen[which].to_numpy() & (unchanged | same_total)
    return found


def earlier_release(folder: Path | None, versions: Mapping[str, str]) -> Earlier | None:
    """The release in ``folder`` beside what the next one is made of; None where there is nothing to compare with.

    ``versions``: kommunkod -> name of the municipality's version in the next release.
    """
    if folder is None or not (folder / "jamforelse" / "indikator.parquet").is_file():
        return None
    then = {each["kommunkod"]: each["version"] for each in read_json(folder / "manifest.json")["kommuner"]}
    same = {code for code, version in versions.items() if then.get(code) == version}
    made_of = {code for code, version in then.items() if version is not None}
    table = folder / "jamforelse" / "indikator.parquet"
    return Earlier(table, frozenset(same), all_same=same == set(versions) == made_of)
