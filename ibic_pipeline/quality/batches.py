"""What the suites are held against: one frame per harmonised table, made by one query over the version's files."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from ibic_pipeline.derive.engine import fetch
from ibic_pipeline.quality.model import RowCheck

_ASKED_OF = {
    "individ": "individ AS r",
    "utredning": "utredning AS r",
    "bedomning": "bedomning AS r LEFT JOIN utredning AS u ON r.utredning_id = u.utredning_id",
    "beslut": "beslut AS r LEFT JOIN utredning AS u ON r.utredning_id = u.utredning_id",
    "uppdrag": "uppdrag AS r LEFT JOIN beslut AS b ON r.beslut_id = b.beslut_id",
    "genomforandeplan": "genomforandeplan AS r LEFT JOIN uppdrag AS x ON r.uppdrag_id = x.uppdrag_id",
    "mal": (
        "mal AS r LEFT JOIN beslut AS b ON r.beslut_id = b.beslut_id "
        "LEFT JOIN utredning AS u ON b.utredning_id = u.utredning_id"
    ),
    "uppfoljning": "uppfoljning AS r LEFT JOIN beslut AS b ON r.beslut_id = b.beslut_id",
    "maluppfyllelse": "maluppfyllelse AS r LEFT JOIN mal AS m ON r.mal_id = m.mal_id",
    "kvalitetssvar": "kvalitetssvar AS r",
}
"""Table -> its rows ``r`` with the parents that checks look at; keys are unique, so that no row is doubled."""


def batch(connected: duckdb.DuckDBPyConnection, table: str, checks: Sequence[RowCheck]) -> pd.DataFrame:
    """One column per check that can be evaluated, named by its id, and one row per row of the table.

    A check whose expression fails has no column; the others have theirs.
    """
    try:
        return _asked(connected, table, checks)
    except duckdb.Error:
        able = [each for each in checks if _runs(connected, table, each)]
        return _asked(connected, table, able) if able else pd.DataFrame()


def _asked(connected: duckdb.DuckDBPyConnection, table: str, checks: Sequence[RowCheck]) -> pd.DataFrame:
    columns = ", ".join(f'{each.measured} AS "{each.id}"' for each in checks)
    found = fetch(connected, f"SELECT {columns} FROM {_ASKED_OF[table]} CROSS JOIN parametrar AS p")
    return found.to_pandas(types_mapper=pd.ArrowDtype)


def _runs(connected: duckdb.DuckDBPyConnection, table: str, check: RowCheck) -> bool:
    try:
        _asked(connected, table, [check])
    except duckdb.Error:
        return False
    return True
