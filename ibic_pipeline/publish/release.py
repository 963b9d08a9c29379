"""One release: built in a hidden folder, verified, renamed, and only then pointed at by ``senaste.json``."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.county import Lan
from ibic_pipeline.derive import Indicator
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish.columns import described, in_order
from ibic_pipeline.publish.datapackage import datapackage
from ibic_pipeline.publish.manifest import describe, fingerprint_files
from ibic_pipeline.publish.municipality import Municipality
from ibic_pipeline.publish.verify import verify_release
from ibic_pipeline.storage import read_json, sha256_of_file, write_json, write_parquet, write_parquet_parts, write_text
from schemas import CONTRACTS
from schemas.codebook import codebook_html

LOCK_SECONDS = 120.0

WritePages = Callable[[Path, dict[str, Any]], None]
"""Given the folder of the release and everything the manifest says but its file list, writes the pages."""


def publish_release(
    home: Home,
    lan: Lan,
    tables: Mapping[str, pa.Table | Path],
    municipalities: Sequence[Municipality],
    catalogue: Sequence[Indicator],
    now: datetime,
    write_pages: WritePages,
    lock_seconds: float = LOCK_SECONDS,
) -> Path:
    """Publish one release and return its folder.

    Args:
        tables: the comparison tables by name (``indikator``, ``tratt``), after disclosure control; each is
            written to ``jamforelse/<name>.parquet`` in sorted order. A file is in that order already, and is read a
            row group at a time.
        catalogue: the indicators, as they stand in the manifest.
        now: aware time; names the release (UTC, whole seconds; the next free second if that one is taken).
        write_pages: writes the pages of the release; it is an argument because pages come after publishing.

    Raises:
        IbicError: another publisher holds the lock too long, the build does not verify, or a municipality's
            rows carry another municipality's code. The release before stays in place.
    """
    releases = home.publicerat / "releaser"
    releases.mkdir(parents=True, exist_ok=True)
    with _alone(home.publicerat, lock_seconds):
        _remove_crashed_builds(releases)
        name = _free_name(releases, now)
        build = releases / f".bygge-{name}"
        build.mkdir()
        try:
            about = describe(name, now, lan, municipalities, catalogue)
            _write_contents(build, tables, municipalities)
            write_pages(build, about)
            write_json(about | {"filer": fingerprint_files(build)}, build / "manifest.json")
            _settle(build)
            _must_verify(build)
            target = releases / name
            build.rename(target)
        except BaseException:
            _remove(build)
            raise
        _sync(releases)
        _point_at(home.publicerat, target, about)
    return target


def current_release(home: Home) -> Path | None:
    """The folder that ``senaste.json`` points at; None before the first release.

    Raises:
        IbicError: the pointer names a folder that is not there.
    """
    pointer = read_json(home.publicerat / "senaste.json")
    if pointer is None:
        return None
    folder = home.publicerat / "releaser" / str(pointer["release"])
    if not folder.is_dir():
        raise IbicError(
            f"the release {folder}",
            "a senaste.json that names it, but no such folder",
            "Run `ibic run` to publish a new release.",
        )
    return folder


def _write_contents(build: Path, tables: Mapping[str, pa.Table | Path], municipalities: Sequence[Municipality]) -> None:
    for name, table in tables.items():
        target = build / "jamforelse" / f"{name}.parquet"
        if isinstance(table, Path):
            _copy_described(table, target)
        else:
            write_parquet(described(in_order(table)), target)
    for municipality in municipalities:
        if municipality.individniva == "lan" and municipality.version is not None:
            _copy_rows(municipality.kommunkod, municipality.version, build)
    write_text(codebook_html(), build / "kodbok.html")
    write_json(datapackage(build), build / "datapackage.json")


def _copy_described(source: Path, target: Path) -> None:
    with pq.ParquetFile(source) as file:
        parts = (described(file.read_row_group(number)) for number in range(file.num_row_groups))
        write_parquet_parts(parts, described(file.schema_arrow.empty_table()).schema, target)


def _copy_rows(kommunkod: str, version: Path, build: Path) -> None:
    for table in CONTRACTS:
        source = version / "utlamnas" / f"{table}.parquet"
        target = build / "harmoniserat" / table / f"{kommunkod}.parquet"
        if not source.is_file():
            raise IbicError(
                f"the table {table} of {kommunkod}",
                f"no file {source}",
                f"Load the municipality again: `ibic run --kommun {kommunkod} --force`.",
            )
        _must_be_own_rows(source, kommunkod)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _must_be_own_rows(path: Path, kommunkod: str) -> None:
    """Rows of a municipality that keeps its own would be published under the name of one that shares."""
    codes = pc.unique(pq.read_table(path, columns=["kommunkod"])["kommunkod"]).to_pylist()
    if any(code != kommunkod for code in codes):
        raise IbicError(
            f"only rows of {kommunkod} in {path.name}",
            f"rows of {len(codes)} municipalities",
            "Check leverans.kommunkolumn and leverans.kommunvarden of the profiles that share the delivery.",
        )


@contextmanager
def _alone(publicerat: Path, seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    with (publicerat / ".las").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise IbicError(
                        "to be the only one that publishes",
                        f"another publisher still at work after {seconds:.0f} seconds",
                        f"Wait until it has ended and publish again. It holds {publicerat / '.las'}.",
                    ) from None
                time.sleep(0.1)
        yield


def _remove_crashed_builds(releases: Path) -> None:
    for left in releases.glob(".bygge-*"):
        _remove(left)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _free_name(releases: Path, now: datetime) -> str:
    moment = now.astimezone(UTC)
    while (releases / f"{moment:%Y-%m-%dT%H%M%SZ}").exists():
        moment += timedelta(seconds=1)
    return f"{moment:%Y-%m-%dT%H%M%SZ}"


def _must_verify(build: Path) -> None:
    findings = verify_release(build)
    if findings:
        raise IbicError(
            "a release that agrees with its own manifest",
            f"{len(findings)} differences, the first: {findings[0].fil}: {findings[0].vad}",
            "Check the disk, then publish again. The release before is still in place.",
        )


def _settle(build: Path) -> None:
    """Bring every file to disk and let everyone who may open the folder read it; a release is never changed."""
    readable = build.stat().st_mode & 0o444
    for path in sorted(build.rglob("*")):
        if path.is_file():
            path.chmod(readable)
        _sync(path)
    _sync(build)


def _point_at(publicerat: Path, target: Path, about: Mapping[str, Any]) -> None:
    pointer = {
        "release": target.name,
        "publicerad": about["publicerad"],
        "inaktuella": about["inaktuella"],
        "manifest_sha256": sha256_of_file(target / "manifest.json"),
    }
    waiting = publicerat / ".senaste.json"
    write_json(pointer, waiting)
    waiting.chmod(target.stat().st_mode & 0o444)
    waiting.replace(publicerat / "senaste.json")
    _sync(publicerat)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
