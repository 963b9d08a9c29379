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
from ibic_pipeline.extract.cells import Column, chosen, column_of, on_rows, rows_with_content
from ibic_pipeline.extract.swallowed import swallowing
from ibic_pipeline.extract.text import HEAD_BYTES, Text, field_reader
from schemas.delivery_rules import refusal

_BLOCKS_BYTES = (1 << 20, 1 << 24)
"""What is parsed at a time stays in the processor's cache; a file with a larger record is read in the largest."""

_MOST_APART = 10_000
"""So many records of another width are looked at one by one; of more, each width is read once more as a whole."""

_SAMPLE_BYTES = 1 << 16
_PIECE_BYTES = 1 << 18
_FEED, _RETURN = b"\n\r"

_MOST_WIDTHS = 8
"""Widths that are read once more; records of others are broken."""

_MOST_LINES = 10_000_000
_MOST_BROKEN = 500_000
"""Far beyond any municipality; a hundred million blank lines, or broken ones, would take minutes and all memory."""

_DISTINCT = pa.dictionary(pa.int32(), pa.string())

Fields = tuple[str, ...]
_Piece = tuple[list[Column], np.ndarray]
"""Rows, and their places or numbers."""


@dataclass
class Records:
    """The records after a header.

    ``columns``: of equal length. ``numbers``: int32, of each row; ``broken``: of the records
    that are no rows. ``padded``: of the rows with empty fields beyond the header's. ``short``: of the broken records
    with too few fields. ``odd``: number -> fields of the broken records that were asked for by ``is_odd``.
    ``last_broken_full``: number of the last broken record with several cells filled, 0 when there is none.
    ``unclosed``: whether the file ends within quotation marks.
    """

    columns: list[Column]
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
        empty, none = column_of(pa.array([], pa.string())), np.empty(0, dtype=np.int32)
        return Records([empty] * shape.width, none, none, none, none)
    line_ends = _line_ends(body, start, end)
    if line_ends > _MOST_LINES:
        raise DeliveryRefused([refusal("LEV-003", f"{line_ends} rader i {name}")])
    found = _read(pa.py_buffer(body).slice(start, end - start), shape, is_odd)
    if found is None:
        raise DeliveryRefused([refusal("LEV-003", f"något annat än poster med fält i {name}")])
    if body.find(b'"', start, end) < 0:
        return found
    ending = bytes(body[max(start, end - HEAD_BYTES) : end])
    found.unclosed = _is_unclosed(found, ending)
    ended = line_ends + (not ending.endswith((b"\n", b"\r")))
    return found if ended == len(found.numbers) + len(found.broken) else _without_swallowing(found, shape)


def _read(buffer: pa.Buffer, shape: Shape, is_odd: Callable[[Fields], bool]) -> Records | None:
    """The records of a text; None when it holds a record that is too large, or too many that do not fit."""
    usual = _usual_width(buffer[:_SAMPLE_BYTES].to_pybytes(), shape)
    for block in _BLOCKS_BYTES:
        reader = _Reader(shape, is_odd, buffer, block)
        try:
            return reader.read(usual)
        except pa.ArrowInvalid:
            if reader.count > _MOST_BROKEN:
                break
    return None


def _line_ends(body: Text, start: int, end: int) -> int:
    """Line feeds, and carriage returns that no line feed follows; searching for two letters is far slower."""
    letters = np.frombuffer(body, np.uint8, count=end - start, offset=start)
    found = 0
    for begin in range(0, len(letters), _PIECE_BYTES):
        feeds, returns = (letters[begin : begin + _PIECE_BYTES + 1] == each for each in (_FEED, _RETURN))
        found += sum(int(np.count_nonzero(each[:_PIECE_BYTES])) for each in (feeds, returns))
        found -= int(np.count_nonzero(returns[:-1] & feeds[1:]))
    return found


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

    def __init__(self, shape: Shape, is_odd: Callable[[Fields], bool], buffer: pa.Buffer, block: int) -> None:
        self.shape, self.is_odd, self.buffer, self.block = shape, is_odd, buffer, block
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
        columns = self._parse(width, self._take)
        count = len(columns[0]) + sum(map(len, self.of_width.values()))
        others = _sorted(map(_numbers, self.of_width.values()))
        found = [self._fitting(width, columns, np.setdiff1d(np.arange(count), others, assume_unique=True))]
        for place, (each, _) in enumerate(self.unseen.most_common()):
            self.mended.pop(each, None)
            if place < _MOST_WIDTHS:
                found.append(self._once_more(each))
            else:
                self._break(each, _numbers(self.of_width[each]) + self.shape.first)
        for each, rows in self.mended.items():
            cells = [column_of(pa.array(texts, pa.string())) for texts in zip(*rows.values(), strict=True)]
            found.append(self._named(each, cells, np.array(list(rows), np.int64)))
        return self._together([piece for piece in found if len(piece[1])] or found[:1])

    def _parse(self, width: int, on_invalid: Callable[[Any], str]) -> list[Column]:
        names = [f"f{i}" for i in range(width)]
        table = pyarrow.csv.read_csv(
            self.buffer,
            read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=self.block),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self.shape.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=on_invalid,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, _DISTINCT), strings_can_be_null=False, check_utf8=False
            ),
        )
        return [column_of(column) for column in table.columns]

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

    def _once_more(self, width: int) -> _Piece:
        """Every record of one width, read again together; a blank line is of any width and was read before."""
        others = array("q")

        def skip(row: Any) -> str:
            others.append(row.number - 1)
            return "skip"

        columns = self._parse(width, skip)
        places = np.setdiff1d(np.arange(len(columns[0]) + len(others)), _numbers(others), assume_unique=True)
        mine = np.isin(places, _numbers(self.of_width[width]))
        return self._fitting(width, chosen(columns, mine), places[mine])

    def _fitting(self, width: int, columns: list[Column], places: np.ndarray) -> _Piece:
        """The records of one width that are rows; the others are broken."""
        fits = np.ones(len(places), dtype=bool)
        for column in columns[self.shape.named :] if width != self.shape.width else ():
            fits &= on_rows(column, pc.equal(pc.binary_length(column.dictionary), 0))
        numbers = places + self.shape.first
        if fits.all():
            return self._named(width, columns, numbers)
        self._break(width, numbers[~fits])
        return self._named(width, chosen(columns, fits), numbers[fits])

    def _named(self, width: int, columns: list[Column], numbers: np.ndarray) -> _Piece:
        """The rows with the header's columns; those that had more are noted, but for lines without content."""
        if width > self.shape.width:
            self.padded.append(numbers[rows_with_content(columns, len(numbers))])
        given = columns[: self.shape.width]
        nothing = column_of(pa.repeat(pa.scalar(""), len(numbers)))
        return [*given, *[nothing] * (self.shape.width - len(given))], numbers

    def _break(self, width: int, numbers: np.ndarray) -> None:
        self.broken[width] = array("q", numbers.tolist())
        self.last_full = max(self.last_full, int(numbers.max(initial=0)))

    def _together(self, pieces: list[_Piece]) -> Records:
        columns, numbers = pieces[0]
        if len(pieces) > 1:
            numbers = np.concatenate([each for _, each in pieces])
            order = np.argsort(numbers)
            of_pieces = zip(*(each for each, _ in pieces), strict=True)
            columns = chosen([column_of(pa.chunked_array(list(each))) for each in of_pieces], order)
            numbers = numbers[order]
        return Records(
            columns,
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


def _numbers(numbers: array[int]) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def _sorted(numbers: Iterable[np.ndarray]) -> np.ndarray:
    return np.sort(np.concatenate([np.zeros(0, np.int64), *numbers])).astype(np.int32)


def _is_unclosed(found: Records, ending: bytes) -> bool:
    if not len(found.numbers):
        return False
    return found.columns[-1][-1].as_py().endswith(("\n", "\r")) and not ending.rstrip(b"\r\n").endswith(b'"')


def _without_swallowing(found: Records, shape: Shape) -> Records:
    """Set aside records with a cell that holds the end of one record and the beginning of another."""
    swallowed = swallowing(found.columns, shape.delimiter)
    if swallowed.any():
        numbers = found.numbers[swallowed]
        found.broken = np.union1d(found.broken, numbers)
        found.last_broken_full = max(found.last_broken_full, int(numbers.max()))
        found.columns, found.numbers = chosen(found.columns, ~swallowed), found.numbers[~swallowed]
        found.padded = np.setdiff1d(found.padded, found.broken)
    return found
