"""Records of a separated text: columns of strings, the number of each record, and records that do not fit."""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.cells import rows_with_content
from ibic_pipeline.extract.text import HEAD_BYTES, Text, field_reader
from schemas.delivery_rules import refusal

_BLOCK_BYTES = 1 << 24
"""No single record may be larger; it also bounds what is parsed at a time."""

_MOST_APART = 10_000
"""So many records of another width are looked at one by one; of more, each width is read once more as a whole."""

_SAMPLE_BYTES = 1 << 16
_PIECE_BYTES = 1 << 22
_FEED, _RETURN = b"\n\r"

_MOST_WIDTHS = 8
"""Widths that are read once more; records of others are broken."""

_MOST_LINES = 10_000_000
_MOST_BROKEN = 500_000
"""Far beyond any municipality; a hundred million blank lines, or broken ones, would take minutes and all memory."""

Fields = tuple[str, ...]


@dataclass
class Records:
    """The records after a header.

    ``columns``: strings without nulls, of equal length. ``numbers``: int32, of each row; ``broken``: of the records
    that are no rows. ``padded``: of the rows with empty fields beyond the header's. ``short``: of the broken records
    with too few fields. ``odd``: number -> fields of the broken records that were asked for by ``is_odd``.
    ``last_broken_full``: number of the last broken record with several cells filled, 0 when there is none.
    ``unclosed``: whether the file ends within quotation marks.
    """

    columns: list[pa.ChunkedArray]
    numbers: np.ndarray
    broken: np.ndarray
    padded: np.ndarray
    short: np.ndarray
    odd: dict[int, Fields] = field(default_factory=dict)
    last_broken_full: int = 0
    unclosed: bool = False


@dataclass(frozen=True)
class Shape:
    """How records are read: ``width`` fields, the last named one at ``named`` - 1, numbered from ``first``."""

    delimiter: str
    width: int
    named: int
    first: int


def read_records(
    body: Text, start: int, end: int, shape: Shape, is_odd: Callable[[Fields], bool], name: str
) -> Records:
    """Parse a part of a text.

    Raises:
        DeliveryRefused: LEV-003, what stands there is not records.
    """
    if end - start <= HEAD_BYTES and not body[start:end].strip(b"\r\n"):
        nothing = np.empty(0, dtype=np.int32)
        columns = [pa.chunked_array([pa.array([], pa.string())])] * shape.width
        return Records(columns, nothing, nothing, nothing, nothing)
    line_ends = _line_ends(body, start, end)
    if line_ends > _MOST_LINES:
        raise DeliveryRefused([refusal("LEV-003", f"{line_ends} rader i {name}")])
    buffer = pa.py_buffer(body).slice(start, end - start)
    reader = _Reader(shape, is_odd, buffer)
    try:
        found = reader.read(_usual_width(body[start : min(end, start + _SAMPLE_BYTES)], shape))
    except pa.ArrowInvalid:
        raise DeliveryRefused([refusal("LEV-003", f"något annat än poster med fält i {name}")]) from None
    if body.find(b'"', start, end) < 0:
        return found
    ending = bytes(body[max(start, end - HEAD_BYTES) : end])
    found.unclosed = _is_unclosed(found, ending)
    ended = line_ends + (not ending.endswith((b"\n", b"\r")))
    return found if ended == len(found.numbers) + len(found.broken) else _without_swallowing(found, shape)


def _line_ends(body: Text, start: int, end: int) -> int:
    feeds = body.count(b"\n", start, end)
    if body.find(b"\r", start, end) < 0:
        return feeds
    pieces = range(start, end, _PIECE_BYTES)
    return feeds + sum(_lone_returns(body, piece, min(piece + _PIECE_BYTES, end), end) for piece in pieces)


def _lone_returns(body: Text, start: int, stop: int, end: int) -> int:
    """Carriage returns in a piece that no line feed follows; searching for two letters is far slower."""
    letters = np.frombuffer(body, np.uint8, count=min(stop + 1, end) - start, offset=start)
    returns = np.flatnonzero(letters[: stop - start] == _RETURN)
    followed = returns[returns + 1 < len(letters)] + 1
    return len(returns) - int(np.count_nonzero(letters[followed] == _FEED))


def _usual_width(sample: Text, shape: Shape) -> int:
    """How many fields most records have; every record may end with more delimiters than the header."""
    lines = sample.decode("utf-8", "ignore").splitlines(keepends=True)[:-1]
    try:
        widths = Counter(len(fields) for fields in field_reader(lines, shape.delimiter) if any(fields))
    except csv.Error:  # a field beyond the limit
        return shape.width
    usual = max(widths, key=lambda width: widths[width], default=shape.width)
    return usual if usual >= shape.named else shape.width


class _Reader:
    """Reads a text by the widths of its records; a class because pyarrow reports those that differ by a callback."""

    def __init__(self, shape: Shape, is_odd: Callable[[Fields], bool], buffer: pa.Buffer) -> None:
        self.shape, self.is_odd, self.buffer = shape, is_odd, buffer
        self.of_width: dict[int, array[int]] = {}
        self.looked_at = 0
        self.mended: dict[int, dict[int, list[str]]] = {}
        self.broken: dict[int, array[int]] = {}
        self.count = 0
        self.padded: list[np.ndarray] = []
        self.odd: dict[int, Fields] = {}
        self.last_full = 0
        self.unseen: Counter[int] = Counter()

    def read(self, width: int) -> Records:
        """Every record: those of one width together, then the others, widths of which there are many again together."""
        table = self._parse(width, self._take)
        count = table.num_rows + sum(map(len, self.of_width.values()))
        others = _sorted(map(_numbers, self.of_width.values()))
        found = [self._fitting(width, table, np.setdiff1d(np.arange(count), others, assume_unique=True))]
        for place, (each, _) in enumerate(self.unseen.most_common()):
            self.mended.pop(each, None)
            if place < _MOST_WIDTHS:
                found.append(self._once_more(each))
            else:
                self._break(each, _numbers(self.of_width[each]) + self.shape.first)
        for each, rows in self.mended.items():
            columns = [pa.array(cells, pa.string()) for cells in zip(*rows.values(), strict=True)]
            found.append(self._named(each, pa.table(columns, _names(len(columns))), np.array(list(rows), np.int64)))
        return self._together([piece for piece in found if len(piece[1])] or found[:1])

    def _parse(self, width: int, on_invalid: Callable[[Any], str]) -> pa.Table:
        names = _names(width)
        return pyarrow.csv.read_csv(
            self.buffer,
            read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self.shape.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=on_invalid,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )

    def _take(self, row: Any) -> str:
        width = row.actual_columns
        self.of_width.setdefault(width, array("q")).append(row.number - 1)
        may_be_whole = width >= self.shape.named
        if may_be_whole and (self.looked_at >= _MOST_APART or self.unseen[width]):
            self.unseen[width] += 1
        else:
            self.looked_at += may_be_whole
            self._judge(row.number - 1 + self.shape.first, width, row.text)
        return "skip" if self.count <= _MOST_BROKEN else "error"

    def _judge(self, number: int, width: int, text: str) -> None:
        try:
            fields = next(field_reader(io.StringIO(text, newline=""), self.shape.delimiter), [])
        except csv.Error:  # a field beyond the limit: a quotation mark that swallowed what follows
            fields = []
        if len(fields) == self.shape.width or (len(fields) >= self.shape.named and not any(fields[self.shape.named :])):
            self.mended.setdefault(width, {})[number] = (fields + [""] * self.shape.width)[: self.shape.width]
            return
        self.broken.setdefault(width, array("q")).append(number)
        self.count += 1
        filled = trimmed(fields)
        if sum(map(bool, filled)) > 1:
            self.last_full = max(self.last_full, number)
        if self.is_odd(filled):
            self.odd[number] = filled

    def _once_more(self, width: int) -> tuple[pa.Table, np.ndarray]:
        """Every record of one width, read again together; a blank line is of any width and was read before."""
        others = array("q")

        def skip(row: Any) -> str:
            others.append(row.number - 1)
            return "skip"

        table = self._parse(width, skip)
        places = np.setdiff1d(np.arange(table.num_rows + len(others)), _numbers(others), assume_unique=True)
        mine = np.isin(places, _numbers(self.of_width[width]))
        return self._fitting(width, table.filter(pa.array(mine)), places[mine])

    def _fitting(self, width: int, table: pa.Table, places: np.ndarray) -> tuple[pa.Table, np.ndarray]:
        """The records of one width that are rows; the others are broken."""
        fits = np.ones(len(places), dtype=bool)
        for column in table.columns[self.shape.named :] if width != self.shape.width else ():
            fits &= np.asarray(pc.binary_length(column)) == 0
        numbers = places + self.shape.first
        if fits.all():
            return self._named(width, table, numbers)
        self._break(width, numbers[~fits])
        return self._named(width, table.filter(pa.array(fits)), numbers[fits])

    def _named(self, width: int, table: pa.Table, numbers: np.ndarray) -> tuple[pa.Table, np.ndarray]:
        """The rows with the header's columns; those that had more are noted, but for lines without content."""
        if width > self.shape.width:
            self.padded.append(numbers[rows_with_content(table.columns, table.num_rows)])
        nothing = pa.repeat(pa.scalar(""), table.num_rows)
        given = table.columns[: self.shape.width]
        return pa.table([*given, *[nothing] * (self.shape.width - len(given))], _names(self.shape.width)), numbers

    def _break(self, width: int, numbers: np.ndarray) -> None:
        self.broken[width] = array("q", numbers.tolist())
        self.last_full = max(self.last_full, int(numbers.max(initial=0)))

    def _together(self, pieces: list[tuple[pa.Table, np.ndarray]]) -> Records:
        table, numbers = pieces[0]
        if len(pieces) > 1:
            numbers = np.concatenate([each for _, each in pieces])
            order = np.argsort(numbers)
            table, numbers = pa.concat_tables([each for each, _ in pieces]).take(pa.array(order)), numbers[order]
        return Records(
            list(table.columns),
            numbers.astype(np.int32),
            _sorted(map(_numbers, self.broken.values())),
            _sorted(self.padded),
            _sorted(_numbers(each) for width, each in self.broken.items() if width < self.shape.width),
            self.odd,
            self.last_full,
        )


def trimmed(fields: Collection[str]) -> Fields:
    """Fields without blanks around them, and without empty ones at the end."""
    stripped = [each.strip() for each in fields]
    filled = max((i + 1 for i, each in enumerate(stripped) if each), default=0)
    return tuple(stripped[:filled])


def _names(width: int) -> list[str]:
    return [f"f{i}" for i in range(width)]


def _numbers(numbers: array[int]) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def _sorted(numbers: Iterable[np.ndarray]) -> np.ndarray:
    return np.sort(np.concatenate([np.zeros(0, np.int64), *numbers])).astype(np.int32)


def _is_unclosed(found: Records, ending: bytes) -> bool:
    if not len(found.numbers):
        return False
    return found.columns[-1][-1].as_py().endswith(("\n", "\r")) and not ending.rstrip(b"\r\n").endswith(b'"')


def _without_swallowing(found: Records, shape: Shape) -> Records:
    """Set aside records with a cell that holds the end of one record and the beginning of another.

    A stray quotation mark makes one cell of several records; they would be lost without a trace. Such a cell has
    on its first line the delimiters that should have followed it, and on its last those that should have preceded.
    """
    columns, numbers = found.columns, found.numbers
    if shape.width == 1:
        return found
    swallowing = np.zeros(len(numbers), dtype=bool)
    for i, column in enumerate(columns):
        rows = _rows_with_line_ends(column)
        cells = column.take(pa.array(rows))
        after_it = _delimiters(cells, shape.delimiter, r"(?s)[\r\n].*") == shape.width - 1 - i
        swallowing[rows] |= after_it & (_delimiters(cells, shape.delimiter, r"(?s)^.*[\r\n]") >= i)
    if swallowing.any():
        kept = pa.array(~swallowing)
        found.broken = np.union1d(found.broken, numbers[swallowing])
        found.last_broken_full = max(found.last_broken_full, int(numbers[swallowing].max()))
        found.columns, found.numbers = [column.filter(kept) for column in columns], numbers[~swallowing]
        found.padded = np.setdiff1d(found.padded, found.broken)
    return found


def _rows_with_line_ends(column: pa.ChunkedArray) -> np.ndarray:
    """The rows whose cell holds a line end, told from the column's bytes: a pattern costs a call per cell."""
    found = [np.zeros(0, dtype=np.int64)]
    first = 0
    for chunk in column.chunks:
        _, places, letters = chunk.buffers()
        if len(chunk) and letters is not None:
            starts = np.frombuffer(places, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            text = np.frombuffer(letters, np.uint8)[starts[0] : starts[-1]]
            ends = np.flatnonzero((text == _FEED) | (text == _RETURN)) + starts[0]
            found.append(np.unique(np.searchsorted(starts, ends, side="right") - 1) + first)
        first += len(chunk)
    return np.concatenate(found)


def _delimiters(cells: pa.ChunkedArray, delimiter: str, without: str) -> np.ndarray:
    """How many delimiters each cell holds outside of the part that a pattern matches."""
    part = pc.replace_substring_regex(cells, pattern=without, replacement="", max_replacements=1)
    return np.asarray(pc.count_substring(part, delimiter))
