"""Random small histories: the SQL's units are those that the definitions, applied row by row, give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, note

from ibic_pipeline.derive.headers import Indicator, indicators
from tests.support.depth import searched
from tests.support.histories import EXTRACTION, LIMITS, PARAMETERS, histories
from tests.support.oracle import EVENTS, STATES, Oracle
from tests.support.small_tables import all_units

GRID = {*LIMITS, *(date(2023, 6, 1) + timedelta(step) for step in range(0, 1125, 17))}

EVERY = [
    *(f"T{number}" for number in range(1, 14)),
    *(f"M{number}" for number in range(1, 8)),
    *(f"F{number}" for number in range(1, 7)),
    *(f"D{number}" for number in range(1, 5)),
    *(f"P{number}" for number in range(1, 5)),
]


def test_every_indicator_stands_and_is_defined_here_too() -> None:
    assert sorted(each.id for each in indicators()) == sorted([*EVENTS, *STATES]) == sorted(EVERY)


@searched(24, deep=500)
@given(histories(), PARAMETERS)
def test_the_units_of_every_indicator_on_every_day_are_what_the_definition_says(
    history: dict[str, pa.Table], parameters: dict[str, str]
) -> None:
    note(readable(history))
    found = all_units(history, parameters)
    oracle = Oracle(history, parameters, EXTRACTION)
    for indicator in indicators():
        assert_units(indicator, found[indicator.id].to_pylist(), oracle)


def assert_units(indicator: Indicator, units: list[dict[str, Any]], oracle: Oracle) -> None:
    if indicator.typ == "handelse":
        assert_same(units, oracle.events(indicator.id), indicator.id)
        return
    for day in days_to_look(units):
        standing = [on_day(each, indicator, day) for each in units if stands(each, day)]
        assert_same(standing, oracle.state(indicator.id, day), f"{indicator.id} on {day}")


def readable(history: dict[str, pa.Table]) -> str:
    """The rows with the cells that hold something."""
    lines = []
    for name, table in history.items():
        for row in table.to_pylist():
            cells = " ".join(f"{column}={value}" for column, value in row.items() if value is not None)
            lines.append(f"{name}: {cells}")
    return "\n".join(lines)


def days_to_look(units: list[dict[str, Any]]) -> list[date]:
    """Days throughout, and those on which the SQL says that something changes, with the day before."""
    changes = {each[name] for each in units for name in ("fran", "till")} - {None}
    return sorted(day for day in GRID | changes | {each - timedelta(1) for each in changes} if day <= EXTRACTION)


def stands(unit: dict[str, Any], day: date) -> bool:
    return unit["fran"] <= day and (unit["till"] is None or day < unit["till"])


def on_day(unit: dict[str, Any], indicator: Indicator, day: date) -> dict[str, Any]:
    """The unit as it stands on the day: a growing value has grown since the row began."""
    if indicator.varde_typ != "vaxande" or unit["varde"] is None:
        return unit
    return unit | {"varde": unit["varde"] + (day - unit["fran"]).days}


def assert_same(units: list[dict[str, Any]], expected: list[dict[str, Any]], where: str) -> None:
    """Equal in every column that the definition says something of, whatever the order."""
    names = sorted(expected[0]) if expected else ["enhet_id"]
    found, wanted = ({tuple((name, each[name]) for name in names) for each in some} for some in (units, expected))
    assert len(units) == len(expected), f"{where}: {len(units)} units, expected {len(expected)}"
    assert found == wanted, f"{where}: found {found - wanted}, expected {wanted - found}"
