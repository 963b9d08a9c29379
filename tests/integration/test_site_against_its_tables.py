"""Every figure on the site is one of the release's published tables, and what is hidden there is told nowhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from babel.numbers import format_decimal

from ibic_pipeline.cli.bench.site import site, write_larger
from ibic_pipeline.compare.between import LIMITS
from ibic_pipeline.report import reference, write_report
from ibic_pipeline.report.numbers import LOCALE, count_text, one_decimal, percent
from ibic_pipeline.report.page import write_pages
from ibic_pipeline.report.pages import drawn_of
from ibic_pipeline.report.pages import pages as pages_of
from ibic_pipeline.report.site import Site, read_site
from tests.support.sites import ACTION, HIDDEN, NEVER, small_site

SHARES = {"andel", "ki_lag", "ki_hog", "andel_kvar", "andel_bortfall", "lagst", "hogst", "andel_berord", *LIMITS}
POINTS = {"skillnad_pe", "forandring_pe", "forandring_ki_lag", "forandring_ki_hog"}
NUMBER = re.compile("\\d+(?:\N{NO-BREAK SPACE}\\d{3})*(?:,\\d+)?")
SKIPPED = ("datakvalitet", "andringar", "om-siffrorna")
"""Data quality and changes have tests of their own; the last page tells the method, and other people's figures."""
WORDS = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d+Z)?|\d{4}-K\d|\b[A-Z]{1,3}-?\d+\b|\bK\d \d{4}|\d\d–\d\d år|\d\d år och äldre"
)
YEARS = {str(year) for year in range(2015, 2031)}
DERIVED = re.compile(r"(?P<number>[\d,\s]+?)\s(procentenheter|dagar|dag) skiljer")


class Cells(HTMLParser):
    """Class and text of every cell of figures, and the text of the whole main part without pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, str]] = []
        self.text = ""
        self._pictures = 0
        self._kind = ""
        self._inside = False
        self.feed(html[html.index("<main") : html.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pictures += tag == "svg"
        if tag == "td":
            self.cells.append((dict(attrs).get("class") or "", ""))
            self._inside = True
        self.text += "\n" if tag in ("td", "th", "p", "li", "h2", "h3", "dd", "dt", "span", "tr") else ""

    def handle_endtag(self, tag: str) -> None:
        self._pictures -= tag == "svg"
        self._inside = self._inside and tag != "td"
        self.text += "\n" if tag in ("td", "p", "li") else ""

    def handle_data(self, data: str) -> None:
        if self._pictures:
            return
        self.text += data
        if self._inside:
            kind, text = self.cells[-1]
            self.cells[-1] = (kind, f"{text} {data}".strip())


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def pages(release: Path) -> dict[str, Cells]:
    read = {path.name: path.read_text(encoding="utf-8") for path in (release / "rapport").iterdir()}
    return {name: Cells(text) for name, text in read.items() if not name.startswith(SKIPPED)}


def site_of(release: Path) -> Site:
    return read_site(release, json.loads((release / "manifest.json").read_text(encoding="utf-8")))


def published(release: Path) -> set[str]:
    """Every number of the tables as the pages write it."""
    found: set[str] = set()
    for path in (release / "jamforelse").glob("*.parquet"):
        table = pq.read_table(path)
        for name, column in zip(table.column_names, table.columns, strict=True):
            if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
                continue
            for value in {each for each in column.to_pylist() if each is not None}:
                found |= written(path.stem, name, value)
    return found


def written(table: str, column: str, value: float) -> set[str]:
    decimals = {one_decimal(percent(value))} if column in SHARES else set()
    if column in POINTS or table == "skillnad":
        decimals |= {format_decimal(abs(value), "#,##0.0", locale=LOCALE)}
    plain = {format_decimal(value, "#,##0.#", locale=LOCALE)} if value >= 0 else set()
    return decimals | plain | ({count_text(int(value))} if value == int(value) else set())


def number(text: str) -> float:
    return float(text.strip().replace("\N{NO-BREAK SPACE}", "").replace(",", "."))


def test_every_number_with_a_decimal_is_a_published_one(release: Path, pages: dict[str, Cells]) -> None:
    known = published(release)
    granser = {"90,0", "70,0", "10,0", "30,0", "0,0", "99,8"}
    strange = {
        name: sorted(
            each for each in NUMBER.findall(DERIVED.sub("", page.text)) if "," in each and each not in known | granser
        )
        for name, page in pages.items()
    }
    assert {name: numbers for name, numbers in strange.items() if numbers} == {}
    assert sum(len(NUMBER.findall(page.text)) for page in pages.values()) > 2_000


def test_every_whole_number_in_a_table_of_figures_is_a_published_one(release: Path, pages: dict[str, Cells]) -> None:
    known = published(release)
    for name, page in pages.items():
        for _, text in page.cells:
            bare = re.sub(r"kvartalet \d{4}|\d{4}-K\d|LEV-\d+|\d{4}-\d\d-\d\d|[MTF]\d+", "", text)
            assert {each for each in NUMBER.findall(bare) if "," not in each} <= known | {"100"}, (name, text)


def test_every_whole_number_in_running_text_is_a_published_one_or_counts_what_the_site_has(
    release: Path, pages: dict[str, Cells]
) -> None:
    site = site_of(release)
    counted = {str(each) for each in range(max(len(site.panels), len(site.places), 12) + 1)}
    # What definitions and the county's limits say of themselves, the survey, and the half year and year of a wait.
    given = json.dumps([site.about["indikatorer"], site.about["lan"]], ensure_ascii=False) + reference.FILE.read_text()
    known = published(release) | counted | set(NUMBER.findall(given)) | {"180", "360", "95"}
    for name, page in pages.items():
        words = WORDS.sub("", page.text)
        assert {each for each in NUMBER.findall(words) if "," not in each} <= known | YEARS, name


def test_a_difference_told_in_words_is_between_two_figures_of_the_same_sentence(pages: dict[str, Cells]) -> None:
    told = 0
    for page in pages.values():
        for line in page.text.splitlines():
            if found := DERIVED.search(line):
                told += 1
                values = [
                    float(each.replace("\N{NO-BREAK SPACE}", "").replace(",", ".")) for each in NUMBER.findall(line)
                ]
                difference = float(found["number"].replace("\N{NO-BREAK SPACE}", "").replace(",", ".").strip())
                assert any(abs(abs(a - b) - difference) < 0.051 for a in values for b in values), line
    assert told > 4


def test_what_is_not_shown_is_told_in_a_word_without_any_digit(pages: dict[str, Cells]) -> None:
    looks: Counter[str] = Counter()
    for page in pages.values():
        for kind, text in page.cells:
            for look in re.findall(r"visning-(undertryckt|ej_tillampligt|ej_utvarderad|saknas)", kind):
                looks[look] += 1
                assert not re.search(r"\d", text), text
                assert text
    assert set(looks) == {"undertryckt", "ej_tillampligt", "ej_utvarderad", "saknas"}


def test_zero_is_a_figure_and_looks_like_one(pages: dict[str, Cells]) -> None:
    assert any(
        text.startswith("0,0\N{NO-BREAK SPACE}%") and "visas" in kind for kind, text in pages["indikator-T1.html"].cells
    )


def test_the_page_of_a_municipality_says_why_each_figure_is_missing(pages: dict[str, Cells]) -> None:
    hidden, never = pages[f"kommun-{HIDDEN}.html"].text, pages[f"kommun-{NEVER}.html"].text
    assert "Det finns uppgifter, men så få" in hidden
    assert "Det fanns inget att räkna i perioden. Det är inte noll" in hidden
    assert "Kommunen har inte levererat något som har kunnat användas. LEV-003: Filen beslut.csv är tom." in never


def test_a_red_signal_shows_the_action_or_says_that_none_is_given(pages: dict[str, Cells]) -> None:
    assert ACTION in pages["kommun-0642.html"].text
    red = [each for each in pages["kommun-0680.html"].text.split("\n") if "ingen åtgärd är angiven" in each]
    assert red


def test_the_page_of_an_indicator_gives_the_action_of_every_red_municipality_or_says_that_none_is_given(
    release: Path, pages: dict[str, Cells]
) -> None:
    seen = 0
    for panel in site_of(release).panels:
        text = pages[panel.fil].text
        red = {cell.namn for cell in panel.kommuner if cell.signal == "rod"}
        assert ("Åtgärder där signalen är röd" in text) == bool(red), panel.id
        given = {"Mullsjö"} & red if panel.id == "T1" else set()
        assert (f"Mullsjö\n: {ACTION}" in text or f"Mullsjö: {ACTION}" in text) == bool(given)
        if red - given:
            told = re.search(r"Ingen åtgärd är angiven: (.*)\.", text)
            assert told is not None, panel.id
            assert set(re.split(", | och ", told[1])) == red - given
            seen += 1
    assert seen > 3


def test_the_signals_at_the_top_of_a_municipality_account_for_every_indicator(
    release: Path, pages: dict[str, Cells]
) -> None:
    site = site_of(release)
    for place in site.places:
        if place.has_data:
            html = (release / "rapport" / place.fil).read_text(encoding="utf-8")
            line = re.search(r'<p class="ingress signalrad">(.*?)</p>', html)
            assert line is not None
            told = re.sub("<[^>]+>", "", line[1])
            assert sum(map(int, re.findall(r"\d+", told))) == len(site.panels)
            assert re.search(r"utan signal (\d+)", told)


def test_ages_and_names_of_things_are_written_as_in_running_text(pages: dict[str, Cells], release: Path) -> None:
    ages = pages["indikator-T1.html"].text
    assert "18–64 år" in ages
    assert "80 år och äldre" in ages
    survey = Cells((release / "rapport" / "om-siffrorna.html").read_text(encoding="utf-8")).text
    assert "189 kommuner som har infört eller påbörjat IBIC" in survey
    assert "ibic " not in survey


def test_a_figure_that_was_changed_since_the_last_release_tells_why(pages: dict[str, Cells]) -> None:
    text = pages["kommun-0642.html"].text
    assert "en ny leverans har ändrat eller kompletterat tidigare uppgifter (rättad historik)" in text


def test_the_same_tables_give_the_same_bytes_and_kept_charts_are_not_drawn_again(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    copy = tmp_path / "release"
    copy.mkdir()
    (copy / "jamforelse").symlink_to(release / "jamforelse")
    write_report(copy, about, tmp_path / "kept")
    first = {path.name: path.read_bytes() for path in (copy / "rapport").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (release / "rapport").iterdir()}
    charts = sorted(path.name for path in (tmp_path / "kept").iterdir())
    drawn: list[int] = []
    monkeypatch.setattr("ibic_pipeline.report.drawing._rendered", lambda missing: drawn.append(len(missing)) or [])
    write_report(copy, about, tmp_path / "kept")
    assert drawn == [0]
    assert {path.name: path.read_bytes() for path in (copy / "rapport").iterdir()} == first
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == charts


def test_the_pages_are_measured_also_for_more_municipalities_than_there_are(release: Path) -> None:
    about = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    stages, weights = site(release, about, many=7)
    assert list(stages) == [
        "5 municipalities, all drawn", "5 municipalities, nothing changed", "7 municipalities, all drawn",
    ]  # fmt: skip
    assert stages["7 municipalities, all drawn"]["rows"] > stages["5 municipalities, all drawn"]["rows"]
    # A municipality with data has a page of figures and one of data quality.
    assert weights["7 municipalities, pages"] == weights["5 municipalities, pages"] + 4


def test_no_page_of_a_county_of_290_municipalities_takes_more_than_300_kilobytes(release: Path, tmp_path: Path) -> None:
    small = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    about = write_larger(release, tmp_path, small, 290)
    site_of_many = read_site(tmp_path, about)
    made = list(pages_of(site_of_many))
    # Pages of municipalities do not grow with the county, and those of indicators of one kind are alike.
    wanted = {"indikator-T4.html", "indikator-T1.html", "kommun-0642.html"}
    other = [page for page in made if page.mall not in ("kommun.html.j2", "indikator.html.j2")]
    some = [*other, *(page for page in made if page.fil in wanted)]
    assert len(site_of_many.places) == 290
    write_pages(tmp_path, site_of_many, some, drawn_of(some))
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "rapport").iterdir()}
    assert max(sizes.values()) < 300_000, sorted(sizes, key=sizes.__getitem__)[-3:]
    page = (tmp_path / "rapport" / "indikator-T4.html").read_text(encoding="utf-8")
    assert sizes["indikator-T4.html"] > 150_000
    for place in site_of_many.places:
        assert page.count(f'<a href="{place.fil}">{place.namn}</a>') == 1
    assert "Trattens 95&nbsp;%-gränser" in page
