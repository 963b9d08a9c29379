"""What reading a column's distinct values gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa


class Values(NamedTuple):
    """One element per distinct raw value: the contract's value, and whether the source held one.

    ``findings``: repair -> mask of the values it was made to. ``marks``: int8 (``parts.MARK``), None when all are 0.
    """

    values: pa.Array
    present: np.ndarray
    findings: Mapping[str, np.ndarray] = MappingProxyType({})
    marks: np.ndarray | None = None


class Read(NamedTuple):
    """``values``: one per text, None where it could not be read. ``repairs``: (code, position) of each repair."""

    values: list[Any]
    repairs: list[tuple[str, int]]


def masks(repairs: Iterable[tuple[str, int]], size: int) -> dict[str, np.ndarray]:
    """Repairs as one mask per code."""
    made: dict[str, np.ndarray] = {}
    for code, position in repairs:
        made.setdefault(code, np.zeros(size, dtype=bool))[position] = True
    return made
