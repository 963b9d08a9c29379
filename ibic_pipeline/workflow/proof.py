"""What a version or the county's figures hold, counted and proved from the files; counts only, never values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.corrections.apply import Outcome
from ibic_pipeline.corrections.model import Rattelse
from ibic_pipeline.corrections.outcome import Tally, tallies
from ibic_pipeline.errors import IbicError
from ibic_pipeline.storage import read_json
from ibic_pipeline.validate import prove
from ibic_pipeline.validate.accounting import accounting_in


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
    """The accounting per delivered file, ``regler`` and ``reparationer`` as mappings from code to rows."""
    return accounting_in(folder / "avstamning.parquet")


def corrections_met(folder: Path, corrections: Sequence[Rattelse]) -> list[Tally]:
    """What each correction met when the version in the folder was made; there need not be any."""
    made = read_json(folder / "version.json")
    if made is None:
        return tallies(corrections, [], date.min)
    rows = pq.read_table(folder / "rattelser.parquet").to_pylist()
    return tallies(corrections, [Outcome(**row) for row in rows], date.fromisoformat(made["uttagsdatum"]))


def breach_of(folder: Path, table: str) -> str | None:
    """How the accepted rows of a table break their contract, in a sentence without values; None when they do not."""
    try:
        prove({table: pq.read_table(folder / "harmoniserat" / f"{table}.parquet")})
    except IbicError as error:
        return str(error)
    return None


def cells_per(path: Path, column: str) -> dict[str, int]:
    """How many rows of the published table ``indikator`` have each value of ``column``; null as ``-``."""
    counted = pc.value_counts(pq.read_table(path, columns=[column])[column]).to_pylist()
    return dict(sorted((each["values"] or "-", each["counts"]) for each in counted))


def latest_year(path: Path) -> str:
    """The latest whole year in the published table ``indikator``; empty when there is none."""
    table = pq.read_table(path, columns=["period"], filters=[("period_typ", "=", "ar")])
    return str(pc.max(table["period"]).as_py() or "")


def shares_of_year(path: Path, indikator: str, year: str) -> dict[str, float | None]:
    """Kommunkod -> share as it may be shown, after disclosure control; None when it may not or does not exist."""
    wanted = {"indikator": indikator, "niva": "kommun", "period_typ": "ar", "period": year, "brytning": "total"}
    table = pq.read_table(
        path, columns=["kommunkod", "andel"], filters=[(name, "=", value) for name, value in wanted.items()]
    )
    return dict(zip(table["kommunkod"].to_pylist(), table["andel"].to_pylist(), strict=True))
