"""What a municipality's printed report says: its figures beside the county's, strengths and gaps, women and men."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ibic_pipeline.report.figures import SHOWN, Cell, Panel, Visning
from ibic_pipeline.report.measures import value_text
from ibic_pipeline.report.printable_questions import QUESTIONS

FIRST = 5
"""So many strengths and gaps are told; every figure stands in the tables."""
CURVE = "KM_uppfoljning"
ONE_YEAR = 360
"""The day nearest a year that the curves are published for."""
TOLD_DAYS = (90, 180, ONE_YEAR, 540, 720)

Rows = Mapping[tuple[str, str, str], Mapping[str, Any]]
"""Indicator, period and group -> a published row of one municipality."""


@dataclass(frozen=True)
class Compared:
    """One indicator: the municipality's figure beside the county's."""

    panel: Panel
    cell: Cell
    aret: Mapping[str, Any] | None
    """The published row of the figure, which has its change in a year; None where there is none."""

    @property
    def side(self) -> int:
        """1 where the whole interval lies above the county's figure (or zero, for a difference), -1 below, else 0."""
        from_what = 0.0 if self.panel.matt == "skillnad" else self.panel.lan.varde
        if from_what is None or self.cell.lag is None or self.cell.hog is None:
            return 0
        return int(self.cell.lag > from_what) - int(self.cell.hog < from_what)

    @property
    def verdict(self) -> int:
        """1 clearly better than the county, -1 clearly worse; only a share says which way is better."""
        if self.panel.matt != "andel":
            return 0
        return self.side if self.panel.riktning == "hogre_ar_battre" else -self.side

    @property
    def beside(self) -> str:
        """How the figure stands to the county's, in words."""
        if not self.cell.shown or (self.panel.matt != "skillnad" and self.panel.lan.varde is None):
            return ""
        if self.panel.matt == "skillnad":
            return ("ingen tydlig skillnad", "tydligt högre hos privata", "tydligt högre hos kommunala")[self.side]
        if self.verdict:
            return "tydligt bättre" if self.verdict > 0 else "tydligt sämre"
        return ("ingen tydlig skillnad", "tydligt högre", "tydligt lägre")[self.side]

    @property
    def change(self) -> str:
        """Which way a share has gone in a year; an arrow to the side where the interval of the change holds zero."""
        row = self.aret
        if self.panel.matt != "andel" or row is None or row["forandring_ki_lag"] is None or not self.cell.shown:
            return ""
        if row["forandring_ki_lag"] > 0:
            return "↑ upp"
        return "↓ ned" if row["forandring_ki_hog"] < 0 else "→"

    @property
    def distance(self) -> float:
        """How far from the county's share, as a share."""
        return abs((self.cell.varde or 0) - (self.panel.lan.varde or 0))

    @property
    def sentence(self) -> str:
        """The figure beside the county's in one phrase; only where it is shown."""
        if self.cell.varde is None:
            return ""
        said = value_text(self.cell.varde, self.panel.matt, self.panel.unit)
        if self.panel.lan.varde is None:
            return said
        return f"{said}, länet {value_text(self.panel.lan.varde, self.panel.matt, self.panel.unit)}"


@dataclass(frozen=True)
class Sexes:
    """One indicator for women and men, with the difference in percentage points."""

    id: str
    namn: str
    period: str
    visning: Visning
    kvinnor: float | None
    man: float | None
    skillnad: float | None
    lag: float | None
    hog: float | None

    @property
    def verdict(self) -> str:
        """Whose share is clearly higher."""
        if self.skillnad is None or self.lag is None or self.hog is None:
            return ""
        if self.lag > 0:
            return "tydligt högre för kvinnor"
        return "tydligt högre för män" if self.hog < 0 else "ingen tydlig skillnad"


@dataclass(frozen=True)
class Point:
    """The share that still waits when a day begins; None where it is not shown."""

    dag: int
    visning: Visning
    kvar: float | None
    lag: float | None
    hog: float | None
    i_risk: int | None


def by_question(figures: Sequence[Compared]) -> list[tuple[str, list[Compared]]]:
    """Question -> its figures; what no question names stands under the last."""
    by_id = {each.panel.id: each for each in figures}
    named = {id for question in QUESTIONS for id in question.indikatorer}
    asked = [(each.text, [by_id[id] for id in each.indikatorer if id in by_id]) for each in QUESTIONS]
    asked[-1][1].extend(each for each in figures if each.panel.id not in named)
    return [(text, found) for text, found in asked if found]


def strengths(figures: Sequence[Compared]) -> list[Compared]:
    """Clearly better than the county, or green and not clearly worse; furthest from the county first."""
    found = [each for each in figures if each.verdict > 0 or (each.cell.signal == "gron" and each.verdict == 0)]
    return sorted(found, key=lambda each: (-each.verdict, -each.distance))[:FIRST]


def gaps(figures: Sequence[Compared]) -> list[Compared]:
    """Clearly worse than the county, or red and not clearly better; those clearly worse, and far from it, first."""
    found = [each for each in figures if each.verdict < 0 or (each.cell.signal == "rod" and each.verdict == 0)]
    return sorted(found, key=lambda each: (each.verdict, -each.distance))[:FIRST]


def women_and_men(panels: Sequence[Panel], shares: Rows, apart: Rows, year: str | None) -> list[Sexes]:
    """Each indicator for women and men: states in the month that the panels compare, events in the latest year.

    Args:
        shares: the municipality's rows of ``indikator`` by sex; ``apart``: of ``skillnad``, whose group is empty.
    """
    found = []
    for panel in panels:
        pair = None
        for period in (panel.period, year):
            pair = apart.get((panel.id, period or "", ""))
            if pair is not None:
                break
        if pair is None:
            continue
        women, men = (shares.get((panel.id, pair["period"], grupp), {}).get("andel") for grupp in ("kvinna", "man"))
        shown = pair["status"] in SHOWN
        numbers = [pair[name] if shown else None for name in ("skillnad_pe", "ki_lag", "ki_hog")]
        found.append(Sexes(panel.id, panel.namn, pair["period"], pair["status"], women, men, *numbers))
    return found


def curve_of(rows: Sequence[Mapping[str, Any]], year: int) -> list[Point]:
    """The points of the curve of those whose wait began in a year."""
    return [
        Point(
            dag=row["dag"],
            visning=row["status"],
            kvar=row["andel_kvar"],
            lag=row["ki_lag"],
            hog=row["ki_hog"],
            i_risk=row["i_risk"],
        )
        for row in rows
        if row["start_ar"] == year and row["indikator"] == CURVE
    ]


def year_of_the_curve(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """The latest year of start whose curve is shown a year on; or else the latest that is shown beyond its start."""
    shown = [row for row in rows if row["indikator"] == CURVE and row["andel_kvar"] is not None and row["dag"] > 0]
    years = [row["start_ar"] for row in shown if row["dag"] >= ONE_YEAR] or [row["start_ar"] for row in shown]
    return max(years, default=None)
