"""Proof that accepted tables fulfil their contracts, independently of the engine that accepted them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from pandera.errors import SchemaError, SchemaErrors

from ibic_pipeline.errors import IbicError
from schemas import CONTRACTS


def prove(tables: dict[str, pa.Table]) -> None:
    """Validate each table with its pandera model.

    Raises:
        IbicError: a table breaks its contract; the error holds counts, never values.
    """
    for name, table in tables.items():
        faults = _faults(name, table)
        if faults:
            raise IbicError(
                f"accepted rows of {name} that fulfil the contract",
                f"{faults} faults in {table.num_rows} rows",
                "This is a fault in ibic-pipeline; please report it.",
            )


def _faults(name: str, table: pa.Table) -> int:
    try:
        CONTRACTS[name].validate(table.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    except SchemaErrors as error:
        return max(len(error.failure_cases), 1)
    except SchemaError:
        return 1
    return 0
