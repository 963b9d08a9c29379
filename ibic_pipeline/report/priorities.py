"""What a municipality should look at first, what it is good at, what has changed, and what is not shown and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ibic_pipeline.publish.difference import REASONS
from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.series import Point
from ibic_pipeline.report.site import Place, Site

FIRST = 5
"""So many are told under what to begin with; all stand in the table below."""

WHY = {
    "sma_tal": "Det finns uppgifter, men så få eller så närliggande att någon skulle kunna kännas igen.",
    "skyddad_grupp": "Gruppen rymmer personer med skyddade uppgifter och visas aldrig.",
    "tom_namnare": "Det fanns inget att räkna i perioden. Det är inte noll: en andel av ingenting finns inte.",
    "ej_levererat": "Kommunens leverans slutar före perioden.",
}
"""Rule -> why there is no figure, in the words of the page."""
NO_DATA = "Kommunen har inte levererat något som har kunnat användas."
NOT_COMPARED = "Grupperna som jämförs är för små, eller den ena saknas."


@dataclass(frozen=True)
class Priority:
    """A red signal, and whether the municipality is also clearly worse than the county."""

    panel: Panel
    cell: Cell
    tydligt: bool
    atgard: str | None


@dataclass(frozen=True)
class Change:
    """A figure that is another than the quarter before, beyond chance or with another signal."""

    panel: Panel
    fore: Point
    efter: Point
    varfor: str


def priorities(site: Site, kod: str) -> list[Priority]:
    """Every red signal: those clearly worse than the county first, and among them those furthest from it."""
    found = []
    for panel in site.panels:
        cell = panel.of(kod)
        if cell.signal == "rod":
            found.append(
                (_distance(panel, cell), Priority(panel, cell, is_worse(panel, cell), site.action(kod, panel.id)))
            )
    order = {panel.id: place for place, panel in enumerate(site.panels)}
    return [
        each for _, each in sorted(found, key=lambda pair: (not pair[1].tydligt, -pair[0], order[pair[1].panel.id]))
    ]


def is_worse(panel: Panel, cell: Cell) -> bool:
    """Whether the whole interval of the share lies on the worse side of the county's."""
    return panel.side_of(cell) == -1


def is_better(panel: Panel, cell: Cell) -> bool:
    """Whether the whole interval of the share lies on the better side of the county's."""
    return panel.side_of(cell) == 1


def _distance(panel: Panel, cell: Cell) -> float:
    if cell.andel is None or panel.lan.andel is None:
        return 0.0
    distance = panel.lan.andel - cell.andel
    return distance if panel.riktning == "hogre_ar_battre" else -distance


def changes_of(site: Site, kod: str) -> list[Change]:
    """Figures whose signal is another than the quarter before, or whose intervals do not meet."""
    found = []
    for panel in site.panels:
        points = site.series.get((panel.id, kod), ())[-2:]
        if len(points) == 2 and _is_other(*points):
            found.append(Change(panel, *points, _why(site, kod, panel, points)))
    return found


def _is_other(before: Point, after: Point) -> bool:
    if before.varde is None or after.varde is None:
        return False
    if before.signal != after.signal:
        return True
    if None in (before.lag, before.hog, after.lag, after.hog):
        return False
    return bool(after.lag > before.hog or after.hog < before.lag)  # type: ignore[operator]


def _why(site: Site, kod: str, panel: Panel, points: Sequence[Point]) -> str:
    """New figures of a new quarter, unless the quarter before was itself changed since the last release."""
    told = {
        reason
        for row in site.changed.get((kod,), [])
        if row["indikator"] == panel.id and row["period"] == points[0].period and row["brytning"] == "total"
        for reason in row["orsak"].split(", ")
    }
    if told:
        return "; ".join(REASONS[each] for each in REASONS if each in told)
    new = "nya uppgifter för kvartalet"
    return f"{new}; det förra kvartalets siffra är oförändrad sedan förra releasen" if site.changes else new


def not_shown(site: Site, place: Place) -> list[tuple[str, list[Panel]]]:
    """Why a figure is not shown -> the indicators that it is so for."""
    found: dict[str, list[Panel]] = {}
    for panel in site.panels:
        cell = panel.of(place.kod)
        if not cell.shown:
            found.setdefault(_reason(cell, place), []).append(panel)
    return list(found.items())


def _reason(cell: Cell, place: Place) -> str:
    if not place.has_data:
        return f"{NO_DATA} {' '.join(place.orsaker)}".strip()
    if cell.visning == "ej_tillampligt":
        return WHY["tom_namnare"] if cell.regel == "tom_namnare" else NOT_COMPARED
    if cell.visning == "undertryckt":
        return WHY["skyddad_grupp" if cell.regel == "skyddad_grupp" else "sma_tal"]
    return WHY["ej_levererat"] if cell.visning == "ej_utvarderad" else "Releasen har ingen siffra för perioden."
