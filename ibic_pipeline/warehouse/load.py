"""Loads the current release into the warehouse in one transaction, and drops what it no longer stands for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, inspect, select, update
from sqlalchemy.schema import CreateSchema

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release
from ibic_pipeline.publish.verify import MANIFEST
from ibic_pipeline.storage import read_json, sha256_of_file
from ibic_pipeline.warehouse.address import address_of, engine_of, shown, writing
from ibic_pipeline.warehouse.bulk import copy_file
from ibic_pipeline.warehouse.tables import Published, loaded_table, schema_of, tables_of
from ibic_pipeline.warehouse.views import drop_tables, show


@dataclass(frozen=True)
class Loaded:
    """What a load came to."""

    release: str
    adress: str
    """Without password."""
    oforandrad: bool
    """The warehouse showed the release already."""
    tabeller: int
    """How many of its views were made to show it."""
    rader: int
    """Rows of the release, in all tables together."""
    borttagna: tuple[str, ...]
    """Earlier releases that were dropped."""


def load_current(home: Home) -> Loaded:
    """Load the home's current release, unless the warehouse shows it already.

    Tables of the release are made beside those that are there, filled, and shown by the views, all in one transaction:
    a load that is killed leaves the release before. One that is still there is shown again at once. A release stays in
    the warehouse as long as ``publicerat/`` holds it unchanged (one from which a person has been purged is dropped),
    and ``warehouse.behall`` of them at most.

    Raises:
        IbicError: nothing is published, no address is given, another load is under way, or the database refuses.
    """
    release = release_of(home)
    url, tag = address_of(home), tag_of(release)
    with engine_of(url) as engine, writing(engine) as connection:
        listed = _list_of_releases(connection, schema_of(engine.dialect.name))
        before = _rows(connection, listed)
        shows = any(row.aktuell and row.tagg == tag for row in before)
        tables = [] if shows else _tables_in_place(connection, listed, before, release)
        if not shows:
            gone = {name for row in before if row.aktuell for name in _names(row)} - {each.name for each in tables}
            show(connection, tables, sorted(gone))
            connection.execute(update(listed).values(aktuell=listed.c.tagg == tag))
        dropped = _drop_outlived(connection, listed, [row for row in before if row.tagg != tag], home)
        rows = connection.execute(select(listed.c.rader).where(listed.c.tagg == tag)).scalar_one()
    return Loaded(release.name, shown(url), shows, len(tables), rows, tuple(dropped))


def release_of(home: Home) -> Path:
    """The folder of the current release.

    Raises:
        IbicError: nothing has been published.
    """
    release = current_release(home)
    if release is None:
        raise IbicError(f"a release under {home.publicerat}", "none yet", "Publish one with `ibic run`.")
    return release


def tag_of(release: Path) -> str:
    """What a release's tables are called by: its name, and its manifest, which a purge of a person changes."""
    return f"{release.name.replace('-', '').lower()}_{sha256_of_file(release / MANIFEST)[:6]}"


def _list_of_releases(connection: Connection, schema: str | None) -> Table:
    if schema is not None and not inspect(connection).has_schema(schema):
        connection.execute(CreateSchema(schema))
    table = loaded_table(schema)
    table.create(connection, checkfirst=True)
    return table


def _rows(connection: Connection, listed: Table) -> list[Row[Any]]:
    return list(connection.execute(select(listed).order_by(listed.c.publicerad, listed.c.tagg)))


def _tables_in_place(connection: Connection, listed: Table, before: list[Row[Any]], release: Path) -> list[Published]:
    """The release's tables with their rows: those that are kept from an earlier load, else new ones."""
    tag = tag_of(release)
    metadata, tables = tables_of(release, listed.schema, tag)
    if any(row.tagg == tag for row in before):
        return tables
    # Some databases keep new tables when a transaction is given up.
    metadata.drop_all(connection)
    metadata.create_all(connection)
    rows = sum(copy_file(connection, each.table, path) for each in tables for path in each.paths)
    connection.execute(insert(listed), [_listed(release, tag, tables, rows)])
    return tables


def _names(row: Row[Any]) -> list[str]:
    return str(row.tabeller).split(",")


def _listed(release: Path, tag: str, tables: list[Published], rows: int) -> dict[str, Any]:
    return {
        "tagg": tag,
        "release": release.name,
        "manifest_sha256": sha256_of_file(release / MANIFEST),
        "publicerad": read_json(release / MANIFEST)["publicerad"],
        "tabeller": ",".join(each.name for each in tables),
        "rader": rows,
        "aktuell": False,
    }


def _drop_outlived(connection: Connection, listed: Table, others: list[Row[Any]], home: Home) -> list[str]:
    """Drop those that are not in ``publicerat/`` as they were loaded, and the oldest beyond the number that is kept."""
    kept = [row for row in reversed(others) if _still_published(home, row)][: home.lan.warehouse.behall - 1]
    outlived = [row for row in others if row not in kept]
    for row in outlived:
        drop_tables(connection, _names(row), row.tagg)
        connection.execute(delete(listed).where(listed.c.tagg == row.tagg))
    return [str(row.release) for row in outlived]


def _still_published(home: Home, row: Row[Any]) -> bool:
    manifest = home.publicerat / "releaser" / str(row.release) / MANIFEST
    return manifest.is_file() and sha256_of_file(manifest) == row.manifest_sha256
