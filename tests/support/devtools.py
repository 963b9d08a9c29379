"""One real browser, without any network, that a test drives: pages opened, keys pressed, media emulated, axe asked."""

from __future__ import annotations

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.support.browser import BROWSER

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SECONDS = 60.0


class Browser:
    """A tab; what pages asked for and complained about is in ``requests`` and ``said``."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._loaded = False
        self.requests: list[str] = []
        self.said: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> Any:
        """One command of the browser's own protocol, and its answer."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(timeout=SECONDS))
            if told.get("id") == self._number:
                assert "error" not in told, told
                return told["result"]
            self._note(told)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded":
                self.said.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.said.append(params["exceptionDetails"]["text"])

    def open(self, page: Path) -> None:
        """Open a file and wait until it is loaded."""
        self._loaded = False
        self.send("Page.navigate", url=page.as_uri())
        while not self._loaded:
            self._note(json.loads(self._socket.recv(timeout=SECONDS)))

    def value(self, expression: str) -> Any:
        """What a JavaScript expression (or promise) gives."""
        found = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def size(self, width: int, height: int = 900) -> None:
        """Give the page a window of this size, as narrow as a phone's if need be."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, kind: str = "", **features: str) -> None:
        """Let the page believe that it is printed, or that the reader has chosen colours: forced_colors="active"."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", media=kind, features=named)

    def click(self, text: str) -> None:
        """Click with the mouse on the link that says just this, and wait for the page that it leads to."""
        link = f"[...document.querySelectorAll('a')].find(each => each.textContent.trim() === {json.dumps(text)})"
        place = self.value(
            f"(() => {{const link = {link}; link.scrollIntoView({{block: 'center'}}); "
            "const box = link.getClientRects()[0]; "
            "return [box.x + box.width / 2, box.y + box.height / 2, link.getAttribute('href')]})()"
        )
        self._loaded = place[2].startswith("#")
        for kind in ("mousePressed", "mouseReleased"):
            mouse = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
            self.send("Input.dispatchMouseEvent", type=kind, **mouse)
        while not self._loaded:
            self._note(json.loads(self._socket.recv(timeout=SECONDS)))

    def seen(self, selector: str) -> str:
        """The text of an element that stands in the window without scrolling; else nothing."""
        return str(
            self.value(
                f"(() => {{const each = document.querySelector({json.dumps(selector)}); "
                "const box = each.getBoundingClientRect(); "
                "return box.top < innerHeight && box.bottom > 0 ? each.innerText : ''})()"
            )
        )

    def tab(self) -> None:
        """Press the tabulator key."""
        key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
        self.send("Input.dispatchKeyEvent", type="rawKeyDown", **key)
        self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    def enter(self) -> None:
        """Press the enter key."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        self.send("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
        self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    def faults(self) -> list[str]:
        """What axe finds against WCAG 2.1 AA in the page, with the elements."""
        self.value(f"{_axe()}; 1")
        rules = json.dumps({"runOnly": WCAG})
        return list(
            self.value(
                f"axe.run(document, {rules}).then(found => found.violations.map("
                "each => each.id + ': ' + each.nodes.map(node => node.target).join(' | ')))"
            )
        )

    def too_wide(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(self.value("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def picture(self, path: Path, **clip: float) -> None:
        """Save what is seen; ``clip`` is x, y, width and height of a part of the whole page."""
        part = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png", **part)["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that knows no host name, with a profile of its own in ``folder``; it ends with the block."""
    profile = folder / "devtools"
    process = subprocess.Popen(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--remote-debugging-port=0", "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with connect(_address(profile / "DevToolsActivePort"), max_size=None) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def _address(written: Path) -> str:
    """Where the first tab listens, once the browser has written its port."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if written.is_file() and (port := written.read_text(encoding="utf-8").split("\n")[0]):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                tabs = [each for each in json.load(answer) if each["type"] == "page"]
            if tabs:
                return str(tabs[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise AssertionError("the browser has not opened a port")


def _axe() -> str:
    package = find_spec("axe_core_python")
    assert package is not None, "axe-core-python is among the development dependencies"
    assert package.origin is not None
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")
