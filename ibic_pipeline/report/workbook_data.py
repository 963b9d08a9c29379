"""The workbook's sheet of all figures in one long table, and which parts of the published table it has room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from ibic_pipeline.publish.documents import SHEET
from ibic_pipeline.report.workbook_cells import (
    FIGURES,
    JUDGED,
    Column,
    Formats,
    colour,
    in_words,
    write_headings,
    write_record,
)

MONTHS = 24
"""So many of the latest months are one part; older ones are in the parquet file only."""
_BATCH = 20_000
_KEYS = (
    Column("indikator", "Indikator", 10),
    Column("niva", "Nivå", 9),
    Column("kommunkod", "Kommunkod", 11),
    Column("kommun", "Kommun", 18),
    Column("period_typ", "Periodtyp", 10),
    Column("period", "Period", 10),
    Column("brytning", "Uppdelning", 13),
    Column("grupp", "Grupp", 22),
)
_COLUMNS = (*_KEYS, *FIGURES, *JUDGED)

Key = tuple[bool, str, str]
"""Whether everyone is counted together, the length of the period, and the period."""


@dataclass(frozen=True)
class Part:
    """A part of the published table: what it is, how many rows it has, and whether the sheet holds it."""

    vad: str
    nycklar: tuple[Key, ...]
    rader: int
    med: bool


def parts(figures: Path, most: int) -> list[Part]:
    """The parts of the published table, those first that are first to have room; together at most ``most`` rows.

    Args:
        figures: the file of the published table ``indikator``.
    """
    counted = duckdb.execute(
        "SELECT brytning = 'total', period_typ, period, COUNT(*) FROM read_parquet(?) GROUP BY ALL", [str(figures)]
    ).fetchall()
    rows: dict[Key, int] = {(alla, typ, period): count for alla, typ, period, count in counted}
    years = sorted({period for _, typ, period in rows if typ == "ar"})
    months = sorted({period for _, typ, period in rows if typ == "manad"})
    wanted = [
        ("alla tillsammans, helår", _keys(rows, True, "ar")),
        ("alla tillsammans, kvartal", _keys(rows, True, "kvartal")),
        ("alla tillsammans, halvår", _keys(rows, True, "halvar")),
        (f"alla tillsammans, de senaste {MONTHS} månaderna", _keys(rows, True, "manad", only=months[-MONTHS:])),
        ("uppdelat på grupper, det senaste hela året", _keys(rows, False, "ar", only=years[-1:])),
        ("uppdelat på grupper, tidigare helår", _keys(rows, False, "ar", only=years[:-1])),
        ("alla tillsammans, tidigare månader", _keys(rows, True, "manad", only=months[:-MONTHS])),
        ("uppdelat på grupper, halvår, kvartal och månader", _keys(rows, False, "halvar", "kvartal", "manad")),
    ]
    found, left = [], most
    for what, keys in wanted:
        count = sum(rows[key] for key in keys)
        fits = count <= left
        left -= count if fits else 0
        if count:
            found.append(Part(what, keys, count, fits))
    return found


def write_data(
    book: xlsxwriter.Workbook, formats: Formats, figures: Path, chosen: Sequence[Part], names: Mapping[str | None, str]
) -> None:
    """Write the sheet: one row per row of the parts that it has room for.

    Args:
        names: municipality's code -> name; None -> the county's.
    """
    page = book.add_worksheet(SHEET)
    for place, column in enumerate(_COLUMNS):
        page.set_column(place, place, column.bredd)
    page.freeze_panes(1, 4)
    write_headings(page, 0, _COLUMNS, formats)
    last = 0
    for last, record in enumerate(_records(figures, chosen), start=1):
        named = {**in_words(record), "kommun": names.get(record["kommunkod"], record["kommunkod"])}
        write_record(page, last, _COLUMNS, named, formats)
    page.autofilter(0, 0, last, len(_COLUMNS) - 1)
    signal = len(_COLUMNS) - len(JUDGED)
    colour(page, (1, max(last, 1)), (signal, signal + 1), formats)


def _keys(rows: Mapping[Key, int], alla: bool, *kinds: str, only: Sequence[str] | None = None) -> tuple[Key, ...]:
    """The keys of everyone or of groups, of these lengths of periods; of every period, or only of some."""
    return tuple(key for key in sorted(rows) if key[0] == alla and key[1] in kinds and (only is None or key[2] in only))


def _records(figures: Path, chosen: Sequence[Part]) -> Iterator[dict[str, Any]]:
    keys = [f"{alla} {typ} {period}".lower() for part in chosen if part.med for alla, typ, period in part.nycklar]
    names = [column.namn for column in _COLUMNS if column.namn != "kommun"]
    query = f"""
        SELECT {", ".join(names)}
        FROM read_parquet($figures)
        WHERE concat_ws(' ', brytning = 'total', period_typ, lower(period)) IN (SELECT unnest($keys))
        ORDER BY indikator, niva, kommunkod NULLS FIRST, period_typ, period, brytning, grupp
    """  # noqa: S608  the names are our own
    found = duckdb.execute(query, {"figures": str(figures), "keys": keys})
    while rows := found.fetchmany(_BATCH):
        yield from (dict(zip(names, row, strict=True)) for row in rows)
