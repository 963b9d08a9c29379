"""One person's history as small tables, and how each indicator counts it on a day or in a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa

from ibic_pipeline.derive.engine import engine_of, in_order
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.derive.run import fact, units
from tests.support.small_tables import SETTINGS, inputs, reference

COUNTED, NOT_COUNTED = "i täljaren", "i nämnaren"
"""In the numerator; in the denominator alone. An excluded unit is counted as its reason."""


class Story:
    """What the named indicators make of a history; ``parametrar`` as ``tests.support.small_tables.parameters``."""

    def __init__(self, *names: str, tables: dict[str, str], **parametrar: str) -> None:
        known = {each.id: each for each in indicators()}
        self.kinds = {name: known[name].typ for name in names}
        with engine_of(SETTINGS) as engine:
            engine.show_arrow({**inputs(_trimmed(tables)), **reference(**parametrar)})
            for each in in_order():
                fact(engine, each)
            self.units: dict[str, pa.Table] = {name: pa.concat_tables(units(engine, known[name])) for name in names}

    def on(self, day: str, indicator: str) -> dict[str, str]:
        """Unit -> how a state indicator counts it on the day."""
        assert self.kinds[indicator] == "tillstand"
        return self._counted(indicator, lambda row: row["fran"] <= _day(day) and _open_after(row, _day(day)))

    def during(self, first: str, last: str, indicator: str) -> dict[str, str]:
        """Unit -> how an event indicator counts it in the period."""
        assert self.kinds[indicator] == "handelse"
        return self._counted(
            indicator, lambda row: _day(first) <= row["fran"] <= _day(last) and _open_after(row, _day(last))
        )

    def value(self, indicator: str, unit: str) -> float:
        """The one value that the unit has."""
        (found,) = {row["varde"] for row in self.units[indicator].to_pylist() if row["enhet_id"] == unit}
        return float(found)

    def _counted(self, indicator: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, str]:
        rows = [row for row in self.units[indicator].to_pylist() if wanted(row)]
        return {row["enhet_id"]: row["exkluderad"] or (COUNTED if row["i_taljare"] else NOT_COUNTED) for row in rows}


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _open_after(row: dict[str, Any], day: date) -> bool:
    return row["till"] is None or row["till"] > day


def _trimmed(tables: dict[str, str]) -> dict[str, str]:
    return {name: "\n".join(line.strip() for line in text.strip().splitlines()) for name, text in tables.items()}
