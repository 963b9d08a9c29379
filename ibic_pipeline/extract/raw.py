"""One delivered file as a table of strings with record numbers; the formats share what follows once cells are read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.cells import Cells
from ibic_pipeline.extract.csv_file import read_csv_cells
from ibic_pipeline.extract.delivery import DeliveredFile
from ibic_pipeline.extract.xlsx_file import read_xlsx_cells
from schemas.delivery_rules import refusal


@dataclass(frozen=True)
class RawTable:
    """What a file held, as delivered.

    ``table``: one column of strings per named column, no nulls; records without any content are left out.
    ``records``: int32, the record's number in the file for each row, counted from the file's first line.
    ``broken``: numbers of the records with a wrong number of fields; they are not in ``table``.
    """

    table: pa.Table
    records: pa.Array
    broken: tuple[int, ...]


def read_file(file: DeliveredFile) -> RawTable:
    """Read one delivered file, once.

    Raises:
        DeliveryRefused: LEV-001 (sheet), LEV-002, LEV-003 or LEV-004; every reason found.
        IbicError: the profile's ``svans`` is not a regular expression.
    """
    tail = _tail_pattern(file.fil.format.svans)
    try:
        cells = (read_xlsx_cells if file.fil.format.typ == "xlsx" else read_csv_cells)(file, tail)
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"filen {file.name}, som inte kan öppnas")]) from None
    names = [re.sub(r"\s+", " ", name).strip() for name in cells.header]
    reasons = [*cells.reasons, *_column_reasons(file, names)]
    if reasons:
        raise DeliveryRefused(reasons)
    return _without_empty(names, cells)


def _tail_pattern(svans: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(svans) if svans else None
    except re.error as error:
        raise IbicError("a regular expression in svans", str(error), "Correct the municipality's profile.") from None


def _column_reasons(file: DeliveredFile, names: list[str]) -> list[tuple[str, str]]:
    wanted = dict.fromkeys([*(c for part in file.fil.delar for c in part.kolumner.values()), *file.required])
    count = Counter(names)
    missing = [name for name in wanted if not count[name]]
    repeated = [name for name in wanted if count[name] > 1]
    found = []
    if missing:
        found.append(f"ingen kolumn {', '.join(missing)} i {file.name}")
    if repeated:
        found.append(f"kolumnen {', '.join(repeated)} mer än en gång i {file.name}")
    return [refusal("LEV-002", each) for each in found]


def _without_empty(names: list[str], cells: Cells) -> RawTable:
    """Leave out records in which every cell is empty, and unnamed columns in which every cell is empty."""
    lengths = [np.asarray(pc.binary_length(column)) for column in cells.columns]
    has_content = np.zeros(len(cells.records), dtype=bool)
    for length in lengths:
        has_content |= length > 0
    kept = [i for i, name in enumerate(names) if name or bool((lengths[i] > 0).any())]
    seen: Counter[str] = Counter()
    columns: dict[str, pa.Array] = {}
    for i in kept:
        seen[names[i]] += 1
        column = cells.columns[i]
        # Names hold no two spaces in a row, so a repeated or empty name can never become that of another column.
        name = names[i] if seen[names[i]] == 1 and names[i] else f"{names[i]}  {i + 1}"
        columns[name] = column if has_content.all() else column.filter(pa.array(has_content))
    records = pa.array(cells.records[has_content], type=pa.int32())
    return RawTable(pa.table(columns), records, cells.broken)
