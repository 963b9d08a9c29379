"""Any bytes as a delivery: clean files of several layouts, broken in ways that a search may choose.

``python -m tests.support.fuzz 600`` searches for ten minutes within a memory limit; the suite runs a short, fixed part.
"""

from __future__ import annotations

import io
import itertools
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from ibic_pipeline.check.run import Checked, check_files
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.export import write_export
from tests.support.made_up import LAYOUTS, SHIPPED, small_world

MEMORY = 4 << 30
SLOW = 60.0
"""Seconds after which one delivery counts as a hang, on a busy machine."""

Break = Callable[[bytes], bytes]


@cache
def clean_delivery(layout: str) -> dict[str, bytes]:
    """File name -> bytes of a small delivery without faults."""
    members = LAYOUTS[layout]
    worlds = {code: small_world(code) for code in members}
    with tempfile.TemporaryDirectory() as folder:
        write_export(worlds, {code: SHIPPED.profil(code) for code in members}, Path(folder), END)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def judge(layout: str, files: dict[str, bytes]) -> Checked | None:
    """What a check says of the files; None when it refuses them. Anything else than a clear refusal is raised."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        delivered = Path(folder) / END.isoformat()
        delivered.mkdir()
        for name, content in files.items():
            (delivered / name).write_bytes(content)
        begun = time.monotonic()
        try:
            checked = check_files(Home(SHIPPED.path), LAYOUTS[layout][0], [delivered], date(2026, 6, 30))
        except (DeliveryRefused, IbicError):
            checked = None
        assert time.monotonic() - begun < SLOW, "a hang"
    if checked is not None:
        for each in checked.filer:
            if each["lasbar"]:
                assert each["last"] == each["godkanda"] + each["karantan"] + each["dubbletter"]
    return checked


def _at(content: bytes, place: float) -> int:
    return int(place * len(content))


_PIECES = (
    b"\0", b'"', b'""', b"'", b";", b"\t", b",", b"|", b"\r", b"\n", b"\r\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3",
    b"\xa0",
    b"=1+1", b"PK\x03\x04", b"\x1a", b"\x85", b"\xe2\x80\xa8", b";;;;;;;;", b'"\n"', b"Antal rader: 7\r\n", b"1,9E+11",
    b"9999-12-31", b"../", b"<x>&amp;", b"\xed\xa0\x80", b" " * 3000, b"a" * 70_000, b'"' + b"b;" * 3000,
)  # fmt: skip
_PLACE = st.floats(0, 1, allow_nan=False)


@st.composite
def _breaks(draw: st.DrawFn) -> tuple[str, tuple[Any, ...]]:
    kind = draw(st.sampled_from(("put", "cut", "drop", "repeat", "swap", "encode", "random", "noise", "wrap")))
    arguments: tuple[Any, ...] = {
        "put": lambda: (draw(_PLACE), draw(st.sampled_from(_PIECES) | st.binary(min_size=1, max_size=8))),
        "cut": lambda: (draw(_PLACE),),
        "drop": lambda: (draw(_PLACE), draw(st.integers(1, 400))),
        "repeat": lambda: (draw(_PLACE), draw(st.integers(1, 400)), draw(st.integers(1, 50))),
        "swap": lambda: (draw(st.sampled_from(_PIECES)), draw(st.sampled_from(_PIECES))),
        "encode": lambda: (draw(st.sampled_from(("utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp850", "mac_roman"))),),
        "random": lambda: (draw(st.binary(max_size=300)),),
        "noise": lambda: (draw(st.randoms(use_true_random=False)).randbytes(draw(st.integers(1, 4000))),),
        "wrap": lambda: (),
    }[kind]()
    return kind, arguments


def broken(content: bytes, kind: str, arguments: tuple[Any, ...]) -> bytes:
    """One break made to a file's bytes."""
    if kind == "put":
        place = _at(content, arguments[0])
        return content[:place] + arguments[1] + content[place:]
    if kind == "cut":
        return content[: _at(content, arguments[0])]
    if kind == "drop":
        place = _at(content, arguments[0])
        return content[:place] + content[place + arguments[1] :]
    if kind == "repeat":
        place = _at(content, arguments[0])
        return content[:place] + content[place : place + arguments[1]] * arguments[2] + content[place:]
    if kind == "swap":
        return content.replace(arguments[0], arguments[1], 60)
    if kind == "encode":
        return content.decode("utf-8", "replace").encode(arguments[0], "replace")
    if kind == "wrap":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("inuti.csv", content)
        return stream.getvalue()
    return arguments[0]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[str, dict[str, bytes]]:
    """A layout, and its delivery with one to four breaks in one or two files."""
    layout = draw(st.sampled_from(sorted(LAYOUTS)))
    files = dict(clean_delivery(layout))
    for name in draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=2, unique=True)):
        for kind, arguments in draw(st.lists(_breaks(), min_size=1, max_size=4)):
            files[name] = broken(files[name], kind, arguments)
    return layout, files


def search(seconds: float) -> int:
    """Try deliveries for a time; how many were tried. A failure is raised with the smallest delivery that shows it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    tried, until = 0, time.monotonic() + seconds
    for number in itertools.count(int(time.time())):
        if time.monotonic() > until:
            return tried

        @seed(number)
        @settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(deliveries())
        def try_some(delivery: tuple[str, dict[str, bytes]]) -> None:
            nonlocal tried
            tried += 1
            judge(*delivery)

        try_some()
    raise AssertionError("numbers have no end")


if __name__ == "__main__":
    print(f"{search(float(sys.argv[1]))} deliveries tried, none broke")
