"""The workbook's sheet of what each municipality should begin with: every red signal, and what is done about it."""

from __future__ import annotations

import xlsxwriter

from ibic_pipeline.report.priorities import priorities
from ibic_pipeline.report.site import Site
from ibic_pipeline.report.words import action_text, standing, verdict_text
from ibic_pipeline.report.workbook_cells import LOOKS, Column, Formats, colour, write_headings

ACTIONS = "Börja här"
_COLUMNS = (
    Column("kommun", "Kommun", 18),
    Column("ordning", "Ordning", 9, "antal"),
    Column("id", "Id", 6),
    Column("namn", "Indikator", 40),
    Column("period", "Period", 22),
    Column("siffra", "Siffra", 10),
    Column("lan", "Länet", 10),
    Column("signal", "Signal", 14),
    Column("mot", "Mot länet", 22),
    Column("atgard", "Åtgärd", 70),
)
_FIGURES, _SIGNAL = (5, 6), 7


def write_actions(book: xlsxwriter.Workbook, formats: Formats, site: Site) -> None:
    """Write the sheet: municipalities in alphabetical order, each one's red signals in the order of its page."""
    page = book.add_worksheet(ACTIONS)
    for place, column in enumerate(_COLUMNS):
        page.set_column(place, place, column.bredd)
    page.write_string(0, 0, "Börja här: röda signaler och åtgärder", formats.title)
    page.write_string(
        1, 0,
        "Först står det där kommunen också är tydligt sämre än länet, och bland dem det som ligger längst ifrån. "
        "Åtgärden är kommunens egen, ur lan.yaml.",
    )  # fmt: skip
    write_headings(page, 2, _COLUMNS, formats)
    page.freeze_panes(3, 1)
    last = 2
    for municipality in site.places:
        for order, each in enumerate(priorities(site, municipality.kod), start=1):
            last += 1
            panel, cell = each.panel, each.cell
            texts = {
                0: municipality.namn, 2: panel.id, 3: panel.namn, 4: panel.period_text, _SIGNAL: verdict_text(cell),
                8: standing(panel, cell), 9: action_text(cell.signal, each.atgard),
            }  # fmt: skip
            for place, text in texts.items():
                page.write_string(last, place, text)
            page.write_number(last, 1, order)
            for place, value in zip(_FIGURES, (cell.varde, panel.lan.varde), strict=True):
                if value is not None:
                    page.write_number(last, place, value, formats.looks[LOOKS[panel.matt]])
    page.autofilter(2, 0, last, len(_COLUMNS) - 1)
    colour(page, (3, max(last, 3)), (_SIGNAL, _SIGNAL), formats)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
