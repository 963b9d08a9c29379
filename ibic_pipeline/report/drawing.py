"""Renders charts as accessible SVG: in parallel where there are many, and only those whose data have changed."""

from __future__ import annotations

import json
import multiprocessing
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ibic_pipeline.report import charts, charts_of_size, charts_of_time
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import sha256_of_files, sha256_of_json, write_text

SVG = "http://www.w3.org/2000/svg"
KINDS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "prickar": charts.dot_plot,
    "tratt": charts_of_size.funnel_plot,
    "utveckling": charts_of_time.trend,
    "overlevnad": charts_of_time.waiting,
}
"""Kind of chart -> how its data become a specification of Vega-Lite."""
ENOUGH_FOR_TWO = 60
"""So many charts are worth the seconds that it takes to start more processes; each loads altair and the renderer."""


@dataclass(frozen=True)
class Drawing:
    """One chart that is to be drawn: its kind, its data, and what those who do not see it are told."""

    slag: str
    data: Any
    """A dataclass of plain values, which alone decides the picture."""
    titel: str
    beskrivning: str


def draw(drawings: Mapping[str, Drawing], kept: Path | None = None) -> dict[str, str]:
    """Name -> SVG with Swedish title and description; the name, unique on its page, becomes part of ids.

    Args:
        kept: a folder of charts drawn before, by their data, which may be deleted at any time. What is not used is
            taken away, so that it never holds more than one release's charts.
    """
    keys = {name: _key(each) for name, each in drawings.items()}
    svgs = _kept(set(keys.values()), kept)
    missing = {keys[name]: drawings[name] for name in drawings if keys[name] not in svgs}
    drawn = dict(zip(missing, _rendered(list(missing.values())), strict=True))
    if kept is not None:
        for key, svg in drawn.items():
            write_text(svg, kept / f"{key}.svg")
    svgs |= drawn
    return {name: accessible(svgs[keys[name]], name, each) for name, each in drawings.items()}


def accessible(svg: str, name: str, drawing: Drawing) -> str:
    """The rendered chart as an image with a name and a description, without the renderer's own English roles."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)  # noqa: S314  made by our own renderer
    size = {key: root.attrib[key] for key in ("viewBox", "width", "height")}
    root.attrib.clear()
    for element in root.iter():
        for each in [each for each in element.attrib if each in ("class", "role") or each.startswith("aria-")]:
            del element.attrib[each]
    root.attrib.update({"role": "img", "aria-labelledby": f"{name}-titel {name}-beskrivning", **size})
    for position, (tag, text) in enumerate((("title", drawing.titel), ("desc", drawing.beskrivning))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{'titel' if tag == 'title' else 'beskrivning'}"})
        element.text = text
        root.insert(position, element)
    return ET.tostring(root, encoding="unicode").replace("\n", "")


def _key(drawing: Drawing) -> str:
    data = json.loads(json.dumps(asdict(drawing.data)))
    return sha256_of_json([drawing.slag, data, _how()])


@cache
def _how() -> str:
    """What else decides a picture: our code and the libraries."""
    code = sha256_of_files(
        [PACKAGE / "report" / f"{each}.py" for each in ("charts", "charts_of_size", "charts_of_time", "measures")],
        PACKAGE,
    )
    return f"{code} {version('altair')} {version('vl-convert-python')}"


def _kept(keys: set[str], folder: Path | None) -> dict[str, str]:
    if folder is None or not folder.is_dir():
        return {}
    found = {}
    for path in folder.glob("*.svg"):
        if path.stem in keys:
            found[path.stem] = path.read_text(encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
    return found


def _rendered(drawings: list[Drawing]) -> list[str]:
    workers = min(os.cpu_count() or 1, 1 + len(drawings) // ENOUGH_FOR_TWO)
    if workers == 1:
        return [_render(each) for each in drawings]
    # A process of its own, begun anew: the renderer's threads do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_render, drawings, chunksize=8))


def _render(drawing: Drawing) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(KINDS[drawing.slag](drawing.data))
    return svg
