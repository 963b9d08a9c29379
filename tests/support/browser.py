"""A real browser without any network, for tests that open pages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
needs_a_browser = pytest.mark.skipif(not BROWSER, reason="needs Chromium or Chrome on PATH to open the page in")

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


def too_wide(pages: Sequence[Path], width: int, folder: Path) -> list[int]:
    """Pixels by which each page is wider than a window of this width.

    They are measured in frames, because a browser's own window is never as narrow as a phone.
    """
    framed = folder / "framed.html"
    texts = [escape(page.read_text(encoding="utf-8")) for page in pages]
    frames = [f'<iframe width="{width}" frameborder="0" srcdoc="{text}"></iframe>' for text in texts]
    measure = """<script>onload = () => {
        const pages = [...document.querySelectorAll("iframe")].map(each => each.contentDocument.documentElement)
        document.title = pages.map(page => page.scrollWidth - page.clientWidth).join(" ") + " too wide"
    }</script>"""
    framed.write_text(f"<title></title>{''.join(frames)}{measure}", encoding="utf-8")
    found = re.search(r"<title>([-\d ]+) too wide</title>", visit(framed, folder).dom)
    assert found, "the browser has measured nothing"
    return [int(each) for each in found[1].split()]
