"""Dated lists in a home's ``kodlistor/``, and the code lists that a run uses: the built-in ones beneath them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ibic_pipeline.codes.periods import Period, Periods, merged
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.storage import sha256_of_file, write_text
from schemas.codelists import BASE_COLUMNS, BUILT_IN, CodeLists, codelist, names

SOURCES = {"icf": "icf", "ksi": "insats"}
"""Classification -> the built-in list in whose place its dated lists are used."""

COLUMNS = (*BASE_COLUMNS, "niva", "komponent", "livsomrade", "overordnad", "lovnod", "lag", "insatsgrupp")
"""The columns of a dated list; the first and last valid day are those that the official file itself tells."""

TEXT = pd.ArrowDtype(pa.string())


@dataclass(frozen=True)
class DatedList:
    """A classification as it is in force from a day; ``path`` need not exist yet."""

    name: str
    giltig_fran: date
    path: Path


def dated_lists(home: Home) -> tuple[DatedList, ...]:
    """The home's dated lists, by classification and day.

    Raises:
        IbicError: a file is named like one, but not after a day.
    """
    found = [path for name in SOURCES for path in sorted(home.kodlistor.glob(f"{name}-*.csv"))]
    return tuple(DatedList(path.name[:3], _day_of(path), path) for path in found)


def dated_list(home: Home, name: str, day: date) -> DatedList:
    """Where a classification in force from ``day`` lies, or would."""
    return DatedList(name, day, home.kodlistor / f"{name}-{day.isoformat()}.csv")


def write_dated(rows: pd.DataFrame, to: DatedList) -> None:
    """Write a list atomically; equal rows give equal bytes."""
    write_text(rows[list(COLUMNS)].to_csv(sep=";", index=False, lineterminator="\n"), to.path)


def read_dated(one: DatedList) -> pd.DataFrame:
    """A list's rows: ``COLUMNS``, all Arrow strings, "" where empty.

    Raises:
        IbicError: it has been damaged or changed by hand.
    """
    try:
        rows = pd.read_csv(one.path, sep=";", dtype=TEXT, na_filter=False)
        days = [day for column in ("giltig_fran", "giltig_till") for day in rows[column].unique() if day]
        sound = tuple(rows.columns) == COLUMNS and all(map(date.fromisoformat, days))
    except (OSError, ValueError, KeyError):
        sound = False
    if not sound:
        raise IbicError(
            f"a code list as `ibic codes import` wrote it in {one.path}",
            "something else",
            "Remove the file and import the official one again.",
        )
    return rows


def code_lists_fingerprint(home: Home) -> str:
    """Name and SHA-256 of each dated list; empty when the home has none."""
    return "\n".join(f"{each.path.name} {digest}" for each, digest in _with_digests(home))


def code_lists(home: Home) -> CodeLists:
    """The code lists that this home's municipalities are judged by.

    Raises:
        IbicError: a dated list cannot be read.
    """
    found = _with_digests(home)
    return _code_lists(found) if found else BUILT_IN


def lists_in_use(home: Home) -> list[dict[str, Any]]:
    """Per list its name, how many codes it has, and the dated lists that are laid over the built-in one."""
    codes, dated = code_lists(home), dated_lists(home)
    return [
        {
            "lista": name,
            "koder": int(codes.codelist(name)["kod"].nunique()),
            "filer": [each.path.name for each in dated if SOURCES[each.name] == name],
        }
        for name in names()
    ]


def _with_digests(home: Home) -> tuple[tuple[DatedList, str], ...]:
    return tuple((each, sha256_of_file(each.path)) for each in dated_lists(home))


@lru_cache(maxsize=2)
def _code_lists(dated: tuple[tuple[DatedList, str], ...]) -> CodeLists:
    """Kept by content, since every step of every municipality asks for them."""
    own = {}
    for name, built_in in SOURCES.items():
        lists = [(each.giltig_fran, read_dated(each)) for each, _ in dated if each.name == name]
        if lists:
            own[built_in] = laid_over(built_in, lists)
    return CodeLists(own)


def laid_over(built_in: str, lists: Iterable[tuple[date, pd.DataFrame]]) -> pd.DataFrame:
    """The built-in list with dated ones laid over it, the earliest first; the built-in list's columns."""
    base = codelist(built_in)
    known, extras = periods_of(base), _extras(base)
    before: date | None = None
    for day, rows in sorted(lists, key=lambda each: each[0]):
        usable = rows[rows["lag"] != ""] if built_in == "insats" else rows[rows["niva"] != "block"]
        told = periods_of(usable)
        codes = [*known, *(kod for kod in told if kod not in known)]
        known = {kod: merged(known.get(kod, ()), told.get(kod, ()), day, before) for kod in codes}
        extras = {**_extras(usable[list(base.columns)]), **extras}
        before = day
    rows_of = [
        (kod, each.titel, iso(each.fran), iso(each.till), each.alias, *extras[kod])
        for kod in sorted(known)
        for each in known[kod]
    ]
    return pd.DataFrame(rows_of, columns=list(base.columns), dtype=TEXT)


def periods_of(rows: pd.DataFrame) -> dict[str, Periods]:
    """Code -> its periods in the order of time."""
    found: dict[str, list[Period]] = {}
    for kod, titel, fran, till, alias in rows[list(BASE_COLUMNS)].itertuples(index=False):
        found.setdefault(kod, []).append(Period(titel, alias, _day(fran), _day(till)))
    return {kod: tuple(sorted(each, key=lambda period: period.fran or date.min)) for kod, each in found.items()}


def _extras(rows: pd.DataFrame) -> Mapping[str, tuple[str, ...]]:
    own = [column for column in rows.columns if column not in BASE_COLUMNS]
    return dict(zip(rows["kod"], rows[own].itertuples(index=False, name=None), strict=True))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def iso(day: date | None) -> str:
    """The day as it stands in a list; "" = open."""
    return "" if day is None else day.isoformat()


def _day_of(path: Path) -> date:
    try:
        return date.fromisoformat(path.stem[4:])
    except ValueError:
        raise IbicError(
            f"code lists named <icf or ksi>-<yyyy-mm-dd>.csv in {path.parent}",
            path.name,
            "Rename it after the day from which it is in force, or take it away.",
        ) from None
