"""Code lists: reads ``kodlistor/*.csv``, and answers which code a spelling means and when a code was valid.

A code may have several rows, one per period, when its meaning changed (ICF ``d3101`` meant simple spoken
messages until 2020 and complex ones since): ``codelist`` gives all rows, ``validity`` one row per code.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

FOLDER = Path(__file__).parent / "kodlistor"
BASE_COLUMNS = ("kod", "titel", "giltig_fran", "giltig_till", "alias")
"""The columns of every list; a list may have more. ``giltig_till`` is the last valid day, empty = open."""


def names() -> tuple[str, ...]:
    """The names of all code lists, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


def codelist(name: str) -> pd.DataFrame:
    """A list as it stands in its file.

    Returns:
        One row per code and period; all columns Arrow strings, "" where the file is empty.

    Raises:
        ValueError: there is no such list.
    """
    return _read(name).copy(deep=False)


def lookup(name: str) -> dict[str, str]:
    """Normalised spelling of every code, title and alias of a list -> code.

    A title that a withdrawn code shares with one in force means the latter (``Att ta reda på information``
    is ``d134``, not the withdrawn ``d138``); the withdrawn code itself is always understood.

    Raises:
        ValueError: there is no such list, or a spelling means two codes.
    """
    return dict(_lookup(name))


def validity(name: str) -> pd.DataFrame:
    """When each code of a list was valid, and its further columns (``lag``, ``livsomrade``, …).

    Returns:
        One row per code: ``kod``; ``giltig_fran`` and ``giltig_till`` as date32, the first and the last valid
        day over all its rows, null = open; the list's own columns as Arrow strings, null = empty. The rows of one code
        follow on each other without a gap, so that the code was valid on every day between the two.

    Raises:
        ValueError: there is no such list.
    """
    return _validity(name).copy(deep=False)


def normalise(text: str) -> str:
    """The form in which spellings are compared: NFKC, casefolded, white space collapsed and trimmed."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


@cache
def _read(name: str) -> pd.DataFrame:
    if name not in names():
        raise ValueError(f"No code list {name!r}. Choose one of: {', '.join(names())}.")
    return pd.read_csv(FOLDER / f"{name}.csv", sep=";", dtype=pd.ArrowDtype(pa.string()), na_filter=False)


@cache
def _lookup(name: str) -> dict[str, str]:
    frame = _read(name)
    in_force = frame["giltig_till"] == ""
    return {
        **_spellings(name, frame[~in_force], ["titel", "alias"]),
        **_spellings(name, frame[in_force], ["titel", "alias"]),
        **_spellings(name, frame, ["kod"]),
    }


def _spellings(name: str, frame: pd.DataFrame, columns: list[str]) -> dict[str, str]:
    long = frame.set_index("kod", drop=False)[columns].stack().str.split("|").explode()
    pairs = {(normalise(text), str(kod)) for (kod, _), text in long[long != ""].items()}
    means = dict(sorted(pairs))
    if len(means) < len(pairs):
        twice = sorted({kod for spelling, kod in pairs if means[spelling] != kod})
        raise ValueError(f"Code list {name}: a spelling of {', '.join(twice)} also means another code. Remove one.")
    return means


@cache
def _validity(name: str) -> pd.DataFrame:
    frame = _read(name)
    table = pa.Table.from_pandas(frame.where(frame != ""), preserve_index=False)
    for column in ("giltig_fran", "giltig_till"):
        table = table.set_column(table.column_names.index(column), column, table[column].cast(pa.date32()))
    own = [column for column in table.column_names if column not in BASE_COLUMNS]
    open_when_any_is = pc.ScalarAggregateOptions(skip_nulls=False)
    grouped = table.group_by("kod", use_threads=False).aggregate(
        [
            ("giltig_fran", "min", open_when_any_is),
            ("giltig_till", "max", open_when_any_is),
            *((column, "first", open_when_any_is) for column in own),
        ]
    )
    found = grouped.rename_columns(["kod", "giltig_fran", "giltig_till", *own]).to_pandas(types_mapper=pd.ArrowDtype)
    return found.set_index("kod").loc[frame["kod"].drop_duplicates()].reset_index()
