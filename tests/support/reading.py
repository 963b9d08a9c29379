"""One file of a delivery read on its own: what it held, what was found, or why it was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import DeliveredFile, RawTable, find_delivery, read_file
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from tests.support.deliveries import deliver, new_home, one_to_one, profile


def fil(pattern: str = "beslut*.csv", columns: tuple[str, ...] = ("beslut_id", "utfall"), **form: Any) -> Any:
    """A file of decisions whose local names are the contract's own."""
    return {"monster": pattern, "format": form, "delar": [one_to_one("beslut", list(columns))]}


def profile_of(*files: Any, **own: Any) -> Profil:
    """A profile of nothing but decisions."""
    return profile({"beslut": list(files)}, **own)


def delivered(folder: Path, content: bytes | str, asked: Any, name: str = "beslut.csv") -> DeliveredFile:
    """A file in a delivery of its own."""
    home = Home(folder) if (folder / "nycklar").exists() else new_home(folder)
    deliver(home, {name: content})
    (file,) = find_delivery(home, profile_of(asked)).files
    return file


def read(folder: Path, content: bytes | str, name: str = "beslut.csv", **form: Any) -> RawTable:
    """Deliver and read a file of decisions."""
    return read_file(delivered(folder, content, fil(name, **form), name))


def codes_of(refused: pytest.ExceptionInfo[DeliveryRefused]) -> list[str]:
    """The codes of a refusal's reasons."""
    return [code for code, _ in refused.value.reasons]


def rows(raw: RawTable) -> list[tuple[str, ...]]:
    """The cells, row by row."""
    return [tuple(row.values()) for row in raw.table.to_pylist()]


def found(raw: RawTable) -> dict[str, list[int]]:
    """Code -> record numbers."""
    return {code: numbers.tolist() for code, numbers in sorted(raw.findings.items())}
