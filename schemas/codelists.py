"""Code lists: reads ``kodlistor/*.csv``, and answers which code a spelling means and when a code was valid.

A code may have several rows, one per period, when its meaning changed (ICF ``d3101`` meant simple spoken
messages until 2020 and complex ones since): ``codelist`` gives all rows, ``validity`` one row per code.
An installation with lists of its own hands on a ``CodeLists`` that holds them; the functions of the module
answer from the built-in lists alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

FOLDER = Path(__file__).parent / "kodlistor"
BASE_COLUMNS = ("kod", "titel", "giltig_fran", "giltig_till", "alias")
"""The columns of every list; a list may have more. ``giltig_till`` is the last valid day, empty = open."""


class CodeLists:
    """Every code list by name: the built-in ones, and those of an installation in the place of some of them.

    What has been worked out is kept, so that one object serves a whole run. ``own`` holds lists by the name of the
    built-in list that each stands for, with the same columns.
    """

    def __init__(self, own: Mapping[str, pd.DataFrame] = MappingProxyType({})) -> None:
        self._own = dict(own)
        self._lookups: dict[str, dict[str, str]] = {}
        self._validities: dict[str, pd.DataFrame] = {}

    def codelist(self, name: str) -> pd.DataFrame:
        """A list as it stands in its file.

        Returns:
            One row per code and period; all columns Arrow strings, "" where the file is empty.

        Raises:
            ValueError: there is no such list.
        """
        return self._own[name].copy(deep=False) if name in self._own else codelist(name)

    def lookup(self, name: str) -> dict[str, str]:
        """Normalised spelling of every code, title and alias of a list -> code.

        A title that a withdrawn code shares with one in force means the latter (``Att ta reda på information``
        is ``d134``, not the withdrawn ``d138``); the withdrawn code itself is always understood. In a list of the
        installation's own, a spelling of two codes means what the built-in list says, or else nothing.

        Raises:
            ValueError: there is no such list, or a spelling of a built-in list means two codes.
        """
        if name not in self._own:
            return lookup(name)
        if name not in self._lookups:
            frame = self._own[name]
            known = set(frame["kod"])
            built_in = {spelling: kod for spelling, kod in lookup(name).items() if kod in known}
            self._lookups[name] = {**built_in, **_meanings(name, frame, raises=False)}
        return dict(self._lookups[name])

    def validity(self, name: str) -> pd.DataFrame:
        """When each code of a list was valid, and its further columns (``lag``, ``livsomrade``, …).

        Returns:
            One row per code: ``kod``; ``giltig_fran`` and ``giltig_till`` as date32, the first and the last valid
            day over all its rows, null = open; the list's own columns as Arrow strings, null = empty. The rows of one
            code follow on each other in the built-in lists; a gap in another list counts as valid.

        Raises:
            ValueError: there is no such list.
        """
        if name not in self._own:
            return validity(name)
        if name not in self._validities:
            self._validities[name] = _valid(self._own[name])
        return self._validities[name].copy(deep=False)


def names() -> tuple[str, ...]:
    """The names of all code lists, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


def codelist(name: str) -> pd.DataFrame:
    """A built-in list; see ``CodeLists.codelist``."""
    return _read(name).copy(deep=False)


def lookup(name: str) -> dict[str, str]:
    """Spellings of a built-in list; see ``CodeLists.lookup``."""
    return dict(_lookup(name))


def validity(name: str) -> pd.DataFrame:
    """Validity of a built-in list; see ``CodeLists.validity``."""
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
    return _meanings(name, _read(name), raises=True)


@cache
def _validity(name: str) -> pd.DataFrame:
    return _valid(_read(name))


def _meanings(name: str, frame: pd.DataFrame, *, raises: bool) -> dict[str, str]:
    in_force = frame["giltig_till"] == ""
    return {
        **_spellings(name, frame[~in_force], ["titel", "alias"], raises=raises),
        **_spellings(name, frame[in_force], ["titel", "alias"], raises=raises),
        **_spellings(name, frame, ["kod"], raises=raises),
    }


def _spellings(name: str, frame: pd.DataFrame, columns: list[str], *, raises: bool) -> dict[str, str]:
    cells = [cell for column in columns for cell in zip(frame["kod"].tolist(), frame[column].tolist(), strict=True)]
    pairs = {(normalise(text), kod) for kod, cell in cells for text in cell.split("|") if text}
    means = dict(sorted(pairs))
    ambiguous = {spelling for spelling, kod in pairs if means[spelling] != kod}
    if ambiguous and raises:
        codes = sorted({kod for spelling, kod in pairs if means[spelling] != kod})
        raise ValueError(f"Code list {name}: a spelling of {', '.join(codes)} also means another code. Remove one.")
    return {spelling: kod for spelling, kod in means.items() if spelling not in ambiguous}


def _valid(frame: pd.DataFrame) -> pd.DataFrame:
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


BUILT_IN = CodeLists()
"""The built-in lists alone."""
