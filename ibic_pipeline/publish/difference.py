"""What is another in one release than in an earlier one: tables, columns, rows, and figures with the reasons."""

# ruff: noqa: S608 - the names in the query are our own, not input
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.derive.duckdb_engine import show_arrow
from ibic_pipeline.derive.engine import connection, fetch, show_parquet
from ibic_pipeline.home import Settings
from ibic_pipeline.publish.changed import ANDRINGAR, changed_between
from ibic_pipeline.publish.tables import count_rows, published_files

FIGURE = ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"]
REASONS = {
    "ny_definition": "indikatorn har en ny definition",
    "nya_parametrar": "länet eller kommunen har ändrat en gräns eller frist",
    "ny_leverans": "en ny leverans har ändrat eller kompletterat tidigare uppgifter (rättad historik)",
    "ny_bearbetning": "ny profil, nya kodlistor, rättelser eller gallringar, eller ett nytt program",
    "okand": "okänd",
}
"""Reason -> what it means, in Swedish."""

_NO_FIGURES = pa.schema([(name, pa.string()) for name in (*FIGURE, "status")]).empty_table()
_SHOWN_IN_ONE = f"""
    WITH both_releases AS (
        SELECT
            fore.indikator IS NULL AS utan_fore,
            efter.indikator IS NULL AS utan_efter,
            COALESCE(fore.status IN ('visas', 'osaker'), false) AS visas_fore,
            COALESCE(efter.status IN ('visas', 'osaker'), false) AS visas_efter
        FROM fore FULL JOIN efter ON {" AND ".join(f"fore.{name} IS NOT DISTINCT FROM efter.{name}" for name in FIGURE)}
    )
    SELECT
        COUNT(*) FILTER (visas_efter AND utan_fore) AS nya_annan_period,
        COUNT(*) FILTER (visas_efter AND NOT visas_fore AND NOT utan_fore) AS nya_annan_status,
        COUNT(*) FILTER (visas_fore AND utan_efter) AS borta_annan_period,
        COUNT(*) FILTER (visas_fore AND NOT visas_efter AND NOT utan_efter) AS borta_annan_status
    FROM both_releases
"""


@dataclass(frozen=True)
class TableDifference:
    """One published table. ``rader_fore`` or ``rader_efter`` is None where the release has no such table."""

    tabell: str
    rader_fore: int | None
    rader_efter: int | None
    nya_kolumner: tuple[str, ...]
    borttagna_kolumner: tuple[str, ...]
    andrade_typer: tuple[str, ...]

    @property
    def is_other(self) -> bool:
        """Whether rows or columns differ."""
        return self.rader_fore != self.rader_efter or self.has_other_columns

    @property
    def has_other_columns(self) -> bool:
        """Whether columns came, went or changed type; not so for a table that came or went whole."""
        return bool(self.nya_kolumner or self.borttagna_kolumner or self.andrade_typer)


@dataclass(frozen=True)
class Difference:
    """Two releases. ``fore`` and ``efter`` are names.

    ``andrade``: the figures that both show and that differ by more than the tolerance, the largest change first;
    columns of ``andringar``. ``inom_tolerans``: how many differ by less.
    ``orsaker``: reasons as they stand in ``andringar`` -> (figures beyond the tolerance, figures that differ at all).
    ``nya`` and ``borta``: how many figures only the later or only the earlier release shows: ``annan_period`` when the
    other has no such row (a period or group that came or went), ``annan_status`` when it holds the number back.
    """

    fore: str
    efter: str
    tolerans_procent: float
    tabeller: tuple[TableDifference, ...]
    andrade: pa.Table
    inom_tolerans: int
    orsaker: dict[str, tuple[int, int]]
    nya: dict[str, int]
    borta: dict[str, int]

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        told = (self.andrade.num_rows, self.inom_tolerans, *self.nya.values(), *self.borta.values())
        return any(told) or any(each.is_other for each in self.tabeller)


def difference(fore: Path, efter: Path, about: Mapping[str, Any], tolerans_procent: float = 0.0) -> Difference:
    """Compare a release with an earlier one.

    Args:
        fore: folder of the earlier release.
        efter: folder of the later one, which may still be being built.
        about: what the later one's manifest says, or is to say.
        tolerans_procent: largest change that is only counted: percentage points of a share, per cent of the earlier
            figure for counts and medians.
    """
    changes = _all_changes(fore, efter, about)
    size = _size(changes)
    beyond = np.asarray(size > tolerans_procent)
    largest_first = np.argsort(-size[beyond], kind="stable")
    reasons = changes["orsak"].to_pandas()
    return Difference(
        fore=fore.name,
        efter=str(about["release"]),
        tolerans_procent=tolerans_procent,
        tabeller=_tables(fore, efter),
        andrade=changes.filter(pa.array(beyond)).take(pa.array(largest_first)),
        inom_tolerans=int((~beyond).sum()),
        orsaker={
            str(reason): (int(beyond[rows].sum()), len(rows))
            for reason, rows in reasons.groupby(reasons).indices.items()
        },
        **_shown_in_one(fore, efter),
    )


def _all_changes(fore: Path, efter: Path, about: Mapping[str, Any]) -> pa.Table:
    figures = efter / "jamforelse" / "indikator.parquet"
    if not figures.is_file() or not (fore / "jamforelse" / "indikator.parquet").is_file():
        return ANDRINGAR.empty_table()
    made_of = {each["kommunkod"]: each["underlag"] or {} for each in about["kommuner"]}
    return changed_between(fore, figures, made_of, about["lan"])


def _size(changes: pa.Table) -> np.ndarray:
    """Percentage points for shares, per cent of the earlier figure for the rest; without end where that was 0."""
    fore, efter = (np.asarray(changes[name], dtype=float) for name in ("fore", "efter"))
    share = changes["matt"].to_pandas().to_numpy() == "andel"
    with np.errstate(divide="ignore", invalid="ignore"):
        size: np.ndarray = np.abs(efter - fore) / np.where(share, 1.0, np.abs(fore)) * 100
    return size


def _tables(fore: Path, efter: Path) -> tuple[TableDifference, ...]:
    before, after = published_files(fore), published_files(efter)
    return tuple(
        _table(name, before.get(name, []), after.get(name, [])) for name in sorted(before.keys() | after.keys())
    )


def _table(name: str, before: list[Path], after: list[Path]) -> TableDifference:
    old, new = _types(before), _types(after)
    both = bool(before and after)
    return TableDifference(
        tabell=name,
        rader_fore=_rows(before),
        rader_efter=_rows(after),
        nya_kolumner=tuple(column for column in new if both and column not in old),
        borttagna_kolumner=tuple(column for column in old if both and column not in new),
        andrade_typer=tuple(
            f"{column}: {old[column]} → {new[column]}" for column in new if column in old and old[column] != new[column]
        ),
    )


def _types(files: list[Path]) -> dict[str, str]:
    return {column.name: str(column.type) for path in files for column in pq.read_schema(path)}


def _rows(files: list[Path]) -> int | None:
    return count_rows(files) if files else None


def _shown_in_one(fore: Path, efter: Path) -> dict[str, dict[str, int]]:
    with connection(Settings()) as connected:
        for name, folder in (("fore", fore), ("efter", efter)):
            path = folder / "jamforelse" / "indikator.parquet"
            if path.is_file():
                show_parquet(connected, {name: path})
            else:
                show_arrow(connected, {name: _NO_FIGURES})
        (counted,) = fetch(connected, _SHOWN_IN_ONE).to_pylist()
    return {
        which: {why: counted[f"{which}_{why}"] for why in ("annan_period", "annan_status") if counted[f"{which}_{why}"]}
        for which in ("nya", "borta")
    }
