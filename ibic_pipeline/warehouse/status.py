"""What the warehouse holds, beside what is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect, select

from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release
from ibic_pipeline.warehouse.address import address_of, engine_of, shown
from ibic_pipeline.warehouse.load import tag_of
from ibic_pipeline.warehouse.tables import LOADED, loaded_table, schema_of


@dataclass(frozen=True)
class Status:
    """The releases in the warehouse, the latest first."""

    adress: str
    publicerad: str | None
    """The home's current release."""
    visar_publicerad: bool
    """The views show it, as it is now."""
    releaser: list[dict[str, Any]]
    """``release, publicerad, rader, aktuell`` of each."""


def status_of(home: Home) -> Status:
    """Ask the warehouse what it holds, without changing anything.

    Raises:
        IbicError: no address is given, or the database does not answer.
    """
    url = address_of(home)
    release = current_release(home)
    with engine_of(url) as engine, engine.connect() as connection:
        rows = _listed(connection)
    current = [row["tagg"] for row in rows if row["aktuell"]]
    return Status(
        adress=shown(url),
        publicerad=release.name if release else None,
        visar_publicerad=release is not None and current == [tag_of(release)],
        releaser=[{key: row[key] for key in ("release", "publicerad", "rader", "aktuell")} for row in rows],
    )


def _listed(connection: Connection) -> list[dict[str, Any]]:
    schema = schema_of(connection.dialect.name)
    if not inspect(connection).has_table(LOADED, schema=schema):
        return []
    table = loaded_table(schema)
    found = connection.execute(select(table).order_by(table.c.publicerad.desc(), table.c.aktuell.desc()))
    return [dict(row._mapping) for row in found]
