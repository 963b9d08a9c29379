"""What a version holds, counted and proved from its files; counts only, never values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.errors import IbicError
from ibic_pipeline.validate import prove


def rows_of(folder: Path, table: str) -> int:
    """Rows of one file, ``table`` being its path without the ending."""
    return int(pq.read_metadata(folder / f"{table}.parquet").num_rows)


def rows_per_file(folder: Path) -> dict[str, int]:
    """File name without ending -> rows, for every parquet file of a folder."""
    return {path.stem: int(pq.read_metadata(path).num_rows) for path in sorted(folder.glob("*.parquet"))}


def schema_of(folder: Path, table: str) -> pa.Schema:
    """Columns of one file."""
    return pq.read_schema(folder / f"{table}.parquet")


def accounting_of(folder: Path) -> list[dict[str, Any]]:
    """The accounting per delivered file, ``regler`` as a mapping from rule code to rows."""
    rows = pq.read_table(folder / "avstamning.parquet").to_pylist()
    return [row | {"regler": dict(row["regler"] or ())} for row in rows]


def breach_of(folder: Path, table: str) -> str | None:
    """How the accepted rows of a table break their contract, in a sentence without values; None when they do not."""
    try:
        prove({table: pq.read_table(folder / "harmoniserat" / f"{table}.parquet")})
    except IbicError as error:
        return str(error)
    return None
