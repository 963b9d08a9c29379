"""The definitions of all indicators once more, row by row in plain Python, to hold the SQL against."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from tests.support.oracle import documentation, followups, goals, process
from tests.support.oracle.reading import History
from tests.support.oracle.values import SMALL, Codes, Row

EVENTS = followups.EVENTS | goals.EVENTS | process.EVENTS | documentation.EVENTS
STATES = followups.STATES | process.STATES


class Oracle:
    """What the definitions say of a history; ``parameters`` as ``tests.support.small_tables.parameters``, all given."""

    def __init__(
        self, history: dict[str, pa.Table], parameters: dict[str, str], extraction: date, codes: Codes = SMALL
    ) -> None:
        self.history = History(history, parameters, extraction, codes)

    def events(self, indicator: str) -> list[Row]:
        """Every unit of an indicator of events."""
        return list(EVENTS[indicator](self.history))

    def state(self, indicator: str, day: date) -> list[Row]:
        """The units of an indicator of states on one day."""
        return list(STATES[indicator](self.history, day))

    def chain(self, day: date) -> list[int]:
        """Of the decisions that F1 counts on one day, how many are left after each step of the process."""
        return process.chain(self.history, day)
