"""Socialstyrelsen's ICF and KSI files, in any of the layouts in which they are published, as rows of codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.codes.cells import clean_text, read_boolean, read_day
from ibic_pipeline.codes.sheets import Sheet, read_sheets
from ibic_pipeline.errors import IbicError

BLANK_ROW = "blank row"
ROW_BEFORE_HEADER = "row before the header"
REPEATED_HEADER = "repeated header"
REPEATED_CODE = "code that is repeated with the same title"
SPACE_IN_CODE = "space within a code"
CODE_IN_TITLE = "code of a block taken from its title"

_HEADER_WITHIN = 10
_BLOCK_IN_TITLE = re.compile(r"(?P<titel>.*\S) \((?P<kod>[bsde]\d{3}-[bsde]\d{3})\)")

PATTERNS = {
    "icf": re.compile(r"[bsde](?:[1-9](?:\d{2}(?:\d{0,2}[A-Z]?|-[bsde]\d{3}))?)?"),
    "ksi": re.compile(r"[A-Z]{2}(?:-[A-Z]{2}|[A-Z0-9](?:\.[A-Z0-9]{2}\.[A-Z0-9]{2})?)?"),
}
"""What a code looks like: chapters, blocks and national codes too."""

_LAYOUTS: dict[str, tuple[dict[str, tuple[str, ...]], ...]] = {
    "icf": (
        {"kod": ("Kod",), "titel": ("Titel",), "alias": ("Alternativ titel",), "overordnad": ("Överordnad kod",)},
        {
            "kod": ("ICF-koder",),
            "titel": ("Benämning/kodtext",),
            "alias": ("Alternativ titel", "Alternativ term"),
            "ny": ("Ny kod",),
            "borttagen": ("Borttagen kod",),
            "lovnod": ("Leafnode",),
        },
    ),
    "ksi": (
        {"kod": ("Kod",), "titel": ("Titel",), "overordnad": ("Överordnad kod",), "icf": ("Relaterad ICF-kod",)},
        {"kod": ("Aktivitet_kod",), "titel": ("Aktivitet_text",), "icf": ("ICF_kod",)},
        {"kod": ("Inriktning_kod",), "titel": ("Inriktning_text",), "icf": ("ICF-kod",)},
        {"kod": ("Kapitel_kod",), "titel": ("Kapitel_text",)},
    ),
}
"""Per classification, each layout's columns and the headers that each may have. A sheet of none is not read."""

FIELDS = ("kod", "titel", "alias", "overordnad", "ny", "borttagen", "lovnod", "icf")

SAME_CODE = ["kod", "borttagen", "titel"]
"""A row that repeats these says nothing new; one that differs in the title alone contradicts the other."""


@dataclass(frozen=True)
class Official:
    """What an official file says.

    ``rows``: one per code and period, ``FIELDS`` with "" for what is not told, but ``ny`` (first day), ``borttagen``
    (first day without) and ``lovnod`` (has nothing below it) with None. ``refused``: where the rows stand that have no
    readable code or no title, or a code that has another title elsewhere. ``read`` = rows + refused + ``gone``,
    which are blank rows, repeated headers and repeated codes.
    """

    rows: pd.DataFrame
    read: int
    gone: int
    refused: tuple[str, ...]
    repairs: Mapping[str, int]


def read_official(name: str, path: Path) -> Official:
    """Read a file of the classification ``icf`` or ``ksi``.

    Raises:
        IbicError: unreadable, or none of the layouts.
    """
    repairs: Counter[str] = Counter()
    sheets = read_sheets(path, repairs)
    tables = [table for sheet in sheets if (table := _table(sheet, _LAYOUTS[name], repairs)) is not None]
    if not tables:
        headers = " or ".join(" + ".join(names[0] for names in layout.values()) for layout in _LAYOUTS[name][:2])
        raise IbicError(
            f"a sheet of {name.upper()} with the columns {headers}",
            f"none in {path.name}",
            "Is it another classification, or a selection of it? Import the whole classification.",
        )
    found = _with_codes_of_blocks(pd.concat(tables, ignore_index=True), repairs)
    known = _with_known_code(name, found)
    repeated = known[known.duplicated(SAME_CODE)]
    once = known.drop(repeated.index)
    rows = once[~once.duplicated(["kod", "borttagen"], keep=False)]
    if rows.empty:
        raise IbicError(f"codes of {name.upper()}", f"none in {path.name}", "Is it another classification?")
    repairs[REPEATED_CODE] += len(repeated)
    refused = found.drop([*rows.index, *repeated.index])["var"]
    broken = [f"{sheet.name}, line {line}" for sheet in sheets for line in sheet.broken]
    gone = repairs[BLANK_ROW] + repairs[REPEATED_HEADER]
    return Official(
        rows=_typed(rows.reset_index(drop=True), repairs),
        read=len(found) + gone + len(broken),
        gone=gone + len(repeated),
        refused=(*refused, *broken),
        repairs=repairs,
    )


def _table(sheet: Sheet, layouts: tuple[dict[str, tuple[str, ...]], ...], repairs: Counter[str]) -> pd.DataFrame | None:
    """The rows below the header of a sheet in a known layout, clean; blank rows and repeated headers left out."""
    for position in range(min(_HEADER_WITHIN, sheet.rows)):
        header = sheet.row(position)
        for layout in layouts:
            named = {field: next((name for name in names if name in header), None) for field, names in layout.items()}
            places = {field: header.index(name) for field, name in named.items() if name is not None}
            if len(places) == len(layout):
                chosen = {field: sheet.columns[place].slice(position + 1) for field, place in places.items()}
                repairs[ROW_BEFORE_HEADER] += sum(any(sheet.row(before)) for before in range(position))
                where = [f"{sheet.name}, row {row}" for row in range(position + 2, sheet.rows + 1)]
                return _body(chosen, where, layout["kod"][0], repairs)
    return None


def _body(chosen: dict[str, pa.Array], where: list[str], header_of_code: str, repairs: Counter[str]) -> pd.DataFrame:
    has_content = pc.or_(
        *(pc.match_substring_regex(pc.fill_null(chosen[f], ""), r"[^\s\p{Z}]") for f in ("kod", "titel"))
    )
    repairs[BLANK_ROW] += len(has_content) - (pc.sum(has_content).as_py() or 0)
    columns = {field: clean_text(column.filter(has_content), repairs) for field, column in chosen.items()}
    frame = pd.DataFrame({field: columns[field].to_pandas() if field in columns else "" for field in FIELDS})
    frame["var"] = pa.array(where).filter(has_content).to_pandas()
    repeated = frame["kod"] == header_of_code
    repairs[REPEATED_HEADER] += int(repeated.sum())
    repairs[SPACE_IN_CODE] += int(frame["kod"].str.contains(" ").sum())
    return frame.assign(kod=frame["kod"].str.replace(" ", ""))[~repeated].reset_index(drop=True)


def _with_codes_of_blocks(rows: pd.DataFrame, repairs: Counter[str]) -> pd.DataFrame:
    """The workbook of ICF has a block's code only at the end of its title."""
    inside = rows["titel"].where(rows["kod"] == "", "").str.extract(_BLOCK_IN_TITLE)
    found = inside["kod"].notna()
    repairs[CODE_IN_TITLE] += int(found.sum())
    return rows.assign(kod=rows["kod"].where(~found, inside["kod"]), titel=rows["titel"].where(~found, inside["titel"]))


def _with_known_code(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    known = rows["kod"].str.fullmatch(PATTERNS[name]).astype(bool) & (rows["titel"] != "")
    return rows[known]


def _typed(rows: pd.DataFrame, repairs: Counter[str]) -> pd.DataFrame:
    """Days and truths read; a code that stands both as ended and in force begins where the former one ended."""
    days = {field: [read_day(text, repairs) for text in rows[field]] for field in ("ny", "borttagen")}
    leaf = [read_boolean(text, repairs) for text in rows["lovnod"]]
    ended: dict[str, date] = {}
    for kod, day in zip(rows["kod"], days["borttagen"], strict=True):
        if day is not None:
            ended[kod] = max(day, ended.get(kod, day))
    begins = [
        max(ended[kod], new or ended[kod]) if gone is None and kod in ended else new
        for kod, new, gone in zip(rows["kod"], days["ny"], days["borttagen"], strict=True)
    ]
    return rows.assign(
        ny=pd.Series(begins, dtype=object),
        borttagen=pd.Series(days["borttagen"], dtype=object),
        lovnod=pd.Series(leaf, dtype=object),
    )
