"""How a text file is written: encoding, delimiter and line of the header, proven by every wanted column being there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ibic_pipeline.extract.headers import MOST_COLUMNS, joined, match
from ibic_pipeline.extract.text import HEAD_BYTES, Text, as_utf8, field_reader, head_of, is_swedish_cp1252
from ibic_pipeline.profile import Format

DELIMITERS = (";", "\t", ",", "|")

_HEADER_WITHIN = 50
"""Report titles and selections take a few lines; a header further down is not looked for."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")


class Header(NamedTuple):
    """A header of one or two rows.

    ``before``: lines that precede it. ``lines``: lines that it takes. ``rows``: its fields as they stand.
    """

    delimiter: str
    before: int
    lines: int
    rows: list[list[str]]

    @property
    def names(self) -> list[str]:
        """One name per column."""
        return joined(*self.rows) if len(self.rows) == 2 else self.rows[0]


def lines_of(text: Text) -> list[str]:
    """The lines of a text's first part, with their ends."""
    return _LINE.findall(head_of(text))


def find_header(lines: Sequence[str], form: Format, wanted: Sequence[str]) -> Header | None:
    """The header that holds every wanted column: where the profile says, else wherever one alone is found."""
    declared = form.avgransare
    places = [form.rader_fore_rubrik, *(i for i in range(_HEADER_WITHIN) if i != form.rader_fore_rubrik)]
    delimiters = DELIMITERS if declared == "auto" else (declared, *(d for d in DELIMITERS if d != declared))
    for some in (places[:1], places[1:]):
        found = [first for each in delimiters if (first := next(_holding(lines, some, each, form, wanted), None))]
        of_profile = [header for header in found if header.delimiter == declared]
        if of_profile or (found and all(header.rows == found[0].rows for header in found)):
            return (of_profile or found)[0]
    return None


def header_at(lines: Sequence[str], before: int, delimiter: str, rows: int) -> Header | None:
    """The header that begins after some lines; None when there is nothing that can be one."""
    reader = field_reader(islice(lines, before, None), delimiter)
    try:
        fields = list(islice(reader, rows))
    except csv.Error:  # a field beyond the limit
        return None
    if len(fields) < rows or not any(field.strip() for row in fields for field in row):
        return None
    return Header(delimiter, before, reader.line_num, fields)


def likeliest_header(lines: Sequence[str], form: Format, wanted: Sequence[str]) -> Header | None:
    """The header where the profile says, when nothing proves one; of undeclared delimiters the best."""
    delimiters = DELIMITERS if form.avgransare == "auto" else (form.avgransare,)
    found = [header_at(lines, form.rader_fore_rubrik, each, form.rubrikrader) for each in delimiters]
    headers = [header for header in found if header]
    return min(headers, key=lambda header: len(match(header.names[:MOST_COLUMNS], wanted).missing), default=None)


def choose_encoding(data: Text, possible: Sequence[str], form: Format, wanted: Sequence[str]) -> str | None:
    """The one encoding in which the file can be read; None when none, or more than one, can be meant."""
    if len(possible) <= 1:
        return possible[0] if possible else None
    proven = [each for each in possible if find_header(_lines_in(data, each), form, wanted)]
    if form.kodning in proven:
        return form.kodning
    if len(proven) == 1:
        return proven[0]
    if proven:
        return "cp1252" if "cp1252" in proven and is_swedish_cp1252(data) else None
    return "cp1252" if "cp1252" in possible and form.kodning in ("cp1252", "auto") else None


def _lines_in(data: Text, encoding: str) -> list[str]:
    return lines_of(as_utf8(data[:HEAD_BYTES], encoding, whole=False))


def _holding(
    lines: Sequence[str], places: Sequence[int], delimiter: str, form: Format, wanted: Sequence[str]
) -> Iterator[Header]:
    """Headers at some places that hold every wanted column once or more."""
    for before in places:
        header = header_at(lines, before, delimiter, form.rubrikrader)
        if header and len(wanted) <= len(names := header.names) <= MOST_COLUMNS and not match(names, wanted).missing:
            yield header
