"""Frames of strings as files: separated text in any of the profile's encodings, and workbooks; equal in, equal out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ibic_pipeline.profile import Format
from ibic_pipeline.synthetic.localwords import one_array

LINE_END = "\r\n"
_CREATED = datetime(2000, 1, 1)
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_csv(
    path: Path, fmt: Format, export: str, frame: pd.DataFrame, broken: Collection[int], uttagsdatum: date
) -> None:
    """Write one separated file; the records at ``broken`` get a field too many."""
    columns = [_quoted(one_array(frame[name]), fmt.avgransare) for name in frame.columns]
    lines = pc.binary_join_element_wise(*columns, fmt.avgransare).to_pylist() if len(frame) else []
    for position in broken:
        lines[position] += fmt.avgransare + "1"
    header = fmt.avgransare.join(_quoted(pa.array(list(frame.columns)), fmt.avgransare).to_pylist())
    every = [*_preamble(fmt, export, uttagsdatum), header, *lines, *_tail(fmt, len(lines))]
    text = LINE_END.join(every) + LINE_END
    path.write_bytes(_encoded(text, fmt.kodning))


def write_workbook(path: Path, sheets: Sequence[tuple[Format, str, pd.DataFrame]], uttagsdatum: date) -> None:
    """Write one workbook of text cells, a sheet per (format, export, frame).

    xlsxwriter makes the workbook and its empty sheets. Their cells are put in afterwards, a column at a time:
    writing them one by one takes twenty times as long, more than all else in a made-up county.
    """
    cells = [_cells(fmt, export, frame, uttagsdatum) for fmt, export, frame in sheets]
    with (
        zipfile.ZipFile(_empty_workbook([fmt.blad for fmt, _, _ in sheets])) as empty,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as filled,
    ):
        for entry in empty.infolist():
            content = empty.read(entry)
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", entry.filename)
            if sheet is not None:
                content = re.sub(rb"<dimension [^>]*/>", b"", content)
                content = content.replace(b"<sheetData/>", cells[int(sheet[1]) - 1])
            filled.writestr(zipfile.ZipInfo(entry.filename, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)


def _empty_workbook(names: Sequence[str | None]) -> io.BytesIO:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.set_properties({"created": _CREATED})
        for name in names:
            book.add_worksheet(name)
    return stream


def _cells(fmt: Format, export: str, frame: pd.DataFrame, uttagsdatum: date) -> bytes:
    """The sheet's rows in the workbook's own XML."""
    above, below = _preamble(fmt, export, uttagsdatum), _tail(fmt, len(frame))
    height = len(above) + 1 + len(frame) + len(below)
    number = pa.array(np.arange(1, height + 1)).cast(pa.string())
    rows = [pc.binary_join_element_wise('<row r="', number, '">', "")]
    for position, name in enumerate(frame.columns):
        first = position == 0
        above_it = above if first else [""] * len(above)
        below_it = below if first else [""] * len(below)
        text = pa.concat_arrays([pa.array([*above_it, name]), one_array(frame[name]), pa.array(below_it, pa.string())])
        opened = f'<c r="{xl_col_to_name(position)}'
        cell = pc.binary_join_element_wise(
            opened, number, '" t="inlineStr"><is><t xml:space="preserve">', _escaped(text), "</t></is></c>", ""
        )
        rows.append(pc.if_else(pc.equal(text, ""), "", cell))
    lines = pc.binary_join_element_wise(*rows, "</row>", "")
    return b"<sheetData>" + "".join(lines.to_pylist()).encode() + b"</sheetData>"


def _escaped(text: pa.Array) -> pa.Array:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = pc.replace_substring(text, character, entity)
    return text


def _preamble(fmt: Format, export: str, uttagsdatum: date) -> list[str]:
    known = [f"Urval: {export}, alla till och med {uttagsdatum.isoformat()}", f"Utskrivet {uttagsdatum.isoformat()}"]
    return [known[number % len(known)] for number in range(fmt.rader_fore_rubrik)]


def _tail(fmt: Format, records: int) -> list[str]:
    """The last line that the profile's pattern describes, with the number of records."""
    if fmt.svans is None:
        return []
    text = re.sub(r"\(\?P<antal>.*?\)", str(records), fmt.svans.strip("^$"))
    return [text.replace("\\", "")]


def _quoted(values: pa.Array, delimiter: str) -> pa.Array:
    needs = pc.match_substring_regex(values, f'[{delimiter}"\r\n]')
    if not pc.any(needs).as_py():
        return values
    doubled = pc.replace_substring(values, '"', '""')
    enclosed = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(needs, enclosed, values)


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16":
        return ("\ufeff" + text).encode("utf-16-le")  # as Windows writes it, whatever machine runs this
    return text.encode(encoding)
