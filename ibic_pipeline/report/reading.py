"""Reads a release's published tables: the rows of one page's figures at a time, never more of a table than is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.report.figures import Row, plain_rows

Filters = list[tuple[str, str, Any]]
Key = tuple[Any, ...]


def table(jamforelse: Path, name: str, filters: Filters, columns: Sequence[str] | None = None) -> pa.Table | None:
    """Rows of a published table; None where the release has no such table."""
    path = jamforelse / f"{name}.parquet"
    if not path.is_file():
        return None
    wanted = None if columns is None else [each for each in columns if each in pq.read_schema(path).names]
    return pq.read_table(path, columns=wanted, filters=filters or None)


def frame(jamforelse: Path, name: str, filters: Filters, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The same as a frame with arrow types; empty, without columns, where the release has no such table."""
    found = table(jamforelse, name, filters, columns)
    return pd.DataFrame() if found is None else found.to_pandas(types_mapper=pd.ArrowDtype)


def grouped(rows: pd.DataFrame, by: Sequence[str]) -> dict[Key, list[Row]]:
    """Rows by the values of columns, in the order of the table; ``kommunkod`` is None for the county."""
    found: dict[Key, list[Row]] = {}
    for row in plain_rows(rows):
        found.setdefault(tuple(row[name] for name in by), []).append(row)
    return found


def names_of(about: Mapping[str, Any]) -> dict[str | None, str]:
    """Code -> name of every municipality; None -> the county's."""
    return {None: about["lan"]["namn"], **{each["kommunkod"]: each["namn"] for each in about["kommuner"]}}
