"""A file that nobody has described yet: its encoding, dialect, lines around the table, and its cells as text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import clevercsv
import pyarrow.compute as pc

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract.detect import DELIMITERS
from ibic_pipeline.extract.text import encodings_of, field_reader, is_swedish_cp1252
from ibic_pipeline.extract.workbook_process import every_sheet
from ibic_pipeline.profile import Format

MOST_BYTES = 64 * 1024**2
"""No more of a file is read; a draft needs its shape and its words, not all its rows."""
MOST_RECORDS = 100_000
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DIALECT_LINES, _DIALECT_WIDTH = slice(4, 44), 500
_DAY = re.compile(r"(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{6})(?!\d)")


@dataclass(frozen=True)
class Source:
    """One file, or one sheet of a workbook, as it was found.

    ``form`` holds keys of a profile's ``format`` that were found; ``columns`` the cells under each header, of equal
    length, trimmed; ``sure`` is false when the encoding had to be guessed.
    """

    path: Path
    sheet: str | None
    form: dict[str, Any]
    columns: dict[str, list[str]]
    sure: bool = True

    @property
    def pattern(self) -> str:
        """The file's name with its date as ``*``."""
        return _DAY.sub("*", unicodedata.normalize("NFC", self.path.name))

    @property
    def label(self) -> str:
        """What the file, or the sheet, is called, without extension and date."""
        return _DAY.sub(" ", self.path.stem) if self.sheet is None else self.sheet

    @property
    def rows(self) -> int:
        """Number of records read."""
        return len(next(iter(self.columns.values()), []))


def read_sources(path: Path) -> Iterator[Source]:
    """The table in a text file, or one per sheet that holds one.

    Raises:
        IbicError: the file is missing, or holds no table that can be read.
    """
    try:
        found = list(_sheets(path)) if path.suffix.lower() in _WORKBOOKS else [_text_file(path)]
    except OSError:
        raise IbicError(f"a file {path.name}", "none that can be opened", "Correct the path.") from None
    if not found:
        raise _no_table(path)
    yield from found


def _no_table(path: Path) -> IbicError:
    return IbicError(
        f"a header and columns in {path.name}", "no such table", "Give the files of one delivery as they were exported."
    )


def _text_file(path: Path) -> Source:
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    whole = len(data) <= MOST_BYTES
    encoding, sure = _encoding(data if whole else data[: data.rfind(b"\n") + 1])
    if encoding is None:
        raise _no_table(path)
    text = data[:MOST_BYTES].decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    if not whole:
        text = text[: text.rfind("\n") + 1]
    delimiter = _delimiter(text[: 1 << 16])
    records, lines = _records(text, delimiter, path)
    header = _header_place(records)
    if header is None:
        raise _no_table(path)
    body, tail = _without_tail(records[header + 1 :], whole and len(records) < MOST_RECORDS)
    kodning = encoding if encoding in get_args(Format.model_fields["kodning"].annotation) else "auto"
    form: dict[str, Any] = {"typ": "csv", "kodning": kodning, "avgransare": delimiter}
    return _source(path, None, form | _around(lines[header], tail), records[header], body, sure)


def _encoding(data: bytes) -> tuple[str | None, bool]:
    """The likeliest encoding, None when the bytes are no text, and whether it is sure."""
    possible = encodings_of(data, "auto").possible
    if "cp1252" in possible:
        return "cp1252", is_swedish_cp1252(data)
    if possible == ("utf-8",):
        return ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"), not data.isascii()
    return (possible[0] if possible else None), len(possible) == 1


def _delimiter(text: str) -> str:
    """The delimiter of the lines after those that may precede the header."""
    lines = text.splitlines()
    sample = "\n".join(line[:_DIALECT_WIDTH] for line in (lines[_DIALECT_LINES] or lines))
    try:
        dialect = clevercsv.Sniffer().sniff(sample, delimiters="".join(DELIMITERS))
    except clevercsv.Error:
        dialect = None
    found = dialect.delimiter if dialect else ""
    return found if found in DELIMITERS else max(DELIMITERS, key=sample.count)


def _records(text: str, delimiter: str, path: Path) -> tuple[list[list[str]], list[int]]:
    """Records, and the number of lines before each."""
    reader = field_reader(io.StringIO(text, newline=""), delimiter)
    records: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for record in reader:
            records.append([cell.strip() for cell in record])
            lines.append(before)
            before = reader.line_num
            if len(records) == MOST_RECORDS:
                break
    except csv.Error:
        if not records:
            raise _no_table(path) from None
    return records, lines


def _sheets(path: Path) -> Iterator[Source]:
    try:
        sheets = every_sheet(path)
    except DeliveryRefused:
        raise _no_table(path) from None
    for name, sheet in sheets.items():
        columns = [pc.utf8_trim_whitespace(column.slice(0, MOST_RECORDS)).to_pylist() for column in sheet.columns]
        records = [list(record) for record in zip(*columns, strict=True)]
        header = _header_place(records)
        if header is None:
            continue
        body, tail = _without_tail(records[header + 1 :], len(records) < MOST_RECORDS)
        suffix = path.suffix.lower().removeprefix(".")
        form = {"typ": suffix if suffix in ("xls", "ods") else "xlsx", "blad": name} | _around(header, tail)
        yield _source(path, name, form, records[header], body, sure=True)


def _header_place(records: list[list[str]]) -> int | None:
    """The first record that is as wide as most, with a text in nearly every cell that counts."""
    widths = Counter(_filled_to(record) for record in records[:500] if _filled_to(record) > 1)
    if not widths:
        return None
    usual = max(widths, key=lambda width: (widths[width], width))
    for place, record in enumerate(records[:100]):
        named = [cell for cell in record if cell]
        if len(named) >= max(2, 0.8 * min(usual, len(record))) and all(re.search(r"[^\W\d]", cell) for cell in named):
            return place
    return None


def _filled_to(record: list[str]) -> int:
    """The place after the last cell with content."""
    return max((place + 1 for place, cell in enumerate(record) if cell), default=0)


def _without_tail(records: list[list[str]], is_end: bool) -> tuple[list[list[str]], str | None]:
    """The records without empty ones, and the pattern of a last line that counts them."""
    body = [record for record in records if any(record)]
    if not is_end or not body or _filled_to(body[-1]) != 1:
        return body, None
    match = re.fullmatch(r"(?P<text>[^\d]*[^\W\d][^\d]*?)(?P<antal>\d[\d ]*)", body[-1][0])
    if match is None:
        return body, None
    return body[:-1], "^" + re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", match["text"]) + r"(?P<antal>\d+)$"


def _around(before: int, tail: str | None) -> dict[str, Any]:
    return {"rader_fore_rubrik": before} | ({"svans": tail} if tail else {})


def _source(
    path: Path, sheet: str | None, form: dict[str, Any], header: list[str], body: list[list[str]], sure: bool
) -> Source:
    width = len(header)
    whole = [(record + [""] * width)[:width] for record in body]
    cells = list(zip(*whole, strict=True)) if whole else [()] * width
    columns: dict[str, list[str]] = {}
    for name, column in zip(header, cells, strict=True):
        local = re.sub(r"\s+", " ", name).strip()
        if local:
            columns.setdefault(local, list(column))
    return Source(path, sheet, form, columns, sure)
