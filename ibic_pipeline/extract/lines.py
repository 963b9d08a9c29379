"""Lines of a file that are no records: repeated headers of printed pages, and what a report ends with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.extract.cells import Column, on_rows
from ibic_pipeline.extract.records import Fields, trimmed
from ibic_pipeline.extract.text import Text

_TAIL = re.compile(
    r"(?:antal (?:rader|poster)|summa|totalt|utskri(?:ven|vet|ft)|rapport|källa|fotnot)(?=[\s:.]|$)", re.IGNORECASE
)
"""How a report ends; anything else after the last record may be a record that was cut."""

_TOLD = re.compile(
    r"antal (?:rader|poster)\D{0,3}(\d[\d \u00a0]*)|(\d[\d \u00a0]*?)[ \u00a0](?:rader|poster)", re.IGNORECASE
)
_BLANK = b" \t\r\n\x0b\x0c\0"
_PIECE = 1 << 16


class NoRecords(NamedTuple):
    """Numbers (int32) of lines that are no records: of repeated headers with what precedes them, and of a tail.

    ``told``: number of a tail line -> how many records it says that there are.
    """

    repeated: np.ndarray
    tail: np.ndarray
    told: dict[int, int]


def is_tail(fields: Fields) -> bool:
    """Whether a line's trimmed fields are those of a report's end: one text of a closed vocabulary, in the first."""
    return len(fields) == 1 and _TAIL.match(fields[0]) is not None


def lines_that_are_no_records(
    columns: Sequence[Column],
    numbers: np.ndarray,
    header: Sequence[Fields],
    preamble: Iterable[Fields],
    odd: Mapping[int, Fields],
    last_full: int = 0,
) -> NoRecords:
    """Find the lines of a file that are certainly no records.

    Args:
        columns: one per field.
        numbers: of their rows, ascending.
        header: the trimmed fields of each row of the header.
        preamble: the trimmed fields of each line that stands before the header at the top.
        odd: number -> trimmed fields of lines that are no rows of ``columns``.
        last_full: number of the last line with several cells filled that is no row of ``columns``.
    """
    pages = {*preamble, *header[:-1]} - {()}
    filled = np.zeros(len(numbers), dtype=np.int32)
    for column in columns:
        filled += on_rows(column, pc.greater(pc.binary_length(column.dictionary), 0))
    headers = numbers[_rows_like(columns, header[-1])]
    paged = [numbers[_rows_like(columns, each)] for each in pages] if len(headers) else []
    paged.append(np.array([number for number, fields in odd.items() if fields in pages], dtype=np.int64))
    repeated = _touching(headers, np.concatenate(paged), numbers[filled == 0])
    is_record = (filled > 1) & ~np.isin(numbers, repeated)
    last = max(int(numbers[is_record].max(initial=0)), last_full)
    tail = _tail_lines(columns, numbers, (filled == 1) & (numbers > last), odd, last) if len(header[-1]) > 1 else {}
    told = {number: count for number, text in tail.items() if (count := _told(text)) is not None}
    return NoRecords(repeated.astype(np.int32), np.array(sorted(tail), dtype=np.int32), told)


def last_line(text: Text, start: int) -> tuple[int, int]:
    """Where the last line with content begins and ends, from ``start`` on."""
    end = len(text)
    while end > start:
        piece = bytes(text[max(start, end - _PIECE) : end])
        kept = len(piece.rstrip(_BLANK))
        end -= len(piece) - kept
        if kept:
            break
    begin = max(text.rfind(b"\n", start, end), text.rfind(b"\r", start, end)) + 1
    return max(begin, start), end


def _rows_like(columns: Sequence[Column], fields: Fields) -> np.ndarray:
    """Rows whose named cells are those of a line; what is compared is trimmed."""
    if not fields or len(fields) > len(columns):
        return np.zeros(len(columns[0]), dtype=bool)
    alike = np.arange(len(columns[0]))
    for place, column in enumerate(columns):
        text = fields[place] if place < len(fields) else ""
        same = np.asarray(pc.equal(pc.utf8_trim_whitespace(column.dictionary), text))
        alike = alike[same[column.indices.to_numpy()[alike]]] if same.any() else alike[:0]
    found = np.zeros(len(columns[0]), dtype=bool)
    found[alike] = True
    return found


def _touching(headers: np.ndarray, paged: np.ndarray, blank: np.ndarray) -> np.ndarray:
    """Numbers of repeated headers, and of page lines with nothing but blank lines between them and a header."""
    if not len(headers):
        return headers
    every = np.union1d(np.union1d(headers, paged), blank)
    run = np.cumsum(np.diff(every, prepend=every[0]) > 1)
    with_header = np.isin(run, run[np.isin(every, headers)])
    return every[with_header & ~np.isin(every, blank)]


def _tail_lines(
    columns: Sequence[Column], numbers: np.ndarray, rows: np.ndarray, odd: Mapping[int, Fields], last: int
) -> dict[int, str]:
    places = np.flatnonzero(rows)
    texts = columns[0].take(pa.array(places)).to_pylist()
    found = {int(numbers[place]): text for place, text in zip(places, texts, strict=True)}
    found |= {number: fields[0] for number, fields in odd.items() if number > last and fields}
    return {number: text for number, text in found.items() if is_tail(trimmed((text,)))}


def _told(text: str) -> int | None:
    match = _TOLD.search(text)
    return int(re.sub(r"\D", "", match[1] or match[2])) if match else None
