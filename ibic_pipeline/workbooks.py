"""Opens a workbook to write: in bounded memory, without guessing what a text means, and in place only when whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import xlsxwriter

_NO_GUESSING = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def workbook(path: Path, title: str | None = None, created: datetime | None = None) -> Iterator[xlsxwriter.Workbook]:
    """A workbook written row by row and moved into place when it is whole.

    Args:
        title: what the workbook's properties call it.
        created: what they say about when; with one, equal content gives equal bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.ofardig")
    with xlsxwriter.Workbook(str(unfinished), {"constant_memory": True, **_NO_GUESSING}) as book:
        if title is not None:
            book.set_properties({"title": title, "created": created})
        yield book
    unfinished.replace(path)
