"""The warehouse as SQL text: what a load does, and the roles, for those who want to read or run it themselves."""

from __future__ import annotations

from sqlalchemy import Dialect
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement, SetColumnComment, SetTableComment

from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.home import Home
from ibic_pipeline.warehouse.load import release_of, tag_of
from ibic_pipeline.warehouse.tables import Published, loaded_table, schema_of, tables_of
from ibic_pipeline.warehouse.views import ANALYSTS, COORDINATORS, grants, view

_DIALECTS = {
    "postgresql": postgresql.dialect, "sqlite": sqlite.dialect, "mssql": mssql.dialect, "mysql": mysql.dialect,
    "oracle": oracle.dialect,
}  # fmt: skip


def script_of_current(home: Home, dialect: str, *, roles: bool = False) -> str:
    """The SQL that makes the current release's tables, indexes, comments and views; or, of ``roles``, the two roles.

    Raises:
        IbicError: nothing is published, the dialect is not known, or roles are asked of another than PostgreSQL.
    """
    if dialect not in _DIALECTS:
        raise IbicError(f"one of {', '.join(_DIALECTS)}", f"{dialect}{did_you_mean(dialect, _DIALECTS)}", "Choose one.")
    # With its own parameters a driver would double every % in a comment.
    spoken: Dialect = _DIALECTS[dialect](paramstyle="named")
    release = release_of(home)
    _, tables = tables_of(release, schema_of(dialect), tag_of(release))
    statements = _roles(spoken, tables) if roles else _definitions(spoken, tables)
    return "".join(f"{statement.strip()};\n" for statement in statements)


def _definitions(dialect: Dialect, tables: list[Published]) -> list[str]:
    schema = schema_of(dialect.name)
    found = [f"CREATE SCHEMA {schema}"] if schema else []
    found.append(str(CreateTable(loaded_table(schema)).compile(dialect=dialect)))
    for each in tables:
        found.append(str(CreateTable(each.table).compile(dialect=dialect)))
        found += [str(CreateIndex(index).compile(dialect=dialect)) for index in each.table.indexes]
        found += _comments(dialect, each)
    return found + [view(dialect, each, replace=False) for each in tables]


def _comments(dialect: Dialect, each: Published) -> list[str]:
    if not dialect.supports_comments or dialect.inline_comments:
        return []
    of_columns = [SetColumnComment(column) for column in each.table.columns if column.comment]
    made: list[ExecutableDDLElement] = [SetTableComment(each.table), *of_columns]
    return [str(one.compile(dialect=dialect)) for one in made]


def _roles(dialect: Dialect, tables: list[Published]) -> list[str]:
    if dialect.name != "postgresql":
        raise IbicError(
            "PostgreSQL", dialect.name, "Write the roles of other databases by hand; see docs/warehouse.md."
        )
    found = [f"CREATE ROLE {role} NOLOGIN" for role in (ANALYSTS, COORDINATORS)]
    return found + [sql for role in (ANALYSTS, COORDINATORS) for sql in grants(dialect, role, tables)]
