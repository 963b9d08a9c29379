"""What the municipalities' versions have counted, read an indicator at a time: nothing of all of them is in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.compare import PAIRS_COUNTED, VALUES, Period, calendar, pairs, quantiles_of, signs_of
from ibic_pipeline.compare.changes import TOTAL
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import Indicator
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.home import Settings
from ibic_pipeline.storage import read_json


@dataclass(frozen=True)
class Counted:
    """One table of every version that has it.

    A file's footer is read once, and of an indicator only its row groups: of 290 municipalities and 34 indicators
    there are 9 860 reads, which through ``read_table`` take three times as long.
    """

    files: Mapping[str, tuple[Path, pq.FileMetaData]]
    """By kommunkod."""

    @staticmethod
    def of(versions: Mapping[str, Path], name: str) -> Counted:
        """``versions``: kommunkod -> folder of the municipality's current version."""
        paths = {kommunkod: folder / f"{name}.parquet" for kommunkod, folder in versions.items()}
        return Counted({kod: (path, pq.read_metadata(path)) for kod, path in paths.items() if path.is_file()})

    def by(self, indicator: Indicator) -> dict[str, pa.Table]:
        """Rows of one indicator, by kommunkod."""
        return {kod: _rows_of(indicator.id, *file) for kod, file in self.files.items()}

    def all(self) -> dict[str, pa.Table]:
        """All rows, by kommunkod."""
        return {kod: pq.read_table(path) for kod, (path, _) in self.files.items()}


def _rows_of(indikator: str, path: Path, footer: pq.FileMetaData) -> pa.Table:
    place = footer.schema.names.index("indikator")
    held = [footer.row_group(number).column(place).statistics for number in range(footer.num_row_groups)]
    # A row group without rows says nothing of them.
    wanted = {n: each for n, each in enumerate(held) if each.has_min_max and each.min <= indikator <= each.max}
    with pq.ParquetFile(path, metadata=footer) as file:
        table = file.read_row_groups(list(wanted), use_threads=False)
    alone = all(each.min == each.max for each in wanted.values())
    return table if alone else table.filter(pc.equal(table["indikator"], indikator))


@dataclass(frozen=True)
class Values:
    """The values of units that the versions keep, for what cannot be added up: medians, and changes of pairs."""

    files: Sequence[Path]
    """Those that are as today's; a version that an earlier program made has none, or others."""
    breakdowns: Sequence[str]
    periods: Sequence[Period]
    settings: Settings

    @staticmethod
    def of(versions: Mapping[str, Path], lan: Lan, settings: Settings) -> Values:
        """``versions``: kommunkod -> folder of the municipality's current version."""
        days = [date.fromisoformat(read_json(folder / "version.json")["uttagsdatum"]) for folder in versions.values()]
        paths = [folder / "varden.parquet" for folder in versions.values()]
        files = [path for path in paths if path.is_file() and pq.read_schema(path).equals(VALUES)]
        return Values(files, (TOTAL, *lan.brytningar), calendar(lan.forsta_period, max(days)), settings)

    def quantiles(self, indicator: Indicator) -> pd.DataFrame | None:
        """The county's quantiles of an indicator, as ``quantiles_of``; None where it has no value."""
        return self._read(quantiles_of, indicator) if indicator.varde is not None and self.files else None

    def pairs(self, indicator: Indicator) -> pa.Table:
        """Counts of pairs, as ``PAIRS_COUNTED``."""
        return pairs(self._read(signs_of, indicator)) if self.files else PAIRS_COUNTED.empty_table()

    def _read(self, read: Callable[..., pd.DataFrame], indicator: Indicator) -> pd.DataFrame:
        with connection(self.settings) as connected:
            return read(connected, self.files, self.breakdowns, [indicator], self.periods)
