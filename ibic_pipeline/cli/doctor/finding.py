"""What ``ibic doctor`` says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ibic_pipeline.errors import IbicError

Status = Literal["ok", "finding", "error"]
"""A finding is something for someone to look at; the installation runs all the same. With an error it does not."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, and, unless it is well, what to do about it."""

    what: str
    status: Status
    text: str
    do: str = ""


def from_error(what: str, status: Status, error: IbicError) -> Finding:
    """The finding that an error of the program is."""
    return Finding(what, status, f"Expected {error.expected}. Found {error.found}.", error.next_step)
