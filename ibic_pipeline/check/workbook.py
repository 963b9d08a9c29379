"""Workbooks whose cells are texts and nothing else: a cell that begins like a formula stays the text that it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from ibic_pipeline.check.run import COUNTED, Checked
from ibic_pipeline.check.summary import WORDS, lines_of, verdict
from ibic_pipeline.workbooks import workbook

ROWS_PER_SHEET = 1_000_000
_BATCH = 50_000
_WIDEST = 70

HEADINGS = {
    "fil": "Fil",
    "rad": "Rad",
    "kolumn": "Kolumn",
    "regel": "Regel",
    "foljd": "Följd",
    "meddelande": "Meddelande",
    "varde": "Värde",
}
WIDTHS = {"fil": 28, "rad": 9, "kolumn": 24, "regel": 10, "foljd": 16, "meddelande": 70, "varde": 40}


def write_findings(checked: Checked, path: Path) -> None:
    """Write the summary, and one row per finding and per repair, in further sheets where one does not hold them."""
    with workbook(path) as book:
        sheet(book, "Sammanfattning", ("Uppgift", "Värde"), (40, _WIDEST), _about(checked))
        columns = ("Fil", "Export", *(WORDS[name].capitalize() for name in COUNTED))
        accounts = ((each["fil"], each["export"], *(each[name] for name in COUNTED)) for each in checked.filer)
        sheet(book, "Filer", columns, (28, 18, *[12] * len(COUNTED)), accounts)
        kinds = (
            (e.regel, e.antal, e.fil, e.kolumn, e.foljd, e.meddelande, lines_of(e), e.gor_sa_har) for e in checked.fynd
        )
        columns = ("Regel", "Antal", "Fil", "Kolumn", "Följd", "Meddelande", "Första raderna", "Gör så här")
        sheet(book, "Slag av fynd", columns, (10, 9, 28, 24, 16, _WIDEST, 24, _WIDEST), kinds)
        _sheets(book, "Fynd", checked.rader)
        repaired = ((e.regel, e.antal, e.fil, e.kolumn, e.meddelande) for e in checked.reparationer)
        columns = ("Regel", "Antal", "Fil", "Kolumn", "Meddelande")
        sheet(book, "Slag av reparationer", columns, (10, 9, 28, 24, _WIDEST), repaired)
        _sheets(book, "Reparerat", checked.reparerat)


def _sheets(book: xlsxwriter.Workbook, title: str, rows: pa.Table) -> None:
    names = rows.column_names
    for start in range(0, max(rows.num_rows, 1), ROWS_PER_SHEET):
        name = title if start == 0 else f"{title} {start // ROWS_PER_SHEET + 1}"
        part = _rows(rows.slice(start, ROWS_PER_SHEET))
        sheet(book, name, [HEADINGS[each] for each in names], [WIDTHS[each] for each in names], part)


def sheet(
    book: xlsxwriter.Workbook,
    name: str,
    headings: Sequence[str],
    widths: Sequence[float],
    rows: Iterable[Sequence[Any]],
) -> None:
    """A sheet with a heading that stays and can be filtered by; whole numbers are numbers, all else is text."""
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 0)
    for i, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.set_column(i, i, width)
        page.write_string(0, i, heading, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for i, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(last, i, value)
            elif value is not None:
                page.write_string(last, i, str(value))
    page.autofilter(0, 0, last, len(headings) - 1)


def _about(checked: Checked) -> Iterator[tuple[str, str]]:
    yield "Kommun", f"{checked.kommunkod} {checked.namn}"
    yield "Uttagsdatum", str(checked.uttagsdatum)
    yield "Omdöme", verdict(checked)
    for name, why in checked.okanda.items():
        yield f"Kändes inte igen: {name}", why
    for export, patterns in checked.saknade.items():
        yield f"Gavs inte: {export}", ", ".join(patterns)
    for table in checked.ej_bedomda:
        yield "Hänvisningar som inte prövades", table
    for code, text in checked.skal:
        yield f"Leveransen skulle vägras: {code}", text


def _rows(table: pa.Table) -> Iterator[Sequence[Any]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
