"""The pages of data quality in a real browser: nothing is asked for, nothing fails, they fit a phone, links lead on."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ibic_pipeline.derive import indicators
from tests.support.browser import needs_a_browser, too_wide, visit
from tests.support.quality_tables import CODES, quality_tables
from tests.support.releases import make_home, make_municipality, publish_small

PAGES = ("datakvalitet.html", *(f"datakvalitet-{code}.html" for code in CODES))
LARGEST = 300_000
"""Bytes that a page may take."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("home"))
    municipalities = [make_municipality(home, code) for code in CODES]
    tables = quality_tables()
    folder = publish_small(home, municipalities=municipalities, catalogue=indicators(), tables=tables)
    return folder / "rapport"


class Structure(HTMLParser):
    """Headings in order, ids, tables without a heading cell, and regions that scroll without a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.unnamed_regions = 0
        self.headers_without_scope = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if given.get("aria-labelledby"):
            self.named += str(given["aria-labelledby"]).split()
        self.unnamed_regions += given.get("role") == "group" and not (
            given.get("aria-label") or given.get("aria-labelledby")
        )
        self.headers_without_scope += tag == "th" and "scope" not in given


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_without_seeing_it(report: Path, name: str) -> None:
    text = (report / name).read_text(encoding="utf-8")
    found = Structure(text)
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(found.headings, found.headings[1:], strict=False))
    assert len(found.ids) == len(set(found.ids))
    assert set(found.named) <= set(found.ids)
    assert (found.unnamed_regions, found.headers_without_scope) == (0, 0)
    assert '<html lang="sv">' in text
    assert text.count("<script") == text.count("<script>// Lets a reader sort and filter tables") == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small_and_links_to_what_is_there(report: Path, name: str) -> None:
    path = report / name
    assert path.stat().st_size < LARGEST
    listed = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))["filer"]
    assert f"rapport/{name}" in listed
    for link in set(re.findall(r'href="([^"]+)"', path.read_text(encoding="utf-8"))):
        target, _, place = link.partition("#")
        linked = report / target if target else path
        assert linked.is_file(), link
        assert not place or f'id="{place}"' in linked.read_text(encoding="utf-8"), link


@needs_a_browser
@pytest.mark.parametrize("name", PAGES[:2])
def test_a_page_asks_for_nothing_and_nothing_fails(report: Path, tmp_path: Path, name: str) -> None:
    found = visit(report / name, tmp_path)
    assert (found.requests, found.said) == ([], [])
    assert "Datakvalitet i " in found.dom


@needs_a_browser
@pytest.mark.parametrize("width", [400, 1280])
def test_only_the_tables_scroll_sideways(report: Path, tmp_path: Path, width: int) -> None:
    assert too_wide([report / name for name in PAGES], width, tmp_path) == [0] * len(PAGES)
