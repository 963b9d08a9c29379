"""The walk in docs/coordinator.md, clicked through in a real browser: three questions, at most three clicks each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import needs_a_browser
from tests.support.devtools import Browser, browser
from tests.support.sites import ACTION, small_site

pytestmark = needs_a_browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("home")) / "rapport"


@pytest.fixture
def tab(report: Path, tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path) as opened:
        opened.size(1280)
        opened.open(report / "index.html")
        yield opened


def test_who_follows_up_within_a_year_and_whether_the_difference_is_real_takes_two_clicks(tab: Browser) -> None:
    tab.click("T1 Uppföljda inom 12 månader")
    assert tab.seen("h1") == "T1 Uppföljda inom 12 månader"
    assert "länet" in tab.seen("#kommuner ~ figure .fynd:nth-of-type(2)")
    tab.click("Är skillnaden säker?")
    assert tab.seen("#tratt") == "Är skillnaden säker?"
    assert "gräns" in tab.seen("#tratt ~ .bredvid .fynd")


def test_what_mullsjo_should_begin_with_takes_one_click(tab: Browser) -> None:
    tab.click("Mullsjö")
    assert tab.seen("h1") == "Mullsjö"
    assert tab.seen("#forst") == "Börja här"
    assert "▲" not in tab.seen(".forst li")
    assert "röd" in tab.seen(".forst li")
    assert "Åtgärd:" in tab.seen(".forst li")
    everything = tab.value("document.querySelector('.forst').innerText")
    assert ACTION in everything
    assert "ingen åtgärd är angiven" in everything


def test_why_a_figure_of_gnosjo_is_missing_and_what_can_be_mended_takes_three_clicks(tab: Browser) -> None:
    tab.click("Gnosjö")
    tab.click("Varför siffror saknas")
    assert tab.seen("#saknas") == "Varför siffror saknas"
    assert "Det finns uppgifter, men så få" in tab.seen("#saknas ~ ul")
    tab.click("datakvalitet")
    assert tab.seen("h1") == "Datakvalitet i Gnosjö"


def test_the_words_of_the_walk_are_those_of_the_pages(report: Path) -> None:
    walk = (Path(__file__).parents[2] / "docs" / "coordinator.md").read_text(encoding="utf-8")
    for name, words in {
        "indikator-T1.html": ["T1 Uppföljda inom 12 månader", "Är skillnaden säker?", "Plats"],
        "kommun-0642.html": ["Börja här", "Varför siffror saknas", "datakvalitet"],
    }.items():
        text = (report / name).read_text(encoding="utf-8")
        for each in words:
            assert each in walk, each
            assert each in text, (name, each)
