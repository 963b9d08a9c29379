"""Runs every fact and indicator for one municipality and writes what came out."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.checks import check_fact, check_units
from ibic_pipeline.derive.engine import connection, fetch, in_order, materialise, show_arrow, show_parquet
from ibic_pipeline.derive.headers import Indicator, indicators
from ibic_pipeline.derive.reference import reference_tables
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from schemas.codelists import BUILT_IN, CodeLists

UNITS = pa.schema(
    [
        ("indikator", pa.string()),
        ("enhet_id", pa.string()),
        ("fran", pa.date32()),
        ("till", pa.date32()),
        ("i_namnare", pa.bool_()),
        ("i_taljare", pa.bool_()),
        ("exkluderad", pa.string()),
        ("varde", pa.float64()),
        ("kon", pa.string()),
        ("aldersgrupp", pa.string()),
        ("insatsgrupp", pa.string()),
        ("lagrum", pa.string()),
        ("regiform", pa.string()),
    ]
)
"""Columns of ``enheter/<ID>.parquet``."""


def derive(
    tables: Mapping[str, Path],
    profil: Profil,
    lan: Lan,
    uttagsdatum: date,
    out: Path,
    settings: Settings,
    codes: CodeLists = BUILT_IN,
) -> None:
    """Write ``fakta/<name>.parquet`` and ``enheter/<ID>.parquet`` under ``out``; equal input gives equal bytes.

    ``tables`` are the accepted parquet files of one municipality, one per contract.

    Raises:
        IbicError: a table is missing, or an invariant of facts or units does not hold.
    """
    missing = [name for name in CONTRACTS if name not in tables]
    if missing:
        raise IbicError("a parquet file per table", f"none for {', '.join(missing)}", "Load the delivery again.")
    with connection(settings) as connected:
        show_parquet(connected, tables)
        show_arrow(connected, reference_tables(profil, lan, uttagsdatum, codes))
        _write_facts(connected, out / "fakta")
        for indicator in indicators():
            write_parquet(units(connected, indicator), out / "enheter" / f"{indicator.id}.parquet")


def _write_facts(connected: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for fact in in_order():
        materialise(connected, fact)
        check_fact(connected, fact)
        rows = fetch(connected, f"SELECT * FROM {fact.namn} ORDER BY {', '.join(fact.nyckel)}")
        write_parquet(rows, folder / f"{fact.namn}.parquet")


def units(connected: duckdb.DuckDBPyConnection, indicator: Indicator) -> pa.Table:
    """The indicator's units, checked and sorted, from a connection that holds the facts; columns as ``UNITS``.

    Raises:
        IbicError: an invariant of units does not hold.
    """
    connected.execute(f"CREATE OR REPLACE TEMP TABLE enheter AS {indicator.sql}")
    check_units(connected, indicator, "enheter")
    columns = ", ".join(UNITS.names)
    order = ", ".join(f"{name} NULLS LAST" for name in UNITS.names)
    return fetch(connected, f"SELECT {columns} FROM enheter ORDER BY {order}").cast(UNITS)
