"""The workbook's sheet of one indicator: the municipalities now, each place over time, and charts native to Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ibic_pipeline.report.figures import COMPARED_GROUPS, PERIOD_TYPE, Panel
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.report.reading import table
from ibic_pipeline.report.site import Site
from ibic_pipeline.report.words import action_text
from ibic_pipeline.report.workbook_cells import (
    FIGURES,
    JUDGED,
    ONE_YEAR,
    Column,
    Formats,
    colour,
    in_words,
    write_headings,
    write_record,
)

OVER_TIME = "kvartal"
"""The length of the periods that each place is followed through; the state at a quarter's end is that of its month."""
MOST_CURVES = 20
"""Of more places than this the chart over time has the county's curve alone; the table has them all."""

_PLACE = (Column("kommun", "Kommun", 22), Column("period", "Period", 11))
_APART = (
    Column("skillnad_pe", "Privata minus kommunala, procentenheter", 13, "pe"),
    Column("skillnad_ki_lag", "Skillnad, intervall från", 11, "pe"),
    Column("skillnad_ki_hog", "Skillnad, intervall till", 11, "pe"),
)
_ACTION = Column("atgard", "Åtgärd", 40)
_MEASURED = {
    "andel": ("ki_hog", "ki_lag", "andel"),
    "median": ("median_ki_hog", "median_ki_lag", "median"),
    "skillnad": ("skillnad_ki_hog", "skillnad_ki_lag", "skillnad_pe"),
}
"""What is compared -> the columns of its interval's ends and of itself."""
_AXES = {"andel": "Andel", "median": "Median", "skillnad": "Procentenheter"}

Record = dict[str, Any]


class Indicators:
    """What the sheets of all indicators are made of: published rows, and the places in their order."""

    def __init__(self, site: Site) -> None:
        everyone = table(site.jamforelse, "indikator", [("brytning", "=", "total")])
        assert everyone is not None  # noqa: S101  no release is without
        self.site, self.everyone = site, everyone
        self.apart = table(site.jamforelse, "skillnad", [("brytning", "=", COMPARED_GROUPS)])
        self.places: list[tuple[str | None, str]] = [
            (None, site.names[None]), *((place.kod, place.namn) for place in site.places)
        ]  # fmt: skip

    def write(self, book: xlsxwriter.Workbook, formats: Formats, panel: Panel) -> None:
        """Write the sheet of one indicator; it is called by the indicator's id."""
        described = self.site.described(panel.id)
        now = self._rows(panel, PERIOD_TYPE[described["typ"]], [panel.period] if panel.period else [])
        for record, cell in zip(now, (panel.lan, *panel.kommuner), strict=False):
            if cell.kod is not None:
                record["atgard"] = action_text(cell.signal, self.site.action(cell.kod, panel.id)) or None
        then = self._rows(panel, OVER_TIME, self._periods(panel.id))
        columns = _columns(panel.matt, [*now, *then])
        page = book.add_worksheet(panel.id)
        for place, column in enumerate(columns):
            page.set_column(place, place, column.bredd)
        page.write_string(0, 0, f"{panel.id} {panel.namn}", formats.title)
        row = 1
        for text in (described["definition"], *finding(panel), *caveats(panel), described["tolkning"]):
            page.write_string(row, 0, text)
            row += 1
        page.write_string(row + 1, 0, f"Kommunerna, {panel.period_text}", formats.section)
        first, last = _write_table(page, row + 2, columns, now, formats)
        page.write_string(last + 2, 0, "Kvartal för kvartal", formats.section)
        start, end = _write_table(page, last + 3, columns, then, formats)
        if then:
            page.autofilter(start - 1, 0, end, len(columns) - 1)
        signal = len(columns) - len(JUDGED) - 1
        colour(page, (first, max(end, first)), (signal, signal + 1), formats)
        page.freeze_panes(0, 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        if now:
            self._draw_now(book, page, panel, columns, (first, last))
        if then:
            self._draw_over_time(book, page, panel, columns, start, len(then) // len(self.places))

    def _periods(self, indicator: str) -> list[str]:
        rows = self.everyone.filter(_matches(self.everyone, indicator, OVER_TIME))
        return sorted(pc.unique(rows["period"]).to_pylist())

    def _rows(self, panel: Panel, kind: str, periods: Sequence[str]) -> list[Record]:
        """One row per place and period, also where nothing was published."""
        found = self._found(self.everyone, panel.id, kind)
        apart = {} if self.apart is None or panel.matt != "skillnad" else self._found(self.apart, panel.id, kind)
        rows = []
        for code, name in self.places:
            for period in periods:
                row = found.get((code, period))
                record = dict.fromkeys((*self.everyone.column_names, *(column.namn for column in (*_APART, _ACTION))))
                record |= {"status": "saknas", "inaktuell": False} if row is None else row
                record |= _difference(apart.get((code, period)))
                rows.append({**in_words(record), "kommun": name, "period": period})
        return rows

    def _found(self, table: pa.Table, indicator: str, kind: str) -> dict[tuple[str | None, str], Record]:
        rows = table.filter(_matches(table, indicator, kind)).to_pylist()
        return {(row["kommunkod"] if row["niva"] == "kommun" else None, row["period"]): row for row in rows}

    def _draw_now(
        self,
        book: xlsxwriter.Workbook,
        page: Worksheet,
        panel: Panel,
        columns: Sequence[Column],
        rows: tuple[int, int],
    ) -> None:
        """Each place's figure as a mark on the line of its interval; an empty cell is no mark."""
        chart = book.add_chart({"type": "stock"})
        at = {column.namn: place for place, column in enumerate(columns)}
        for name in _MEASURED[panel.matt]:
            marker = {"type": "diamond", "size": 8, "fill": {"color": "#12507B"}, "border": {"color": "#0D3350"}}
            chart.add_series(
                {
                    "name": [panel.id, rows[0] - 1, at[name]],
                    "categories": [panel.id, rows[0], 0, rows[1], 0],
                    "values": [panel.id, rows[0], at[name], rows[1], at[name]],
                    "line": {"none": True},
                    "marker": marker if name == _MEASURED[panel.matt][-1] else {"type": "none"},
                }
            )
        chart.set_high_low_lines({"line": {"color": "#8A96A3", "width": 2}})
        chart.set_legend({"none": True})
        title = f"{_AXES[panel.matt]} med 95-procentigt intervall, {panel.period_text}"
        _place(page, chart, panel, columns, 0, title)

    def _draw_over_time(
        self,
        book: xlsxwriter.Workbook,
        page: Worksheet,
        panel: Panel,
        columns: Sequence[Column],
        start: int,
        length: int,
    ) -> None:
        """One curve per place. A row that is filtered away takes its curve with it; an empty cell is a gap."""
        chart = book.add_chart({"type": "line"})
        value = [column.namn for column in columns].index(_MEASURED[panel.matt][-1])
        curves = self.places if len(self.places) <= MOST_CURVES else self.places[:1]
        for number in range(len(curves)):
            first, last = start + number * length, start + (number + 1) * length - 1
            line = {"color": "#0D3350", "width": 3} if number == 0 else {"width": 1.25}
            chart.add_series(
                {
                    "name": [panel.id, first, 0],
                    "categories": [panel.id, first, 1, last, 1],
                    "values": [panel.id, first, value, last, value],
                    "line": line,
                    "marker": {"type": "automatic", "size": 4} if number else {"type": "none"},
                }
            )
        chart.show_blanks_as("gap")
        chart.set_legend({"position": "right"})
        _place(page, chart, panel, columns, 24, f"{_AXES[panel.matt]} kvartal för kvartal, länet tjockast")


def _columns(matt: str, records: Sequence[Record]) -> tuple[Column, ...]:
    """The columns of the sheet: an indicator without medians has none, and what it compares it always has."""
    optional = [column for column in (*FIGURES, *ONE_YEAR) if any(row[column.namn] is not None for row in records)]
    compared = [column for column in FIGURES if column.namn in _MEASURED[matt] and column not in optional]
    return (*_PLACE, *(_APART if matt == "skillnad" else ()), *compared, *optional, *JUDGED, _ACTION)


def _write_table(
    page: Worksheet, row: int, columns: Sequence[Column], records: Sequence[Record], formats: Formats
) -> tuple[int, int]:
    """Write a heading and the records below it; the first and the last of their rows."""
    page.set_row(row, 64)
    write_headings(page, row, columns, formats)
    for number, record in enumerate(records, start=1):
        write_record(page, row + number, columns, record, formats)
    return row + 1, row + len(records)


def _matches(table: pa.Table, indicator: str, kind: str) -> Any:
    return pc.and_(pc.equal(table["indikator"], indicator), pc.equal(table["period_typ"], kind))


def _difference(pair: Record | None) -> Record:
    if pair is None:
        return {}
    return {
        "skillnad_pe": pair["skillnad_pe"],
        "skillnad_ki_lag": pair["ki_lag"],
        "skillnad_ki_hog": pair["ki_hog"],
    }


def _place(page: Worksheet, chart: Any, panel: Panel, columns: Sequence[Column], row: int, title: str) -> None:
    look = {"andel": "0 %", "median": "#,##0", "skillnad": "+0;-0;0"}[panel.matt]
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_y_axis({"num_format": look, "major_gridlines": {"visible": True, "line": {"color": "#D5DBE1"}}})
    chart.set_size({"width": 900, "height": 440})
    said = f"{panel.id} {panel.namn}. {title}. Samma siffror står i bladets tabell."
    page.insert_chart(row, len(columns) + 1, chart, {"description": said})
