"""Records that a stray quotation mark made of several: one cell holds the end of one and the beginning of the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.extract.cells import Column, on_rows

_FEED, _RETURN = b"\n\r"


def swallowing(columns: Sequence[Column], delimiter: str) -> np.ndarray:
    """Which records have such a cell; the others that it swallowed would be lost without a trace.

    It has on its first line the delimiters that should have followed it, and on its last those that should have
    preceded.
    """
    found = np.zeros(len(columns[0]), dtype=bool)
    for place, column in enumerate(columns):
        several_lines = _with_line_ends(column.dictionary)
        if len(columns) > 1 and len(several_lines):
            cells = column.dictionary.take(pa.array(several_lines))
            after_it = _delimiters(cells, delimiter, r"(?s)[\r\n].*") == len(columns) - 1 - place
            before_it = _delimiters(cells, delimiter, r"(?s)^.*[\r\n]") >= place
            swallows = np.zeros(len(column.dictionary), dtype=bool)
            swallows[several_lines] = after_it & before_it
            found |= on_rows(column, swallows)
    return found


def _with_line_ends(texts: pa.Array) -> np.ndarray:
    """The places of texts that hold a line end, told from their bytes: a pattern costs a call per text."""
    _, places, letters = texts.buffers()
    if not len(texts) or letters is None:
        return np.zeros(0, dtype=np.int64)
    starts = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    text = np.frombuffer(letters, np.uint8)[starts[0] : starts[-1]]
    ends = np.flatnonzero((text == _FEED) | (text == _RETURN)) + starts[0]
    return np.unique(np.searchsorted(starts, ends, side="right") - 1)


def _delimiters(cells: pa.Array, delimiter: str, without: str) -> np.ndarray:
    """How many delimiters each cell holds outside of the part that a pattern matches."""
    part = pc.replace_substring_regex(cells, pattern=without, replacement="", max_replacements=1)
    return np.asarray(pc.count_substring(part, delimiter))
