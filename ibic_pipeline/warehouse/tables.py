"""The SQL tables of a release, made of its parquet schemas and the contracts: types, comments, keys and indexes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from ibic_pipeline.errors import IbicError
from ibic_pipeline.publish.columns import COMPARISON_KEYS, table_description
from ibic_pipeline.publish.tables import compared_files, harmonised_files
from schemas import CONTRACTS

SCHEMA = "ibic"
LOADED = "inlasta_releaser"

# Elsewhere than in PostgreSQL and SQLite a text of any length cannot be part of a key.
_BOUNDED = ("mysql", "mariadb", "mssql", "oracle")
_TYPES: tuple[tuple[Any, type[TypeEngine[Any]]], ...] = (
    (pa.types.is_boolean, Boolean),
    (pa.types.is_int64, BigInteger),
    (pa.types.is_integer, Integer),
    (pa.types.is_floating, Double),
    (pa.types.is_date, Date),
    (pa.types.is_timestamp, DateTime),
    (pa.types.is_string, Text),
)
_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


@dataclass(frozen=True)
class Published:
    """One published table: its files, and the SQL table that they become."""

    name: str
    paths: list[Path]
    table: Table
    open: bool
    """Whether it is a comparison table, which everyone within the county may read."""


def schema_of(dialect: str) -> str | None:
    """The SQL schema that everything lies in; SQLite has none."""
    return None if dialect == "sqlite" else SCHEMA


def tables_of(release: Path, schema: str | None, tag: str) -> tuple[MetaData, list[Published]]:
    """A release's tables, parents before children, named ``<table>__<tag>`` so that releases stand side by side.

    Raises:
        IbicError: a column has a type that no SQL type stands for.
    """
    metadata = MetaData(schema=schema, naming_convention=_NAMES)
    compared = [
        Published(name, paths, _compared(metadata, name, tag, paths[0]), open=True)
        for name, paths in compared_files(release).items()
    ]
    harmonised = [
        Published(name, paths, _harmonised(metadata, name, tag, paths), open=False)
        for name, paths in harmonised_files(release).items()
    ]
    _refer(metadata, tag, [each.name for each in harmonised])
    return metadata, compared + harmonised


def loaded_table(schema: str | None) -> Table:
    """The list of releases in the warehouse; ``tabeller`` are the names of its published tables, joined by a comma."""
    return Table(
        LOADED,
        MetaData(schema=schema),
        Column("tagg", String(40), primary_key=True, comment="Det som tabellernas namn slutar med."),
        Column("release", String(40), nullable=False, comment="Releasens namn."),
        Column("manifest_sha256", String(64), nullable=False, comment="SHA-256 av releasens manifest."),
        Column("publicerad", String(40), nullable=False, comment="När releasen publicerades (UTC)."),
        Column("tabeller", Text, nullable=False, comment="Releasens tabeller."),
        Column("rader", BigInteger, nullable=False, comment="Antal rader i alla tabeller tillsammans."),
        Column("aktuell", Boolean, nullable=False, comment="Om det är den som vyerna visar."),
        comment="Releaser som finns i databasen.",
    )


def physical(name: str, tag: str) -> str:
    """The name of a published table's SQL table."""
    return f"{name}__{tag}"


def _compared(metadata: MetaData, name: str, tag: str, path: Path) -> Table:
    schema = pq.read_schema(path)
    key = [column for column in COMPARISON_KEYS.get(name, []) if column in schema.names]
    # The county has no kommunkod, and a primary key may not be null.
    unique = [UniqueConstraint(*key, postgresql_nulls_not_distinct=True)] if key else []
    columns = [_column(field, nullable=True, bounded=field.name in key) for field in schema]
    return Table(physical(name, tag), metadata, *columns, *unique, comment=table_description(name))


def _harmonised(metadata: MetaData, name: str, tag: str, paths: list[Path]) -> Table:
    contract = CONTRACTS[name]
    key = ("kommunkod", *contract.key())
    references = {parent.field for parent in contract.parents()}
    schemas = [pq.read_schema(path) for path in paths]
    everywhere = set.intersection(*(set(schema.names) for schema in schemas))
    columns = [
        _column(field, field.nullable or field.name not in everywhere, bounded=field.name in {*key, *references})
        for field in pa.unify_schemas(schemas)
    ]
    described = (contract.__doc__ or "").strip()
    table = Table(physical(name, tag), metadata, *columns, PrimaryKeyConstraint(*key), comment=described)
    for column in sorted(references & {each.name for each in table.columns}):
        Index(None, table.c.kommunkod, table.c[column])
    return table


def _refer(metadata: MetaData, tag: str, present: Iterable[str]) -> None:
    """Foreign keys, within a municipality, to every parent that the contract says is always there."""
    tables = {name: _found(metadata, name, tag) for name in present}
    for name, table in tables.items():
        for parent in CONTRACTS[name].parents():
            if parent.missing_severity != "avvisa" or parent.table not in tables:
                continue
            to = tables[parent.table]
            keys = ("kommunkod", *CONTRACTS[parent.table].key())
            own = [table.c.kommunkod, table.c[parent.field]]
            table.append_constraint(ForeignKeyConstraint(own, [to.c[key] for key in keys]))


def _found(metadata: MetaData, name: str, tag: str) -> Table:
    schema = f"{metadata.schema}." if metadata.schema else ""
    return metadata.tables[f"{schema}{physical(name, tag)}"]


def _column(field: pa.Field, nullable: bool, bounded: bool) -> Column[Any]:
    return Column(field.name, _type(field, bounded), nullable=nullable, comment=_comment(field))


def _type(field: pa.Field, bounded: bool) -> TypeEngine[Any]:
    for matches, found in _TYPES:
        if matches(field.type):
            made = found()
            return made.with_variant(String(255), *_BOUNDED) if bounded and found is Text else made
    raise IbicError(
        f"a column type that SQL has, in {field.name}", str(field.type), "Publish the column as another type."
    )


def _comment(field: pa.Field) -> str | None:
    said = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    more = [f"{word}: {said[key]}" for key, word in (("enhet", "Enhet"), ("kodlista", "Kodlista")) if key in said]
    return " ".join([said.get("beskrivning", ""), *(f"{each}." for each in more)]).strip() or None
