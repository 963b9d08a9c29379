"""What is known of a sheet beside its cells: hidden rows, merged cells, cells that hold an error."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_FACTS = 200_000
"""Merges or errors of one sheet; no export has a hundredth of it, and each costs memory and time."""

_CHUNK = 1 << 22
_OVERLAP = 1 << 16
"""A cell's markup is shorter: a formula has at most 8 192 characters."""


class Merge(NamedTuple):
    """A merged range; rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class SheetFacts:
    """Rows and columns are counted from 0. ``first_column``: the first that holds anything; cells are read from there.

    ``errors``: (row, column) -> the error as it is shown, such as ``#DIV/0!``.
    """

    first_column: int = 0
    hidden: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def checked(self) -> SheetFacts:
        """Itself.

        Raises:
            OverflowError: there are more facts than can be handled.
        """
        if max(len(self.merges), len(self.errors)) > MOST_FACTS:
            raise OverflowError
        return self


class Inside(NamedTuple):
    """A workbook's sheets in their order, and what is to be known of one."""

    names: list[str]
    facts: Callable[[str], SheetFacts]


def windows(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """A member's content piece by piece; pieces overlap, so that each cell's markup is whole in one of them."""
    kept = b""
    with archive.open(member) as stream:
        while part := stream.read(_CHUNK):
            window = kept + part
            yield window
            kept = window[-_OVERLAP:]


def column_number(letters: bytes) -> int:
    """``A`` -> 0, ``AA`` -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
