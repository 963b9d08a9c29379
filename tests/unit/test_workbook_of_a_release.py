"""The workbook of a release holds what is published, as it is published, and nothing that runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.report.questions import QUESTIONS, question_of
from ibic_pipeline.report.site import read_site
from ibic_pipeline.report.words import STATUSES
from ibic_pipeline.report.workbook import write_workbook
from ibic_pipeline.report.workbook_data import parts
from ibic_pipeline.storage import write_parquet
from tests.support.releases import make_home
from tests.support.reports import IDS, reports_folder

HOSTILE = '=HYPERLINK("http://127.0.0.1/","Klicka")'
CALC = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def release(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_workbook(folder, read_site(folder, reports_folder(home, folder, k0642=HOSTILE)))
    return folder


@pytest.fixture(scope="module")
def path(release: Path) -> Path:
    return release / "rapport" / "jamforelse.xlsx"


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def published(release: Path) -> list[dict[str, Any]]:
    return pq.read_table(release / "jamforelse" / "indikator.parquet").to_pylist()


def numbers_in(release: Path) -> set[float]:
    tables = [pq.read_table(path).to_pylist() for path in (release / "jamforelse").glob("*.parquet")]
    values = (value for rows in tables for row in rows for value in row.values())
    return {round(float(value), 12) for value in values if isinstance(value, int | float)}


def data_rows(book: Any) -> list[dict[str, Any]]:
    headings, *rows = book["Data"].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_it_begins_with_how_to_read_it_then_the_overview_the_indicators_and_all_figures(book: Any) -> None:
    assert book.sheetnames == ["Läs mig", "Översikt", "Börja här", "T1", "T4", "M1", "F6", "Data"]


def test_every_published_figure_stands_in_the_long_table_and_what_is_not_published_is_an_empty_cell(
    release: Path, book: Any
) -> None:
    said = {"Nämnare": "namnare", "Täljare": "taljare", "Andel": "andel", "Andel, intervall från": "ki_lag",
            "Undantagna": "exkluderade", "Median": "median", "Nio av tio högst": "p90"}  # fmt: skip
    rows = {
        (row["Indikator"], row["Kommunkod"], row["Period"], row["Uppdelning"], row["Grupp"]): row
        for row in data_rows(book)
    }
    expected = published(release)
    assert len(rows) == len(expected)
    for each in expected:
        key = tuple(each[name] for name in ("indikator", "kommunkod", "period", "brytning", "grupp"))
        assert rows[key]["Status"] == STATUSES[each["status"]]
        for heading, name in said.items():
            found = rows[key][heading]
            assert (found is None) == (each[name] is None), (key, name)
            assert found is None or found == pytest.approx(each[name], rel=1e-14)


def test_every_number_in_every_sheet_is_a_published_one(release: Path, book: Any) -> None:
    known = numbers_in(release)
    found = [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float) and (sheet.title != "Börja här" or cell.column_letter != "B")
    ]
    assert len(found) > 100
    assert {round(float(value), 12) for value in found} <= known


def test_a_suppressed_figure_is_a_word_in_the_overview_and_in_its_indicators_sheet(book: Any) -> None:
    heading, row, *_ = book["Översikt"].iter_rows(min_row=3, values_only=True)
    habo = heading.index("Habo (inaktuell)")
    assert row[1] == "T1"
    assert row[habo : habo + 2] == (None, "undertryckt")
    of_habo = [row for row in book["T1"].iter_rows(values_only=True) if row[0] == "Habo"]
    assert len(of_habo) == 3  # the month that is compared, and two quarters
    for row in of_habo:
        assert not [value for value in row if isinstance(value, int | float)]
        assert "undertryckt" in row


def test_the_overview_is_in_the_order_of_the_six_questions(book: Any) -> None:
    rows = list(book["Översikt"].iter_rows(min_row=4, max_col=2, values_only=True))
    order = [id for question in QUESTIONS for id in question.indikatorer]
    assert [id for _, id in rows] == sorted(IDS, key=order.index)
    assert [said for said, _ in rows] == [f"{question_of(id).nummer}. {question_of(id).text}" for _, id in rows]


def test_signals_have_a_word_and_a_shape_and_their_colour_follows_the_word(book: Any) -> None:
    overview = book["Översikt"]
    words = {cell.value for row in overview.iter_rows(min_row=4) for cell in row if isinstance(cell.value, str)}
    assert {"▲ röd", "▲ röd, osäker", "undertryckt", "ej tillämpligt"} <= words
    rules = [rule for each in overview.conditional_formatting for rule in each.rules]
    assert {"●", "◆", "▲", "□", "undertryckt"} <= {rule.text for rule in rules}


def test_what_looks_like_a_formula_stays_text_in_cells_charts_and_names(path: Path, book: Any) -> None:
    texts = {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert HOSTILE in texts
    assert any(isinstance(text, str) and "=cmd|" in text for text in texts)
    assert not [
        cell.coordinate
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    sheets = {name: text for name, text in parts.items() if name.startswith("xl/worksheets/")}
    assert not [name for name, text in sheets.items() if "<f>" in text or "hyperlink" in text]
    references = re.findall(r"<c:f>(.*?)</c:f>", "".join(text for name, text in parts.items() if "charts/" in name))
    assert references
    assert all(re.fullmatch(r"'(T1|T4|M1|F6)'!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", each) for each in references)


def test_every_indicator_has_charts_of_now_and_over_time_with_a_description(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        drawings = [archive.read(name).decode() for name in names if name.startswith("xl/drawings/drawing")]
    assert len([name for name in names if name.startswith("xl/charts/chart")]) == 6  # there is nothing of M1 to draw
    assert all('descr="' in drawing and "Samma siffror står i bladets tabell" in drawing for drawing in drawings)


def test_equal_content_gives_equal_bytes(home: Home, release: Path, path: Path, tmp_path: Path) -> None:
    write_workbook(tmp_path, read_site(tmp_path, reports_folder(home, tmp_path, k0642=HOSTILE)))
    assert (tmp_path / "rapport" / "jamforelse.xlsx").read_bytes() == path.read_bytes()


def test_the_sheet_of_all_figures_never_has_more_rows_than_the_county_allows(
    home: Home, release: Path, tmp_path: Path
) -> None:
    about = reports_folder(home, tmp_path)
    every = len(published(tmp_path))
    for most in (0, 5, 15, 20, every - 1, every):
        found = parts(tmp_path / "jamforelse" / "indikator.parquet", most)
        assert sum(part.rader for part in found) == every
        assert sum(part.rader for part in found if part.med) <= most
    about["lan"]["rapport"]["arbetsbok_rader"]["varde"] = 12
    write_workbook(tmp_path, read_site(tmp_path, about))
    book = openpyxl.load_workbook(tmp_path / "rapport" / "jamforelse.xlsx")
    rows = data_rows(book)
    assert {(row["Periodtyp"], row["Uppdelning"]) for row in rows} == {("ar", "total"), ("ar", "kon")}
    said = {row[0]: row[1] for row in book["Läs mig"].iter_rows(values_only=True)}
    assert said["Data: alla tillsammans, helår"] == "9 rader, står i bladet"
    assert said["Data: alla tillsammans, kvartal"] == "18 rader, bara i jamforelse/indikator.parquet"


def test_a_sheet_without_a_single_figure_opens_all_the_same(home: Home, tmp_path: Path) -> None:
    about = reports_folder(home, tmp_path)
    empty = pq.read_table(tmp_path / "jamforelse" / "indikator.parquet").slice(0, 0)
    write_parquet(pa.table(empty), tmp_path / "jamforelse" / "indikator.parquet")
    write_workbook(tmp_path, read_site(tmp_path, about))
    book = openpyxl.load_workbook(tmp_path / "rapport" / "jamforelse.xlsx")
    assert data_rows(book) == []
    assert [sheet for sheet in book.sheetnames if sheet in IDS] == ["T1", "T4", "M1", "F6"]


def test_a_county_that_wants_no_workbook_gets_none(home: Home, tmp_path: Path) -> None:
    about = reports_folder(home, tmp_path)
    about["lan"]["rapport"]["arbetsbok"] = False
    write_workbook(tmp_path, read_site(tmp_path, about))
    assert not (tmp_path / "rapport").exists()


@CALC
def test_libreoffice_opens_it_without_repair_and_saves_the_same_figures_and_charts(path: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "repair" not in (done.stdout + done.stderr).lower()
    ours, theirs = (fastexcel.read_excel(each) for each in (path, tmp_path / "jamforelse.ods"))
    assert theirs.sheet_names == ours.sheet_names
    before, after = (each.load_sheet("Data", dtypes="string").to_arrow().to_pylist() for each in (ours, theirs))
    assert len(after) == len(before) > 0
    assert [row["Andel"] is None for row in after] == [row["Andel"] is None for row in before]
    assert [row["Status"] for row in after] == [row["Status"] for row in before]
    with zipfile.ZipFile(tmp_path / "jamforelse.ods") as archive:
        charts = [name for name in archive.namelist() if re.fullmatch(r"Object \d+/content.xml", name)]
    assert len(charts) == 6
