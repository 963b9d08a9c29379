"""The published differences between two groups, indicator by indicator, for one place or for all."""

from __future__ import annotations

from dataclasses import dataclass

from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.groups import Split
from ibic_pipeline.report.site import Place, Site


@dataclass(frozen=True)
class Compared:
    """One indicator's two groups and what lies between them."""

    panel: Panel
    split: Split
    rad: Cell
    """The difference as a row of a chart, named by the indicator; a number that is not shown is None."""

    @property
    def tydlig(self) -> bool:
        """Whether the difference is more than chance would make."""
        return self.split.skillnad is not None and self.split.skillnad.tydlig


def compared_by(site: Site, brytning: str, kod: str | None) -> list[Compared]:
    """Every indicator that is broken down so in one place (None: the county)."""
    return [
        Compared(panel, split, _row(panel, split))
        for panel in site.panels
        for split in site.splits.get((panel.id, kod), ())
        if split.brytning == brytning
    ]


def clear_differences(site: Site, brytning: str) -> list[tuple[Place, list[Compared]]]:
    """Municipalities with differences that are more than chance, one at a time, would make."""
    found = [(place, [each for each in compared_by(site, brytning, place.kod) if each.tydlig]) for place in site.places]
    return [(place, each) for place, each in found if each]


def _row(panel: Panel, split: Split) -> Cell:
    apart = split.skillnad
    if apart is None:
        return Cell(panel.id, "saknas", False)
    return Cell(panel.id, apart.visning, False, varde=apart.pe, lag=apart.lag, hog=apart.hog)
