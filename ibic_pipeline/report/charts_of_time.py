"""What changes with time as a picture: an indicator quarter by quarter, and how many still wait day by day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import altair as alt

from ibic_pipeline.report.charts import COUNTY, INK, QUIET, STEPS, THOUSANDS, TICK_LABELS, Chart, rows, specification
from ibic_pipeline.report.numbers import NBSP
from ibic_pipeline.report.series import Point
from ibic_pipeline.report.waits import Curve

WIDTH, HEIGHT = 400, 180
PADDING = {"left": 58, "right": 22, "top": 14, "bottom": 44}
SHARES = (0.05, 0.1, 0.2, 0.25)
"""Distances between the marks of a share; the first of which at most five are needed is used."""


@dataclass(frozen=True)
class Trend:
    """What a trend is drawn of."""

    punkter: tuple[Point, ...]
    matt: str


@dataclass(frozen=True)
class Waiting:
    """The curve of a place, and that of the county beside it (None on the county's own)."""

    kurva: Curve
    lan: Curve | None


def trend(data: Trend) -> dict[str, Any]:
    """A specification: the figure as a line with points, its interval as a band; a quarter not shown is a gap."""
    return specification(_trend, data)


def waiting(data: Waiting) -> dict[str, Any]:
    """A specification: Kaplan-Meier curves as steps; what is not shown is a gap."""
    return specification(_waiting, data)


def _trend(data: Trend) -> Chart:
    quarters = [each.kort for each in data.punkter]
    points = [{"k": each.kort, "v": each.varde, "l": each.lag, "h": each.hog} for each in data.punkter]
    ticks = _ticks(data)
    # Every other quarter is named, counted from the last, so that the names have room.
    named = [each for place, each in enumerate(reversed(quarters)) if place % 4 == 0]
    x = alt.X(
        "k:O", sort=quarters, scale=alt.Scale(domain=quarters), axis=alt.Axis(title=None, values=named, labelAngle=0)
    )
    axis = alt.Axis(title=None, values=ticks, labelExpr=TICK_LABELS[data.matt])
    scale = alt.Scale(domain=[ticks[0], ticks[-1]], nice=False)
    base = rows(points)
    y = alt.Y("v:Q", scale=scale, axis=axis)
    band = base.mark_area(color="#b9d3e6", opacity=0.75).encode(
        x=x, y=alt.Y("l:Q", scale=scale, axis=axis), y2=alt.Y2("h:Q")
    )
    # An area of one quarter has no width; the rule keeps its interval to be seen.
    rule = base.mark_rule(color="#8fb3cd", strokeWidth=3).encode(x=x, y=alt.Y("l:Q", scale=scale), y2=alt.Y2("h:Q"))
    line = base.mark_line(color=COUNTY, strokeWidth=2).encode(x=x, y=y)
    dots = base.mark_point(color=COUNTY, filled=True, size=42, opacity=1).encode(x=x, y=y)
    return (band, rule, line, dots), WIDTH, HEIGHT, PADDING


def _ticks(data: Trend) -> list[float]:
    ends = [end for each in data.punkter for end in (each.varde, each.lag, each.hog) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    sizes: tuple[float, ...] = SHARES if data.matt == "andel" else STEPS
    step = next((each for each in sizes if high - low <= 5 * each), sizes[-1])
    return [round(step * each, 2) for each in range(math.floor(low / step), max(math.ceil(high / step), 1) + 1)]


def _waiting(data: Waiting) -> Chart:
    x_axis = alt.Axis(
        title="dagar sedan start",
        values=list(range(0, 1081, 180)),
        labelExpr=THOUSANDS,
        titleColor=QUIET,
        titleFontWeight="normal",
    )
    x = alt.X("d:Q", scale=alt.Scale(domain=[0, 1080], nice=False), axis=x_axis)
    axis = alt.Axis(title=None, values=[0, 0.25, 0.5, 0.75, 1], labelExpr=f"round(datum.value * 100) + '{NBSP}%'")
    scale = alt.Scale(domain=[0, 1], nice=False)
    own = rows(_steps(data.kurva))
    layers = [
        own.mark_area(color="#b9d3e6", opacity=0.75, interpolate="step-after").encode(
            x=x, y=alt.Y("l:Q", scale=scale, axis=axis), y2=alt.Y2("h:Q")
        ),
        own.mark_line(color=COUNTY, strokeWidth=2.5, interpolate="step-after").encode(x=x, y=alt.Y("v:Q", scale=scale)),
        own.mark_point(color=COUNTY, filled=True, size=22, opacity=1).encode(x=x, y=alt.Y("v:Q", scale=scale)),
    ]
    if data.lan is not None:
        county = rows(_steps(data.lan)).mark_line(
            color=INK, strokeWidth=1.5, strokeDash=[4, 3], interpolate="step-after"
        )
        layers.append(county.encode(x=x, y=alt.Y("v:Q", scale=scale)))
    return layers, WIDTH, HEIGHT, PADDING


def _steps(curve: Curve) -> list[dict[str, float | None]]:
    return [
        {
            "d": each.dag,
            "v": each.kvar,
            "l": each.kvar if each.lag is None else each.lag,
            "h": each.kvar if each.hog is None else each.hog,
        }
        for each in curve.punkter
    ]
