"""The names in the funnel plot: who gets one, and that no name covers another or another's point."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from ibic_pipeline.report.charts_of_size import FONT, LETTER, funnel_plot
from ibic_pipeline.report.figures import Cell, Panel


def place(namn: str, andel: float, n: int) -> Cell:
    limits = (0.05, 0.15, 0.02, 0.2)
    return Cell(namn, "visas", False, andel, andel, andel, andel=andel, namnare=n, signal="rod", granser=limits)


def names(*places: Cell) -> list[dict[str, Any]]:
    """What is written in the plot: names and where in pixels."""
    county = Cell("Länet", "visas", False, 0.1, 0.09, 0.11, andel=0.1, namnare=5000)
    told = funnel_plot(Panel("T1", "Uppföljda", "andel", "hogre_ar_battre", "2026-06", county, places, True))
    written = [
        layer["data"]["values"]
        for layer in told["layer"]
        if layer["mark"].get("color") and "text" in str(layer["mark"]["type"])
    ]
    return [each for values in written for each in values]


def box(name: dict[str, Any]) -> tuple[float, float, float, float]:
    width = LETTER * len(name["namn"])
    start = name["x"] if name["sida"] == "left" else name["x"] - width
    return start, name["y"] - FONT / 2, start + width, name["y"] + FONT / 2


def test_names_of_municipalities_that_lie_close_do_not_cover_each_other() -> None:
    found = names(*(place(f"Kommun {each}", 0.0, 75 + 12 * each) for each in range(6)), place("Vetlanda", 0.4, 333))
    assert "Vetlanda" in {each["namn"] for each in found}
    assert len(found) > 2
    for one, other in combinations(map(box, found), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_only_those_outside_are_named_and_the_furthest_outside_goes_first() -> None:
    near, far = place("Aneby", 0.3, 100), place("Habo", 0.6, 100)
    assert [each["namn"] for each in names(near, far, place("Gnosjö", 0.1, 100))] == ["Habo", "Aneby"]
