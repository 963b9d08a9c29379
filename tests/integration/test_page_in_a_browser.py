"""A release's pages in a real browser without any network: nothing is asked for, nothing fails, they fit a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.derive import indicators
from ibic_pipeline.publish import Municipality
from tests.support.releases import NAMES, Figure, indikator_table, make_home, make_municipality, publish_small

BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
pytestmark = pytest.mark.skipif(not BROWSER, reason="needs Chromium or Chrome on PATH to open the page in")

PAGES = {
    "index.html": "", "tidhallning.html": "T", "maluppfyllelse.html": "M", "foljsamhet.html": "F",
    "dokumentation.html": "D", "delaktighet.html": "P",
}  # fmt: skip
"""Page -> the first letter of the indicators that are drawn on it."""

ITS_OWN_BUSINESS = "not an origin"
"""What the browser's log calls the initiator of requests that no page made: updates, the time of day."""


@dataclass(frozen=True)
class Visit:
    """What a browser did with a page."""

    dom: str
    requests: list[str]
    said: list[str]
    """Lines of the console: errors of scripts, of style, of anything refused."""


def visit(page: Path, folder: Path) -> Visit:
    """Open the page with every host name unknown."""
    log = folder / "net.json"
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}",
            "--enable-logging=stderr", "--window-size=1400,900", "--dump-dom", page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )  # fmt: skip
    noted = json.loads(log.read_text(encoding="utf-8"))
    started = noted["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    asked = [each["params"] for each in noted["events"] if each["type"] == started and "url" in each.get("params", {})]
    requests = [each["url"] for each in asked if each["initiator"] != ITS_OWN_BUSINESS]
    return Visit(done.stdout, requests, [line for line in done.stderr.splitlines() if "CONSOLE" in line])


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
    framed = tmp_path / "framed.html"  # in a frame, because a browser's own window is never as narrow as a phone
    texts = [escape((report / name).read_text(encoding="utf-8")) for name in PAGES]
    frames = [f'<iframe width="{width}" frameborder="0" srcdoc="{text}"></iframe>' for text in texts]
    measure = """<script>onload = () => {
        const pages = [...document.querySelectorAll("iframe")].map(each => each.contentDocument.documentElement)
        document.title = pages.map(page => page.scrollWidth - page.clientWidth).join(" ") + " too wide"
    }</script>"""
    framed.write_text(f"<title></title>{''.join(frames)}{measure}", encoding="utf-8")
    assert f"<title>{' '.join('0' * len(PAGES))} too wide</title>" in visit(framed, tmp_path).dom
