"""Writes the small files of ``tests/golden/code-lists``, in the shape and with the defects of the official ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

FOLDER = Path(__file__).resolve().parent.parent / "golden" / "code-lists"
BEGUN_2017, ENDED_2021, BEGUN_2024 = datetime(2017, 1, 1), datetime(2021, 1, 1), datetime(2024, 1, 1)
LINE_BREAK = "2022-01-01\n(2016-01-01)"
FORMULA = "=+++++++C2"
SIMPLE = "Att kommunicera genom att ta emot enkla talade meddelanden"
COMPLEX = "Att kommunicera genom att ta emot komplexa talade meddelanden"

_ICF_TSV = ("Kod", "Överordnad kod", "Titel", "Alternativ titel", "Beskrivning")
_ICF_SHEET = (
    "Komponent", "Kapitel", "Block", "Kodnivå", "ICF-koder", "Leafnode", "Benämning/kodtext", "Alternativ titel",
    "Innefattar", "Ny kod", "Ändrad text", "Borttagen kod",
)  # fmt: skip
_KSI_TSV = ("Kod", "Överordnad kod", "Titel", "Beskrivning", "Relaterad ICF-kod")
_KSI_SHEET = (
    "Aktivitet_kod",
    "Aktivitet_text",
    "Aktivitet_beskrivning",
    "Innefattar",
    "ICF_kod",
    "ÄOH",
    "Ny Aktivitet_kod",
)

_EARLIER = (
    ("d", "", "AKTIVITETER OCH DELAKTIGHET", ""),
    ("d3", "d", "Kommunikation", ""),
    ("d310-d329", "d3", "Att vara mottagare", ""),
    ("d310", "d310-d329", "Att kommunicera genom att ta emot talade meddelanden", ""),
    ("d3101", "d310", SIMPLE, ""),
    ("d3102", "d310", COMPLEX, ""),
    ("d6", "d", "Hemliv", ""),
    ("d680", "d6", "Att odla", "Odla"),
    ("d6800", "d680", "Att så grönsaker", ""),
    ("d6801", "d680", "Att skörda grönsaker", ""),
    ("d6802", "d680", "Att gräva i land", ""),
)
_LATER = (
    *_EARLIER[:4],
    ("d3100", "d310", SIMPLE, ""),
    ("d3101", "d310", COMPLEX, ""),
    ("d3102", "d310", "Att kommunicera genom att ta emot mänsklig röst", ""),
    *_EARLIER[6:8],
    ("d6800", "d680", "Att vattna grönsaker", ""),
    ("d6801", "d680", "Att skörda grönsakerna", ""),
    ("d6803", "d680", "Att gräva i landet", ""),
)


def write_all(folder: Path) -> None:
    """Write every file."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_tsv(folder / "icf-tidigare.tsv", _ICF_TSV, [(*row, "") for row in _EARLIER])
    _write_tsv(folder / "icf.tsv", _ICF_TSV, [(*row, "") for row in _LATER])
    _write_tsv(
        folder / "ksi.tsv",
        _KSI_TSV,
        [
            ("SA-SC", "", "Aktiviteter gällande lärande", "", ""),
            ("SA1", "SA-SC", "Lärande", "", "d1"),
            ("SA1.AA.ZZ\u00a0", "SA1", "Bedömning av\u00a0lärande", FORMULA, "d110-d199"),
            ("YA", "", "Insatser i officiell statistik", "", ""),
            ("YAA", "YA", "Insatser enligt SoL", "", ""),
            ("YAA.05.00", "YAA", "Hemtjänst", "", ""),
            ("YAA.05.35", "YAA", "Hemtjänst -  Trädgård", "", ""),
            ("YAA.80.ZZ", "YAA", "Vandring", "", ""),
        ],
    )
    _write_icf_workbook(folder / "icf.xlsx")
    _write_ksi_workbook(folder / "ksi.xlsx")


def _write_tsv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = ["\t".join(f'"{cell}"' for cell in row) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_icf_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": ENDED_2021})
        _fill(book, "Anvisningar", [("Denna version ersätter den förra", ""), ("Variabel", "Förklaring")])
        _fill(
            book,
            "MASTER",
            [
                (*(None,) * 11, "ICF Core Sets"),
                _ICF_SHEET,
                ("d", "0", "0", "1", "d", False, "AKTIVITETER OCH DELAKTIGHET", None, " ", None, ENDED_2021, None),
                ("d", "3", "0", "2", "d3", False, "Kommunikation\n", None, " ", None, None, None),
                ("d", "3", "1", "3", None, False, "Att vara mottagare (d310-d329)", None, None, None, ENDED_2021, None),
                ("d", "3", "1", "4", "d310", "FALSK", _EARLIER[3][2], " ", " ", None, None, None),
                ("d", "3", "1", "5", "d3100", "SANT ", SIMPLE, None, None, "(2017-01-01)\n2021-01-01", None, None),
                ("d", "3", "1", "5", "d3101", "SANT ", COMPLEX, None, None, "(2017-01-01)\n2021-01-01", None, None),
                ("d", "3", "1", "5", "d3102\u00a0", True, _LATER[6][2], None, None, ENDED_2021, None, None),
                ("d", "6", "0", "2", "d6", False, "Hemliv", None, None, None, None, None),
                (None, "6", "0", "4", "d680", "SANT FALSKT", "Att odla", "Odla ", None, None, None, None),
                ("d", "6", "0", "5", "d6800 ", True, "Att vattna grönsaker", None, None, "2016-01-01\n", None, None),
                ("d", "6", "0", "5", "d6801", True, "Att skörda grönsakerna", None, None, None, None, None),
                ("d", "6", "0", "5", "d6803", True, "Att gräva i landet", None, None, LINE_BREAK, None, None),
                ("b", "1", "0", "6", "b1528C", True, "Känsla av otrygghet", None, None, BEGUN_2024, None, None),
                ("e", "2", "0", "4", "e260", "SANT ", "Luft", None, None, None, None, None),
                *[(" ",) * 12] * 3,
            ],
        )  # fmt: skip
        gone = [
            ("b", "1", "0", "6", "b1528A", "SANT ", "Känsla av trygghet", None, None, BEGUN_2017, None, BEGUN_2024),
            ("d", "3", "1", "5", "d3101", "SANT ", SIMPLE, None, None, BEGUN_2017, None, ENDED_2021),
            ("d", "3", "1", "5", "d3102", "SANT ", COMPLEX, None, None, BEGUN_2017, None, ENDED_2021),
            ("d", "6", "0", "5", "d6802", "SANT ", "Att gräva i land", None, None, None, None, LINE_BREAK),
            ("e", "2", "0", "4", "e260", False, "Luftkvalitet", None, None, None, None, datetime(2019, 9, 1)),
        ]  # fmt: skip
        header = ("Alternativ term" if name == "Alternativ titel" else name for name in _ICF_SHEET)
        _fill(book, "Borttagna koder", [tuple(header), *gone])


def _write_ksi_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": ENDED_2021})
        _fill(
            book,
            "Kapitel",
            [
                ("Kapitel_kod", "Kapitel_text"),
                ("SA - SC", "Aktiviteter gällande lärande"),
                ("YA", "Insatser i officiell statistik"),
            ],
        )
        _fill(
            book,
            "Inriktning",
            [
                ("Inriktning_kod", "Inriktning_text", "ICF-kod"),
                ("SA1", "Lärande", "d1"),
                ("S2", "Grundläggande lärande", "d130-d159"),
                ("YAA", "Insatser enligt SoL", None),
            ],
        )
        activities = [
            _KSI_SHEET,
            ("SA1.AA.ZZ\u00a0", "Bedömning av lärande", "Bedömning", FORMULA, "d110-d199", "1", "2017"),
            ("YAA.05.00", "Hemtjänst", None, None, None, "1?", "2017"),
            ("YAA.05.35\n", "Hemtjänst - Trädgård ", None, None, None, "0", None),
            ("YAA.80.ZZ", "Vandring", None, None, None, "1 (inkl. SiS)", None),
            *[(" ",) * 7] * 5,
        ]
        _fill(book, "Aktiviteter", activities)


def _fill(book: xlsxwriter.Workbook, name: str, rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell == FORMULA:
                sheet.write_formula(i, j, cell, None, "Bedömning")
            elif cell is not None:
                sheet.write(i, j, cell)


if __name__ == "__main__":
    write_all(FOLDER)
