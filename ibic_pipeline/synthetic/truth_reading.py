"""Columns of a world read as numpy arrays: days, codes by position, references by row, ranks of ids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.localwords import one_array
from schemas.codelists import codelist, lookup, normalise

NO_ROW = -1
NO_NUMBER = -1
"""No number on the scale, or none at all."""

Table = dict[str, NDArray[Any]]


def days(column: pd.Series) -> Ints:
    """Days since 1970; ``NEVER`` for null."""
    return _whole_numbers(one_array(column).cast(pa.date32()).cast(pa.int32()), NEVER)


def is_one_of(column: pd.Series, *values: str) -> Bools:
    """True where the value is one of them."""
    return _mask(pc.is_in(one_array(column), pa.array(values, pa.string())), absent=False)


def is_true(column: pd.Series) -> Bools:
    """True where the value is true: neither false nor null."""
    return _mask(one_array(column), absent=False)


def is_there(column: pd.Series) -> Bools:
    """True where there is a value."""
    return _mask(one_array(column).is_valid(), absent=False)


def numbers(column: pd.Series) -> Ints:
    """Whole numbers; ``NO_NUMBER`` for null."""
    return _whole_numbers(one_array(column), NO_NUMBER)


def on_the_scale(column: pd.Series) -> Ints:
    """0–4; 8 (not specified) and 9 (not applicable) are no numbers, and null is none either."""
    found = numbers(column)
    return np.where(found <= 4, found, NO_NUMBER)


def coded(column: pd.Series, labels: list[str]) -> Ints:
    """Position of each value among the labels; ``len(labels)`` where it is none of them."""
    return _whole_numbers(pc.index_in(one_array(column), pa.array(labels, pa.string())), len(labels))


def translated(column: pd.Series, listed: str, to: str) -> pd.Series:
    """Codes of a code list as what another of its columns says of them."""
    known = codelist(listed)[["kod", to]].dropna()
    place = pc.index_in(one_array(column), pa.array(known["kod"].to_list(), pa.string()))
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(known[to].to_list(), pa.string()).take(place)))


def rows_of(column: pd.Series, ids: pd.Series) -> Ints:
    """The row in which each id stands; ``NO_ROW`` for null."""
    return _whole_numbers(pc.index_in(one_array(column), one_array(ids), skip_nulls=True), NO_ROW)


def same_codes(one: pd.Series, other: pd.Series) -> tuple[Ints, Ints]:
    """Two columns as positions in one list of codes; -1 for null in the first and -2 in the second."""
    known = pc.unique(one_array(one)).drop_null()
    first, second = (pc.index_in(one_array(column), known, skip_nulls=True) for column in (one, other))
    return _whole_numbers(first, -1), _whole_numbers(second, -2)


def ranks(ids: pd.Series) -> Ints:
    """The place of each id in the order of their spelling."""
    order = np.asarray(pc.sort_indices(one_array(ids))).astype(np.int64)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def lengths(column: pd.Series) -> Ints:
    """Characters of each text; 0 for null."""
    return _whole_numbers(pc.utf8_length(one_array(column)), 0)


def only_scale_words(column: pd.Series) -> Bools:
    """True where the text is a word of the generic scale, or is not there."""
    words = set(lookup("skala"))
    encoded = one_array(column).dictionary_encode()
    only = [normalise(text) in words for text in encoded.dictionary.to_pylist()]
    return _mask(pa.array(only, pa.bool_()).take(encoded.indices), absent=True)


def with_none(values: NDArray[Any], none: Any) -> NDArray[Any]:
    """The values with one more at the end, so that the row ``NO_ROW`` gives ``none``."""
    return np.append(values, none)


def _whole_numbers(values: pa.Array, absent: int) -> Ints:
    return np.asarray(pc.fill_null(values.cast(pa.int64()), absent).to_numpy(zero_copy_only=False))


def _mask(values: pa.Array, *, absent: bool) -> Bools:
    return np.asarray(pc.fill_null(values, absent).to_numpy(zero_copy_only=False), bool)
