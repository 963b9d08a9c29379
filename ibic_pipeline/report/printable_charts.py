"""The pictures of a municipality's printed report: its figures beside the county's, women and men, the wait."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from ibic_pipeline.report.charts import CONFIGURATION, COUNTY, FILLS, INK, SHAPES, STROKES
from ibic_pipeline.report.measures import signed
from ibic_pipeline.report.numbers import NBSP, percent_text
from ibic_pipeline.report.printable_contents import Compared, Point, Sexes

_WIDTH = 560
_ROW = 17
_PADDING = {"left": 44, "right": 20, "top": 6, "bottom": 24}
_PERCENT = f"round(datum.value * 100) + '{NBSP}%'"
_POINTS = "(datum.value > 0 ? '+' : datum.value < 0 ? '\u2212' : '') + abs(datum.value)"


@dataclass(frozen=True)
class Picture:
    """A picture as an address that holds it, and what those who do not see it are told."""

    adress: str
    beskrivning: str


def beside_the_county(figures: Sequence[Compared], county: str) -> Picture | None:
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
    data, y = _data(rows), _names([row["id"] for row in rows])
    x = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(title=None, values=[0, 0.25, 0.5, 0.75, 1], labelExpr=_PERCENT)
    layers = [
        data.mark_rule(strokeWidth=2, color="#8a96a3").encode(x=alt.X("lag:Q", scale=x, axis=axis), x2="hog:Q", y=y),
        data.mark_tick(thickness=3, size=14, color=COUNTY).encode(x=alt.X("lan:Q", scale=x, axis=axis), y=y),
        data.mark_point(filled=True, opacity=1, size=70, strokeWidth=1.2).encode(
            x=alt.X("varde:Q", scale=x, axis=axis),
            y=y,
            shape=_by_signal(alt.Shape, SHAPES),
            fill=_by_signal(alt.Fill, FILLS),
            stroke=_by_signal(alt.Stroke, STROKES),
        ),
    ]
    told = "; ".join(f"{each.panel.id} {each.sentence}" for each in shown)
    return _picture(layers, _ROW * len(rows), f"Andelar bredvid {county}: {told}.")


def women_less_men(figures: Sequence[Sexes]) -> Picture | None:
    """Differences in percentage points with their intervals around zero; None where none is shown."""
    shown = [each for each in figures if each.skillnad is not None]
    if not shown:
        return None
    rows = [{"id": each.id, "varde": each.skillnad, "lag": each.lag, "hog": each.hog} for each in shown]
    ends = [abs(end) for each in shown for end in (each.skillnad, each.lag, each.hog) if end is not None]
    reach = next((end for end in (5, 10, 20, 30, 50) if end >= max(ends)), 100)
    data, y = _data(rows), _names([each.id for each in shown])
    x = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(title=None, values=[-reach, -reach / 2, 0, reach / 2, reach], labelExpr=_POINTS)
    layers = [
        data.mark_rule(strokeWidth=2, color="#8a96a3").encode(x=alt.X("lag:Q", scale=x, axis=axis), x2="hog:Q", y=y),
        data.mark_point(filled=True, opacity=1, size=60, color=COUNTY).encode(
            x=alt.X("varde:Q", scale=x, axis=axis), y=y
        ),
        _data([{"noll": 0}]).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("noll:Q", scale=x, axis=axis)),
    ]
    told = "; ".join(f"{each.id} {signed(each.skillnad)}" for each in shown if each.skillnad is not None)
    return _picture(layers, _ROW * len(rows), f"Kvinnors andel minus mäns i procentenheter, per indikator: {told}.")


def waiting(own: Sequence[Point], county: Sequence[Point], name: str, county_name: str) -> Picture:
    """The share that still waits, day by day: the municipality's as a whole line, the county's as a broken one."""
    rows: list[dict[str, Any]] = [
        {"dag": each.dag, "kvar": each.kvar, "vem": who}
        for who, points in ((name, own), (county_name, county))
        for each in points
        if each.kvar is not None
    ]
    x = alt.X("dag:Q", scale=alt.Scale(domain=[0, 720], nice=False, clamp=False), axis=_days())
    y = alt.Y(
        "kvar:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(title=None, values=[0, 0.25, 0.5, 0.75, 1], labelExpr=_PERCENT),
    )
    last = {name: "#7a1712", county_name: COUNTY}
    layers = []
    for who, dash in ((name, [1, 0]), (county_name, [6, 4])):
        of_place = _data([row for row in rows if row["vem"] == who and row["dag"] <= 720])
        look: dict[str, Any] = {"color": last[who], "clip": True}
        layers.append(
            of_place.mark_line(interpolate="step-after", strokeWidth=2.5, strokeDash=dash, **look).encode(x=x, y=y)
        )
        layers.append(of_place.mark_point(filled=True, opacity=1, size=26, **look).encode(x=x, y=y))
    told = "; ".join(
        f"{who}: "
        + ", ".join(
            f"{each.dag} dagar {percent_text(each.kvar)}"
            for each in points
            if each.kvar is not None and each.dag in (0, 90, 180, 360, 720)
        )
        for who, points in ((name, own), (county_name, county))
    )
    return _picture(layers, 190, f"Andel som ännu väntar på uppföljning. {told}.")


def _days() -> alt.Axis:
    return alt.Axis(title=None, values=[0, 90, 180, 270, 360, 450, 540, 630, 720], labelExpr="datum.value + ' d'")


def _by_signal(channel: Any, looks: dict[str, str]) -> Any:
    return channel("signal:N", scale=alt.Scale(domain=list(looks), range=list(looks.values())), legend=None)


def _names(ids: list[str]) -> alt.Y:
    return alt.Y("id:N", sort=ids, scale=alt.Scale(domain=ids), axis=alt.Axis(title=None))


def _data(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]


def _picture(layers: Sequence[alt.Chart], height: int, told: str) -> Picture:
    with debug_mode(False):  # each piece would be held against the whole schema, which takes most of the time
        framed = alt.layer(*layers).properties(width=_WIDTH, height=height, padding=_PADDING, autosize={"type": "none"})
        specification = framed.configure(**CONFIGURATION).to_dict(validate=False)
    svg = vl_convert.vegalite_to_svg(specification)
    return Picture(f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}", told)
