"""Sheets of workbooks in the workbook's own XML; equal in, equal out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ibic_pipeline.profile import Format
from ibic_pipeline.synthetic.lines import preamble, tail, written_columns
from ibic_pipeline.synthetic.packing import ZIP_EPOCH
from ibic_pipeline.synthetic.writing import Writing

_CREATED = datetime(2000, 1, 1)
_DAY_ZERO = date(1899, 12, 30)
_DATE_STYLE = 1
_FALSE_LEAP_DAY = 60
"""Spreadsheets believe in 29 February 1900; before it their day numbers are others than ours."""


def workbook_bytes(sheets: Sequence[tuple[Format, str, pd.DataFrame, Writing]], uttagsdatum: date) -> bytes:
    """One workbook of text cells, a sheet per (format, export, frame, how it is written).

    xlsxwriter makes the workbook and its empty sheets. Their cells are put in afterwards, a column at a time:
    writing them one by one takes twenty times as long, more than all else in a made-up county.
    """
    cells = [_cells(fmt, export, frame, writing, uttagsdatum) for fmt, export, frame, writing in sheets]
    filled = io.BytesIO()
    with (
        zipfile.ZipFile(_empty_workbook([fmt.blad for fmt, *_ in sheets])) as empty,
        zipfile.ZipFile(filled, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for entry in empty.infolist():
            content = empty.read(entry)
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", entry.filename)
            if sheet is not None:
                content = re.sub(rb"<dimension [^>]*/>", b"", content)
                content = content.replace(b"<sheetData/>", cells[int(sheet[1]) - 1])
            if entry.filename == "xl/styles.xml":
                content = _with_date_style(content)
            book.writestr(zipfile.ZipInfo(entry.filename, ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return filled.getvalue()


def _empty_workbook(names: Sequence[str | None]) -> io.BytesIO:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.set_properties({"created": _CREATED})
        for name in names:
            book.add_worksheet(name)
    return stream


def _with_date_style(styles: bytes) -> bytes:
    """Cells of style 1 are shown as dates."""
    dated = b'<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    return styles.replace(b'<cellXfs count="1">', b'<cellXfs count="2">').replace(b"</cellXfs>", dated)


def _cells(fmt: Format, export: str, frame: pd.DataFrame, writing: Writing, uttagsdatum: date) -> bytes:
    """The sheet's rows, and which of their cells are merged."""
    above = [*writing.above, *((line,) for line in preamble(fmt, export, uttagsdatum))]
    below = [*writing.below, *([""] * writing.empty_lines), *tail(fmt, len(frame) + writing.tail_adds)]
    first = len(above) + 1
    columns = written_columns(frame, writing)
    rows_of = (
        first
        + np.arange(len(frame))
        + np.searchsorted(np.array(sorted(writing.header_before)), np.arange(len(frame)), side="right")
    )
    height = len(above) + 1 + len(frame) + len(writing.header_before) + len(below)
    number = pa.array(np.arange(1, height + 1)).cast(pa.string())
    hidden = np.zeros(height, dtype=bool)
    hidden[rows_of[sorted(writing.hidden)]] = True
    opened = pc.if_else(pa.array(hidden), '" hidden="1">', '">')
    lines = [pc.binary_join_element_wise('<row r="', number, opened, "")]
    for position, (name, header, values) in enumerate(columns):
        texts = np.full(height, "", dtype=object)
        texts[: len(above)] = [line[position] if position < len(line) else "" for line in above]
        texts[first - 1] = header
        for place in writing.header_before:
            texts[rows_of[place] - 1 if place < len(rows_of) else height - len(below) - 1] = header
        own = values.to_numpy(zero_copy_only=False)
        if name in writing.merged:
            top, last = writing.merged[name]
            own = own.copy()
            own[top + 1 : last + 1] = ""
        texts[rows_of] = own
        if position == 0 and below:
            texts[height - len(below) :] = below
        lines.append(_column(xl_col_to_name(position), number, pa.array(texts, pa.string()), fmt, writing, name))
    rows = pc.binary_join_element_wise(*lines, "</row>", "")
    return b"<sheetData>" + "".join(rows.to_pylist()).encode() + b"</sheetData>" + _merged(frame, rows_of, writing)


def _column(letters: str, number: pa.Array, text: pa.Array, fmt: Format, writing: Writing, name: str) -> pa.Array:
    opened = f'<c r="{letters}'
    cell = pc.binary_join_element_wise(
        opened, number, '" t="inlineStr"><is><t xml:space="preserve">', _escaped(text), "</t></is></c>", ""
    )
    if name in writing.typed:
        style = "" if writing.typed[name] is None else f'" s="{_DATE_STYLE}'
        typed = pa.array([_typed(each, writing.typed[name], fmt) for each in text.to_pylist()], pa.string())
        typed = pc.binary_join_element_wise(opened, number, style, '"><v>', typed, "</v></c>", "")
        cell = pc.coalesce(typed, cell)
    return pc.if_else(pc.equal(text, ""), "", cell)


def _typed(text: str, pattern: str | None, fmt: Format) -> str | None:
    """The number that a cell holds in place of its text; None where the text is neither date nor number."""
    if pattern is None:
        number = text.replace(fmt.decimaltecken, ".")
        return number if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number) else None
    try:
        days = (datetime.strptime(text, pattern).date() - _DAY_ZERO).days
    except ValueError:
        return None
    return str(days) if days > _FALSE_LEAP_DAY else None


def _merged(frame: pd.DataFrame, rows_of: np.ndarray, writing: Writing) -> bytes:
    if not writing.merged:
        return b""
    refs = ""
    for name, (top, last) in writing.merged.items():
        letters = xl_col_to_name(list(frame.columns).index(name))
        refs += f'<mergeCell ref="{letters}{rows_of[top] + 1}:{letters}{rows_of[last] + 1}"/>'
    return f'<mergeCells count="{len(writing.merged)}">{refs}</mergeCells>'.encode()


def _escaped(text: pa.Array) -> pa.Array:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = pc.replace_substring(text, character, entity)
    return text
