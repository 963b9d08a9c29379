"""Which tables a release holds, and in which files."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from schemas import CONTRACTS

COMPARED, HARMONISED = "jamforelse", "harmoniserat"


def compared_files(release: Path) -> dict[str, list[Path]]:
    """Comparison table -> its one file, in name order; what may be read within the whole county."""
    return {path.stem: [path] for path in sorted((release / COMPARED).glob("*.parquet"))}


def harmonised_files(release: Path) -> dict[str, list[Path]]:
    """Harmonised table -> one file per municipality that shares its rows, parents before children; pseudonymised."""
    present = {table: sorted((release / HARMONISED / table).glob("*.parquet")) for table in CONTRACTS}
    return {table: paths for table, paths in present.items() if paths}


def published_files(release: Path) -> dict[str, list[Path]]:
    """Every table of a release -> its files."""
    return compared_files(release) | harmonised_files(release)


def count_rows(paths: list[Path]) -> int:
    """Rows in all files together, as their footers say."""
    return sum(pq.read_metadata(path).num_rows for path in paths)
