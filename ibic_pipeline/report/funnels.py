"""The funnel of what an indicator leaves out, step by step, as it was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.report.figures import Panel, Row
from ibic_pipeline.report.reading import frame, grouped


@dataclass(frozen=True)
class Step:
    """What is left after one reason; None where the number is hidden."""

    text: str
    kvar: int | None


@dataclass(frozen=True)
class Funnel:
    """All that could have counted, what is left after each reason, and how many are in the numerator."""

    steg: tuple[Step, ...]
    taljare: int | None

    @property
    def fran(self) -> int | None:
        """How many there were to begin with."""
        return self.steg[0].kvar

    @property
    def namnare(self) -> int | None:
        """How many are left after the last reason."""
        return self.steg[-1].kvar


Funnels = Mapping[tuple[str, str | None], Funnel]
"""Indicator and municipality (None: the county) -> the funnel of the period that the pages compare."""


def funnels(jamforelse: Path, panels: Sequence[Panel]) -> Funnels:
    """Every funnel of the periods that the pages compare."""
    periods = {panel.id: panel.period for panel in panels if panel.period}
    if not periods:
        return {}
    rows = grouped(
        frame(jamforelse, "tratt", [("period", "in", sorted(set(periods.values())))]),
        ("indikator", "kommunkod", "period"),
    )
    return {(id, kod): _funnel(each) for (id, kod, period), each in rows.items() if periods.get(id) == period}


def _funnel(rows: Sequence[Row]) -> Funnel:
    ordered = sorted(rows, key=lambda row: row["steg"])
    return Funnel(tuple(Step(_words(row["orsak"]), row["kvar"]) for row in ordered), ordered[-1]["i_taljare"])


def _words(reason: str | None) -> str:
    """A reason in words; the first step has none."""
    return EXCLUSIONS.get(reason, reason) if reason else ""
