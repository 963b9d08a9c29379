"""Releases that stand are written anew without the rows of persons who are purged; their figures stay as they are.

The comparison tables are counts under disclosure control, in which nobody can be told, and what others have cited.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.home import Home
from ibic_pipeline.publish.folders import BUILT, LOCK_SECONDS, only_publisher, releases_in, replace_release
from ibic_pipeline.publish.lifecycle import manifest_of
from ibic_pipeline.publish.persons import remaining
from ibic_pipeline.publish.pointer import renew_pointer
from ibic_pipeline.publish.release import seal_release
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS

PersonsIn = Callable[[Mapping[str, Path]], Collection[str]]
"""Given a municipality's files in a release, contract table -> path, the pseudonyms that are to go."""


@dataclass(frozen=True)
class Notice:
    """What a release that was written anew says about it: which receipt, when, and who as a role."""

    kvitto: str
    tid: str
    av: str


def purge_from_releases(
    home: Home, kommunkod: str, persons: PersonsIn, notice: Notice, lock_seconds: float = LOCK_SECONDS
) -> dict[str, dict[str, int]]:
    """Remove persons from every release that holds rows of theirs: release -> table -> rows removed.

    A release keeps its name, and a reader of it finds every file at all times. Done again it does what is left.

    Raises:
        IbicError: a publisher holds the lock too long, or a release cannot be read or written; that release and those
            after it are as they were.
    """
    done: dict[str, dict[str, int]] = {}
    with only_publisher(home.publicerat, lock_seconds):
        renew_pointer(home)
        for folder in releases_in(home.publicerat):
            files = rows_of_municipality(folder, kommunkod)
            kept = remaining(files, persons(files)) if files else {}
            if kept:
                done[folder.name] = _rewrite(home, folder, kommunkod, kept, notice)
                renew_pointer(home)
    return done


def rows_of_municipality(folder: Path, kommunkod: str) -> dict[str, Path]:
    """A municipality's files in a release: contract table -> path."""
    found = {table: folder / "harmoniserat" / table / f"{kommunkod}.parquet" for table in CONTRACTS}
    return {table: path for table, path in found.items() if path.is_file()}


def _rewrite(home: Home, folder: Path, kommunkod: str, kept: Mapping[str, pa.Table], notice: Notice) -> dict[str, int]:
    files = rows_of_municipality(folder, kommunkod)
    removed = {table: pq.read_metadata(files[table]).num_rows - rows.num_rows for table, rows in kept.items()}
    about = manifest_of(folder)
    said = {**asdict(notice), "kommunkod": kommunkod, "rader": removed}
    build = folder.with_name(BUILT + folder.name)
    try:
        shutil.copytree(folder, build, copy_function=_same_file)
        for table, rows in kept.items():
            write_parquet(rows, build / "harmoniserat" / table / f"{kommunkod}.parquet")
        seal_release(home, build, {**about, "gallringar": [*about.get("gallringar", ()), said]})
        replace_release(build, folder)
    except BaseException:
        shutil.rmtree(build, ignore_errors=True)
        raise
    return removed


def _same_file(source: str, target: str) -> str:
    """The very file under another name, where the file system can: a file of a release is replaced, never changed."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target
