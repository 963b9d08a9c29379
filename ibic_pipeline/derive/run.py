"""Runs every fact and indicator for one municipality and writes what came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path

import pyarrow as pa

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.checks import check_fact, check_units
from ibic_pipeline.derive.engine import Engine, engine_of, in_order
from ibic_pipeline.derive.headers import Fact, Indicator, indicators
from ibic_pipeline.derive.reference import reference_tables
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.storage import write_parquet_parts
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
    with engine_of(settings) as engine:
        engine.show_parquet(tables)
        engine.show_arrow(reference_tables(profil, lan, uttagsdatum, codes))
        for each in in_order():
            write_pieces(fact(engine, each), out / "fakta" / f"{each.namn}.parquet")
        for indicator in indicators():
            write_pieces(units(engine, indicator), out / "enheter" / f"{indicator.id}.parquet")


def fact(engine: Engine, fact: Fact) -> Iterator[pa.Table]:
    """The fact's rows, checked and sorted, in pieces; later queries of the engine may read it by name.

    Raises:
        IbicError: an invariant of facts does not hold.
    """
    engine.materialise(fact.namn, fact.sql, fact.nyckel)
    check_fact(engine, fact)
    return engine.rows(fact.namn)


def units(engine: Engine, indicator: Indicator) -> Iterator[pa.Table]:
    """The indicator's units, checked and sorted, in pieces, from an engine that holds the facts; columns as ``UNITS``.

    Raises:
        IbicError: an invariant of units does not hold.
    """
    engine.materialise("enheter", indicator.sql, UNITS.names)
    check_units(engine, indicator, "enheter")
    return (piece.select(UNITS.names).cast(UNITS) for piece in engine.rows("enheter"))


def write_pieces(pieces: Iterator[pa.Table], path: Path) -> None:
    """One parquet file, a row group per piece; the first piece tells the columns."""
    first = next(pieces)
    write_parquet_parts(chain([first], pieces), first.schema, path)
