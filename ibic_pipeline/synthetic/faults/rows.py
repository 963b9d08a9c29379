"""Which records of a rendered file a fault can be planted on, and putting the damaged values there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ibic_pipeline.profile import Del, Format, Profil
from ibic_pipeline.synthetic.columns import Bools, Ints
from ibic_pipeline.synthetic.export import ExportFile
from ibic_pipeline.synthetic.localwords import STRING
from schemas import CONTRACTS


def standing(frame: pd.DataFrame, part: Del) -> Bools:
    """Records on which the part stands with its whole key."""
    stands = np.ones(len(frame), dtype=bool)
    for column in CONTRACTS[part.tabell].key():
        if column in part.kolumner:
            stands &= (frame[part.kolumner[column]] != "").to_numpy(dtype=bool)
    return stands


def holding(frame: pd.DataFrame, part: Del, column: str, profil: Profil, fmt: Format) -> Bools:
    """Records that hold a value in a contract column, other than those that are read as empty."""
    ignored = profil.ignoreras.get(f"{part.tabell}.{column}")
    empty = {"", *fmt.tills_vidare, *(ignored.varden if ignored else ())}
    return np.asarray(~frame[part.kolumner[column]].isin(empty).to_numpy(dtype=bool))


def things(file: ExportFile, part: Del) -> Ints:
    """A number per record: equal where the part's key is, so that the records tell of the same thing."""
    keys = [part.kolumner[column] for column in CONTRACTS[part.tabell].key() if column in part.kolumner]
    of_row = pd.factorize(file.kommunkod)[0]
    for local in keys:
        codes, distinct = pd.factorize(file.frame[local])
        of_row = pd.factorize(of_row * (len(distinct) + 1) + codes)[0]
    return np.asarray(of_row, dtype=np.int64)


def draw_whole(of_row: Ints, possible: Bools, count: int, rng: np.random.Generator) -> Ints:
    """About ``count`` records, ascending: things drawn at random of which every record is possible."""
    size = np.bincount(of_row, minlength=1)
    candidates = np.flatnonzero((np.bincount(of_row[possible], minlength=len(size)) == size) & (size > 0))
    drawn = rng.permutation(candidates)
    before = np.cumsum(size[drawn]) - size[drawn]
    return np.flatnonzero(np.isin(of_row, drawn[before < count]))


def put(frame: pd.DataFrame, column: str, rows: Ints, values: Any) -> None:
    """Exchange strings of one column."""
    strings = frame[column].to_numpy(dtype=object, copy=True)
    strings[rows] = values
    frame[column] = pd.Series(strings, dtype=STRING, index=frame.index)
