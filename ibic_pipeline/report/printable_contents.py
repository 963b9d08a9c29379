"""What a municipality's printed report is given: what its pages say of figures and data quality, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ibic_pipeline.report import sentences
from ibic_pipeline.report.accounting import account_of
from ibic_pipeline.report.deadlines import deadlines
from ibic_pipeline.report.drawing import Drawing
from ibic_pipeline.report.equality import compared_by
from ibic_pipeline.report.pages import Page
from ibic_pipeline.report.pictures import beside_of, differences, waiting_of
from ibic_pipeline.report.priorities import FIRST, is_better, is_worse, priorities
from ibic_pipeline.report.process import NO_CHAIN
from ibic_pipeline.report.process import finding as chain_finding
from ibic_pipeline.report.quality_findings import Finding, findings
from ibic_pipeline.report.reading import frame
from ibic_pipeline.report.site import Place, Site
from ibic_pipeline.report.waits import CURVES, TOLD_DAYS, waits_of

FINDINGS = 5
"""So many of the flaws that cost most are told; the page of data quality has more."""


def printables(site: Site) -> Iterator[Page]:
    """The report of every municipality that has data; its file is named by the municipality's code."""
    reasons = frame(site.jamforelse, "datakvalitet_orsak", [("period_typ", "=", "ar"), ("niva", "=", "kommun")])
    common = {"deadlines": deadlines(site.about), "kurvor": CURVES, "dagar": TOLD_DAYS}
    for place in site.places:
        if place.has_data:
            drawings = dict(_drawings(site, place))
            yield Page(place.kod, "utskrift.html.j2", {**common, **_told(site, place, reasons)}, drawings)


def _told(site: Site, place: Place, reasons: pd.DataFrame) -> dict[str, Any]:
    red = priorities(site, place.kod)
    cells = {panel.id: panel.of(place.kod) for panel in site.panels}
    accounts = [row for row in site.about["avstamning"] if row["kommunkod"] == place.kod]
    waits = waits_of(site.curves, place.kod)
    return {
        "plats": place,
        "celler": cells,
        "forst": [(each, sentences.of_priority(each)) for each in red[:FIRST]],
        "roda": red,
        "starka": [panel for panel in site.panels if is_better(panel, cells[panel.id])],
        "svaga": [panel for panel in site.panels if is_worse(panel, cells[panel.id])],
        "kedja": (chain := site.chains.get(place.kod, NO_CHAIN)),
        "kedjefynd": chain_finding(chain, place.namn),
        "kon": (women_and_men := compared_by(site, "kon", place.kod)),
        "konfynd": sentences.of_differences(women_and_men),
        "vantan": waits,
        "atgard": {panel.id: site.action(place.kod, panel.id) for panel in site.panels},
        "vantefynd": {id: sentences.of_waiting(curve, place.namn) for id, curve, _ in waits if curve},
        "konto": account_of(place.namn, accounts),
        "fynd": _findings(reasons, place.kod, accounts, site.about),
    }


def _drawings(site: Site, place: Place) -> Iterator[tuple[str, Drawing]]:
    """Those that the municipality's page has too are named and made alike, and drawn once."""
    for each in site.questions:
        drawn = beside_of(place, each)
        if drawn is not None:
            yield f"k{place.kod}-fraga-{each.fraga.nummer}", drawn
    yield from differences(compared_by(site, "kon", place.kod), "kon", f"k{place.kod}-kon", place.namn).items()
    for id, curve, beside in waits_of(site.curves, place.kod):
        if curve is not None and curve.drawn:
            yield f"k{place.kod}-{id}", waiting_of(place, curve, beside)


def _findings(
    reasons: pd.DataFrame, kod: str, accounts: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> list[Finding]:
    if reasons.empty:
        return []
    own = reasons[reasons["kommunkod"] == kod]
    return findings(own, accounts, about["lan"]["disclosure"]["antal_min"]["varde"])[:FINDINGS]
