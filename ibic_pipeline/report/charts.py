"""One indicator as a picture: each place's figure with its interval and the county's line, and the funnel around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

import altair as alt
from altair.utils.schemapi import debug_mode

from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.measures import value_text
from ibic_pipeline.report.numbers import NBSP
from ibic_pipeline.report.words import not_shown_text

Chart = tuple[Sequence[alt.Chart], int, int, dict[str, int]]
"""Charts that are laid over each other, the first undermost, in a frame: width, height and padding in pixels."""

Horizontal = Callable[[str], alt.X]
"""Column -> its place along the axis that the layers share."""

PLOT_WIDTH = 238
ROW_HEIGHT = 20
PADDING = {"left": 100, "right": 24, "top": 24, "bottom": 26}

SHAPES = {"gron": "circle", "gul": "diamond", "rod": "triangle-up", "ej_utvarderad": "square"}
FILLS = {"gron": "#1f7a43", "gul": "#f2b705", "rod": "#c0322b", "ej_utvarderad": "#ffffff"}
STROKES = {"gron": "#124d2a", "gul": "#6b4e00", "rod": "#7a1712", "ej_utvarderad": "#4a5560"}
INK = "#22303c"
QUIET = "#5a6672"
COUNTY = "#12507b"
TICK_LABELS = {
    "andel": f"round(datum.value * 100) + '{NBSP}%'",
    "median": "datum.value",
    "skillnad": "(datum.value > 0 ? '+' : datum.value < 0 ? '\u2212' : '') + abs(datum.value)",
}
THOUSANDS = f"replace(format(datum.value, ',d'), ',', '{NBSP}')"
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)
CONFIGURATION: dict[str, Any] = {
    "font": "sans-serif",
    "background": "transparent",
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": INK,
        "labelPadding": 9,
        "labelFlush": False,
        "gridColor": "#e3e7eb",
        "domain": False,
        "ticks": False,
    },
}


def dot_plot(panel: Panel) -> dict[str, Any]:
    """A specification: a row per place (or group) with figure, interval and signal, and the county as a line."""
    return specification(_drawn, panel)


def specification(drawn: Callable[[Any], Chart], data: Any) -> dict[str, Any]:
    """What the renderer is given, in a fixed frame: else the size would follow the fonts of the machine."""
    with debug_mode(False):  # each piece would be held against the whole schema, which takes half of a release's time
        layers, width, height, padding = drawn(data)
        shared: dict[str, Any] = {"top_level": False, "datasets": {}}
        # Put together here: altair's own way of laying charts over each other copies all of them several times.
        told = [layer.to_dict(validate=False, context=shared) for layer in layers]
    frame = {"width": width, "height": height, "padding": padding, "autosize": {"type": "none"}}
    return {"layer": told, "datasets": shared["datasets"], "config": CONFIGURATION, **frame}


def _drawn(panel: Panel) -> Chart:
    names = [_label(cell) for cell in panel.kommuner]
    ticks = _ticks(panel)
    shown = [cell for cell in panel.kommuner if cell.shown]
    edge = ticks[0] + 0.01 * (ticks[-1] - ticks[0])
    hidden = [
        {"namn": _label(cell), "text": not_shown_text(cell.visning), "x": edge}
        for cell in panel.kommuner
        if not cell.shown
    ]
    x = partial(along, panel.matt, ticks)
    y = alt.Y("namn:N", sort=names, scale=alt.Scale(domain=names), axis=alt.Axis(title=None, labelLimit=96))
    layers = [*intervals(shown, x, y), *_county(panel, x, ticks), *_words(hidden, x, y)]
    return layers, PLOT_WIDTH, ROW_HEIGHT * len(names), PADDING


def _ticks(panel: Panel) -> list[float]:
    """Where the axis is marked, from its one end to the other: round numbers, zero always among them."""
    if panel.matt == "andel":
        return [0, 0.25, 0.5, 0.75, 1]
    ends = [end for cell in (panel.lan, *panel.kommuner) for end in (cell.varde, cell.lag, cell.hog) if end is not None]
    low, high = min([0.0, *ends]), max([1.0, *ends])
    if panel.matt == "skillnad":
        low, high = -max(high, -low), max(high, -low)
    step = next((each for each in STEPS if high - low <= 5 * each), STEPS[-1])
    return [step * each for each in range(math.floor(low / step), math.ceil(high / step) + 1)]


def intervals(shown: Sequence[Cell], x: Horizontal, y: alt.Y) -> list[alt.Chart]:
    """The intervals of cells with a figure as rules, and the figures as marks in the shape of their signal."""
    data = rows([_datum(cell) for cell in shown])
    dash = alt.StrokeDash("osaker:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [3, 2]]), legend=None)
    signals = list(SHAPES)
    return [
        data.mark_rule(strokeWidth=2, color="#8a96a3").encode(x=x("lag"), x2=alt.X2("hog:Q"), y=y, strokeDash=dash),
        data.mark_point(filled=True, opacity=1, size=80, strokeWidth=1.2).encode(
            x=x("varde"),
            y=y,
            shape=alt.Shape("signal:N", scale=alt.Scale(domain=signals, range=list(SHAPES.values())), legend=None),
            fill=alt.Fill("signal:N", scale=alt.Scale(domain=signals, range=list(FILLS.values())), legend=None),
            stroke=alt.Stroke("signal:N", scale=alt.Scale(domain=signals, range=list(STROKES.values())), legend=None),
        ),
    ]


def _words(hidden: list[dict[str, Any]], x: Horizontal, y: alt.Y) -> list[alt.Chart]:
    """Why nothing is shown, on a white edge so that it can be read across the county's line."""
    looks: tuple[dict[str, Any], ...] = ({"stroke": "#ffffff", "strokeWidth": 4}, {"color": QUIET})
    return [
        rows(hidden)
        .mark_text(align="left", fontStyle="italic", fontSize=11, **look)
        .encode(x=x("x"), y=y, text=alt.Text("text:N"))
        for look in looks
    ]


def _county(panel: Panel, x: Horizontal, ticks: list[float]) -> list[alt.Chart]:
    if panel.lan.varde is None:
        return []
    data = rows([{"lan": panel.lan.varde, "text": f"Länet {value_text(panel.lan.varde, panel.matt, panel.unit)}"}])
    place = (panel.lan.varde - ticks[0]) / (ticks[-1] - ticks[0])
    align: Literal["left", "center", "right"] = "center"
    # The longer words of a unit need the room that a percentage does not.
    room = 0.25 if panel.matt == "andel" else 0.4
    if not room <= place <= 1 - room:
        align = "left" if place < room else "right"
    above = alt.YValue(-6)  # type: ignore[no-untyped-call]
    return [
        data.mark_rule(color=COUNTY, strokeWidth=1.5, strokeDash=[5, 3]).encode(x=x("lan")),
        data.mark_text(color=COUNTY, fontWeight="bold", fontSize=12, align=align, baseline="bottom").encode(
            x=x("lan"), y=above, text=alt.Text("text:N")
        ),
    ]


def rows(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]


def along(matt: str, ticks: list[float], column: str) -> alt.X:
    """A column's place along the axis, by what is measured and where the axis is marked."""
    axis = alt.Axis(title=None, values=ticks, labelExpr=TICK_LABELS[matt])
    return alt.X(f"{column}:Q", scale=alt.Scale(domain=[ticks[0], ticks[-1]], nice=False), axis=axis)


def _label(cell: Cell) -> str:
    return f"{cell.namn}*" if cell.inaktuell else cell.namn


def _datum(cell: Cell) -> dict[str, Any]:
    return {
        "namn": _label(cell),
        "varde": cell.varde,
        "lag": cell.varde if cell.lag is None else cell.lag,
        "hog": cell.varde if cell.hog is None else cell.hog,
        "signal": cell.signal or "ej_utvarderad",
        "osaker": cell.visning == "osaker",
    }
