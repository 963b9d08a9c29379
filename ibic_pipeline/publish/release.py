"""One release: built in a hidden folder, verified, renamed, and only then pointed at by ``senaste.json``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
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
from ibic_pipeline.publish.access import open_as_decided, open_release_as_decided
from ibic_pipeline.publish.catalogues import write_catalogues
from ibic_pipeline.publish.columns import described, in_order
from ibic_pipeline.publish.folders import BUILT, LOCK_SECONDS, only_publisher, sync
from ibic_pipeline.publish.manifest import describe, fingerprint_files
from ibic_pipeline.publish.municipality import Municipality
from ibic_pipeline.publish.persons import remaining
from ibic_pipeline.publish.pointer import point_at
from ibic_pipeline.publish.purge_list import purged_persons
from ibic_pipeline.publish.seal import sealed
from ibic_pipeline.publish.verify import MANIFEST, verify_release
from ibic_pipeline.storage import write_json, write_parquet, write_parquet_parts, write_text
from schemas import CONTRACTS
from schemas.codebook import codebook_html

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
    with only_publisher(home.publicerat, lock_seconds) as releases:
        name = _free_name(releases, now)
        build = releases / f"{BUILT}{name}"
        build.mkdir()
        try:
            about = describe(name, now, lan, municipalities, catalogue)
            _write_contents(home, build, tables, municipalities)
            write_pages(build, about)
            write_catalogues(home, home.lan, name, build, set(tables), municipalities)
            seal_release(home, build, about)
            target = releases / name
            build.rename(target)
        except BaseException:
            shutil.rmtree(build, ignore_errors=True)
            raise
        sync(releases)
        open_as_decided(home)
        point_at(home, target, now)
    return target


def seal_release(home: Home, build: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest of a release that is built, bring all of it to disk, and prove that it is what it says.

    Args:
        about: what the manifest says; a list of files in it is replaced.

    Raises:
        IbicError: a file cannot be read back as it was written.
    """
    (build / MANIFEST).unlink(missing_ok=True)
    write_json(sealed({**about, "filer": fingerprint_files(build)}), build / MANIFEST)
    _settle(home, build)
    _must_verify(build)


def _write_contents(
    home: Home, build: Path, tables: Mapping[str, pa.Table | Path], municipalities: Sequence[Municipality]
) -> None:
    for name, table in tables.items():
        target = build / "jamforelse" / f"{name}.parquet"
        if isinstance(table, Path):
            _copy_described(table, target)
        else:
            write_parquet(described(in_order(table)), target)
    for municipality in municipalities:
        if municipality.individniva == "lan" and municipality.version is not None:
            _copy_rows(home, municipality.kommunkod, municipality.version, build)
    write_text(codebook_html(), build / "kodbok.html")


def _copy_described(source: Path, target: Path) -> None:
    with pq.ParquetFile(source) as file:
        parts = (described(file.read_row_group(number)) for number in range(file.num_row_groups))
        write_parquet_parts(parts, described(file.schema_arrow.empty_table()).schema, target)


def _copy_rows(home: Home, kommunkod: str, version: Path, build: Path) -> None:
    """The municipality's rows, byte for byte; less the persons who are purged, should the version still hold any."""
    sources = {table: version / "utlamnas" / f"{table}.parquet" for table in CONTRACTS}
    for table, source in sources.items():
        if not source.is_file():
            raise IbicError(
                f"the table {table} of {kommunkod}",
                f"no file {source}",
                f"Load the municipality again: `ibic run --kommun {kommunkod} --force`.",
            )
        _must_be_own_rows(source, kommunkod)
    kept = remaining(sources, purged_persons(home, kommunkod))
    for table, source in sources.items():
        target = build / "harmoniserat" / table / f"{kommunkod}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        if table in kept:
            write_parquet(kept[table], target)
        else:
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


def _settle(home: Home, build: Path) -> None:
    """Bring every file to disk and let those read it whom the county has decided; a release is never changed."""
    open_release_as_decided(home, build)
    for path in sorted(build.rglob("*")):
        sync(path)
    sync(build)
