"""The funnel plot: shares against how many each is of, within the limits that chance alone would keep them."""

from __future__ import annotations

import math
from typing import Any

import altair as alt

from ibic_pipeline.report.charts import (
    COUNTY,
    FILLS,
    INK,
    QUIET,
    SHAPES,
    STROKES,
    THOUSANDS,
    Chart,
    rows,
    specification,
)
from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.numbers import NBSP

WIDTH, HEIGHT = 400, 220
PADDING = {"left": 58, "right": 34, "top": 18, "bottom": 44}
SIZES = tuple(digit * 10**power for power in range(1, 6) for digit in (1, 2, 5))
NAMED = 16
"""So many names at most are written out; in a larger county those furthest outside."""
FONT, LETTER, MARK = 11, 6.2, 5
"""Pixels: the height of a name, the width of one of its letters, and half a point's."""
BESIDE = (("left", -6), ("left", 7), ("right", -6), ("right", 7))
"""Where a name may stand: which of its ends is towards the point, and how far below it; the first that is free."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def funnel_plot(panel: Panel) -> dict[str, Any]:
    """A specification: a point per municipality, the county's share, and the exact binomial limits at each size."""
    return specification(_drawn, panel)


def in_the_funnel(panel: Panel) -> list[Cell]:
    """The municipalities that the plot shows: those with a share, a denominator and limits."""
    return [each for each in panel.kommuner if each.andel is not None and each.namnare and each.granser]


def _drawn(panel: Panel) -> Chart:
    shown = sorted(in_the_funnel(panel), key=lambda each: (each.namnare, each.namn))
    points = [_point(each) for each in shown]
    ends = [point[name] for point in points for name in ("v", "h95", "h998")] + [panel.lan.andel or 0]
    step = next(each for each in (0.05, 0.1, 0.2, 0.25) if max(ends) <= 5 * each or each == 0.25)
    top = min(1.0, step * math.ceil(max(ends) / step - 1e-9)) or step
    sizes = [point["n"] for point in points]
    low = max(each for each in (1, *SIZES) if each <= min(sizes))
    high = min(each for each in (*SIZES, 10**6) if each >= max(sizes))
    x = alt.X(
        "n:Q",
        scale=alt.Scale(type="log", domain=[low, high if high > low else 2 * low], nice=False),
        axis=alt.Axis(
            title="antal i nämnaren (logaritmisk skala)",
            values=[each for each in (1, *SIZES) if low <= each <= high],
            labelExpr=THOUSANDS,
            titleColor=QUIET,
            titleFontWeight="normal",
        ),
    )
    ticks = [round(step * each, 2) for each in range(round(top / step) + 1)]
    axis = alt.Axis(title=None, values=ticks, labelExpr=f"round(datum.value * 100) + '{NBSP}%'")
    scale = alt.Scale(domain=[0, top], nice=False)
    base = rows(points)
    layers: list[alt.Chart] = [
        base.mark_line(color="#8a96a3", strokeWidth=1.3, strokeDash=dash).encode(
            x=x, y=alt.Y(f"{name}:Q", scale=scale, axis=axis)
        )
        for level, dash in (("95", [5, 3]), ("998", [1, 0]))
        for name in (f"l{level}", f"h{level}")
    ]
    if panel.lan.andel is not None:
        layers.append(
            rows([{"v": panel.lan.andel}]).mark_rule(color=COUNTY, strokeWidth=1.5).encode(y=alt.Y("v:Q", scale=scale))
        )
    signals = list(SHAPES)
    layers.append(
        base.mark_point(filled=True, opacity=1, size=70, strokeWidth=1.2).encode(
            x=x,
            y=alt.Y("v:Q", scale=scale, axis=axis),
            shape=alt.Shape("signal:N", scale=alt.Scale(domain=signals, range=list(SHAPES.values())), legend=None),
            fill=alt.Fill("signal:N", scale=alt.Scale(domain=signals, range=list(FILLS.values())), legend=None),
            stroke=alt.Stroke("signal:N", scale=alt.Scale(domain=signals, range=list(STROKES.values())), legend=None),
        )
    )
    names = _names(points, (low, high if high > low else 2 * low), top)
    layers += [
        rows([each for each in names if each["sida"] == side])
        .mark_text(align=side, baseline="middle", fontSize=FONT, **look)
        .encode(x=alt.X("x:Q", scale=None), y=alt.Y("y:Q", scale=None), text=alt.Text("namn:N"))
        for look in ({"stroke": "#ffffff", "strokeWidth": 3}, {"color": INK})
        for side in sorted({each["sida"] for each in names})
    ]
    return layers, WIDTH, HEIGHT, PADDING


def _names(points: list[dict[str, Any]], sizes: tuple[int, int], top: float) -> list[dict[str, Any]]:
    """Where in pixels the names of those outside stand, the furthest outside first.

    A name that would cover another, or another's point, is left out: the sentence and the table below have it.
    """
    along = WIDTH / math.log(sizes[1] / sizes[0])
    places = {each["namn"]: (along * math.log(each["n"] / sizes[0]), HEIGHT * (1 - each["v"] / top)) for each in points}
    taken = [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in places.values()]
    outside = sorted((each for each in points if each["utanfor"]), key=lambda each: -each["utanfor"])[:NAMED]
    found = []
    for each in outside:
        x, y = places[each["namn"]]
        width = LETTER * len(each["namn"])
        for side, down in BESIDE:
            start = x + 8 if side == "left" else x - 8 - width
            box = (start, y + down - FONT / 2, start + width, y + down + FONT / 2)
            if box[0] >= 0 and box[2] <= WIDTH + PADDING["right"] and not any(_meet(box, other) for other in taken):
                taken.append(box)
                found.append(
                    {"namn": each["namn"], "x": x + 8 if side == "left" else x - 8, "y": y + down, "sida": side}
                )
                break
    return found


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _point(cell: Cell) -> dict[str, Any]:
    assert cell.andel is not None  # noqa: S101  in_the_funnel has taken the others away
    assert cell.granser is not None  # noqa: S101
    low, high, lower, higher = cell.granser
    return {
        "namn": cell.namn, "n": cell.namnare, "v": cell.andel,
        "l95": low, "h95": high, "l998": lower, "h998": higher,
        "signal": cell.signal or "ej_utvarderad",
        "utanfor": max(cell.andel - high, low - cell.andel, 0.0),
    }  # fmt: skip
