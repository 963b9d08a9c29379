"""What must hold of facts and units after deriving; findings carry counts, never ids or values."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from ibic_pipeline.derive.engine import Engine
from ibic_pipeline.derive.headers import Fact, Indicator
from ibic_pipeline.errors import IbicError


def check_fact(engine: Engine, fact: Fact) -> None:
    """One row per key, and as many rows as the table it describes.

    Raises:
        IbicError: rows were lost or doubled on the way.
    """
    key = ", ".join(fact.nyckel)
    (rows,) = _numbers(engine, "SELECT COUNT(*) FROM t", fact.namn)
    (keys,) = _numbers(engine, f"SELECT COUNT(*) FROM (SELECT DISTINCT {key} FROM t) AS nycklar", fact.namn)
    if rows != keys:
        _refuse(f"one row per {key} in {fact.namn}", f"{rows - keys} rows too many", fact.namn)
    if fact.antal_som is not None:
        (expected,) = _numbers(engine, "SELECT COUNT(*) FROM t", fact.antal_som)
        if rows != expected:
            _refuse(f"{expected} rows in {fact.namn}, as in {fact.antal_som}", f"{rows} rows", fact.namn)


def check_units(engine: Engine, indicator: Indicator, table: str) -> None:
    """Numerator within denominator, excluded outside it, known reasons, intervals that run forward and do not overlap.

    Raises:
        IbicError: one of them does not hold.
    """
    reasons = ", ".join(f"'{reason}'" for reason in indicator.exkluderingar)
    numbers = _numbers(
        engine,
        f"""
        SELECT
            COUNT(*) FILTER (WHERE i_taljare AND NOT i_namnare),
            COUNT(*) FILTER (WHERE i_namnare = (exkluderad IS NOT NULL)),
            COUNT(*) FILTER (WHERE exkluderad NOT IN ({reasons})),
            COUNT(*) FILTER (WHERE fran IS NULL OR fran >= till),
            COUNT(*) FILTER (WHERE i_namnare IS NULL OR i_taljare IS NULL)
        FROM t
        """,
        table,
    )
    expectations = (
        "a numerator within the denominator",
        "every unit either in the denominator or excluded",
        "only reasons that the header names",
        "intervals that end after they begin",
        "units that are counted or not",
    )
    for expected, number in zip(expectations, numbers, strict=True):
        if number:
            _refuse(f"{expected} in {indicator.id}", f"{number} units", indicator.id)
    if indicator.typ == "tillstand":
        _check_overlap(engine, indicator, table)


def _check_overlap(engine: Engine, indicator: Indicator, table: str) -> None:
    (overlapping,) = _numbers(
        engine,
        """
        SELECT COUNT(*) FROM (
            SELECT fran, till, LEAD(fran) OVER (PARTITION BY enhet_id ORDER BY fran, till NULLS LAST) AS nasta FROM t
        ) AS rader
        WHERE nasta IS NOT NULL AND (till IS NULL OR till > nasta)
        """,
        table,
    )
    if overlapping:
        _refuse(f"one state at a time per unit in {indicator.id}", f"{overlapping} overlapping intervals", indicator.id)


def _numbers(engine: Engine, query: str, table: str) -> tuple[int, ...]:
    return engine.numbers(f"WITH t AS (SELECT * FROM {table}) {query}")


def _refuse(expected: str, found: str, name: str) -> None:
    raise IbicError(expected, found, f"Correct {name}.sql; nothing of this municipality was replaced.")
