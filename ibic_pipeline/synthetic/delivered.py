"""A made-up world as its municipality's export can hold it: without the columns for which the profile has no place."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from ibic_pipeline.profile import Profil
from ibic_pipeline.synthetic.columns import arrow_series
from schemas import CONTRACTS

_KNOWN_ANYWAY = {("individ", "fodelsear"), ("bedomning", "livsomrade")}
"""Read from the personal number and from the ICF code when they are not delivered."""


def as_delivered(world: dict[str, pd.DataFrame], profil: Profil) -> dict[str, pd.DataFrame]:
    """The same tables; what no part of any export carries is null, so that nobody can know it."""
    parts = [part for files in profil.exporter.values() for file in files for part in file.delar]
    held = {(part.tabell, column) for part in parts for column in (*part.kolumner, *part.konstanter)} | _KNOWN_ANYWAY
    return {
        table: frame.assign(
            **{
                column: arrow_series(pa.nulls(len(frame), pa.Array.from_pandas(frame[column].iloc[:0]).type))
                for column in CONTRACTS[table].own_columns()
                if (table, column) not in held
            }
        )
        for table, frame in world.items()
    }
