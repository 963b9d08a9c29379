"""An indicator's figures for women and men, ages and providers, and the published differences between two groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ibic_pipeline.report.figures import SHOWN, Cell, Panel, Row, Visning, cell_of
from ibic_pipeline.report.numbers import period_text
from ibic_pipeline.report.reading import Filters, frame, grouped

SPLITS = {"kon": "Kvinnor och män", "regiform": "Kommunala och privata utförare", "aldersgrupp": "Åldersgrupper"}
"""Breakdown -> its heading."""
GROUPS = {
    "kon": {"kvinna": "Kvinnor", "man": "Män"},
    "regiform": {"kommunal": "Kommunala", "privat": "Privata"},
}
"""Breakdown -> group -> its name; ages are spelt out from theirs."""
NEVER_SHOWN = "ej_redovisad"
YEAR = "ar"


@dataclass(frozen=True)
class Apart:
    """A published difference between two groups' shares, in percentage points."""

    visning: Visning
    pe: float | None = None
    lag: float | None = None
    hog: float | None = None

    @property
    def tydlig(self) -> bool:
        """Whether all of the interval lies on one side of zero."""
        return self.lag is not None and self.hog is not None and (self.lag > 0 or self.hog < 0)


@dataclass(frozen=True)
class Split:
    """One breakdown of an indicator in one place."""

    brytning: str
    period: str
    grupper: tuple[Cell, ...]
    skillnad: Apart | None
    """Women less men, or private less municipal providers; None where nothing of the kind is published."""

    @property
    def period_text(self) -> str:
        """The period in words."""
        return period_text(self.period)

    @property
    def shown(self) -> bool:
        """Whether any group has a figure to read."""
        return any(each.shown for each in self.grupper)


Splits = Mapping[tuple[str, str | None], tuple[Split, ...]]
"""Indicator and municipality (None: the county) -> its breakdowns, in the order of ``SPLITS``."""


def splits(jamforelse: Path, panels: Sequence[Panel]) -> Splits:
    """Groups of a state on the day that the pages compare, and of events in the last whole year.

    Shares of groups are compared, also where the whole is told as a median: the differences are of shares.
    """
    periods = _periods(jamforelse, panels)
    if not periods:
        return {}
    asked: Filters = [("brytning", "in", list(SPLITS)), ("period", "in", sorted(set(periods.values())))]
    figures = frame(jamforelse, "indikator", asked)
    differences = frame(jamforelse, "skillnad", asked)
    key = ("indikator", "kommunkod", "period", "brytning")
    apart = {found: _apart(rows[0]) for found, rows in grouped(differences, key).items()}
    found: dict[tuple[str, str | None], dict[str, Split]] = {}
    for (id, kod, period, brytning), rows in grouped(figures, key).items():
        if periods.get(id) == period:
            cells = tuple(_cell(row, brytning) for row in rows if row["grupp"] != NEVER_SHOWN)
            split = Split(brytning, period, cells, apart.get((id, kod, period, brytning)))
            found.setdefault((id, kod), {})[brytning] = split
    return {place: tuple(each[name] for name in SPLITS if name in each) for place, each in found.items()}


def _periods(jamforelse: Path, panels: Sequence[Panel]) -> dict[str, str]:
    """Indicator -> the period whose groups are shown."""
    years = frame(jamforelse, "indikator", [("brytning", "=", "kon"), ("period_typ", "=", YEAR)], ("period",))
    year = max(years["period"], default=None) if len(years) else None
    compared = {panel.id: panel.period if panel.is_state else year for panel in panels}
    return {id: period for id, period in compared.items() if period is not None}


def _cell(row: Row, brytning: str) -> Cell:
    name = GROUPS.get(brytning, {}).get(row["grupp"]) or _ages(row["grupp"])
    return replace(cell_of(name, row, False, "andel"), median=None, p90=None)


def _ages(group: str) -> str:
    """65-79 as 65–79 år, 80+ as 80 år och äldre."""
    return f"{group[:-1]} år och äldre" if group.endswith("+") else f"{group.replace('-', '–')} år"


def _apart(row: Row) -> Apart:
    if row["status"] not in SHOWN:
        return Apart(row["status"])
    return Apart(row["status"], row["skillnad_pe"], row["ki_lag"], row["ki_hog"])
