"""One place's shares as a picture: a row per indicator with its interval and signal, and the county's as a stroke."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from ibic_pipeline.report.charts import COUNTY, ROW_HEIGHT, Chart, along, intervals, rows, specification
from ibic_pipeline.report.figures import Cell

WIDTH = 480
PADDING = {"left": 44, "right": 24, "top": 6, "bottom": 26}
TICKS = [0, 0.25, 0.5, 0.75, 1]


@dataclass(frozen=True)
class Beside:
    """Cells that are named by their indicator and have a share, and the county's share of each (None: not shown)."""

    egna: tuple[Cell, ...]
    lan: tuple[float | None, ...]


def beside_the_county(data: Beside) -> dict[str, Any]:
    """A specification: shares from nought to one."""
    return specification(_drawn, data)


def _drawn(data: Beside) -> Chart:
    names = [cell.namn for cell in data.egna]
    x = partial(along, "andel", TICKS)
    y = alt.Y("namn:N", sort=names, scale=alt.Scale(domain=names), axis=alt.Axis(title=None))
    county = [{"namn": name, "lan": share} for name, share in zip(names, data.lan, strict=True) if share is not None]
    interval, marks = intervals(data.egna, x, y)
    stroke = rows(county).mark_tick(thickness=3, size=14, color=COUNTY).encode(x=x("lan"), y=y)
    return (interval, stroke, marks), WIDTH, ROW_HEIGHT * len(names), PADDING
