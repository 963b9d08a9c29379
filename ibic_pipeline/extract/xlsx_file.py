"""Sheets of workbooks, every cell as text."""

from __future__ import annotations

import re

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.cells import Cells, tail_reason
from ibic_pipeline.extract.delivery import DeliveredFile
from schemas.delivery_rules import refusal


def read_xlsx_cells(file: DeliveredFile, tail: re.Pattern[str] | None) -> Cells:
    """Read one sheet; the first one when the profile names none.

    Raises:
        DeliveryRefused: not a workbook, no such sheet, or no header.
    """
    form = file.fil.format
    sheet = _load(file, form.blad)
    before = form.rader_fore_rubrik
    columns = [pa.chunked_array([pc.fill_null(sheet.column(i), "")]) for i in range(sheet.num_columns)]
    header = [column[before].as_py() for column in columns] if sheet.num_rows > before else []
    if not any(header):
        raise DeliveryRefused([refusal("LEV-004", f"ingen rubrikrad i {file.name}")])
    body = [column.slice(before + 1) for column in columns]
    reason = None
    if tail:
        length, last_line = _last_row(body)
        matched = tail.search(last_line) is not None
        body = [column.slice(0, length - 1) for column in body] if matched else body
        reason = tail_reason(file.name, tail, last_line, int(_has_content(body).sum()))
    numbers = np.arange(before + 2, before + 2 + len(body[0]), dtype=np.int32)
    return Cells(header, body, numbers, (), [reason] if reason else [])


def _load(file: DeliveredFile, sheet: str | None) -> pa.RecordBatch:
    try:
        workbook = fastexcel.read_excel(file.path)
        return workbook.load_sheet(sheet or 0, header_row=None, skip_rows=0, dtypes="string").to_arrow()
    except fastexcel.SheetNotFoundError:
        raise DeliveryRefused([refusal("LEV-001", f"inget sådant blad: {file.name}")]) from None
    except fastexcel.FastExcelError:
        raise DeliveryRefused([refusal("LEV-003", f"något annat än en arbetsbok ({file.name})")]) from None


def _has_content(columns: list[pa.ChunkedArray]) -> np.ndarray:
    has_content = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        has_content |= np.asarray(pc.binary_length(column)) > 0
    return has_content


def _last_row(columns: list[pa.ChunkedArray]) -> tuple[int, str]:
    """How many rows there are up to the last one with content, and that row's cells as one line."""
    filled = np.flatnonzero(_has_content(columns))
    if not len(filled):
        return 0, ""
    last = int(filled[-1])
    return last + 1, " ".join(cell for cell in (column[last].as_py() for column in columns) if cell)
