"""Errors that a person reads: what was expected, what was found, what to do next. Never a cell's value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class IbicError(Exception):
    """Something that the user can mend. Printed as one message, without a traceback; exit code 2."""

    def __init__(self, expected: str, found: str, next_step: str) -> None:
        self.expected = expected
        self.found = found
        self.next_step = next_step
        super().__init__(f"Expected {expected}. Found {found}. {next_step}")


class PassingError(IbicError):
    """An error that may be gone when the same is tried again in a minute: a database that does not answer."""


class DeliveryRefused(Exception):
    """A delivery that is refused as a whole (``stoppa``); ``reasons`` are (rule code, Swedish sentence) pairs."""

    def __init__(self, reasons: Iterable[tuple[str, str]]) -> None:
        self.reasons = list(reasons)
        super().__init__("; ".join(f"{code} {text}" for code, text in self.reasons))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` with the closest known word; empty when none is close."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""
