"""A small text file of decisions, read under a profile of three columns, and whether it came out clean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import RawTable, read_file
from tests.support.reading import codes_of, delivered, rows

HEADER = "Beslut;Utfall;Från"
PLAIN = ("Beslut", "Utfall", "Insats")
"""Names without å, ä and ö, which prove no encoding."""
BODY = "B1;Återkallad;2026-01-01\nB2;Avslag – beslut;2026-01-02\nB3;Bifall;2026-01-03\n"
CLEAN = [("B1", "Återkallad", "2026-01-01"), ("B2", "Avslag – beslut", "2026-01-02"), ("B3", "Bifall", "2026-01-03")]
OLD_BODY, OLD = BODY.replace("–", "-"), [tuple(cell.replace("–", "-") for cell in row) for row in CLEAN]
"""The same with letters alone, which DOS and old Macs could write."""


def asked(names: tuple[str, ...] = ("Beslut", "Utfall", "Från"), **form: Any) -> Any:
    columns = dict(zip(("beslut_id", "utfall", "galler_fran"), names, strict=False))
    return {"monster": "beslut.csv", "format": form, "delar": [{"tabell": "beslut", "kolumner": columns}]}


def read(folder: Path, content: bytes | str, names: tuple[str, ...] = ("Beslut", "Utfall", "Från"), **form: Any) -> Any:
    return read_file(delivered(folder, content, asked(names, **form)))


def refused(folder: Path, content: bytes | str, **form: Any) -> list[str]:
    with pytest.raises(DeliveryRefused) as error:
        read(folder, content, **form)
    return codes_of(error)


def is_clean(raw: RawTable, numbers: list[int], clean: list[Any] = CLEAN) -> bool:
    return rows(raw) == clean and raw.records.to_pylist() == numbers and raw.broken == ()
