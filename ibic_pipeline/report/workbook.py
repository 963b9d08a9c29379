"""Writes a release's workbook, ``rapport/jamforelse.xlsx``: how to read it, an overview, indicators, all figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from ibic_pipeline.publish.documents import WORKBOOK
from ibic_pipeline.report.figures import Cell
from ibic_pipeline.report.questions import Asked
from ibic_pipeline.report.site import Site
from ibic_pipeline.report.words import verdict_text
from ibic_pipeline.report.workbook_actions import write_actions
from ibic_pipeline.report.workbook_cells import LOOKS, Column, Formats, colour, write_headings
from ibic_pipeline.report.workbook_data import parts, write_data
from ibic_pipeline.report.workbook_indicator import Indicators
from ibic_pipeline.report.workbook_readme import write_readme
from ibic_pipeline.workbooks import workbook

OVERVIEW = "Översikt"
_ABOUT = (
    Column("fraga", "Fråga", 32),
    Column("id", "Id", 6),
    Column("namn", "Indikator", 40),
    Column("period", "Period", 22),
    Column("matt", "Visar", 10),
    Column("riktning", "Bäst när", 22),
)


def write_workbook(folder: Path, site: Site) -> None:
    """Write the workbook of the release in ``folder``, unless the county has switched it off.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be in it.
    Equal content gives equal bytes.
    """
    about = site.about
    settings = about["lan"]["rapport"]
    if not settings["arbetsbok"]:
        return
    figures = site.jamforelse / "indikator.parquet"
    chosen = parts(figures, settings["arbetsbok_rader"]["varde"])
    title = f"Jämförelse av kommunerna i {about['lan']['namn']}"
    created = datetime.fromisoformat(about["publicerad"]).replace(tzinfo=None)
    with workbook(folder / "rapport" / WORKBOOK, title, created) as book:
        formats = Formats(book)
        write_readme(book, formats, about, chosen)
        _write_overview(book, formats, site.questions, title)
        write_actions(book, formats, site)
        sheets = Indicators(site)
        for panel in site.panels:
            sheets.write(book, formats, panel)
        write_data(book, formats, figures, chosen, site.names)


def _write_overview(book: xlsxwriter.Workbook, formats: Formats, asked: Sequence[Asked], title: str) -> None:
    """A row per indicator, question by question, and two columns per place: the figure, and what is said of it."""
    page = book.add_worksheet(OVERVIEW)
    shown = [(each.fraga, panel) for each in asked for panel in each.panels]
    places = [] if not shown else [shown[0][1].lan, *shown[0][1].kommuner]
    pairs = [
        (Column(place.namn, _named(place), 11), Column(place.namn, f"{_named(place)}, signal", 17)) for place in places
    ]
    columns = [*_ABOUT, *(column for pair in pairs for column in pair)]
    for place, column in enumerate(columns):
        page.set_column(place, place, column.bredd)
    page.write_string(0, 0, title, formats.title)
    page.write_string(1, 0, "En rad per indikator. Filtrera på en kommuns signal. Vad orden betyder står i Läs mig.")
    page.set_row(2, 48)
    write_headings(page, 2, columns, formats)
    page.freeze_panes(3, 3)
    last = 2
    for last, (question, panel) in enumerate(shown, start=3):
        named = f"{question.nummer}. {question.text}"
        about = (named, panel.id, panel.namn, panel.period_text, panel.matt, panel.better)
        for place, text in enumerate(about):
            page.write_string(last, place, text)
        for number, cell in enumerate((panel.lan, *panel.kommuner)):
            at = len(_ABOUT) + 2 * number
            if cell.varde is not None:
                page.write_number(last, at, cell.varde, formats.looks[LOOKS[panel.matt]])
            page.write_string(last, at + 1, verdict_text(cell))
    page.autofilter(2, 0, last, len(columns) - 1)
    colour(page, (3, max(last, 3)), (len(_ABOUT), len(columns) - 1), formats)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)


def _named(place: Cell) -> str:
    return f"{place.namn} (inaktuell)" if place.inaktuell else place.namn
