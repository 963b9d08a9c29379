"""Which delivered columns decide an indicator, read out of the SQL of its facts and its units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from ibic_pipeline.derive.catalogue import reading_order
from ibic_pipeline.derive.engine import in_order
from ibic_pipeline.derive.headers import indicators
from schemas import CONTRACTS

Column = tuple[str, str]
"""A table and one of its columns."""

DECIDING = ("fran", "i_namnare", "i_taljare", "exkluderad", "varde")
"""What a unit says about itself beside the groups that it belongs to, which decide no total."""

_AGE_LIMITS = "aldersgrans"
"""Queries over this table break a state where a person passes an age: another group, and the same total."""


@cache
def columns_of_indicators() -> Mapping[str, frozenset[Column]]:
    """Indicator -> the delivered columns (table, column) that decide whether and how its units are counted.

    A column decides a value when the value is worked out of it, or when it filters, joins or orders the rows that the
    value is taken from. Groupings are left out.
    """
    known: dict[Column, frozenset[Column]] = {
        (table, column): frozenset({(table, column)})
        for table, contract in CONTRACTS.items()
        for column in contract.columns()
    }
    shapes = {table: tuple(contract.columns()) for table, contract in CONTRACTS.items()}
    for fact in in_order():
        query = _qualified(fact.sql, shapes)
        shapes[fact.namn] = tuple(query.named_selects)
        known |= {(fact.namn, name): found for name, found in _sources(query, known).items()}
    return {each.id: _deciding(_sources(_qualified(each.sql, shapes), known)) for each in indicators()}


def indicators_of_columns() -> Mapping[Column, tuple[str, ...]]:
    """Delivered column -> the indicators that it decides, in reading order."""
    found: dict[Column, list[str]] = {}
    for indicator, columns in sorted(columns_of_indicators().items(), key=lambda each: reading_order(each[0])):
        for column in columns:
            found.setdefault(column, []).append(indicator)
    return {column: tuple(each) for column, each in found.items()}


def _deciding(of_units: Mapping[str, frozenset[Column]]) -> frozenset[Column]:
    return frozenset().union(*(of_units[name] for name in DECIDING))


def _qualified(sql: str, shapes: Mapping[str, tuple[str, ...]]) -> exp.Query:
    """The query with every column under its table's name, and each ``*`` written out."""
    schema: dict[str, object] = {table: dict.fromkeys(columns, "text") for table, columns in shapes.items()}
    query = qualify(
        parse_one(sql, dialect="duckdb"),
        dialect="duckdb",
        schema=schema,
        quote_identifiers=False,
        validate_qualify_columns=False,
        expand_alias_refs=False,
    )
    assert isinstance(query, exp.Query)  # noqa: S101 - sql/ holds nothing but queries; for the type checker
    return query


def _sources(query: exp.Query, known: Mapping[Column, frozenset[Column]]) -> dict[str, frozenset[Column]]:
    scope = build_scope(query)
    assert scope is not None  # noqa: S101 - as above
    return _Reader(known).columns(scope)


class _Reader:
    """Follows columns through the scopes of one query; ``known`` says what other tables' columns are made of."""

    def __init__(self, known: Mapping[Column, frozenset[Column]]) -> None:
        self._known = known
        self._read: dict[int, dict[str, frozenset[Column]]] = {}

    def columns(self, scope: Scope) -> dict[str, frozenset[Column]]:
        """Output column of the scope -> what it is made of."""
        if id(scope) not in self._read:
            self._read[id(scope)] = self._union(scope) if scope.set_operation_scopes else self._select(scope)
        return self._read[id(scope)]

    def _union(self, scope: Scope) -> dict[str, frozenset[Column]]:
        parts = [self.columns(each) for each in scope.set_operation_scopes if not _is_about_ages(each)]
        names = list(parts[0])
        return {
            name: frozenset().union(*(list(part.values())[position] for part in parts))
            for position, name in enumerate(names)
        }

    def _select(self, scope: Scope) -> dict[str, frozenset[Column]]:
        query = scope.expression
        if not isinstance(query, exp.Select):  # rows that are written out are made of nothing
            return {}
        filters = _filters(query)
        outputs = list(query.selects)
        return {each.alias_or_name: self._of_all(scope, _with_lookups(query, [each, *filters])) for each in outputs}

    def _of_all(self, scope: Scope, expressions: list[exp.Expr]) -> frozenset[Column]:
        columns = (column for each in expressions for column in each.find_all(exp.Column))
        return frozenset().union(*(self._of(scope, column) for column in columns))

    def _of(self, scope: Scope, column: exp.Column) -> frozenset[Column]:
        source = scope.sources.get(column.table)
        if isinstance(source, Scope):
            return self.columns(source).get(column.name, frozenset())
        if isinstance(source, exp.Table):
            return self._known.get((source.name, column.name), frozenset())
        return frozenset()


def _filters(query: exp.Expr) -> list[exp.Expr]:
    """What decides which rows there are: conditions, inner joins, groups."""
    parts = [query.args.get(name) for name in ("where", "having", "group")]
    joins = [each.args.get("on") for each in query.args.get("joins") or () if not _is_lookup(each)]
    return [each for each in (*parts, *joins) if each is not None]


def _with_lookups(query: exp.Select, expressions: list[exp.Expr]) -> list[exp.Expr]:
    """Also what finds the row of a table that is looked up, where something is taken from there."""
    used = {column.table for each in expressions for column in each.find_all(exp.Column)}
    found = [each for each in query.args.get("joins") or () if _is_lookup(each) and each.alias_or_name in used]
    return [*expressions, *(each.args["on"] for each in found)]


def _is_lookup(join: exp.Expr) -> bool:
    return str(join.args.get("side") or "").upper() == "LEFT"


def _is_about_ages(scope: Scope) -> bool:
    return any(isinstance(each, exp.Table) and each.name == _AGE_LIMITS for each in scope.sources.values())
