"""The site in a real browser without any network: read, heard, tabbed through, enlarged, recoloured, printed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.publish.difference import difference
from ibic_pipeline.report import write_changes
from tests.support.browser import needs_a_browser, visit
from tests.support.devtools import Browser, browser
from tests.support.sites import CODES, NEVER, SHOWN, small_site

LARGEST = 300_000
"""Bytes that a page may take."""
EXPECTED = {
    "index.html", "jamstalldhet.html", "om-siffrorna.html", "datakvalitet.html",
    *(f"indikator-{id}.html" for id in SHOWN), *(f"kommun-{code}.html" for code in (*CODES, NEVER)),
    *(f"datakvalitet-{code}.html" for code in CODES),
}  # fmt: skip
KINDS = ["index.html", "indikator-T1.html", "indikator-T4.html", "kommun-0642.html", "kommun-0662.html",
         "jamstalldhet.html", "om-siffrorna.html", "datakvalitet.html"]  # fmt: skip
"""A page of each kind."""
LARGE_TEXT = """(() => {const style = document.createElement("style"); style.textContent = "html { font-size: 200% }";
    document.head.append(style)})()"""
TOO_NARROW = """[...document.querySelectorAll("main *, header *, nav *")].filter(each => {
    const style = getComputedStyle(each)
    return style.overflowX === "visible" && each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 0
        && !each.closest(".rulla, svg, .osynlig") && style.display !== "inline"
}).map(each => each.outerHTML.slice(0, 90))"""
CUT = """[...document.querySelectorAll('.rulla')].filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => each.getAttribute("aria-labelledby") || each.getAttribute("aria-label"))"""
TARGET = """each => each.getAttribute("href") || each.closest(".rulla, .verktyg").outerHTML.length + each.tagName
    + each.className + each.textContent"""
FOCUSED = """(() => {
    const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect()
    return [each.tagName, (TARGET)(each), style.outlineStyle !== "none" || style.boxShadow !== "none",
            box.bottom > 0 && box.top < innerHeight]})()""".replace("TARGET", TARGET)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("home")) / "rapport"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def test_the_site_has_a_page_for_each_indicator_and_municipality_and_each_is_small(report: Path) -> None:
    assert {path.name for path in report.iterdir()} == EXPECTED
    assert max(path.stat().st_size for path in report.iterdir()) < LARGEST
    listed = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))["filer"]
    assert {name.removeprefix("rapport/") for name in listed if name.startswith("rapport/")} == EXPECTED


def test_no_page_names_anything_outside_the_release(report: Path) -> None:
    for path in report.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script\b(?!>)|<(link|iframe|img|object|embed|base)\b", text, re.IGNORECASE), path.name
        assert not re.search(r"url\((?!#)|@import|@font-face|javascript:|\bon[a-z]+=", text), path.name
        assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}, path.name


def test_every_link_between_the_pages_and_out_of_them_leads_somewhere(report: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in report.iterdir()}
    for name, text in texts.items():
        for link in set(re.findall(r'href="([^"]+)"', text)):
            target, _, place = link.partition("#")
            assert not target or (report / target).is_file(), (name, link)
            if place:
                assert f'id="{place}"' in texts[target or name], (name, link)


@needs_a_browser
def test_no_page_breaks_a_rule_of_accessibility_or_asks_for_anything(report: Path, tab: Browser) -> None:
    tab.size(1280)
    found = {}
    for path in sorted(report.iterdir()):
        tab.open(path)
        if faults := tab.faults():
            found[path.name] = faults
    assert found == {}
    assert [each for each in tab.requests if not each.startswith("file:")] == []
    assert tab.said == []


@needs_a_browser
def test_the_page_of_changes_breaks_no_rule_and_fits(report: Path, tab: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    shutil.copytree(report.parent, folder)
    path = folder / "jamforelse" / "indikator.parquet"
    path.chmod(0o644)
    rows = pq.read_table(path)
    moved = pc.if_else(pc.equal(rows["kommunkod"], "0642"), pc.multiply(rows["andel"], 0.9), rows["andel"])
    pq.write_table(rows.set_column(rows.column_names.index("andel"), rows.schema.field("andel"), moved), path)
    about = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "rapport").chmod(0o755)
    write_changes(folder, about, difference(report.parent, folder, about, 1))
    tab.size(1280)
    tab.open(folder / "rapport" / "andringar.html")
    assert tab.value("document.querySelectorAll('main tbody tr').length") > 40
    assert tab.faults() == []
    assert tab.value(CUT) == []
    tab.size(400)
    assert tab.too_wide() == 0


@needs_a_browser
def test_a_fault_would_be_noticed(tmp_path: Path, tab: Browser) -> None:
    page = tmp_path / "fel.html"
    page.write_text('<html><body><h3>A</h3><p style="color: #ccc">Text</p><img src="x.png">', encoding="utf-8")
    tab.open(page)
    rules = {each.partition(":")[0] for each in tab.faults()}
    assert {"color-contrast", "html-has-lang", "image-alt", "document-title"} <= rules


@needs_a_browser
@pytest.mark.parametrize("width", [1280, 400])
def test_only_tables_scroll_sideways(report: Path, tab: Browser, width: int) -> None:
    tab.size(width)
    for name in KINDS:
        tab.open(report / name)
        assert tab.too_wide() == 0, name


@needs_a_browser
def test_on_a_usual_screen_no_table_needs_to_be_scrolled(report: Path, tab: Browser) -> None:
    tab.size(1280)
    for path in sorted(report.iterdir()):
        tab.open(path)
        assert tab.value(CUT) == [], path.name


@needs_a_browser
def test_the_countys_own_row_shows_what_is_hidden_as_other_rows_do(report: Path, tab: Browser) -> None:
    tab.size(1280)
    for name, cell in (("indikator-T1.html", "tr.lan td"), ("index.html", ".oversikt tbody td:nth-child(2)")):
        tab.open(report / name)
        found = f"(() => {{const cell = document.querySelector('{cell}'); cell.className = 'visning-undertryckt'; "
        assert "gradient" in tab.value(f"{found} return getComputedStyle(cell).backgroundImage}})()"), name


@needs_a_browser
@pytest.mark.parametrize("name", KINDS)
def test_text_of_twice_the_size_still_fits(report: Path, tab: Browser, name: str) -> None:
    tab.size(1280)
    tab.open(report / name)
    tab.value(LARGE_TEXT)
    assert tab.too_wide() == 0
    assert tab.value(TOO_NARROW) == []


@needs_a_browser
def test_the_keyboard_reaches_everything_in_reading_order_and_shows_where_it_is(report: Path, tab: Browser) -> None:
    tab.size(1280)
    for name in KINDS:
        tab.open(report / name)
        reachable = tab.value(
            f"[...document.querySelectorAll('a[href], button, input, [tabindex=\"0\"]')].map({TARGET})"
        )
        visited = []
        for _ in reachable:
            tab.tab()
            _, target, outlined, in_view = tab.value(FOCUSED)
            assert outlined, target
            assert in_view, target
            visited.append(target)
        assert visited == reachable
        assert visited[0] == "#innehall"
        scrolling = "[...document.querySelectorAll('*')].filter(each => getComputedStyle(each).overflowX === 'auto')"
        assert tab.value(f"{scrolling}.every(each => each.tabIndex === 0)")


@needs_a_browser
def test_the_first_link_skips_the_menus(report: Path, tab: Browser) -> None:
    tab.open(report / "index.html")
    tab.tab()
    tab.enter()
    assert tab.value("location.hash") == "#innehall"
    tab.tab()
    assert tab.value("document.activeElement.closest('main') !== null")


@needs_a_browser
def test_with_the_readers_own_colours_signals_keep_their_shape_and_states_their_words(
    report: Path, tab: Browser
) -> None:
    tab.media(forced_colors="active")
    for name in KINDS:
        tab.open(report / name)
        assert tab.faults() == [], name
    tab.open(report / "index.html")
    assert tab.value("matchMedia('(forced-colors: active)').matches")
    assert tab.value("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(255, 255, 255)"
    shapes = tab.value("getComputedStyle(document.querySelector('td .signal svg')).forcedColorAdjust")
    assert shapes == "none"
    tab.media()


@needs_a_browser
def test_on_paper_there_are_no_menus_and_nothing_is_cut_off(report: Path, tab: Browser) -> None:
    tab.media("print")
    tab.size(1040)  # the width of a sheet lying down
    for name in KINDS:
        tab.open(report / name)
        hidden = (
            "[...document.querySelectorAll('nav, .hoppa')].every(each => getComputedStyle(each).display === 'none')"
        )
        assert tab.value(hidden), name
        assert tab.value(CUT) == [], name
        # What Chromium leaves out of the headings that it repeats on each sheet.
        assert tab.value("getComputedStyle(document.querySelector('th button') || document.body).display") in (
            "contents", "block",
        ), name  # fmt: skip
        sticky = "[...document.querySelectorAll('th')].filter(each => getComputedStyle(each).position === 'sticky')"
        assert tab.value(f"{sticky}.length") == 0, name
    tab.media()


@needs_a_browser
def test_a_page_that_asks_or_fails_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "other.html"
    page.write_text('<img src="http://example.com/x.png"><script>undefinedName()</script>', encoding="utf-8")
    found = visit(page, tmp_path)
    assert found.requests == ["http://example.com/x.png"]
    assert "undefinedName" in found.said[0]
