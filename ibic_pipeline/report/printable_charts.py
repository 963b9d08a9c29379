"""The pictures of a municipality's printed report: its figures beside the county's, women and men, the wait.

They are plain Vega-Lite: built with altair's classes, 13 municipalities' pictures take twice the time.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert

from ibic_pipeline.report.charts import CONFIGURATION, COUNTY, FILLS, INK, SHAPES, STROKES
from ibic_pipeline.report.measures import signed
from ibic_pipeline.report.numbers import NBSP, percent_text
from ibic_pipeline.report.printable_contents import TOLD_DAYS, Compared, Point, Sexes

_WIDTH, _ROW, _CURVE = 560, 17, 190
_PADDING = {"left": 44, "right": 20, "top": 6, "bottom": 24}
_PERCENT = f"round(datum.value * 100) + '{NBSP}%'"
_POINTS = "(datum.value > 0 ? '+' : datum.value < 0 ? '\u2212' : '') + abs(datum.value)"
_QUARTERS = [0, 0.25, 0.5, 0.75, 1]
_REACHES = (5, 10, 20, 30, 50, 100)
_INTERVAL = {"type": "rule", "strokeWidth": 2, "color": "#8a96a3"}
_OWN = "#7a1712"

Layer = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """A picture as an address that holds it, and what those who do not see it are told."""

    adress: str
    beskrivning: str


def beside_the_county(figures: Sequence[Compared]) -> Picture | None:
    """Shares with their intervals, and the county's as an upright stroke; None where no share is shown."""
    shown = [each for each in figures if each.panel.matt == "andel" and each.cell.shown]
    if not shown:
        return None
    rows = [
        {
            "id": each.panel.id,
            "varde": each.cell.varde,
            "lag": each.cell.lag,
            "hog": each.cell.hog,
            "lan": each.panel.lan.varde,
            "signal": each.cell.signal or "ej_utvarderad",
        }
        for each in shown
    ]
    y = _names(rows)

    def x(column: str) -> Layer:
        return _axis(column, [0, 1], _QUARTERS, _PERCENT)

    looks = {"shape": _by_signal(SHAPES), "fill": _by_signal(FILLS), "stroke": _by_signal(STROKES)}
    layers = [
        _layer(rows, _INTERVAL, x=x("lag"), x2={"field": "hog"}, y=y),
        _layer(rows, {"type": "tick", "thickness": 3, "size": 14, "color": COUNTY}, x=x("lan"), y=y),
        _layer(rows, _mark(70) | {"strokeWidth": 1.2}, x=x("varde"), y=y, **looks),
    ]
    told = " ".join(f"{each.panel.id} {each.panel.namn} är {each.sentence}." for each in shown)
    return _picture(layers, _ROW * len(rows), f"Diagram över kommunens andelar med länets bredvid. {told}")


def women_less_men(figures: Sequence[Sexes]) -> Picture | None:
    """Differences in percentage points with their intervals around zero; None where none is shown."""
    told = [(each.id, each.skillnad, each.lag, each.hog) for each in figures if each.skillnad is not None]
    if not told:
        return None
    rows = [dict(zip(("id", "varde", "lag", "hog"), row, strict=True)) for row in told]
    furthest = max(abs(end) for _, *ends in told for end in ends if end is not None)
    reach = next((each for each in _REACHES if each >= furthest), _REACHES[-1])
    y = _names(rows)

    def x(column: str) -> Layer:
        return _axis(column, [-reach, reach], [-reach, -reach / 2, 0, reach / 2, reach], _POINTS)

    layers = [
        _layer(rows, _INTERVAL, x=x("lag"), x2={"field": "hog"}, y=y),
        _layer(rows, _mark(60) | {"color": COUNTY}, x=x("varde"), y=y),
        _layer([{"noll": 0}], {"type": "rule", "color": INK, "strokeDash": [4, 3]}, x=x("noll")),
    ]
    words = " ".join(f"I {id} är skillnaden {signed(value)}." for id, value, _, _ in told)
    said = f"Diagram över kvinnors andel minus mäns, i procentenheter. {words}"
    return _picture(layers, _ROW * len(rows), said)


def waiting(own: Sequence[Point], county: Sequence[Point], name: str, county_name: str) -> Picture:
    """The share that still waits, day by day: the municipality's as a whole line, the county's as a broken one."""
    last = TOLD_DAYS[-1]
    x = _axis("dag", [0, last], list(range(0, last + 1, 90)), "datum.value + ' d'")
    y = _axis("kvar", [0, 1], _QUARTERS, _PERCENT)
    layers, told = [], []
    for who, points, colour, dash in ((county_name, county, COUNTY, [6, 4]), (name, own, _OWN, [1, 0])):
        shown = [(each.dag, each.kvar) for each in points if each.kvar is not None and each.dag <= last]
        rows = [{"dag": day, "kvar": share} for day, share in shown]
        line = {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5, "strokeDash": dash, "color": colour}
        layers += [_layer(rows, line, x=x, y=y), _layer(rows, _mark(26) | {"color": colour}, x=x, y=y)]
        days = ", ".join(f"{percent_text(share)} efter {day} dagar" for day, share in shown if day in TOLD_DAYS)
        told.append(f"I {who} väntar {days or 'ett antal som inte visas'}.")
    return _picture(layers, _CURVE, f"Kurvor över andelen som ännu väntar på uppföljning. {' '.join(reversed(told))}")


def _axis(column: str, domain: Sequence[float], ticks: Sequence[float], words: str) -> Layer:
    axis = {"title": None, "values": list(ticks), "labelExpr": words}
    return {"field": column, "type": "quantitative", "scale": {"domain": list(domain), "nice": False}, "axis": axis}


def _names(rows: Sequence[Mapping[str, Any]]) -> Layer:
    ids = [row["id"] for row in rows]
    return {"field": "id", "type": "nominal", "sort": ids, "scale": {"domain": ids}, "axis": {"title": None}}


def _by_signal(looks: Mapping[str, str]) -> Layer:
    scale = {"domain": list(looks), "range": list(looks.values())}
    return {"field": "signal", "type": "nominal", "scale": scale, "legend": None}


def _mark(size: int) -> Layer:
    return {"type": "point", "filled": True, "opacity": 1, "size": size}


def _layer(rows: Sequence[Mapping[str, Any]], mark: Layer, **channels: Layer) -> Layer:
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": channels}


def _picture(layers: Sequence[Layer], height: int, told: str) -> Picture:
    frame = {"width": _WIDTH, "height": height, "padding": _PADDING, "autosize": {"type": "none"}}
    svg = vl_convert.vegalite_to_svg({"layer": list(layers), **frame, "config": CONFIGURATION})
    return Picture(f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}", told)
