"""Every check by its id, and the columns whose counts deliveries are compared by."""

from __future__ import annotations

from functools import cache

from ibic_pipeline.quality.checks.compared import COMPARED
from ibic_pipeline.quality.checks.county import OF_THE_COUNTY
from ibic_pipeline.quality.checks.filled import FILLED
from ibic_pipeline.quality.checks.intervals import INTERVALS
from ibic_pipeline.quality.checks.links import LINKS
from ibic_pipeline.quality.model import Check, RowCheck
from schemas import CONTRACTS

ROW_CHECKS: tuple[RowCheck, ...] = (*LINKS, *FILLED, *INTERVALS)

_NOT_COMPARED = {"icf_kod", "skydd"}
"""Columns with so many codes that their shares swing, and the one whose counts are nobody's business."""


@cache
def every_check() -> dict[str, Check]:
    """Id -> check, in the order of the ids.

    Raises:
        ValueError: two checks have the same id.
    """
    found = sorted((*ROW_CHECKS, *COMPARED, *OF_THE_COUNTY), key=lambda each: each.id)
    if len({each.id for each in found}) < len(found):
        raise ValueError("two checks with the same id: give each its own number")
    return {each.id: each for each in found}


def row_checks_of(table: str) -> tuple[RowCheck, ...]:
    """The checks on the rows of one harmonised table."""
    return tuple(each for each in ROW_CHECKS if each.table == table)


def counted_columns(table: str) -> tuple[str, ...]:
    """Columns that a row may leave empty."""
    return tuple(name for name, column in CONTRACTS[table].own_columns().items() if column.nullable)


def coded_columns(table: str) -> tuple[str, ...]:
    """Columns of codes whose shares are compared."""
    columns = CONTRACTS[table].own_columns().items()
    return tuple(name for name, each in columns if each.metadata["lasning"] == "code" and name not in _NOT_COMPARED)
