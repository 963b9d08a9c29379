"""The process from investigation to follow-up, step by step, as far as published figures tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.site import Site

STEPS = (
    ("Utredning", "D3", "med hela kärnan dokumenterad"),
    ("Beslut", "T9", "inte verkställda i tid"),
    ("Uppdrag", "F5", "bär målen från beslutet"),
    ("Plan", "T11", "har en aktuell genomförandeplan"),
    ("Uppföljning", "T2", "uppföljda, oavsett var det står"),
    ("I rätt steg", "T1", "uppföljda i steget Följa upp"),
    ("Hela kedjan", "F1", "har alla steg"),
)
"""Step, the indicator that tells of it, and what its share is of."""


@dataclass(frozen=True)
class Link:
    """One step of the process and its figure."""

    steg: str
    panel: Panel
    cell: Cell
    text: str

    @property
    def klarar(self) -> float | None:
        """How much of the bar is filled: the share that the step keeps; only drawn, never written."""
        if self.cell.andel is None:
            return None
        return self.cell.andel if self.panel.riktning == "hogre_ar_battre" else 1 - self.cell.andel


def chain(site: Site, kod: str | None) -> list[Link]:
    """The steps in order; those that the release has no indicator for are left out."""
    by_id = {panel.id: panel for panel in site.panels}
    return [Link(step, by_id[id], by_id[id].of(kod), text) for step, id, text in STEPS if id in by_id]
