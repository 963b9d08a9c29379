"""Values of the contract as one municipality writes them: its words, date formats, decimal mark, personal numbers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.profile import Format, Profil
from ibic_pipeline.synthetic.columns import Ints
from schemas import CONTRACTS

STRING = pd.ArrowDtype(pa.string())

Choices = list[Sequence[str]]


def in_local_words(
    frame: pd.DataFrame, table: str, column: str, profil: Profil, fmt: Format, uttagsdatum: date
) -> pa.Array:
    """One column of a world's table as strings; empty where nothing is known.

    Where several local words mean the same, or an ignored word means nothing, rows vary among them.
    """
    encoded = one_array(frame[column]).dictionary_encode()
    values = encoded.dictionary.to_pylist()
    write = _writer(table, column, profil, fmt, uttagsdatum)
    choices: Choices = [write(value) for value in values]
    ignored = profil.ignoreras.get(f"{table}.{column}")
    choices.append(("", "", *ignored.varden) if ignored is not None else ("",))
    indices = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    written = _varied(indices, choices)
    if (table, column) == ("beslut", "galler_tom") and "tills_vidare" in fmt.model_fields_set:
        return _open_ended(frame, written, fmt)
    return written


def words_for(profil: Profil, table: str, column: str, codes: Sequence[str]) -> set[str]:
    """Every word that an export may hold for the codes of a column."""
    return {word for code in codes for word in _code_words(profil, table, column)(code)}


def in_local_date(day: date, pattern: str) -> str:
    """A date as the pattern writes it; with slashes, without leading zeros (15/3 2024)."""
    text = day.strftime(pattern)
    return re.sub(r"\b0(?=\d\b)", "", text) if "/" in pattern else text


def date_pattern(fmt: Format, table: str, column: str) -> str:
    """Which of the profile's patterns the column is written in: always the same for one column."""
    return fmt.datum[zlib.crc32(f"{table}.{column}".encode()) % len(fmt.datum)]


def _writer(table: str, column: str, profil: Profil, fmt: Format, uttagsdatum: date) -> Callable[[Any], Sequence[str]]:
    """How one value is written: the words to choose among."""
    reading = CONTRACTS[table].own_columns()[column].metadata["lasning"]
    if reading == "date":
        pattern = date_pattern(fmt, table, column)
        return lambda value: (in_local_date(value, pattern),)
    if reading == "personnummer":
        return lambda value: (_personal_number(value, _number_style(profil), uttagsdatum),)
    if reading == "decimal":
        return lambda value: (f"{value:g}".replace(".", fmt.decimaltecken),)
    if reading in ("code", "boolean"):
        return _code_words(profil, table, column)
    return lambda value: (str(value),)


def _code_words(profil: Profil, table: str, column: str) -> Callable[[Any], Sequence[str]]:
    """The municipality's own words for a code; the code itself where it has none."""
    meta = CONTRACTS[table].own_columns()[column].metadata
    boolean = meta["lasning"] == "boolean"
    known = profil.varden.get(f"{table}.{column}") or profil.varden.get(meta["kodlista"], {})
    words: dict[str, list[str]] = {}
    for word, code in known.items():
        words.setdefault(code, []).append(word)

    def written(value: Any) -> Sequence[str]:
        code = {True: "ja", False: "nej"}.get(value, str(value)) if boolean else str(value)
        return words.get(code) or (code.capitalize() if boolean else code,)

    return written


def _varied(indices: Ints, choices: Choices) -> pa.Array:
    """Per row one of the choices of its value, in a pattern that depends on the row's place alone."""
    counts = np.array([len(each) for each in choices])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    flat = pa.array([word for each in choices for word in each], pa.string())
    mixed = (np.arange(len(indices), dtype=np.uint64) * np.uint64(2654435761) >> np.uint64(7)).astype(np.int64)
    return flat.take(pa.array(starts[indices] + mixed % counts[indices]))


def _open_ended(frame: pd.DataFrame, written: pa.Array, fmt: Format) -> pa.Array:
    """Decisions that apply until further notice say so, on most rows."""
    is_open = (frame["galler_tom"].isna() & frame["galler_fran"].notna()).to_numpy()
    said = _varied(np.where(is_open, 1, 0), [("",), (*fmt.tills_vidare, "")])
    return pa.array(np.where(is_open, said.to_numpy(zero_copy_only=False), written.to_numpy(zero_copy_only=False)))


def _number_style(profil: Profil) -> int:
    """How an installation writes personal numbers: every reader must manage all three ways."""
    return zlib.crc32(profil.mapp.encode()) % 3


def _personal_number(number: str, style: int, uttagsdatum: date) -> str:
    if style == 0:
        return f"{number[:8]}-{number[8:]}"
    if style == 1:
        return number
    # From the year in which a person turns a hundred, the short form has a plus sign.
    mark = "+" if uttagsdatum.year - int(number[:4]) >= 100 else "-"
    return f"{number[2:8]}{mark}{number[8:]}"


def one_array(series: pd.Series) -> pa.Array:
    """A column as one Arrow array, of whatever type its frame keeps it in."""
    found = pa.Array.from_pandas(series)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
