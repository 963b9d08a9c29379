"""A release's pages in a real browser without any network: nothing is asked for, nothing fails, they fit a phone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.derive import indicators
from ibic_pipeline.publish import Municipality
from tests.support.browser import needs_a_browser, too_wide, visit
from tests.support.releases import NAMES, Figure, indikator_table, make_home, make_municipality, publish_small

pytestmark = needs_a_browser

PAGES = {
    "index.html": "", "tidhallning.html": "T", "maluppfyllelse.html": "M", "foljsamhet.html": "F",
    "dokumentation.html": "D", "delaktighet.html": "P",
}  # fmt: skip
"""Page -> the first letter of the indicators that are drawn on it."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with one municipality that never delivered, one that is stale, and small numbers."""
    home = make_home(tmp_path_factory.mktemp("home"))
    refused: dict[str, Any] = {"inaktuell": True, "orsaker": ("LEV-003: Filen beslut.csv är tom.",)}
    municipalities = [
        Municipality(code, NAMES[code], "lan", None, **refused)
        if code == "0662"
        else make_municipality(home, code, **(refused if code == "0680" else {}))
        for code in NAMES
    ]
    period = {"tillstand": ("manad", "2026-06"), "handelse": ("kvartal", "2026-K2")}
    figures = [
        Figure(code, 20, 40, "undertryckt" if code == "0617" else "visas", each.id, *period[each.typ], code == "0680")
        for each in indicators()
        for code in [None, *NAMES]
        if code != "0662"
    ]
    folder = publish_small(
        home,
        municipalities=municipalities,
        catalogue=indicators(),
        tables={"indikator": indikator_table(figures)},
    )
    return folder / "rapport"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_and_nothing_fails(report: Path, tmp_path: Path, name: str) -> None:
    found = visit(report / name, tmp_path)
    assert (found.requests, found.said) == ([], [])
    panels = sum(each.id[0] == PAGES[name] for each in indicators())
    assert found.dom.count('<svg xmlns="http://www.w3.org/2000/svg" role="img"') == panels
    assert "Jämförelse av kommunerna i Jönköpings län" in found.dom


def test_every_link_between_the_pages_and_out_of_them_leads_somewhere(report: Path) -> None:
    listed = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))["filer"]
    assert {name for name in listed if name.startswith("rapport/")} == {f"rapport/{name}" for name in PAGES}
    for name in PAGES:
        for link in set(re.findall(r'href="([^"]+)"', (report / name).read_text(encoding="utf-8"))):
            target, _, place = link.partition("#")
            path = report / target if target else report / name
            assert path.is_file(), link
            assert not place or f'id="{place}"' in path.read_text(encoding="utf-8"), link


def test_a_page_that_asks_or_fails_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "other.html"
    page.write_text('<img src="http://example.com/x.png"><script>undefinedName()</script>', encoding="utf-8")
    found = visit(page, tmp_path)
    assert found.requests == ["http://example.com/x.png"]
    assert "undefinedName" in found.said[0]


@pytest.mark.parametrize("width", [400, 1280])
def test_only_the_tables_scroll_sideways(report: Path, tmp_path: Path, width: int) -> None:
    assert too_wide([report / name for name in PAGES], width, tmp_path) == [0] * len(PAGES)
