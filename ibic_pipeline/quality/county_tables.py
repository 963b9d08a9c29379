"""Measuring the county's own tables: who is in them, who is stale, which groups and indicators are gone."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ibic_pipeline.derive.engine import connection, fetch, parquet_list
from ibic_pipeline.home import Settings
from ibic_pipeline.quality.checks.county import GROUPS_STAY, INDICATORS_COUNTED, NOT_STALE, PRESENT
from ibic_pipeline.quality.gx import Counted, Expected, count
from ibic_pipeline.quality.model import COUNTY

TABLES = ("indikator", "tratt", "skillnad", "overlevnad")
"""Tables that every municipality with data is in; pairs of a scale before and after are not to be had everywhere."""
GROUPED = "indikator"
_GROUP = ("indikator", "brytning", "grupp")

COUNTS = pa.schema(
    [
        *((name, pa.string()) for name in ("kommunkod", "kontroll", "tabell", "del")),
        *((name, pa.float64()) for name in ("brister", "underlag", "troskel")),
    ]
)
"""Counts of the county: ``kommunkod`` is "" for all of it, ``troskel`` is null where the check's own applies."""


def measure_county(
    folder: Path, groups_before: Path | None, kommuner: Sequence[str], stale: Collection[str], settings: Settings
) -> pd.DataFrame:
    """Counts of the checks of the county's tables.

    Args:
        folder: where the tables of the release to come lie.
        groups_before: what ``groups_of`` gave when there last were newer deliveries; None the first time.
        kommuner: every municipality of the county, and ``stale`` those whose latest delivery does not count.

    Returns:
        The columns of ``COUNTS`` but ``troskel``. Null counts where a check could not run.
    """
    with connection(settings) as connected:
        found = [
            *_presence(connected, folder, kommuner, stale),
            *_per_municipality(GROUPS_STAY, _groups(connected, folder, groups_before), kommuner),
            *_per_municipality(INDICATORS_COUNTED, _indicators(connected, folder), kommuner),
        ]
    return pd.DataFrame(found, columns=COUNTS.names[:-1])


def groups_of(folder: Path, settings: Settings) -> pa.Table:
    """The groups that each municipality has figures of, per indicator: ``kommunkod`` and ``_GROUP``, in that order."""
    with connection(settings) as connected:
        return fetch(connected, f"{_groups_in(folder / f'{GROUPED}.parquet')} ORDER BY ALL")


def _presence(
    connected: duckdb.DuckDBPyConnection, folder: Path, kommuner: Sequence[str], stale: Collection[str]
) -> Iterator[tuple[object, ...]]:
    """A row per municipality, a column per table: is it there?"""
    there = {table: _municipalities_in(connected, folder / f"{table}.parquet") for table in TABLES}
    columns = {table: [code in codes for code in kommuner] for table, codes in there.items() if codes is not None}
    frame = pd.DataFrame(columns | {NOT_STALE: [code not in stale for code in kommuner]})
    counted = count(frame, dict.fromkeys((*TABLES, NOT_STALE), Expected()))
    for table in TABLES:
        yield _line("", PRESENT, table, counted[table])
    yield _line("", NOT_STALE, COUNTY, counted[NOT_STALE])


def _municipalities_in(connected: duckdb.DuckDBPyConnection, path: Path) -> set[str] | None:
    """Kommunkod of every row; None when the table cannot be read, so that its check fails to run."""
    try:
        rows = connected.execute(f"SELECT DISTINCT kommunkod FROM read_parquet({parquet_list([path])})").fetchall()
    except duckdb.Error:
        return None
    return {code for (code,) in rows if code is not None}


def _groups(connected: duckdb.DuckDBPyConnection, folder: Path, before: Path | None) -> pd.DataFrame:
    """A row per indicator and group that there was, a column per municipality: is the group still there?"""
    if before is None:
        return pd.DataFrame()
    now, then = (_groups_in(path) for path in (folder / f"{GROUPED}.parquet", before))
    found = fetch(
        connected,
        f"SELECT f.*, n.kommunkod IS NOT NULL AS kvar FROM ({then}) AS f "
        f"LEFT JOIN ({now}) AS n USING (kommunkod, {', '.join(_GROUP)})",
    ).to_pandas()
    return _wide(found, list(_GROUP))


def _groups_in(path: Path) -> str:
    return (
        f"SELECT DISTINCT kommunkod, {', '.join(_GROUP)} FROM read_parquet({parquet_list([path])}) "
        "WHERE kommunkod IS NOT NULL"
    )


def _indicators(connected: duckdb.DuckDBPyConnection, folder: Path) -> pd.DataFrame:
    """A row per indicator, a column per municipality: has the latest whole year any unit in the denominator?"""
    found = fetch(
        connected,
        "SELECT kommunkod, indikator, status <> 'ej_tillampligt' AS kvar FROM read_parquet("
        f"{parquet_list([folder / f'{GROUPED}.parquet'])}) "
        "WHERE kommunkod IS NOT NULL AND brytning = 'total' AND period_typ = 'ar' "
        "QUALIFY period = max(period) OVER ()",
    ).to_pandas()
    return _wide(found, ["indikator"])


def _wide(found: pd.DataFrame, rows: list[str]) -> pd.DataFrame:
    return found.pivot(index=rows, columns="kommunkod", values="kvar").astype("boolean[pyarrow]").reset_index(drop=True)


def _per_municipality(check: str, frame: pd.DataFrame, kommuner: Sequence[str]) -> Iterator[tuple[object, ...]]:
    counted = count(frame, dict.fromkeys(frame.columns, Expected()))
    for code in kommuner:
        yield _line(code, check, GROUPED, counted.get(code, Counted(0, 0)))


def _line(kommunkod: str, check: str, table: str, found: Counted | None) -> tuple[object, ...]:
    numbers = (None, None) if found is None else (found.brister, found.underlag)
    return (kommunkod, check, table, "", *numbers)
