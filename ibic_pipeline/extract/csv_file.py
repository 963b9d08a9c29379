"""Separated text files: encoding, lines before the header, tail line, records with a wrong number of fields."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.cells import Cells, tail_reason
from ibic_pipeline.extract.delivery import DeliveredFile
from schemas.delivery_rules import refusal

_BLOCK_BYTES = 1 << 24
"""No single record may be larger; it also bounds what is parsed at a time."""

_MOST_COLUMNS = 10_000
"""A header with more is a file without line ends, and would take minutes to refuse column by column."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CUT_OFF = {"unexpected end of data", "truncated data"}


def read_csv_cells(file: DeliveredFile, tail: re.Pattern[str] | None) -> Cells:
    """Read a separated text file.

    Raises:
        DeliveryRefused: the file cannot be read as text, or has no header.
    """
    form = file.fil.format
    text = _decode(file.path.read_bytes(), form.kodning, file.name)
    start = _after_lines(text, form.rader_fore_rubrik)
    header, start = _first_record(text, start, form.avgransare, file.name)
    end, last_line = _tail_start(text, start) if tail else (len(text), "")
    if tail and not tail.search(last_line):
        end = len(text)
    parsed = _Records(text[start:end], header, form.avgransare, first=form.rader_fore_rubrik + 2)
    columns, numbers = parsed.read(file.name)
    reasons = []
    if tail:
        reasons.append(tail_reason(file.name, tail, last_line, parsed.count(columns, numbers)))
    elif not text.endswith(("\n", "\r")):
        reasons.append(refusal("LEV-004", f"en fil som slutar mitt i en rad ({file.name})"))
    if parsed.last_is_cut(numbers):
        reasons.append(refusal("LEV-004", f"en sista post med för få fält i {file.name}"))
    if parsed.unclosed:
        reasons.append(refusal("LEV-004", f"ett citattecken som aldrig stängs i {file.name}"))
    return Cells(header, columns, numbers, tuple(parsed.broken), [each for each in reasons if each])


def _decode(data: bytes, encoding: str, name: str) -> str:
    if not data:
        raise DeliveryRefused([refusal("LEV-004", f"en tom fil ({name})")])
    unreadable = DeliveryRefused([refusal("LEV-003", f"något annat än text i {encoding} ({name})")])
    if encoding == "cp1252" and (data.startswith(_UTF16_MARKS) or _is_beyond_ascii_utf8(data)):
        raise unreadable
    if encoding == "utf-16" and not data.startswith(_UTF16_MARKS):
        raise unreadable
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        if error.reason in _CUT_OFF:
            raise DeliveryRefused([refusal("LEV-004", f"en fil som slutar mitt i ett tecken ({name})")]) from None
        raise unreadable from None
    if "\0" in text:
        raise unreadable
    return text


def _is_beyond_ascii_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 with letters beyond ASCII; text in Windows-1252 is practically never that."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _after_lines(text: str, count: int) -> int:
    """Where the text goes on after ``count`` lines."""
    position = 0
    for _ in range(count):
        line_end = _LINE_END.search(text, position)
        position = line_end.end() if line_end else len(text)
    return position


_LINE_END = re.compile(r"\r\n|\n|\r")


def _first_record(text: str, start: int, delimiter: str, name: str) -> tuple[list[str], int]:
    """The header's fields, and where the text goes on after it; a field may hold line breaks."""
    lines = io.StringIO(text[start : start + _BLOCK_BYTES], newline="")
    consumed: list[int] = []

    def counted() -> Any:
        for line in lines:
            consumed.append(len(line))
            yield line

    try:
        header = next(csv.reader(counted(), delimiter=delimiter), [])
    except csv.Error:
        header = []
    if not any(field.strip() for field in header):
        raise DeliveryRefused([refusal("LEV-004", f"ingen rubrikrad i {name}")])
    if len(header) > _MOST_COLUMNS:
        raise DeliveryRefused([refusal("LEV-003", f"en rubrikrad med {len(header)} kolumner i {name}")])
    return header, start + sum(consumed)


def _tail_start(text: str, start: int) -> tuple[int, str]:
    """Where the last line with content begins, and that line."""
    end = len(text.rstrip())
    begin = max(text.rfind("\n", start, end), text.rfind("\r", start, end)) + 1
    begin = max(begin, start)
    return begin, text[begin:end]


class _Records:
    """Parsing state of one file's records; a class because pyarrow reports bad records through a callback."""

    def __init__(self, body: str, header: list[str], delimiter: str, first: int) -> None:
        self.body, self.delimiter, self.first = body, delimiter, first
        self.width = len(header)
        self.named = max(i for i, field in enumerate(header) if field.strip()) + 1
        self.broken: list[int] = []
        self.short: set[int] = set()
        self.mended: dict[int, list[str]] = {}
        self.unclosed = False

    def read(self, name: str) -> tuple[list[pa.ChunkedArray], np.ndarray]:
        """Columns of strings, and the number of each record."""
        names = [f"f{i}" for i in range(self.width)]
        if not self.body.strip("\r\n"):
            return [pa.chunked_array([pa.array([], pa.string())]) for _ in names], np.empty(0, dtype=np.int32)
        try:
            table = pyarrow.csv.read_csv(
                pa.py_buffer(self.body.encode()),
                read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK_BYTES),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=self._on_invalid,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            raise DeliveryRefused([refusal("LEV-003", f"något annat än poster med fält i {name}")]) from None
        return self._without_swallowing(*self._in_order(table))

    def count(self, columns: list[pa.ChunkedArray], numbers: np.ndarray) -> int:
        """How many records with content the file holds, whole or broken."""
        has_content = np.zeros(len(numbers), dtype=bool)
        for column in columns:
            has_content |= np.asarray(pc.binary_length(column)) > 0
        return int(has_content.sum()) + len(self.broken)

    def last_is_cut(self, numbers: np.ndarray) -> bool:
        """Whether the file's last record has too few fields."""
        return bool(self.short) and max(self.short) > int(numbers.max(initial=0)) and max(self.short) == self.broken[-1]

    def _on_invalid(self, row: Any) -> str:
        number = row.number + self.first - 1
        try:
            fields = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=self.delimiter), [])
        except csv.Error:  # a field beyond the module's limit: a quotation mark that swallowed what follows
            fields = []
        if len(fields) >= self.named and not any(fields[self.named :]):
            self.mended[number] = (fields + [""] * self.width)[: self.width]
        else:
            self.broken.append(number)
            if row.actual_columns < self.width:
                self.short.add(number)
        return "skip"

    def _in_order(self, table: pa.Table) -> tuple[list[pa.ChunkedArray], np.ndarray]:
        aside = np.array(sorted([*self.broken, *self.mended]), dtype=np.int64)
        every = np.arange(self.first, self.first + table.num_rows + len(aside))
        numbers = np.setdiff1d(every, aside, assume_unique=True)
        if self.mended:
            mended = pa.table(
                {
                    column: pa.array([fields[i] for fields in self.mended.values()], pa.string())
                    for i, column in enumerate(table.column_names)
                }
            )
            numbers = np.concatenate([numbers, np.fromiter(self.mended, dtype=np.int64)])
            order = np.argsort(numbers)
            table, numbers = pa.concat_tables([table, mended]).take(pa.array(order)), numbers[order]
        return list(table.columns), numbers.astype(np.int32)

    def _without_swallowing(
        self, columns: list[pa.ChunkedArray], numbers: np.ndarray
    ) -> tuple[list[pa.ChunkedArray], np.ndarray]:
        """Set aside records with a cell that holds the end of one record and the beginning of another.

        A stray quotation mark makes one cell of several records; they would be lost without a trace. Such a cell has
        on its first line the delimiters that should have followed it, and on its last those that should have preceded.
        """
        if '"' not in self.body or not len(numbers):
            return columns, numbers
        self.unclosed = columns[-1][-1].as_py().endswith(("\n", "\r")) and not self.body.rstrip("\r\n").endswith('"')
        if self.width == 1 or not self._some_cell_holds_line_breaks(len(numbers) + len(self.broken)):
            return columns, numbers
        swallowing = np.zeros(len(numbers), dtype=bool)
        for i, column in enumerate(columns):
            rows = np.flatnonzero(np.asarray(pc.match_substring_regex(column, "[\r\n]")))
            cells = column.take(pa.array(rows))
            after_it = self._delimiters(cells, r"(?s)[\r\n].*") == self.width - 1 - i
            swallowing[rows] |= after_it & (self._delimiters(cells, r"(?s)^.*[\r\n]") >= i)
        if swallowing.any():
            self.broken = sorted([*self.broken, *numbers[swallowing].tolist()])
            kept = pa.array(~swallowing)
            columns, numbers = [column.filter(kept) for column in columns], numbers[~swallowing]
        return columns, numbers

    def _some_cell_holds_line_breaks(self, records: int) -> bool:
        breaks = self.body.count("\n") + self.body.count("\r") - self.body.count("\r\n")
        return breaks != records - (not self.body.endswith(("\n", "\r")))

    def _delimiters(self, cells: pa.ChunkedArray, without: str) -> np.ndarray:
        """How many delimiters each cell holds outside of the part that a pattern matches."""
        part = pc.replace_substring_regex(cells, pattern=without, replacement="", max_replacements=1)
        return np.asarray(pc.count_substring(part, self.delimiter))
