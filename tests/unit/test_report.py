"""What the comparison page says, and what it must never say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import altair as alt
import pyarrow as pa
import pytest
from jsonschema import ValidationError

from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.report import charts, write_report
from ibic_pipeline.report.drawing import draw
from ibic_pipeline.report.figures import Panel, panels
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.report.numbers import alphabetical, interval_text, percent_text, period_text
from ibic_pipeline.report.pictures import dots
from ibic_pipeline.report.questions import QUESTIONS
from ibic_pipeline.storage import write_parquet
from tests.support.releases import NAMES, NOW, Figure, indikator_table, make_home, make_municipality, one_indicator

NBSP = "\N{NO-BREAK SPACE}"

FIGURES = [
    Figure(None, 500, 800),
    Figure("0604", 30, 40),
    Figure("0617", status="undertryckt"),
    Figure("0642", 20, 100),
    Figure("0643", 9, 14, status="osaker"),
    Figure("0665", status="ej_tillampligt"),
    Figure("0680", 441, 646, inaktuell=True),
    Figure("0682", status="ej_utvarderad"),
    Figure("0662", status="ej_utvarderad"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


def about(home: Home, codes: list[str], catalogue: Any = None, **names: str) -> dict[str, Any]:
    municipalities = [
        Municipality(
            code,
            names.get(f"k{code}", NAMES[code]),
            "lokal",
            None,
            inaktuell=code == "0680",
            orsaker=("LEV-003: Tom.",),
        )
        for code in codes
    ]
    said = describe("2026-07-01T013000Z", NOW, home.lan, municipalities, catalogue or one_indicator())
    for each in said["kommuner"]:
        each["version"] = None if each["kommunkod"] == "0662" else "v1"
    return said


def panel(home: Home, *figures: Figure) -> Panel:
    codes = sorted({figure.kommunkod for figure in figures if figure.kommunkod})
    return panels(indikator_table(figures), None, about(home, codes))[0]


def pages(folder: Path, figures: pa.Table, said: dict[str, Any]) -> dict[str, str]:
    write_parquet(figures, folder / "jamforelse" / "indikator.parquet")
    write_report(folder, said)
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "rapport").iterdir()}


def dot_plot(found: Panel) -> str:
    return draw({"bild": dots(found)})["bild"]


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

    def __init__(self, html: str, table: str = "vanlig rader") -> None:
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
        ("Gislaved", "saknas", "saknas"),
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
        ("saknas", "saknas"),
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


def test_a_page_loads_nothing_and_runs_nothing(each_page: str) -> None:
    assert not re.search(r"<(script|link|iframe|img|object|embed|base)\b", each_page, re.IGNORECASE)
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
        assert "<script" not in text


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


def test_the_chart_is_an_image_with_a_swedish_name(home: Home) -> None:
    root = ET.fromstring(dot_plot(panel(home, *FIGURES)))
    assert root.attrib["role"] == "img"
    assert root[0].text == "Uppföljda inom 12 månader, juni 2026"
    assert root[1].tag.endswith("desc")
    assert not any("aria" in name for each in list(root.iter())[1:] for name in each.attrib)


def test_the_chart_keeps_to_the_schema_that_is_not_looked_at_when_a_release_is_made(home: Home) -> None:
    hidden = Figure("0643", status="undertryckt")
    specification = charts.dot_plot(panel(home, Figure(None, 500, 800), Figure("0642", 20, 100), hidden))
    alt.LayerChart.from_dict(specification, validate=True)
    specification["layer"][0]["mark"]["type"] = "streck"
    with pytest.raises(ValidationError):
        alt.LayerChart.from_dict(specification, validate=True)


def test_the_chart_shows_no_number_of_a_hidden_figure(home: Home) -> None:
    svg = dot_plot(panel(home, Figure("0642", status="undertryckt"), Figure(None, status="undertryckt")))
    texts = [each.text for each in ET.fromstring(svg).iter() if each.tag.endswith("}text")]
    assert [text for text in texts if text and "%" not in text] == ["Mullsjö", "undertryckt", "undertryckt"]


def test_the_finding_names_who_differs_clearly_from_the_county(home: Home) -> None:
    found = finding(panel(home, Figure(None, 500, 800), Figure("0642", 20, 100), Figure("0643", 190, 200)))
    assert found == [
        f"Länet: 62,5{NBSP}% (2 av 2 kommuner ingår).",
        "Tydligt över länet (bättre): Habo. Tydligt under länet (sämre): Mullsjö.",
        f"Högst andel har Habo (95,0{NBSP}%) och lägst Mullsjö (20,0{NBSP}%): 75,0 procentenheter skiljer.",
    ]


def test_overlapping_intervals_are_not_ranked(home: Home) -> None:
    found = finding(panel(home, Figure(None, 50, 100), Figure("0642", 24, 50), Figure("0643", 26, 50)))
    assert found[1] == "Ingen kommun skiljer sig tydligt från länet."
    assert found[2].endswith("4,0 procentenheter skiljer. Intervallen överlappar, så ordningen dem emellan är osäker.")


def test_ties_are_named_together(home: Home) -> None:
    shared_top = finding(
        panel(home, Figure(None, 5, 10), Figure("0604", 90, 100), Figure("0642", 9, 10), Figure("0643", 10, 100))
    )
    assert f"Högst andel har Aneby och Mullsjö (90,0{NBSP}%) och lägst Habo (10,0{NBSP}%)" in shared_top[2]
    all_equal = finding(panel(home, Figure(None, 100, 200), Figure("0642", 50, 100), Figure("0643", 20, 40)))
    assert all_equal[2] == f"Habo och Mullsjö har samma andel, 50,0{NBSP}%."


def test_one_shown_figure_is_not_compared(home: Home) -> None:
    found = finding(panel(home, Figure(None, 20, 40), Figure("0642", 20, 40), Figure("0643", status="undertryckt")))
    assert found[-1] == "Bara Mullsjö har en andel som kan visas."


def test_the_county_says_how_many_it_builds_on(home: Home) -> None:
    said = about(home, ["0642", "0643", "0662", "0680", "0682"])
    assert finding(panels(indikator_table(FIGURES), None, said)[0])[0] == (
        f"Länet: 62,5{NBSP}% (3 av 5 kommuner ingår, 1 med äldre leverans)."
    )


def test_nothing_shown_is_said(home: Home) -> None:
    nothing = panel(home, Figure(None, status="undertryckt"), Figure("0642", status="undertryckt"))
    assert finding(nothing) == [
        "Länets andel visas inte (undertryckt); 1 av 1 kommuner ingår.",
        "Ingen kommun har en andel som kan visas.",
    ]
    assert caveats(nothing) == ["Undertryckt: Mullsjö."]


def test_each_reason_for_not_showing_is_said_for_itself(home: Home) -> None:
    said = about(home, ["0604", "0617", "0643", "0662", "0665", "0682"])
    assert caveats(panels(indikator_table(FIGURES), None, said)[0]) == [
        "Osäkert på grund av få i underlaget: Habo.",
        "Undertryckt: Gnosjö.",
        "Ej tillämpligt: Vaggeryd.",
        "Leveransen slutar före perioden: Nässjö.",
        "Uppgift saknas för perioden: Gislaved.",
    ]


def test_the_period_is_the_latest_that_most_municipalities_have_reached(home: Home) -> None:
    may = [Figure(code, 20, 40, period="2026-05") for code in ("0604", "0642", "0643")]
    early = Figure("0604", 20, 40, period="2026-06")
    assert panel(home, *may, early).period == "2026-05"
    june = [Figure("0642", 20, 40, period="2026-06"), early]
    assert panel(home, *may, *june).period == "2026-06"
    not_yet = Figure("0643", period="2026-07", status="ej_utvarderad")
    assert panel(home, *may, *june, not_yet).period == "2026-06"


def test_an_event_is_compared_by_quarter_and_a_state_by_month(home: Home) -> None:
    figures = [
        Figure("0642", 20, 40, indikator="T10", period_typ="kvartal", period="2026-K1"),
        Figure("0642", 20, 40, indikator="T10", period_typ="manad", period="2026-05"),
    ]
    found = panels(indikator_table(figures), None, about(home, ["0642"], one_indicator("T10")))[0]
    assert found.period_text == "första kvartalet 2026"


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("2026-06", "juni 2026"),
        ("2026-K4", "fjärde kvartalet 2026"),
        ("2025-H2", "andra halvåret 2025"),
        ("2025", "2025"),
    ],
)
def test_periods_are_written_in_words(period: str, text: str) -> None:
    assert period_text(period) == text


def test_numbers_are_written_in_swedish() -> None:
    assert percent_text(0.6245) == f"62,5{NBSP}%"
    assert percent_text(0.0) == f"0,0{NBSP}%"
    assert interval_text(0.1, 0.25) == f"10,0–25,0{NBSP}%"


def test_the_swedish_alphabet_ends_with_three_letters() -> None:
    names = ["Öckerö", "Ängelholm", "Åmål", "Ystad", "aneby"]
    assert sorted(names, key=alphabetical) == ["aneby", "Ystad", "Åmål", "Ängelholm", "Öckerö"]
