"""Which pages a release has, and what each template and each chart on it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ibic_pipeline.derive.catalogue import MEASURES, WHEN
from ibic_pipeline.report import reference, sentences
from ibic_pipeline.report.accounting import accounting, late_municipalities
from ibic_pipeline.report.changes import rows_of
from ibic_pipeline.report.charts_of_size import in_the_funnel
from ibic_pipeline.report.deadlines import deadlines
from ibic_pipeline.report.drawing import Drawing, draw
from ibic_pipeline.report.equality import clear_differences, compared_by
from ibic_pipeline.report.figures import MATRIX_AT_MOST, Panel
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.report.groups import SPLITS
from ibic_pipeline.report.parameters import WORDS
from ibic_pipeline.report.pictures import differences, dots, funnel_of, of_groups, trend_of, waiting_of
from ibic_pipeline.report.priorities import FIRST, changes_of, is_better, is_worse, not_shown, priorities
from ibic_pipeline.report.process import CHAIN, NO_CHAIN
from ibic_pipeline.report.process import finding as chain_finding
from ibic_pipeline.report.questions import question_of
from ibic_pipeline.report.site import Place, Site
from ibic_pipeline.report.waits import CURVES, TOLD_DAYS, waits_of
from ibic_pipeline.report.words import SIGNALS

CHANGES_SHOWN = 20


@dataclass(frozen=True)
class Page:
    """One page: its file, its template, what that is given, and its charts by name."""

    fil: str
    mall: str
    innehall: Mapping[str, Any]
    bilder: Mapping[str, Drawing] = field(default_factory=dict)


def drawn_of(made: Iterable[Page], kept: Path | None = None) -> dict[str, str]:
    """``draw`` for all charts of all pages; charts of different pages that have the same name are the same."""
    return draw({name: each for page in made for name, each in page.bilder.items()}, kept)


def pages(site: Site) -> Iterator[Page]:
    """Every page of figures, in the order of the menu; those of data quality are made elsewhere."""
    yield _overview(site)
    for panel in site.panels:
        yield _of_indicator(site, panel)
    for place in site.places:
        yield _of_municipality(site, place)
    yield _equality(site)
    yield _about(site)


def _overview(site: Site) -> Page:
    late = late_municipalities(site.about)
    return Page(
        "index.html",
        "index.html.j2",
        {
            "late": late,
            "matris": len(site.places) <= MATRIX_AT_MOST,
            "antal": {
                place.kod: _signals(panel.of(place.kod).signal for panel in site.panels) for place in site.places
            },
            "per_indikator": {panel.id: _signals(cell.signal for cell in panel.kommuner) for panel in site.panels},
        },
    )


def _signals(signals: Any) -> dict[str, int]:
    """How many of each signal, and how many have none because their figure is not shown."""
    found = list(signals)
    return {**{each: found.count(each) for each in SIGNALS}, "utan": found.count(None)}


def _of_indicator(site: Site, panel: Panel) -> Page:
    described = site.described(panel.id)
    points = site.series.get((panel.id, None), ())
    splits = site.splits.get((panel.id, None), ())
    funnel = site.funnels.get((panel.id, None))
    drawings = {f"{panel.id}-prickar": dots(panel)}
    if in_the_funnel(panel) and panel.matt != "skillnad":
        drawings[f"{panel.id}-tratt"] = funnel_of(panel)
    drawings |= trend_of(panel, points, f"{panel.id}-utveckling")
    if any(split.shown for split in splits):
        drawings[f"{panel.id}-grupper"] = of_groups(panel, splits)
    place = list(site.panels).index(panel)
    return Page(
        panel.fil,
        "indikator.html.j2",
        {
            "panel": panel,
            "om": described,
            "nar": WHEN[described["typ"]],
            "matt": MEASURES[described["matt"]],
            "fraga": question_of(panel.id),
            "fynd": finding(panel),
            "forbehall": caveats(panel),
            "i_tratten": sentences.of_funnel_plot(panel) if panel.matt != "skillnad" else "",
            "trend": sentences.of_trend(panel, points, site.names[None]) if points else "",
            "punkter": points[-8:],
            "per_kommun": {each.kod: site.series.get((panel.id, each.kod), ())[-8:] for each in site.places},
            "delar": splits,
            "delfynd": {each.brytning: sentences.of_split(each, panel.better) for each in splits},
            "rubriker": SPLITS,
            "tratt": funnel,
            "trattfynd": sentences.of_exclusions(funnel, "enheter"),
            "bakgrund": reference.beside(panel.id),
            "bakgrundskalla": reference.SOURCE,
            "fore": site.panels[place - 1] if place else None,
            "efter": site.panels[place + 1] if place + 1 < len(site.panels) else None,
            "med_kommuner": len(site.places) <= MATRIX_AT_MOST,
            "beslutade": _decided(site, described),
        },
        drawings,
    )


def _decided(site: Site, described: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """The county's parameters that decide the indicator's units: name, value and why."""
    given = site.about["lan"]["parametrar"]
    return [(WORDS[name], given[name]["varde"], given[name]["not"]) for name in described["parametrar"]]


def _of_municipality(site: Site, place: Place) -> Page:
    drawings: dict[str, Drawing] = {}
    waits = waits_of(site.curves, place.kod)
    for id, curve, beside in waits:
        if curve is not None and curve.drawn:
            drawings[f"k{place.kod}-{id}"] = waiting_of(place, curve, beside)
    compared = {what: compared_by(site, what, place.kod) for what in ("kon", "regiform")}
    for what, found in compared.items():
        drawings |= differences(found, what, f"k{place.kod}-{what}", place.namn)
    ordered = priorities(site, place.kod)
    return Page(
        place.fil,
        "kommun.html.j2",
        {
            "plats": place,
            "forst": [(each, sentences.of_priority(each)) for each in ordered[:FIRST]],
            "roda": len(ordered),
            "antal": _signals(panel.of(place.kod).signal for panel in site.panels),
            "starka": [panel for panel in site.panels if is_better(panel, panel.of(place.kod))],
            "svaga": [panel for panel in site.panels if is_worse(panel, panel.of(place.kod))],
            "andringar": changes_of(site, place.kod),
            "historik": rows_of(site.changed.get((place.kod,), [])[:CHANGES_SHOWN], site.names),
            "historik_antal": len(site.changed.get((place.kod,), [])),
            "serie": {panel.id: site.series.get((panel.id, place.kod), ()) for panel in site.panels},
            "granser": {panel.id: site.bounds.get((panel.id, place.namn)) for panel in site.panels},
            "atgard": {panel.id: site.action(place.kod, panel.id) for panel in site.panels},
            "kedja": (chain := site.chains.get(place.kod, NO_CHAIN)),
            "kedjetratt": site.funnels.get((CHAIN, place.kod)),
            "kedjefynd": chain_finding(chain, place.namn),
            "jamfort": compared,
            "jamfortfynd": {what: sentences.of_differences(found) for what, found in compared.items()},
            "strecken": sentences.ACROSS_ZERO,
            "aldrar": {
                panel: split
                for panel in site.panels
                for split in site.splits.get((panel.id, place.kod), ())
                if split.brytning == "aldersgrupp" and split.shown
            },
            "aldersnamn": _ages(site, place.kod),
            "vantan": waits,
            "vantefynd": {id: sentences.of_waiting(curve, place.namn) for id, curve, _ in waits if curve},
            "vantelan": {id: sentences.of_waiting(county, site.names[None]) for id, _, county in waits if county},
            "kurvor": CURVES,
            "dagar": TOLD_DAYS,
            "saknas": not_shown(site, place),
        },
        drawings,
    )


def _ages(site: Site, kod: str) -> list[str]:
    """The names of the age groups that any indicator has, the youngest first."""
    found = {
        cell.namn
        for panel in site.panels
        for split in site.splits.get((panel.id, kod), ())
        if split.brytning == "aldersgrupp"
        for cell in split.grupper
    }
    return sorted(found, key=lambda name: int(name.partition(" ")[0].partition("–")[0]))


def _equality(site: Site) -> Page:
    found = compared_by(site, "kon", None)
    return Page(
        "jamstalldhet.html",
        "jamstalldhet.html.j2",
        {
            "jamfort": found,
            "jamfortfynd": sentences.of_differences(found),
            "strecken": sentences.ACROSS_ZERO,
            "tydliga": clear_differences(site, "kon"),
            "provade": sum(
                each.rad.varde is not None for place in site.places for each in compared_by(site, "kon", place.kod)
            ),
        },
        differences(found, "kon", "lan-kon", site.names[None]),
    )


def _about(site: Site) -> Page:
    return Page(
        "om-siffrorna.html",
        "om.html.j2",
        {
            "accounting": accounting(site.about),
            "deadlines": deadlines(site.about),
            "nationellt": reference.national(),
            "kalla": reference.SOURCE,
        },
    )
