"""Measuring: the row checks and the counts of one delivery. Counts alone; no threshold is looked at here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import connection, show_parquet
from ibic_pipeline.derive.reference import parametrar
from ibic_pipeline.home import Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.quality.batches import batch
from ibic_pipeline.quality.catalogue import ROW_CHECKS, row_checks_of
from ibic_pipeline.quality.delivered import delivered_columns
from ibic_pipeline.quality.gx import Expected, count
from ibic_pipeline.quality.model import RowCheck
from ibic_pipeline.quality.tally import Measure, tally

MEASURES = pa.schema(
    [
        pa.field("matt", pa.string(), nullable=False),
        pa.field("tabell", pa.string(), nullable=False),
        ("del", pa.string()),
        ("varde", pa.string()),
        ("antal", pa.int64()),
        ("underlag", pa.int64()),
    ]
)
"""``Measure`` as a table; ``matt`` is the id of a check, or what was counted."""


def measure(tables: Mapping[str, Path], profil: Profil, lan: Lan, uttagsdatum: date, settings: Settings) -> pa.Table:
    """Measure the accepted tables of one delivery.

    Args:
        tables: contract table -> parquet file.

    Returns:
        Columns as ``MEASURES``, in a fixed order. A municipality that sends counts instead of rows has none.
    """
    if not any(profil.exporter.values()):
        return MEASURES.empty_table()
    delivered = delivered_columns(profil)
    known = parametrar(profil, lan, uttagsdatum).append_column("nuvarande", pa.array([profil.kallsystem.nuvarande]))
    with connection(settings) as connected:
        show_parquet(connected, tables)
        connected.register("parametrar", known)
        found = [
            each
            for table in tables
            for each in (*_checked(connected, table, delivered), *tally(connected, table, delivered))
        ]
    return _as_table(found)


def not_run() -> pa.Table:
    """The measures of a delivery that has not been measured: every row check as one that could not run."""
    return _as_table([Measure(each.id, each.table, each.part, None, None, None) for each in ROW_CHECKS])


def _checked(connected: duckdb.DuckDBPyConnection, table: str, delivered: frozenset[str]) -> Iterator[Measure]:
    asked = {each.id: each for each in row_checks_of(table)}
    here = {code: each for code, each in asked.items() if delivered.issuperset(each.columns)}
    frame = batch(connected, table, tuple(here.values())) if here else None
    counted = {} if frame is None else count(frame, {code: _expected(here[code]) for code in frame.columns})
    for code, check in asked.items():
        found = counted.get(code)
        if code not in here:
            yield Measure(code, table, check.part, None, 0, 0)
        elif found is None:
            yield Measure(code, table, check.part, None, None, None)
        else:
            yield Measure(code, table, check.part, None, found.brister, found.underlag)


def _expected(check: RowCheck) -> Expected:
    return Expected(between=check.days)


def _as_table(found: list[Measure]) -> pa.Table:
    columns = zip(*found, strict=True)
    return pa.table([pa.array(list(each), field.type) for each, field in zip(columns, MEASURES, strict=True)], MEASURES)
