"""Frames of strings as separated text in any of the encodings that profiles know; equal in, equal out."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.profile import Format
from ibic_pipeline.synthetic.localwords import one_array
from ibic_pipeline.synthetic.writing import Writing

_PADDING = 3
_KEPT_OF_CUT = 0.7


def csv_bytes(
    fmt: Format, export: str, frame: pd.DataFrame, broken: Collection[int], writing: Writing, uttagsdatum: date
) -> bytes:
    """One separated file; the records at ``broken`` that are not written raw get a field too many."""
    delimiter = writing.avgransare or fmt.avgransare
    columns = written_columns(frame, writing)
    fields = [_quoted(values, delimiter) for _, _, values in columns]
    lines = pc.binary_join_element_wise(*fields, delimiter).to_pylist() if len(frame) else []
    for position in broken:
        if position not in writing.raw:
            lines[position] += delimiter + "1"
    for position in writing.padded:
        lines[position] += delimiter * _PADDING
    for position, (name, text) in writing.raw.items():
        cells = [
            text if each == name else field[position].as_py() for (each, *_), field in zip(columns, fields, strict=True)
        ]
        lines[position] = delimiter.join(cells)
    header = delimiter.join(_quoted(pa.array([header for _, header, _ in columns]), delimiter).to_pylist())
    for position in sorted(writing.header_before, reverse=True):
        lines.insert(position, header)
    above = [delimiter.join(cells) for cells in writing.above]
    empty = [delimiter * (len(columns) - 1)] * writing.empty_lines
    own = tail(fmt, len(frame) + len(writing.torn) + writing.tail_adds)
    every = [*above, *preamble(fmt, export, uttagsdatum), header, *lines, *writing.below, *empty, *own]
    text = writing.line_end.join(every) + writing.line_end
    return _encoded(_cut(text) if writing.cut else text, writing.kodning or fmt.kodning, writing.encoded_twice)


def written_columns(frame: pd.DataFrame, writing: Writing) -> list[tuple[str, str, pa.Array]]:
    """The columns of a file in their order: name in the frame (empty for what is added), header, strings."""
    columns = [(name, writing.names.get(name, name), one_array(frame[name])) for name in frame.columns]
    for name, same in writing.repeated.items():
        values = one_array(frame[name])
        moved = values if same else values.take(pa.array(np.roll(np.arange(len(values)), 1)))
        columns.append(("", writing.names.get(name, name), moved))
    empty = pa.array([""] * len(frame), pa.string())
    return [*columns, *([("", "", empty)] * writing.empty_columns)]


def preamble(fmt: Format, export: str, uttagsdatum: date) -> list[str]:
    """As many lines before the header as the profile declares."""
    known = [f"Urval: {export}, alla till och med {uttagsdatum.isoformat()}", f"Utskrivet {uttagsdatum.isoformat()}"]
    return [known[number % len(known)] for number in range(fmt.rader_fore_rubrik)]


def tail(fmt: Format, records: int) -> list[str]:
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


def _cut(text: str) -> str:
    """A text that ends in the middle of a line."""
    end = int(len(text) * _KEPT_OF_CUT)
    return text[:end].rstrip("\r\n;\t,|")


def _encoded(text: str, encoding: str, twice: bool) -> bytes:
    if twice:
        text = as_read_in_windows(text)
    if encoding == "utf-16":
        return ("\ufeff" + text).encode("utf-16-le")  # as Windows writes it, whatever machine runs this
    return text.encode(encoding)


def as_read_in_windows(text: str) -> str:
    """UTF-8 that was taken for Windows-1252: å becomes Ã¥. The five bytes that it does not know stay control codes."""
    data = text.encode("utf-8")
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)
