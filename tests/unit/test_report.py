"""What the comparison page says, and what it must never say."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.report import write_report
from ibic_pipeline.report.figures import panels
from ibic_pipeline.report.questions import QUESTIONS
from ibic_pipeline.storage import write_parquet
from tests.support.releases import NAMES, NOW, Figure, indikator_table, make_home, make_municipality, one_indicator
from tests.support.shown import FIGURES, about

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


def pages(folder: Path, figures: pa.Table, said: dict[str, Any]) -> dict[str, str]:
    write_parquet(figures, folder / "jamforelse" / "indikator.parquet")
    write_report(folder, said)
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "rapport").iterdir()}


def page(folder: Path, figures: pa.Table, said: dict[str, Any]) -> str:
    """The page of T1."""
    return pages(folder, figures, said)["indikator-T1.html"]


def method(folder: Path, figures: pa.Table, said: dict[str, Any]) -> str:
    return pages(folder, figures, said)["om-siffrorna.html"]


def some_indicators() -> list[Any]:
    """A share of a state, one of an event, a median and a difference."""
    return [each for each in indicators() if each.id in ("T1", "M1", "T4", "F6")]


@pytest.fixture(scope="module")
def both(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    codes = ["0604", "0617", "0642", "0643", "0662", "0665", "0680", "0682"]
    return pages(tmp_path_factory.mktemp("page"), indikator_table(FIGURES), about(home, codes))


@pytest.fixture(scope="module")
def html(both: dict[str, str]) -> str:
    return both["indikator-T1.html"]


@pytest.fixture(scope="module", params=["index.html", "indikator-T1.html", "kommun-0642.html", "om-siffrorna.html"])
def each_page(both: dict[str, str], request: pytest.FixtureRequest) -> str:
    return both[request.param]


class Cells(HTMLParser):
    """Rows of the table of figures: name -> (class, text) of the first cell, and of all in ``all``."""

    def __init__(self, html: str, table: str = "vanlig rader siffrig") -> None:
        super().__init__()
        self.rows: dict[str, tuple[str, str]] = {}
        self.all: dict[str, list[tuple[str, str]]] = {}
        self._in: str | None = None
        self._kind = self._name = self._text = ""
        start = html.index(f'<table class="{table}"')
        self.feed(html[start : html.index("</table>", start)])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("th", "td"):
            self._in, self._kind, self._text = tag, dict(attrs).get("class") or "", ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        text = " ".join(self._text.split())
        if tag == "th":
            self._name = text.replace("inaktuell", "").strip()
        if tag == "td":
            kind, before = self.rows.get(self._name, (self._kind, ""))
            self.rows[self._name] = (kind, f"{before} {text}".strip())
            self.all.setdefault(self._name, []).append((self._kind, text))


def test_every_figure_on_the_page_is_found_in_the_table(html: str) -> None:
    rows = Cells(html).rows
    assert len(rows) == 9
    for row in indikator_table(FIGURES).to_pylist():
        name = NAMES[row["kommunkod"]] if row["kommunkod"] else "Jönköpings län"
        numbers = re.findall(r"\d+(?:,\d)?", rows[name][1])
        if row["status"] in ("visas", "osaker"):
            shares = [f"{round(row[column] * 100, 1)}".replace(".", ",") for column in ("andel", "ki_lag", "ki_hog")]
            assert numbers == [*shares, str(row["namnare"])]
        else:
            assert numbers == []


@pytest.mark.parametrize(
    ("name", "kind", "word"),
    [
        ("Gnosjö", "undertryckt", "undertryckt"),
        ("Vaggeryd", "ej_tillampligt", "ej tillämpligt"),
        ("Nässjö", "ej_utvarderad", "inte levererat än"),
        ("Gislaved", "saknas", "uppgift saknas"),
    ],
)
def test_a_figure_that_is_not_shown_has_its_own_look_its_own_word_and_no_digit(
    html: str, name: str, kind: str, word: str
) -> None:
    assert Cells(html).all[name][0] == (f"visning-{kind}", word)
    assert not re.search(r"\d", Cells(html).rows[name][1])
    assert f'class="ruta visning-{kind}"' in html  # the legend
    assert re.search(rf"\.ruta\.visning-{kind} {{ [^}}]*(background|border)", html)


def test_an_uncertain_figure_is_shown_and_marked(html: str) -> None:
    kind, text = Cells(html).rows["Habo"]
    assert kind == "visning-osaker"
    assert "64,3" in text
    assert "osäker" in text


def test_a_signal_has_a_word_and_a_shape_beside_its_colour(html: str) -> None:
    for signal, word in (("gron", "grön"), ("gul", "gul"), ("rod", "röd"), ("ej_utvarderad", "ej utvärderad")):
        mark = f'<use href="#form-{signal}"/></svg>{word}'
        assert mark in html
        assert f'<symbol id="form-{signal}"' in html


def test_a_stale_municipality_is_marked_and_explained(both: dict[str, str], html: str) -> None:
    assert re.search(r'<a href="kommun-0680.html">Jönköping</a> <span class="inaktuell">inaktuell</span></th>', html)
    assert ">Jönköping*</text>" in html
    marked = '<th scope="col"><a href="kommun-0680.html">Jönköping</a> <span class="inaktuell">inaktuell</span></th>'
    assert marked in both["index.html"]
    assert "LEV-003: Tom." in both["kommun-0680.html"]
    assert "LEV-003: Tom." in both["index.html"]


def test_a_municipality_that_never_delivered_is_missing_and_not_stale(home: Home) -> None:
    said = about(home, ["0642", "0662"])
    said["kommuner"][1]["inaktuell"] = True
    found = panels(indikator_table([Figure("0642", 20, 40), Figure("0662", status="ej_utvarderad")]), None, said)[0]
    assert [(cell.namn, cell.visning, cell.inaktuell) for cell in found.kommuner] == [
        ("Gislaved", "saknas", False),
        ("Mullsjö", "visas", False),
    ]


def test_the_overview_says_a_signal_in_word_and_shape_and_every_other_state_in_its_own_word(
    both: dict[str, str],
) -> None:
    html = both["index.html"]
    words = Cells(html, "oversikt").all["T1 Uppföljda inom 12 månaderjuni 2026 · högre är bättre"]
    assert [(kind.removeprefix("visning-"), re.sub(r".*\d", "", text)) for kind, text in words] == [
        ("visas", "röd"),  # the county
        ("visas", "gul"),
        ("saknas", "uppgift saknas"),
        ("undertryckt", "undertryckt"),
        ("osaker", "rödosäker"),
        ("visas", "röd"),
        ("visas", "röd"),
        ("ej_utvarderad", "inte levererat än"),
        ("ej_tillampligt", "ej tillämpligt"),
    ]
    assert "62,5 % 59,1–65,8n 800" in words[0][1]


def test_the_overview_links_each_indicator_and_each_municipality_to_its_page(both: dict[str, str]) -> None:
    assert '<a href="indikator-T1.html">' in both["index.html"]
    assert '<a href="kommun-0642.html">Mullsjö</a>' in both["index.html"]


def test_a_county_too_large_for_a_matrix_counts_its_signals(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ibic_pipeline.report.pages.MATRIX_AT_MOST", 2)
    text = pages(tmp_path, indikator_table(FIGURES), about(home, ["0604", "0642", "0643"]))["index.html"]
    row = text[text.index('<a href="indikator-T1.html">') :]
    assert re.findall(r'<td class="antal">(\d)</td>', row[: row.index("</tr>")]) == ["0", "1", "2"]
    assert '<a href="kommun-0642.html">Mullsjö</a>' in text


def test_every_page_has_the_same_menu_and_says_which_it_is(home: Home, tmp_path: Path) -> None:
    found = pages(tmp_path, indikator_table(FIGURES), about(home, ["0642"], some_indicators()))
    menu = ["index.html", "index.html#kommuner", "jamstalldhet.html", "om-siffrorna.html", "../kodbok.html"]
    assert sorted(found) == sorted(
        ["index.html", "jamstalldhet.html", "om-siffrorna.html", "kommun-0642.html"]
        + [f"indikator-{each.id}.html" for each in some_indicators()]
    )
    for name, text in found.items():
        navigation = text[text.index('<nav class="sidor"') : text.index("</nav>")]
        assert re.findall(r'href="([^"]+)"', navigation) == menu
        assert re.findall(r'href="([^"]+)" aria-current="page"', navigation) == [name] * (name in menu)


def test_a_page_loads_nothing_and_runs_only_the_script_that_its_own_policy_names(each_page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", each_page, re.DOTALL)
    named = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{named}';" in each_page
    assert not re.search(r"<script\b(?!>)|<(link|iframe|img|object|embed|base)\b", each_page, re.IGNORECASE)
    assert not re.search(r"\bon[a-z]+=", each_page)
    assert not re.search(r"url\((?!#)|@import|@font-face|javascript:", each_page)
    outside = set(re.findall(r"https?://[^\s\"'<]+", each_page))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    beside = {"../kodbok.html", "../manifest.json", "../datapackage.json"}
    linked = set(re.findall(r'href="([^"#]+)', each_page))
    own = r"(index|jamstalldhet|om-siffrorna|indikator-T1|kommun-\d{4})\.html"
    assert {link for link in linked if not re.fullmatch(own, link)} == beside


def test_a_page_is_swedish_and_its_headings_and_tables_are_real(each_page: str) -> None:
    assert each_page.startswith('<!DOCTYPE html>\n<html lang="sv">')
    assert each_page.count("<h1>") == 1
    headings = re.findall(r"<th\b[^>]*>", each_page)
    assert all(re.search(r'scope="(col|row|rowgroup)"', heading) for heading in headings)
    ids = re.findall(r'\bid="([^"]+)"', each_page)
    assert len(ids) == len(set(ids))
    pointed_at = " ".join(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', each_page)).split()
    pointed_at += re.findall(r'href="#([^"]+)"', each_page)
    assert set(pointed_at) <= set(ids)


def test_equal_figures_give_equal_bytes_in_any_order(home: Home, tmp_path: Path) -> None:
    said = about(home, ["0604", "0642", "0643"])
    first = pages(tmp_path / "a", indikator_table(FIGURES), said)
    assert pages(tmp_path / "b", indikator_table(FIGURES[::-1]), said) == first


def test_each_page_of_a_whole_county_stays_light(home: Home, tmp_path: Path) -> None:
    period = {"tillstand": ("manad", "2026-06"), "handelse": ("kvartal", "2026-K2")}
    figures = [
        Figure(code, 50, 80, indikator=each.id, period_typ=period[each.typ][0], period=period[each.typ][1])
        for each in indicators()
        for code in [None, *NAMES]
    ]
    found = pages(tmp_path, indikator_table(figures), about(home, list(NAMES), indicators()))
    assert max(len(text.encode()) for text in found.values()) < 300_000
    listed = re.findall(r'<th scope="row"><a href="indikator-(\w+)\.html">', found["index.html"])
    assert sorted(listed) == sorted(each.id for each in indicators())
    assert listed == [id for question in QUESTIONS for id in question.indikatorer]
    asked = re.findall(r'id="fraga-(\d)"', found["index.html"])
    assert asked == ["1", "2", "3", "4", "5", "6"]


def test_names_and_reasons_are_text_and_never_markup(home: Home, tmp_path: Path) -> None:
    said = about(home, ["0680"], k0680="<b>Ort</b>")
    said["kommuner"][0]["orsaker"] = ["<script>alert(1)</script>"]
    for text in pages(tmp_path, indikator_table([Figure("0680", 20, 40), Figure(None, 20, 40)]), said).values():
        assert "<b>Ort</b>" not in text
        assert text.count("<script") == 1
        assert "alert(1)</script>" not in text


def test_each_deadline_is_shown_in_days_with_the_municipalities_that_have_their_own(home: Home, tmp_path: Path) -> None:
    said = about(home, ["0642", "0680", "0685"], indicators())
    for each, own in zip(said["kommuner"], ({"gp_frist_dagar": 14}, {"gp_frist_dagar": 21}, None), strict=True):
        each["underlag"] = own and {"leverans": "2026-06-30", "frister": own}
    text = method(tmp_path, indikator_table(FIGURES), said)
    assert '<th scope="row">Uppföljningsfrist</th><td>365 dagar</td>' in text
    assert '<th scope="row">Planfrist</th><td>14 dagar; egen frist har Jönköping 21</td>' in text


def test_no_name_of_a_parameter_a_reason_or_a_column_stands_on_a_page(home: Home, tmp_path: Path) -> None:
    for text in pages(tmp_path, indikator_table(FIGURES), about(home, ["0642", "0680"], some_indicators())).values():
        words = re.sub(r"<[^>]*>", " ", text[text.index("<body>") :])
        assert re.findall(r"[a-zåäö]+_[a-zåäö_]+", words) == []


def test_the_accounting_adds_up_in_the_sum(home: Home, tmp_path: Path) -> None:
    municipalities = [make_municipality(home, code) for code in ("0642", "0643")]
    said = describe("r", NOW, home.lan, municipalities, one_indicator())
    text = method(tmp_path, indikator_table(FIGURES), said)
    assert f"<td>1{NBSP}234</td><td>1{NBSP}200</td><td>30</td><td>4</td><td>7</td><td>12</td><td>ja</td>" in text
    assert f"<td>2{NBSP}468</td><td>2{NBSP}400</td><td>60</td><td>8</td><td>14</td><td>24</td><td>ja</td>" in text
    said["avstamning"][0]["last"] += 1
    assert "<td>nej</td>" in method(tmp_path, indikator_table(FIGURES), said)


def test_a_county_without_any_figure_still_has_a_page(home: Home, tmp_path: Path) -> None:
    text = page(tmp_path, indikator_table([]), about(home, ["0642"]))
    assert "Ingen period kan jämföras än." in text
