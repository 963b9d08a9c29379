"""How municipalities use their system differently: the columns and codes that each delivers, and those it does not."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure.rules import must_be_hidden
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import connection, fetch, show_parquet
from ibic_pipeline.home import Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.quality.delivered import delivered_columns
from ibic_pipeline.quality.lineage import indicators_of_columns
from schemas import CONTRACTS

ANVANDNING = pa.schema(
    [
        ("tabell", pa.string()),
        ("kolumn", pa.string()),
        ("kod", pa.string()),
        ("levereras", pa.bool_()),
        ("rader", pa.int64()),
        ("antal", pa.int64()),
    ]
)
"""What one municipality uses, counted: a row per column (``kod`` null, ``antal`` filled rows) and per code in use."""

KONFIGURATION = pa.schema(
    [
        ("kommunkod", pa.string()),
        ("tabell", pa.string()),
        ("kolumn", pa.string()),
        ("levereras", pa.bool_()),
        ("anvands", pa.bool_()),
        ("ifylld_andel", pa.float64()),
        ("antal_koder", pa.int64()),
        ("saknade_koder", pa.string()),
        ("indikatorer", pa.string()),
    ]
)
"""Columns of the published table ``konfiguration``."""

_COLUMN = ["kommunkod", "tabell", "kolumn"]


def measure_configuration(folder: Path, profil: Profil, settings: Settings) -> pa.Table:
    """What the municipality delivers and fills in, as ``ANVANDNING``: restricted, not protected.

    Args:
        folder: a version with ``harmoniserat/``.
        profil: says which columns are mapped or constant. One that sends counts has no exports, and gives no rows.
    """
    delivered = delivered_columns(profil)
    if not delivered:
        return ANVANDNING.empty_table()
    with connection(settings) as connected:
        show_parquet(connected, {table: folder / "harmoniserat" / f"{table}.parquet" for table in CONTRACTS})
        parts = [part for table in CONTRACTS for part in _used(connected, table)]
    used = pa.concat_tables(parts).to_pandas()
    given = (used["tabell"] + "." + used["kolumn"]).isin(delivered)
    return pa.Table.from_pandas(used.assign(levereras=given)[ANVANDNING.names], ANVANDNING, preserve_index=False)


def _used(connected: duckdb.DuckDBPyConnection, table: str) -> Iterator[pa.Table]:
    columns = CONTRACTS[table].own_columns()
    counts = ", ".join(f"COUNT(*) FILTER (WHERE {_is_filled(name, each)}) AS {name}" for name, each in columns.items())
    filled = f"(SELECT COUNT(*) AS rader, {counts} FROM {table} AS t)"
    yield fetch(
        connected,
        f"""
        SELECT '{table}' AS tabell, u.kolumn, CAST(NULL AS VARCHAR) AS kod, u.rader, u.antal
        FROM (UNPIVOT {filled} ON {", ".join(columns)} INTO NAME kolumn VALUE antal) AS u
        """,
    )
    for name in _coded(table):
        yield fetch(
            connected,
            f"""
            SELECT
                '{table}' AS tabell, '{name}' AS kolumn, CAST(t.{name} AS VARCHAR) AS kod,
                CAST(0 AS BIGINT) AS rader, COUNT(*) AS antal
            FROM {table} AS t
            WHERE t.{name} IS NOT NULL
            GROUP BY ALL
            ORDER BY ALL
            """,
        )


def _is_filled(name: str, column: Any) -> str:
    """Of a text only its length, or whether it is there, is kept: nothing is no answer. A box that says no is one."""
    meaning = {"text_length": "t.{name} > 0", "text_present": "t.{name}"}
    return meaning.get(column.metadata["lasning"], "t.{name} IS NOT NULL").format(name=name)


def _coded(table: str) -> list[str]:
    return [name for name, column in CONTRACTS[table].own_columns().items() if column.metadata["lasning"] == "code"]


def publishable_configuration(used: Mapping[str, pa.Table], lan: Lan) -> pa.Table:
    """The table ``konfiguration``: a row per municipality and delivered column, protected.

    ``ifylld_andel`` is null where the rows that are filled in, or those that are not, are few. ``saknade_koder`` are
    those that no row here has although enough rows do in every other municipality that uses the column.

    Args:
        used: kommunkod -> what ``measure_configuration`` gave there.
    """
    every = pd.concat(
        [ANVANDNING.empty_table().to_pandas().assign(kommunkod="")]
        + [each.to_pandas().assign(kommunkod=code) for code, each in used.items()]
    )
    columns, codes = every[every["kod"].isna()], every[every["kod"].notna()]
    rows, filled = (columns[name].to_numpy(dtype=np.int64) for name in ("rader", "antal"))
    hidden = must_be_hidden(rows, filled, lan.disclosure) | (rows == 0)
    decided = {column: ", ".join(found) for column, found in indicators_of_columns().items()}
    pairs = list(zip(columns["tabell"], columns["kolumn"], strict=True))
    found = columns.assign(
        anvands=filled > 0,
        ifylld_andel=np.where(hidden, np.nan, filled / np.maximum(rows, 1)),
        indikatorer=[decided.get(pair) for pair in pairs],
        kodad=[column in _coded(table) for table, column in pairs],
    )
    in_use = codes.groupby(_COLUMN).size().rename("antal_koder").reset_index()
    found = found.merge(in_use, on=_COLUMN, how="left").merge(_lacking(found, codes, lan), on=_COLUMN, how="left")
    found["antal_koder"] = found["antal_koder"].fillna(0).where(found["kodad"])
    table = pa.Table.from_pandas(found.reindex(columns=KONFIGURATION.names), KONFIGURATION, preserve_index=False)
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in _COLUMN])


def _lacking(columns: pd.DataFrame, codes: pd.DataFrame, lan: Lan) -> pd.DataFrame:
    """Codes that one municipality alone lacks, of the columns that it uses: ``_COLUMN`` and ``saknade_koder``."""
    users = columns[columns["anvands"] & columns["kodad"]][_COLUMN]
    number = users.groupby(["tabell", "kolumn"]).size().rename("kommuner").reset_index()
    common = codes[codes["antal"] >= lan.disclosure.antal_min.varde].groupby(["tabell", "kolumn", "kod"]).size()
    wanted = common.rename("anvandare").reset_index().merge(number, on=["tabell", "kolumn"])
    wanted = wanted[(wanted["anvandare"] == wanted["kommuner"] - 1) & (wanted["kommuner"] > 2)]
    pairs = users.merge(wanted, on=["tabell", "kolumn"]).merge(codes[[*_COLUMN, "kod", "antal"]], how="left")
    lacking = pairs[pairs["antal"].isna()].sort_values("kod")
    return lacking.groupby(_COLUMN)["kod"].agg(", ".join).rename("saknade_koder").reset_index()
