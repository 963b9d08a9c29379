"""How figures, signals and statuses stand in the cells of the workbook: columns, number formats, colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ibic_pipeline.report.figures import Visning
from ibic_pipeline.report.words import SIGNALS, STATUSES, signal_text

Look = Literal["text", "andel", "antal", "tal", "pe"]

NUMBER_FORMATS: dict[Look, str] = {
    "text": "@",
    "andel": "0.0 %",
    "antal": "#,##0",
    "tal": "#,##0.0",
    "pe": "+#,##0.0;-#,##0.0;0.0",
}
"""What a number is written as; the decimal sign and the space between thousands are those of the reader's program."""
LOOKS: dict[str, Look] = {"andel": "andel", "median": "tal", "skillnad": "pe"}
"""What an indicator compares -> how it looks."""

_SIGNAL_COLOURS = {"gron": "#CDEBD6", "gul": "#FBE7A8", "rod": "#F6C9C5", "ej_utvarderad": "#E3E7EB"}
_NOT_SHOWN: tuple[Visning, ...] = ("undertryckt", "ej_tillampligt", "ej_utvarderad", "saknas")


@dataclass(frozen=True)
class Column:
    """A column of the published table as it stands in a sheet."""

    namn: str
    rubrik: str
    bredd: float
    utseende: Look = "text"


FIGURES = (
    Column("andel", "Andel", 10, "andel"),
    Column("ki_lag", "Andel, intervall från", 11, "andel"),
    Column("ki_hog", "Andel, intervall till", 11, "andel"),
    Column("namnare", "Nämnare", 10, "antal"),
    Column("taljare", "Täljare", 10, "antal"),
    Column("exkluderade", "Undantagna", 11, "antal"),
    Column("median", "Median", 10, "tal"),
    Column("median_ki_lag", "Median, intervall från", 11, "tal"),
    Column("median_ki_hog", "Median, intervall till", 11, "tal"),
    Column("p90", "Nio av tio högst", 11, "tal"),
)
JUDGED = (Column("signal", "Signal", 17), Column("status", "Status", 16), Column("inaktuell", "Inaktuell", 10))
ONE_YEAR = (
    Column("forandring_pe", "Ändring på ett år (procent-enheter)", 13, "pe"),
    Column("forandring_ki_lag", "Ändring, intervall från", 11, "pe"),
    Column("forandring_ki_hog", "Ändring, intervall till", 11, "pe"),
)


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 16})
        self.section: Format = book.add_format({"bold": True, "font_size": 13, "font_color": "#0D3350"})
        self.heading: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.name: Format = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "num_format": "@"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self.word: Format = book.add_format({"italic": True, "font_color": "#4A5560", "num_format": "@"})
        self.looks: dict[Look, Format] = {
            look: book.add_format({"num_format": number_format}) for look, number_format in NUMBER_FORMATS.items()
        }
        self.colours = {signal: book.add_format({"bg_color": colour}) for signal, colour in _SIGNAL_COLOURS.items()}
        self.hidden: Format = book.add_format({"italic": True, "font_color": "#4A5560", "bg_color": "#EEF0F2"})


def write_headings(page: Worksheet, row: int, columns: Sequence[Column], formats: Formats) -> None:
    """Write the columns' headings."""
    for place, column in enumerate(columns):
        page.write_string(row, place, column.rubrik, formats.heading)


def write_record(
    page: Worksheet, row: int, columns: Sequence[Column], record: Mapping[str, Any], formats: Formats
) -> None:
    """Write one row of a published table. What is not published stays an empty cell, and the status says why."""
    for place, column in enumerate(columns):
        value = record[column.namn]
        if value is None:
            continue
        if column.utseende == "text":
            page.write_string(row, place, value)
        else:
            page.write_number(row, place, value, formats.looks[column.utseende])


def in_words(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table ``indikator`` with its signal, status and age in words."""
    signal = record["signal"]
    return {
        **record,
        "signal": signal_text(signal) if signal else None,
        "status": STATUSES[record["status"]],
        "inaktuell": "ja" if record["inaktuell"] else None,
    }


def colour(page: Worksheet, rows: tuple[int, int], places: tuple[int, int], formats: Formats) -> None:
    """Let signals and what is not shown have a colour beside the word and the shape, in whatever order rows are."""
    area = (rows[0], places[0], rows[1], places[1])
    for signal, said in SIGNALS.items():
        rule = {"type": "text", "criteria": "begins with", "value": said[0], "format": formats.colours[signal]}
        page.conditional_format(*area, rule)
    for status in _NOT_SHOWN:
        rule = {"type": "text", "criteria": "begins with", "value": STATUSES[status], "format": formats.hidden}
        page.conditional_format(*area, rule)
