"""What is said of one indicator's figures: the chart, who differs, ties, what is not shown, and which period."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import altair as alt
import pytest
from jsonschema import ValidationError

from ibic_pipeline.home import Home
from ibic_pipeline.report import charts
from ibic_pipeline.report.drawing import draw
from ibic_pipeline.report.figures import Panel, panels
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.report.numbers import alphabetical, interval_text, percent_text, period_text
from ibic_pipeline.report.pictures import dots
from tests.support.releases import Figure, indikator_table, make_home, one_indicator
from tests.support.shown import FIGURES, about, panel

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


def dot_plot(found: Panel) -> str:
    return draw({"bild": dots(found)})["bild"]


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
        "Osäker på grund av få i underlaget: Habo.",
        "Undertryckt: Gnosjö.",
        "Ej tillämpligt: Vaggeryd.",
        "Inte levererat än: Nässjö.",
        "Uppgift saknas: Gislaved.",
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
