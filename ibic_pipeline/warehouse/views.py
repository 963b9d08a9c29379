"""The views that always show the current release, and who may read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Dialect, text
from sqlalchemy.exc import ProgrammingError

from ibic_pipeline.warehouse.tables import Published, physical, schema_of

ANALYSTS, COORDINATORS = "ibic_analytiker", "ibic_samordnare"
"""Roles in PostgreSQL: analysts read every view, coordinators the comparison tables alone."""


def show(connection: Connection, tables: Sequence[Published], gone: Iterable[str]) -> None:
    """Let the views show these tables and no others; ``gone`` are views of a release before that have no successor.

    A view keeps its grants, and views that people have built on it, as long as its columns are the same.
    """
    for name in gone:
        connection.execute(text(f"DROP VIEW IF EXISTS {_qualified(connection.dialect, name)}"))
    for each in tables:
        _show(connection, each)
    if connection.dialect.name == "postgresql":
        for sql in _comments(connection.dialect, tables):
            connection.exec_driver_sql(sql)
        present = connection.execute(text("SELECT rolname FROM pg_roles")).scalars().all()
        for role in (ANALYSTS, COORDINATORS):
            if role in present:
                for sql in grants(connection.dialect, role, tables):
                    connection.exec_driver_sql(sql)


def view(dialect: Dialect, each: Published, *, replace: bool) -> str:
    """The statement that makes a table's view."""
    prepare = dialect.identifier_preparer
    columns = ", ".join(prepare.quote(column.name) for column in each.table.columns)
    source = prepare.format_table(each.table)
    word = "CREATE OR REPLACE VIEW" if replace else "CREATE VIEW"
    return f"{word} {_qualified(dialect, each.name)} AS SELECT {columns} FROM {source}"  # noqa: S608  names of our own


def grants(dialect: Dialect, role: str, tables: Iterable[Published]) -> list[str]:
    """What lets a role read the views that are for it, and only those."""
    schema = schema_of(dialect.name)
    first = [f"GRANT USAGE ON SCHEMA {schema} TO {role}"] if schema else []
    allowed = [each for each in tables if each.open or role == ANALYSTS]
    return first + [f"GRANT SELECT ON {_qualified(dialect, each.name)} TO {role}" for each in allowed]


def drop_tables(connection: Connection, names: Sequence[str], tag: str) -> None:
    """Drop a release's tables, children before parents, as ``names`` are in the order in which they were made."""
    for name in reversed(names):
        connection.execute(text(f"DROP TABLE IF EXISTS {_qualified(connection.dialect, physical(name, tag))}"))


def _show(connection: Connection, each: Published) -> None:
    dialect = connection.dialect
    if dialect.name == "postgresql":
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(view(dialect, each, replace=True))
            return
        except ProgrammingError:
            pass  # other columns than before: it has to be made anew
    connection.execute(text(f"DROP VIEW IF EXISTS {_qualified(dialect, each.name)}"))
    connection.exec_driver_sql(view(dialect, each, replace=False))


def _comments(dialect: Dialect, tables: Iterable[Published]) -> list[str]:
    """Comments of the views, which are all that their readers see."""
    found = []
    for each in tables:
        name = _qualified(dialect, each.name)
        found.append(f"COMMENT ON VIEW {name} IS {_literal(each.table.comment or '')}")
        for column in each.table.columns:
            where = f"{name}.{dialect.identifier_preparer.quote(column.name)}"
            found.append(f"COMMENT ON COLUMN {where} IS {_literal(column.comment or '')}")
    return found


def _literal(said: str) -> str:
    # A driver takes % for the beginning of a parameter.
    return "'" + said.replace("'", "''").replace("%", "%%") + "'"


def _qualified(dialect: Dialect, name: str) -> str:
    schema = schema_of(dialect.name)
    quoted = dialect.identifier_preparer.quote(name)
    return f"{schema}.{quoted}" if schema else quoted
