"""Renders charts as accessible SVG: in parallel where there are many, and only those whose data have changed."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ibic_pipeline.report import charts, charts_beside, charts_of_size, charts_of_time
from ibic_pipeline.report.svg import accessible
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import sha256_of_files, sha256_of_json, write_text

KINDS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "prickar": charts.dot_plot,
    "mot_lanet": charts_beside.beside_the_county,
    "tratt": charts_of_size.funnel_plot,
    "utveckling": charts_of_time.trend,
    "overlevnad": charts_of_time.waiting,
}
"""Kind of chart -> how its data become a specification of Vega-Lite."""
CODE = ("charts", "charts_beside", "charts_of_size", "charts_of_time", "measures", "numbers", "words")
"""Modules that decide what a picture looks like."""
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
    return {name: accessible(svgs[keys[name]], name, each.titel, each.beskrivning) for name, each in drawings.items()}


def _key(drawing: Drawing) -> str:
    data = json.loads(json.dumps(asdict(drawing.data)))
    return sha256_of_json([drawing.slag, data, _how()])


@cache
def _how() -> str:
    """What else decides a picture: our code and the libraries."""
    code = sha256_of_files(
        [PACKAGE / "report" / f"{each}.py" for each in CODE],
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
