"""The SQL stays in a subset that other engines understand, and its headers tell the truth."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from ibic_pipeline.compare.chain import FACT
from ibic_pipeline.compare.survival import CURVES
from ibic_pipeline.derive.headers import Fact, Indicator, facts, indicators
from ibic_pipeline.derive.run import UNITS

QUERIES = [*facts(), *indicators()]
FORBIDDEN = (exp.Qualify, exp.Array, exp.List, exp.Unnest, exp.Struct, exp.Pivot)


def name_of(query: Fact | Indicator) -> str:
    return query.namn if isinstance(query, Fact) else query.id


@pytest.mark.parametrize("query", QUERIES, ids=name_of)
def test_a_query_transpiles_to_spark_without_anything_unsupported(query: Fact | Indicator):
    (spark,) = sqlglot.transpile(query.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    sqlglot.parse_one(spark, read="spark", error_level=sqlglot.ErrorLevel.RAISE)


@pytest.mark.parametrize("query", QUERIES, ids=name_of)
def test_a_query_keeps_to_the_subset(query: Fact | Indicator):
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    assert not list(tree.find_all(*FORBIDDEN))
    assert "ASOF" not in query.sql
    assert query.sql.count("NULLS LAST") == len(list(tree.find_all(exp.Ordered)))
    assert "GROUP BY ALL" not in query.sql


@pytest.mark.parametrize("query", QUERIES, ids=name_of)
def test_every_column_and_every_table_has_an_alias(query: Fact | Indicator):
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    for select in tree.find_all(exp.Select):
        assert all(isinstance(column, exp.Alias) or column.is_star for column in select.expressions)
    assert all(table.alias for table in tree.find_all(exp.Table))


@pytest.mark.parametrize("query", QUERIES, ids=name_of)
def test_the_header_names_exactly_the_tables_that_are_read(query: Fact | Indicator):
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    own = {cte.alias for scope in traverse_scope(tree) for cte in scope.ctes}
    assert {table.name for table in tree.find_all(exp.Table)} - own == set(query.indata)


@pytest.mark.parametrize("indicator", indicators(), ids=name_of)
def test_an_indicator_has_the_columns_of_units_in_their_order(indicator: Indicator):
    tree = sqlglot.parse_one(indicator.sql, read="duckdb")
    assert tree.named_selects == UNITS.names


def test_facts_are_used():
    used = {name for query in QUERIES for name in query.indata} | {curve.fact for curve in CURVES}
    used.add(FACT)
    assert {fact.namn for fact in facts()} <= used
