"""Separated text files: their records, what was mended on the way, and what shows that they are not whole."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.cells import Cells, chosen, rows_with_content, tail_reason
from ibic_pipeline.extract.delivery import DeliveredFile
from ibic_pipeline.extract.detect import Header, choose_encoding, find_header, likeliest_header, lines_of
from ibic_pipeline.extract.headers import MOST_COLUMNS, wanted_columns
from ibic_pipeline.extract.lines import NoRecords, is_tail, last_line, lines_that_are_no_records
from ibic_pipeline.extract.records import Fields, Records, Shape, read_records, trimmed
from ibic_pipeline.extract.text import Text, as_utf8, begin_of, encoded_once, encodings_of, field_reader, same_encoding
from ibic_pipeline.profile import Format
from schemas.delivery_rules import TAIL_TELLS_ANOTHER_NUMBER, WHOLE_FILE, refusal

ENCODING, DELIMITER, HEADER_PLACE, REPEATED, TAIL, PADDED, TWICE = (f"REP-{i:03d}" for i in range(1, 8))


class _Opened(NamedTuple):
    """A file as text; ``start``: where the records begin. ``codes``: repairs to the whole file."""

    text: Text
    header: Header
    start: int
    preamble: list[Fields]
    codes: list[str]


def read_csv_cells(file: DeliveredFile, tail: re.Pattern[str] | None) -> Cells:
    """Read a separated text file.

    It takes three times the file's size in memory at most (measured on 90 MiB of decisions in UTF-8 and Windows-1252:
    3.0 MiB per MiB; UTF-16: 1.6); records of a few letters take up to ten.

    Raises:
        DeliveryRefused: LEV-003 or LEV-004, the file cannot be read as text, or has no header.
        OSError: the file cannot be opened.
    """
    text, header, start, preamble, codes = _open(file)
    begin, end = last_line(text, start)
    ending = text[begin:end].decode() if tail else ""
    proven = tail is not None and tail.search(ending) is not None
    ends_with_line = bool(text[-1:] in (b"\n", b"\r"))
    shape = _shape(header)
    rows = [trimmed(row) for row in header.rows]
    pages = {*preamble, *rows[:-1]}
    read = read_records(
        text, start, begin if proven else len(text), shape, lambda fields: is_tail(fields) or fields in pages, file.name
    )
    del text
    no_records = lines_that_are_no_records(read.columns, read.numbers, rows, preamble, read.odd, read.last_broken_full)
    kept = _without(read, no_records)
    count = _count(kept)
    reasons = []
    if tail:
        reasons.append(tail_reason(file.name, tail, ending, count))
    elif not ends_with_line and not len(no_records.tail):
        reasons.append(refusal("LEV-004", f"en fil som slutar mitt i en rad ({file.name})"))
    if _last_is_cut(kept) and not len(no_records.tail):
        reasons.append(refusal("LEV-004", f"en sista post med för få fält i {file.name}"))
    if read.unclosed:
        reasons.append(refusal("LEV-004", f"ett citattecken som aldrig stängs i {file.name}"))
    findings = {code: np.array([WHOLE_FILE], dtype=np.int32) for code in codes}
    findings |= _of_records(kept, no_records, shape, count)
    return Cells(
        header.names, kept.columns, kept.numbers, tuple(kept.broken.tolist()), [r for r in reasons if r], findings
    )


def _open(file: DeliveredFile) -> _Opened:
    """Decode a file and find its header.

    Raises:
        DeliveryRefused: LEV-003 or LEV-004.
    """
    form, wanted = file.fil.format, wanted_columns(file)
    text, codes = _text_of(file, form, wanted)
    lines = lines_of(text)
    header = find_header(lines, form, wanted)
    if header is None:
        if ENCODING in codes:
            raise _unreadable(file, form)
        header = likeliest_header(lines, form, wanted)
    if header is None:
        raise DeliveryRefused([refusal("LEV-004", f"ingen rubrikrad i {file.name}")])
    if len(header.names) > MOST_COLUMNS:
        raise DeliveryRefused([refusal("LEV-003", f"en rubrikrad med {len(header.names)} kolumner i {file.name}")])
    taken = header.before + header.lines
    start = begin_of(text) + sum(len(line.encode()) for line in lines[:taken])
    if taken == len(lines) and start < len(text):
        raise DeliveryRefused([refusal("LEV-003", f"en rubrikrad som inte tar slut i {file.name}")])
    if form.avgransare not in ("auto", header.delimiter):
        codes.append(DELIMITER)
    if header.before != form.rader_fore_rubrik:
        codes.append(HEADER_PLACE)
    preamble = [_fields(line, header.delimiter) for line in lines[: header.before]]
    return _Opened(text, header, start, preamble, codes)


def _fields(line: str, delimiter: str) -> Fields:
    try:
        return trimmed(next(field_reader([line], delimiter), []))
    except csv.Error:  # a field beyond the limit
        return ()


def _text_of(file: DeliveredFile, form: Format, wanted: list[str]) -> tuple[Text, list[str]]:
    data = file.read()
    if not data:
        raise DeliveryRefused([refusal("LEV-004", f"en tom fil ({file.name})")])
    found = encodings_of(data, form.kodning)
    if found.cut:
        raise DeliveryRefused([refusal("LEV-004", f"en fil som slutar mitt i ett tecken ({file.name})")])
    encoding = choose_encoding(data, found.possible, form, wanted)
    if encoding is None:
        raise _unreadable(file, form)
    codes = [] if same_encoding(encoding, form.kodning) else [ENCODING]
    try:
        text = as_utf8(data, encoding)
    except UnicodeDecodeError:
        raise _unreadable(file, form) from None
    del data
    if b"\0" in text:
        raise _unreadable(file, form)
    once = encoded_once(text, begin_of(text))
    return (text, codes) if once is None else (once, [*codes, TWICE])


def _unreadable(file: DeliveredFile, form: Format) -> DeliveryRefused:
    encoding = "någon känd teckenkodning" if form.kodning == "auto" else form.kodning
    return DeliveryRefused([refusal("LEV-003", f"något annat än text i {encoding} ({file.name})")])


def _shape(header: Header) -> Shape:
    names = header.names
    named = max((i + 1 for i, name in enumerate(names) if name.strip()), default=1)
    return Shape(header.delimiter, len(names), named, header.before + len(header.rows) + 1)


def _without(read: Records, lines: NoRecords) -> Records:
    away = np.union1d(lines.repeated, lines.tail)
    if not len(away):
        return read
    stays = ~np.isin(read.numbers, away)
    return Records(
        chosen(read.columns, stays),
        read.numbers[stays],
        np.setdiff1d(read.broken, away),
        np.setdiff1d(read.padded, away),
        np.setdiff1d(read.short, away),
    )


def _count(read: Records) -> int:
    """How many records with content the file holds, whole or broken."""
    return int(rows_with_content(read.columns, len(read.numbers)).sum()) + len(read.broken)


def _last_is_cut(read: Records) -> bool:
    """Whether the file's last record has too few fields."""
    last = max(read.numbers.max(initial=0), read.broken.max(initial=0))
    return bool(read.short.max(initial=0) == last > 0)


def _of_records(read: Records, lines: NoRecords, shape: Shape, count: int) -> dict[str, np.ndarray]:
    """Repairs of records, and tail lines that tell another number of records than there are."""
    unnamed = read.columns[shape.named :]
    padded = read.padded
    if unnamed and not any(pc.any(pc.not_equal(column.dictionary, "")).as_py() for column in unnamed):
        padded = np.union1d([shape.first - 1], padded)
    wrong = np.array(sorted(number for number, told in lines.told.items() if told != count))
    found = {REPEATED: lines.repeated, TAIL: lines.tail, PADDED: padded, TAIL_TELLS_ANOTHER_NUMBER: wrong}
    return {code: numbers.astype(np.int32) for code, numbers in found.items() if len(numbers)}
