"""Workbooks are read in a process of their own: no file can end the run, fill its memory or keep it for ever."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.delivery import DeliveredFile
from ibic_pipeline.extract.names import mask
from ibic_pipeline.extract.sheet_facts import Inside, SheetFacts
from ibic_pipeline.extract.sources import Source
from ibic_pipeline.extract.workbook_guard import look_inside, not_a_workbook

MOST_MEMORY = 4 << 30
"""Address space of the process; a million rows of thirty columns take a third of it."""

LONGEST_SECONDS = 300
"""A million rows take ten seconds."""

BROKEN_START = 9
"""What the process ends with where the fault is the installation's and not the file's."""

_CHILD = Path(__file__).with_name("workbook_child.py")


class Sheet(NamedTuple):
    """``columns``: strings without nulls, from the first row and the first filled column on."""

    columns: list[pa.ChunkedArray]
    facts: SheetFacts


class Book(NamedTuple):
    """``names``: every sheet, in order. ``sheets``: those that were asked for and are there."""

    names: list[str]
    sheets: dict[str, Sheet]


def sheets_of(file: DeliveredFile, asked: tuple[str | None, ...]) -> Book:
    """Sheets of a workbook, None being the first; it is opened once for all that a delivery reads of it.

    Raises:
        DeliveryRefused: LEV-003 or LEV-018.
        IbicError: the libraries are not there for a process of its own.
        OSError: the file cannot be opened.
    """
    book = _open(Source(file.path, file.member), file.sha256, asked)
    if isinstance(book, DeliveryRefused):
        raise book
    return book


def every_sheet(path: Path) -> dict[str, Sheet]:
    """All sheets of a workbook that no profile describes yet.

    Raises:
        DeliveryRefused: LEV-003 or LEV-018.
        OSError: the file cannot be opened.
    """
    shown = mask(path.name)
    data = path.read_bytes()
    inside = look_inside(io.BytesIO(data), shown)
    return _read(data, inside, inside.names, shown)


def close_book() -> None:
    """Forget the workbook that was opened last."""
    _open.cache_clear()


@lru_cache(maxsize=1)
def _open(source: Source, sha256: str, asked: tuple[str | None, ...]) -> Book | DeliveryRefused:
    """A refusal is handed back, to be kept as well: each sheet of a bad workbook would cost as much again."""
    shown = mask(source.place)
    try:
        data = source.read(shown, sha256)
        inside = look_inside(io.BytesIO(data), shown)
        wanted = (inside.names[0] if name is None else name for name in asked)
        names = [name for name in dict.fromkeys(wanted) if name in inside.names]
        return Book(inside.names, _read(data, inside, names, shown))
    except DeliveryRefused as refused:
        return refused


def _read(data: bytes, inside: Inside, names: list[str], shown: str) -> dict[str, Sheet]:
    """Sheets by name; what else is known of them is looked up while the other process reads the cells."""
    words = [
        sys.executable,
        "-P",
        str(_CHILD),
        str(MOST_MEMORY),
        json.dumps(names),
    ]  # not -I: libraries may be on a path
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # each thread would reserve memory
    with (
        subprocess.Popen(  # noqa: S603 - this interpreter and a script of ours
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=alone
        ) as process,
        ThreadPoolExecutor(1) as waiting,
    ):
        try:
            answer = waiting.submit(process.communicate, data, LONGEST_SECONDS)
            facts = [inside.facts(name) for name in names]
            output, _ = answer.result()
        except subprocess.TimeoutExpired:
            raise not_a_workbook(shown) from None
        finally:
            process.kill()
    if process.returncode == BROKEN_START:
        raise IbicError(
            "a Python that can import fastexcel and pyarrow, to read workbooks",
            f"one that cannot: {sys.executable}",
            "Install ibic-pipeline with its libraries for that Python.",
        )
    if process.returncode:
        raise not_a_workbook(shown)
    stream = pa.BufferReader(output)
    tables = [pa.ipc.open_stream(stream).read_all() for _ in names]
    return {
        name: Sheet([pc.fill_null(column, "") for column in table.columns], known)
        for name, table, known in zip(names, tables, facts, strict=True)
    }
