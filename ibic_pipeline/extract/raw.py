"""One delivered file as a table of strings with record numbers; the formats share what follows once cells are read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.cells import Cells, Column, chosen, rows_with_content
from ibic_pipeline.extract.csv_file import read_csv_cells
from ibic_pipeline.extract.delivery import DeliveredFile
from ibic_pipeline.extract.headers import Matched, match, wanted_columns, with_likeness
from ibic_pipeline.extract.sources import forget_archive
from ibic_pipeline.extract.workbook import read_workbook_cells
from ibic_pipeline.extract.workbook_process import close_book
from ibic_pipeline.home import Settings
from schemas.delivery_rules import WHOLE_FILE, refusal

RESPELLED, COLUMN_TWICE = "REP-010", "REP-008"


@dataclass(frozen=True)
class RawTable:
    """What a file held, as delivered.

    ``table``: one ``Column`` of strings per named column; records without any content are left out.
    ``records``: int32, the record's number in the file for each row, counted from the file's first line.
    ``broken``: numbers of the records with a wrong number of fields; they are not in ``table``.
    ``findings``: code of a repair or of a warning about the delivery -> int32 numbers of the records it is about,
    also of lines that were taken away; 0 is the whole file.
    """

    table: pa.Table
    records: pa.Array
    broken: tuple[int, ...]
    findings: dict[str, np.ndarray] = field(default_factory=dict)


def read_file(file: DeliveredFile, most_bytes: int | None = None) -> RawTable:
    """Read one delivered file; its bytes are read once, and checked against its fingerprint when it has one.

    Args:
        file: what to read.
        most_bytes: the largest file that is read; ``IBIC_STORSTA_FIL_MIB`` when not given.

    Raises:
        DeliveryRefused: LEV-001 (sheet), LEV-002, LEV-003, LEV-004 or LEV-018; every reason found.
        IbicError: the profile's ``svans`` is not a regular expression, or the file has changed.
    """
    tail = _tail_pattern(file.fil.format.svans)
    most = Settings().storsta_fil_mib << 20 if most_bytes is None else most_bytes
    try:
        _refuse_larger(file, most)
        cells = (read_csv_cells if file.fil.format.typ in ("csv", "sql") else read_workbook_cells)(file, tail)
    except OSError:
        raise DeliveryRefused([refusal("LEV-003", f"filen {file.name}, som inte kan öppnas")]) from None
    matched = match(cells.header, wanted_columns(file))
    alike = [name for name in matched.repeated if _equal_columns(name, matched.names, cells)]
    reasons = [*cells.reasons, *_column_reasons(file, matched, alike)]
    if reasons:
        raise DeliveryRefused(reasons)
    whole = {RESPELLED: matched.respelled, COLUMN_TWICE: bool(alike)} | dict.fromkeys(file.findings, True)
    of_file = {code: np.array([WHOLE_FILE], dtype=np.int32) for code, found in whole.items() if found}
    return _without_empty(matched.names, replace(cells, findings={**cells.findings, **of_file}))


def let_go() -> None:
    """Forget the workbook and the archive that were read last; they are kept for what else is wanted of them."""
    close_book()
    forget_archive()


def _refuse_larger(file: DeliveredFile, most: int) -> None:
    size = file.size()
    if size > most:
        found = f"{size / 2**20:.0f} MiB i {file.name}; gränsen är {most / 2**20:.0f} MiB"
        raise DeliveryRefused([refusal("LEV-018", found)])


def _tail_pattern(svans: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(svans) if svans else None
    except re.error as error:
        raise IbicError("a regular expression in svans", str(error), "Correct the municipality's profile.") from None


def _column_reasons(file: DeliveredFile, matched: Matched, alike: list[str]) -> list[tuple[str, str]]:
    """What lacks of the wanted columns, and which of them stand several times with different contents."""
    unread = set(matched.names) - set(wanted_columns(file))
    missing = [with_likeness(name, unread) for name in matched.missing]
    repeated = [name for name in matched.repeated if name not in alike]
    found = []
    if missing:
        found.append(f"ingen kolumn {', '.join(missing)} i {file.name}")
    if repeated:
        found.append(f"kolumnen {', '.join(repeated)} mer än en gång i {file.name}")
    return [refusal("LEV-002", each) for each in found]


def _equal_columns(name: str, names: list[str], cells: Cells) -> bool:
    first, *others = (column for each, column in zip(names, cells.columns, strict=True) if each == name)
    return all(other.equals(first) for other in others)


def _without_empty(names: list[str], cells: Cells) -> RawTable:
    """Leave out records and unnamed columns in which every cell is blank."""
    has_content = rows_with_content(cells.columns, len(cells.records))
    kept = [
        i
        for i, name in enumerate(names)
        if name or bool(rows_with_content([cells.columns[i]], len(cells.records)).any())
    ]
    seen: Counter[str] = Counter()
    columns: dict[str, Column] = {}
    for i in kept:
        seen[names[i]] += 1
        column = cells.columns[i]
        # Names hold no two spaces in a row, so a repeated or empty name can never become that of another column.
        name = names[i] if seen[names[i]] == 1 and names[i] else f"{names[i]}  {i + 1}"
        columns[name] = column if has_content.all() else chosen([column], has_content)[0]
    records = pa.array(cells.records[has_content], type=pa.int32())
    return RawTable(pa.table(columns), records, cells.broken, cells.findings)
