"""What a municipality's printed report says, that everyone can read it, and what happens where it cannot be made."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pypdf
import pytest

from ibic_pipeline import pdf
from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.report import everything, write_everything
from ibic_pipeline.report.measures import counted_text, rounded
from ibic_pipeline.report.numbers import count_text, one_decimal, percent
from ibic_pipeline.report.pages import drawn_of
from ibic_pipeline.report.printable import rendered
from ibic_pipeline.report.printable_contents import printables
from ibic_pipeline.report.priorities import priorities
from ibic_pipeline.report.questions import QUESTIONS
from ibic_pipeline.report.site import read_site
from tests.support.releases import make_home
from tests.support.reports import IDS, reports_folder

PANGO = pytest.mark.skipif(not pdf.can_print(), reason="WeasyPrint cannot find Pango on this machine")
NUMBER = re.compile("\\d{1,3}(?:\N{NO-BREAK SPACE}\\d{3})+(?:,\\d+)?|\\d+(?:,\\d+)?")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


@pytest.fixture(scope="module")
def about(home: Home, folder: Path) -> dict[str, Any]:
    return reports_folder(home, folder)


@pytest.fixture(scope="module")
def pages(folder: Path, about: dict[str, Any]) -> dict[str, str]:
    return reports(folder, about)


@pytest.fixture(scope="module")
def printed(folder: Path, about: dict[str, Any]) -> Path:
    assert write_everything(folder, about) is None
    return folder / "rapport" / "utskrift"


@pytest.fixture(scope="module")
def mullsjo(printed: Path) -> pypdf.PdfReader:
    return pypdf.PdfReader(printed / "0642.pdf")


def reports(folder: Path, about: dict[str, Any]) -> dict[str, str]:
    """The page that each municipality's report is printed from."""
    site = read_site(folder, about)
    made = list(printables(site))
    return dict(rendered(site, made, drawn_of(made)))


class Tables(HTMLParser):
    """Rows of every table: the text of each cell, by the first one's first word; and all text outside figures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.text = ""
        self._row: list[str] | None = None
        self._skip = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002  as the parser calls it
        if tag == "tr":
            self._row = []
        elif tag in ("th", "td") and self._row is not None:
            self._row.append("")
        self._skip = tag == "style" or (self._skip and tag != "body")

    def handle_endtag(self, tag: str) -> None:
        self.text += " "
        if tag == "tr" and self._row:
            self.rows.setdefault(self._row[0].split()[0], [" ".join(cell.split()) for cell in self._row])
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        self.text += data
        if self._row:
            self._row[-1] += data


def figures_in(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def published_texts(folder: Path) -> set[str]:
    """Every published number in each way in which the report may write it."""
    found: set[str] = set()
    for path in (folder / "jamforelse").glob("*.parquet"):
        for row in pq.read_table(path).to_pylist():
            for value in row.values():
                if isinstance(value, bool) or not isinstance(value, int | float):
                    continue
                found.add(count_text(int(value)))
                found.add(one_decimal(percent(abs(value))))
                found.add(one_decimal(abs(rounded(value, "skillnad"))))
                found |= figures_in(counted_text(value, ("", "")))
    return found


def not_a_figure(about: dict[str, Any]) -> set[str]:
    """Numbers that belong to the text: dates, limits, ids, definitions, the accounting, days of the curve."""
    described = " ".join(
        f"{each.id} {each.namn} {each.atgard} {each.version}" for each in indicators() if each.id in IDS
    )
    lan = about["lan"]
    limits = [lan["parametrar"][name]["varde"] for name in ("uppfoljning_dagar", "gp_frist_dagar")]
    limits += [lan["disclosure"][name]["varde"] for name in ("antal_min", "namnare_min", "osaker_under")]
    said = [
        *limits,
        "90,0",
        "70,0",
        "10,0",
        "30,0",
        "95",
        "100",
        "2026-07-01 013000 2026-06-30 30 juni 1 2026 A0",
        about["release"],
    ]
    said += [count_text(row[name]) for row in about["avstamning"] for name in row if isinstance(row[name], int)]
    said += [lan["parametrar"][name]["not"] for name in ("uppfoljning_dagar", "gp_frist_dagar")]
    said += ["1 2 3 4 5 6 30 90 180 360 720 0.1.0 2024 100,0", about["program"]["version"]]
    return figures_in(described + " " + " ".join(str(each) for each in said)) | {"0", "1", "2", "3"}


def structure(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Every element of the tree of tags."""
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if not isinstance(element, pypdf.generic.DictionaryObject):
            continue
        yield element
        children = element.get("/K", [])
        children = children.get_object() if hasattr(children, "get_object") else children
        waiting += [
            each for each in (children if isinstance(children, list) else [children]) if not isinstance(each, int)
        ]


def test_every_indicator_is_asked_for_by_one_question() -> None:
    named = [id for question in QUESTIONS for id in question.indikatorer]
    assert sorted(named) == sorted(each.id for each in indicators())


def test_a_figure_stands_beside_the_countys_with_interval_denominator_and_signal(pages: dict[str, str]) -> None:
    row = Tables(pages["0642"]).rows["T1"]
    assert row[1:] == ["2026-06", "20,5 % 13,2–30,4 %", "83", "61,5 % 58,4–64,5 %", "tydligt sämre", "–", "▲ röd"]


def test_a_suppressed_figure_is_its_word_and_nothing_else(pages: dict[str, str]) -> None:
    row = Tables(pages["0643"]).rows["T1"]
    assert row[2] == row[7] == "undertryckt"
    assert not figures_in(" ".join((row[2], row[3], row[5], row[6], row[7])))


def test_what_to_begin_with_is_in_the_order_and_the_words_of_the_page_with_the_action(
    folder: Path, about: dict[str, Any]
) -> None:
    given = {"0642": {"T4": "Chefen går igenom dem i maj"}}
    said = {**about, "lan": {**about["lan"], "atgarder": given}}
    text = " ".join(Tables(reports(folder, said)["0642"]).text.split())
    begin = text[text.index("Börja här") : text.index("Styrkor och gap")]
    assert "T1 Uppföljda inom 12 månader (juni 2026): ▲ röd 20,5 %" in begin
    assert "(13,2–30,4 %), n = 83. Länet: 61,5 %. Tydligt sämre än länet." in begin
    assert "Åtgärd: ingen åtgärd är angiven. Vad man kan göra: Läs T2 bredvid." in begin
    assert "Åtgärd: Chefen går igenom dem i maj." in begin
    order = [each.panel.id for each in priorities(read_site(folder, said), "0642")]
    assert re.findall(r"\b([TMF]\d) [^.]*? \(juni 2026\):", begin) == order
    assert "Ingen indikator är tydligt bättre." in text


def test_the_difference_between_women_and_men_is_told_only_where_it_is_published(pages: dict[str, str]) -> None:
    text = " ".join(Tables(pages["0642"]).text.split())
    assert "+8,7 +1,2 till +16,3 tydlig skillnad" in text
    assert "Ingen av grupperna kan visas: T1." in " ".join(Tables(pages["0643"]).text.split()) or (
        "Ingen indikator har grupper som kan visas." in " ".join(Tables(pages["0643"]).text.split())
    )


def test_the_wait_is_told_day_by_day_and_a_hidden_day_is_a_word(pages: dict[str, str]) -> None:
    rows = Tables(pages["0642"]).rows
    assert rows["360"] == ["360", "57,2 % 50,2–63,2 %", "29", "58,4 %"]
    assert rows["180"] == ["180", "undertryckt", "–", "undertryckt"]
    assert "För få för att visa en kurva." in pages["0643"]


def test_every_number_in_the_report_is_published_or_belongs_to_the_text(
    folder: Path, about: dict[str, Any], pages: dict[str, str]
) -> None:
    known = published_texts(folder) | not_a_figure(about)
    for page in pages.values():
        described = " ".join(re.findall(r'alt="([^"]*)"', page))
        found = figures_in(Tables(page).text + " " + described)
        assert len(found) > 30
        assert found <= known, found - known


def test_a_name_or_a_reason_that_looks_like_markup_stays_text(home: Home, tmp_path: Path) -> None:
    about = reports_folder(home, tmp_path, k0642="<script>1</script>", k0643='"><img src=file:///etc/passwd>')
    for page in reports(tmp_path, about).values():
        assert "<script" not in page
        assert set(re.findall(r'src="([^"]{0,19})', page)) <= {"data:image/svg+xml;"}
        assert "file:///etc" not in re.sub(r"&lt;img[^&]*", "", page)


@PANGO
def test_every_municipality_with_data_has_a_report_of_few_pages_that_says_what_its_page_says(
    printed: Path, pages: dict[str, str]
) -> None:
    assert sorted(path.name for path in printed.iterdir()) == ["0642.pdf", "0643.pdf"]
    for code, page in pages.items():
        reader = pypdf.PdfReader(printed / f"{code}.pdf")
        assert 2 <= len(reader.pages) <= 8
        text = "".join(each.extract_text() for each in reader.pages)
        wanted = {number for number in figures_in(Tables(page).text) if "," in number}
        assert wanted <= figures_in(text), wanted - figures_in(text)


@PANGO
def test_the_report_declares_what_pdf_ua_asks_for(mullsjo: pypdf.PdfReader) -> None:
    root = mullsjo.trailer["/Root"]
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert mullsjo.metadata is not None
    assert mullsjo.metadata.title == "Mullsjö: systematisk uppföljning, 2026-07-01"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    assert [each["/Title"] for each in mullsjo.outline if not isinstance(each, list)] == [
        "Mullsjö: systematisk uppföljning"
    ]
    fonts = [font for page in mullsjo.pages for font in page["/Resources"]["/Font"].values()]
    assert all("/ToUnicode" in font.get_object() for font in fonts)


@PANGO
def test_every_picture_has_a_description_and_every_table_its_headings(mullsjo: pypdf.PdfReader) -> None:
    elements = list(structure(mullsjo))
    figures = [each for each in elements if each.get("/S") == "/Figure"]
    assert len(figures) >= 3
    assert all(len(each["/Alt"]) > 40 for each in figures)
    headings = {each["/ID"]: each["/A"].get_object()["/Scope"] for each in elements if each.get("/S") == "/TH"}
    assert set(headings.values()) == {"/Column", "/Row"}
    cells = [set(each["/A"].get_object()["/Headers"]) for each in elements if each.get("/S") == "/TD"]
    assert cells
    assert all(each and each <= set(headings) for each in cells)
    assert {"/H1", "/H2", "/Table", "/Caption", "/L", "/LI"} <= {each.get("/S") for each in elements}


@PANGO
def test_equal_content_gives_equal_bytes_in_one_process_and_in_several(
    printed: Path, about: dict[str, Any], pages: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [printed.joinpath(f"{code}.pdf").read_bytes() for code in pages]
    named = [(f"{about['release']} {code}", page) for code, page in pages.items()]
    assert list(pdf.printed(named)) == wanted
    monkeypatch.setattr(pdf, "_ENOUGH_FOR_MORE", 1)
    monkeypatch.setattr(pdf.os, "sched_getaffinity", lambda _: {0, 1})
    assert list(pdf.printed(named)) == wanted


@PANGO
def test_nothing_outside_the_page_is_fetched() -> None:
    page = '<html lang="sv"><title>x</title><img alt="x" src="file:///etc/hostname"><img alt="y" src="http://127.0.0.1:9/x">'
    (printed,) = pdf.printed([("x", page)])
    assert not pypdf.PdfReader(io.BytesIO(printed)).pages[0].images


@pytest.fixture
def unprinted(folder: Path, about: dict[str, Any], tmp_path: Path) -> Path:
    shutil.copytree(folder / "jamforelse", tmp_path / "jamforelse")
    return tmp_path


def test_without_pango_there_are_no_reports_and_one_line_says_what_to_install(
    unprinted: Path, about: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert not pdf.can_print()
    said = write_everything(unprinted, about)
    assert said is not None
    assert "libpango-1.0-0" in said
    assert "\n" not in said
    assert not (unprinted / "rapport" / "utskrift").exists()
    assert (unprinted / "rapport" / "index.html").is_file()


def test_a_county_that_wants_no_reports_gets_none(
    unprinted: Path, about: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everything, "can_print", lambda: pytest.fail("it need not be known"))
    unwanted = about | {"lan": about["lan"] | {"rapport": about["lan"]["rapport"] | {"utskrift": False}}}
    assert write_everything(unprinted, unwanted) is None
    assert not (unprinted / "rapport" / "utskrift").exists()
    assert (unprinted / "rapport" / "index.html").is_file()
