"""How long people wait for a plan and for a follow-up: the published Kaplan-Meier curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ibic_pipeline.report.figures import SHOWN, Row, Visning
from ibic_pipeline.report.reading import frame, grouped

CURVES = {
    "KM_uppfoljning": ("Tid till uppföljning", "beslut", "följts upp"),
    "KM_plan": ("Tid till genomförandeplan", "uppdrag", "fått en plan"),
}
"""Curve -> its name, what waits, and what it waits for."""
TOLD_DAYS = (30, 90, 180, 360, 720)
"""Days that the table tells; the curves are published every 30 days."""


@dataclass(frozen=True)
class Wait:
    """The share that still waits when a day begins."""

    dag: int
    visning: Visning
    kvar: float | None = None
    lag: float | None = None
    hog: float | None = None
    i_risk: int | None = None


@dataclass(frozen=True)
class Curve:
    """One curve of one place, of those whose wait began in one year."""

    id: str
    start_ar: int
    punkter: tuple[Wait, ...]

    @property
    def drawn(self) -> bool:
        """Whether there is a curve to see: more than its beginning."""
        return sum(each.kvar is not None for each in self.punkter) > 2

    def on(self, dag: int) -> Wait | None:
        """The point of a day; None where the curve has ended."""
        return next((each for each in self.punkter if each.dag == dag), None)


Curves = Mapping[tuple[str, str | None], tuple[Curve, ...]]
"""Curve and municipality (None: the county) -> its years, the latest first."""


def curves(jamforelse: Path) -> Curves:
    """Every published curve."""
    found: dict[tuple[str, str | None], list[Curve]] = {}
    rows = grouped(frame(jamforelse, "overlevnad", []), ("indikator", "kommunkod", "start_ar"))
    for (id, kod, year), points in sorted(rows.items(), key=lambda each: -each[0][2]):
        found.setdefault((id, kod), []).append(Curve(id, year, tuple(_wait(row) for row in points)))
    return {place: tuple(each) for place, each in found.items()}


def chosen_year(of_place: Sequence[Curve], of_county: Sequence[Curve], followed_days: int = 360) -> int | None:
    """The latest year whose curve can be read for a year in both places; else the latest that can be read at all."""
    readable = {curve.start_ar for curve in of_county if curve.drawn} & {
        each.start_ar for each in of_place if each.drawn
    }
    long = {each.start_ar for each in of_place if each.punkter[-1].dag >= followed_days}
    return max(readable & long or readable, default=None)


def waits_of(found: Curves, kod: str) -> list[tuple[str, Curve | None, Curve | None]]:
    """Each curve's id, the municipality's own of the year that is told, and the county's of the same year."""
    told = []
    for id in CURVES:
        own, county = found.get((id, kod), ()), found.get((id, None), ())
        year = chosen_year(own, county)
        told.append((id, _of_year(own, year), _of_year(county, year)))
    return told


def _of_year(years: Sequence[Curve], year: int | None) -> Curve | None:
    return next((each for each in years if each.start_ar == year), None)


def _wait(row: Row) -> Wait:
    if row["status"] not in SHOWN:
        return Wait(row["dag"], row["status"])
    return Wait(row["dag"], row["status"], row["andel_kvar"], row["ki_lag"], row["ki_hog"], row["i_risk"])
