"""The release before: what readers have seen already, and what its hidden counts add up with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.compare.disclosure.families import FIGURE
from ibic_pipeline.compare.disclosure.rules import UNDERTRYCKT
from ibic_pipeline.compare.disclosure.structures import CELL, EARLIER
from ibic_pipeline.storage import read_json, write_json

RELEASE = "utgava.json"
_CHAINS = "processkedja"
_STEP = ["niva", "kommunkod", "period_typ", "period", "steg"]


@dataclass(frozen=True)
class Earlier:
    """A release's open tables, and the counts that they were made of (as ``put_together`` leaves them)."""

    shown: Path
    counts: Path

    def figures(self, indikator: str) -> pd.DataFrame:
        """Its counts, with ``version``, ``dold`` (the figure was hidden) and ``undantagna_dolda``."""
        there = self._shown("indikator", indikator, [*FIGURE, "status", "exkluderade"])
        flags = there.assign(dold=there["status"].eq(UNDERTRYCKT), undantagna_dolda=there["exkluderade"].isna())
        return self._counts("indikator", indikator).merge(flags[[*FIGURE, "dold", "undantagna_dolda"]], on=FIGURE)

    def pairs(self, indikator: str) -> pd.DataFrame:
        """How many became better, stayed and became worse."""
        return self._counts("par", indikator)

    def funnel(self, indikator: str) -> pd.DataFrame:
        """Its steps' counts, with ``kvar_dold`` and ``varde_dolt``, in order of places, periods and steps."""
        there = self._shown("tratt", indikator, [*_STEP, "kvar", "med_varde"])
        flags = there.assign(kvar_dold=there["kvar"].isna(), varde_dolt=there["med_varde"].isna())
        return self._counts("tratt", indikator).merge(flags[[*_STEP, "kvar_dold", "varde_dolt"]], on=_STEP)

    def waits(self) -> tuple[pa.Table, pd.DataFrame]:
        """What its curves of waiting were made of, and those curves."""
        return pq.read_table(self.counts / "tider.parquet"), pq.read_table(
            self.shown / "overlevnad.parquet"
        ).to_pandas()

    def chains(self) -> tuple[pa.Table, pa.Table] | None:
        """What its process chains were made of, and those chains; None where an earlier program made the release."""
        counts, shown = self.counts / f"{_CHAINS}.parquet", self.shown / f"{_CHAINS}.parquet"
        return (pq.read_table(counts), pq.read_table(shown)) if counts.is_file() and shown.is_file() else None

    def _shown(self, table: str, indikator: str, columns: Sequence[str]) -> pd.DataFrame:
        path = self.shown / f"{table}.parquet"
        return pq.read_table(path, columns=list(columns), filters=[("indikator", "=", indikator)]).to_pandas()

    def _counts(self, table: str, indikator: str) -> pd.DataFrame:
        return pq.read_table(self.counts / f"{table}.parquet", filters=[("indikator", "=", indikator)]).to_pandas()


def earlier_release(folder: Path | None, counts: Path) -> Earlier | None:
    """The release in ``folder``; None where there is none, or where ``counts`` are not those that it was made of."""
    if folder is None or (read_json(counts / RELEASE) or {}).get("utgava") != folder.name:
        return None
    return Earlier(folder / "jamforelse", counts)


def keep_counts(counts: Path, target: Path, release: str) -> None:
    """Keep the ``counts`` that a release was made of (a folder, as ``put_together`` leaves it) for the next one."""
    target.mkdir(parents=True, exist_ok=True)
    (target / RELEASE).unlink(missing_ok=True)
    for name in ("indikator", "tratt", "par", "tider", _CHAINS):
        shutil.copyfile(counts / f"{name}.parquet", target / f"{name}.parquet")
    write_json({"utgava": release}, target / RELEASE)


@dataclass(frozen=True)
class Before:
    """Cells of the release before; arrays by cell, ``counts`` by cell, whole and part."""

    cells: pd.DataFrame
    counts: np.ndarray
    hidden: np.ndarray
    few: np.ndarray

    @staticmethod
    def together(parts: Sequence[Before]) -> Before:
        """All cells of several."""
        arrays = [np.concatenate([getattr(each, name) for each in parts]) for name in ("counts", "hidden", "few")]
        return Before(pd.concat([each.cells for each in parts], ignore_index=True), *arrays)

    def where(self, wanted: np.ndarray) -> Before:
        """Only the ``wanted`` ones."""
        cells = self.cells[wanted].reset_index(drop=True)
        return Before(cells, self.counts[wanted], self.hidden[wanted], self.few[wanted])


@dataclass(frozen=True)
class Facing:
    """Cells beside those of the release before: which of them stay hidden, and which can no longer be."""

    kept: np.ndarray
    known: np.ndarray
    shared: np.ndarray
    """Cells that hold the same in both releases, in a place and block of time where all do."""
    other: Before | None
    """The cells before that are none of these, under names of their own."""


def facing(
    cells: pd.DataFrame, counts: np.ndarray, before: Before | None, apart: Callable[[pd.DataFrame], pd.Series]
) -> Facing:
    """How ``cells`` stand to those ``before``; ``apart``: by cell, the block of time that it adds up within."""
    kept, known, shared = np.zeros((3, len(cells)), dtype=bool)
    if before is None or not len(before.cells):
        return Facing(kept, known, shared, None)
    place = pd.MultiIndex.from_frame(cells[CELL]).get_indexer(pd.MultiIndex.from_frame(before.cells[CELL]))
    equal = (place >= 0) & (counts[place] == before.counts).all(axis=(1, 2))
    same = pd.Series(equal).groupby([before.cells["place"], apart(before.cells)]).transform("all").to_numpy()
    kept[place[equal & before.hidden]] = True
    known[place[same & ~before.hidden]] = True
    shared[place[same]] = True
    other = before.where(~same)
    renamed = other.cells.assign(place=EARLIER + other.cells["place"])
    return Facing(kept, known, shared, Before(renamed, other.counts, other.hidden, other.few))
