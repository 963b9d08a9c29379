"""The steps of a municipality that sends its counts: nothing is derived here, the counts are taken over as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from ibic_pipeline.compare import in_order
from ibic_pipeline.corrections.outcome import outcome_table
from ibic_pipeline.extract import Delivery
from ibic_pipeline.harmonise.unmapped import unmapped_table
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil, Sammanstallning
from ibic_pipeline.storage import write_parquet
from ibic_pipeline.summary import TABLES, Summary, read_summary
from ibic_pipeline.validate import Validated, validate_delivery
from ibic_pipeline.validate.accounting import ROWS_SCHEMA
from ibic_pipeline.workflow.reading import ReadDelivery
from schemas.delivery_rules import DELIVERY, OTHER_DEFINITIONS, WHOLE_FILE

COUNTS = tuple(name for name in TABLES if name != "avstamning")


def accept_summary(
    home: Home, delivery: Delivery, profil: Profil, sender: Sammanstallning
) -> tuple[Validated, ReadDelivery]:
    """No rows at all, and the accounting that the municipality made of its own.

    Raises:
        DeliveryRefused: LEV-020 or LEV-021.
    """
    summary = read_summary(delivery, sender, home.lan)
    empty = validate_delivery([], delivery, profil)
    flags = _flags(summary, delivery)
    return (
        replace(empty, avstamning=summary.table("avstamning"), flaggor=flags),
        ReadDelivery([], unmapped_table([]), outcome_table([]), {}),
    )


def take_over_counts(home: Home, sender: Sammanstallning, delivery: Delivery, folder: Path) -> None:
    """Write the delivered counts as those of the version in ``folder``.

    Raises:
        DeliveryRefused: LEV-020 or LEV-021.
    """
    summary = read_summary(delivery, sender, home.lan)
    for name in COUNTS:
        write_parquet(in_order(summary.table(name), name), folder / f"{name}.parquet")


def _flags(summary: Summary, delivery: Delivery) -> pa.Table:
    """One flag for the file, where definitions of the municipality's are not the county's."""
    rows = [
        {
            "kommunkod": delivery.kommunkod,
            "leverans_id": delivery.leverans_id,
            "kallfil": delivery.files[0].name,
            "kallrad": WHOLE_FILE,
            "tabell": DELIVERY,
            "regel": OTHER_DEFINITIONS,
        }
    ]
    return pa.Table.from_pylist(rows if summary.other_definitions() else [], schema=ROWS_SCHEMA)
