"""Random small histories: the SQL's units are those that the definitions, applied row by row, give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings

from tests.support.histories import EXTRACTION, LIMITS, PARAMETERS, histories
from tests.support.oracle import Oracle
from tests.support.small_tables import all_units

SOME = settings(max_examples=25, deadline=None, derandomize=True)
DAYS = sorted({*LIMITS, *(date(2023, 6, 1) + timedelta(step) for step in range(0, 1125, 17))})


@SOME
@given(histories(), PARAMETERS)
def test_every_unit_is_what_the_definition_says(history: dict[str, pa.Table], parameters: dict[str, str]) -> None:
    units = {name: table.to_pylist() for name, table in all_units(history, parameters).items()}
    oracle = Oracle(history, parameters, EXTRACTION)
    assert set(units) == {"T1", "T2", "T10", "M1", "M3", "F2"}
    for indicator in ("T10", "M1", "M3", "F2"):
        expected = oracle.events(indicator)
        assert in_order(units[indicator], expected) == in_order(expected, expected), indicator
    for indicator in ("T1", "T2"):
        for day in DAYS:
            standing = [each for each in units[indicator] if stands(each, day)]
            expected = oracle.state(indicator, day)
            assert in_order(standing, expected) == in_order(expected, expected), (indicator, day)


def stands(unit: dict[str, Any], day: date) -> bool:
    return unit["fran"] <= day and (unit["till"] is None or day < unit["till"])


def in_order(units: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The units in the columns of what is expected, sorted."""
    names = sorted(expected[0]) if expected else ["enhet_id"]
    return sorted(tuple(str(unit[name]) for name in names) for unit in units)
