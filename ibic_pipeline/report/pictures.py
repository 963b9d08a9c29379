"""What each chart of the pages is drawn of, and what those who do not see it are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ibic_pipeline.report.charts_beside import Beside
from ibic_pipeline.report.charts_of_time import Trend, Waiting
from ibic_pipeline.report.drawing import Drawing
from ibic_pipeline.report.equality import Compared
from ibic_pipeline.report.figures import Panel
from ibic_pipeline.report.groups import SPLITS, Split
from ibic_pipeline.report.questions import Asked
from ibic_pipeline.report.series import Point
from ibic_pipeline.report.site import Place
from ibic_pipeline.report.waits import CURVES, Curve

SHOWN_AS = {"andel": "Andel", "median": "Median", "skillnad": "Skillnad mellan privata och kommunala utförare"}
SAME_FIGURES = "Samma siffror står i tabellen."


def funnel_of(panel: Panel) -> Drawing:
    """The municipalities' shares against the size of their denominators."""
    text = (
        "En punkt per kommun: andelen mot antalet i nämnaren. Linjerna är gränserna för vad slumpen kan göra. "
        f"{SAME_FIGURES}"
    )
    return Drawing("tratt", panel, f"Tratt: {panel.namn}, {panel.period_text}", text)


def dots(panel: Panel) -> Drawing:
    """The municipalities' figures with their intervals."""
    return Drawing(
        "prickar", panel, f"{panel.namn}, {panel.period_text}",
        f"{SHOWN_AS[panel.matt]} per kommun med 95-procentigt osäkerhetsintervall; streckad lodrät linje är länet. "
        f"{SAME_FIGURES}",
    )  # fmt: skip


def trend_of(panel: Panel, points: Sequence[Point], name: str) -> dict[str, Drawing]:
    """Quarter by quarter; nothing where fewer than two are shown."""
    if sum(each.varde is not None for each in points) < 2:
        return {}
    text = f"{SHOWN_AS[panel.matt]} kvartal för kvartal; bandet är 95-procentigt osäkerhetsintervall. {SAME_FIGURES}"
    return {name: Drawing("utveckling", Trend(tuple(points), panel.matt), f"{panel.namn}, utveckling", text)}


def of_groups(panel: Panel, splits: Sequence[Split]) -> Drawing:
    """Groups drawn as the municipalities are, with everyone's share as the line where it is of the same period."""
    period = splits[0].period_text
    everyone = panel.lan if period == panel.period_text and panel.matt == "andel" else replace(panel.lan, varde=None)
    cells = tuple(cell for split in splits for cell in split.grupper)
    text = f"Andel per grupp med 95-procentigt osäkerhetsintervall. {SAME_FIGURES}"
    shown = replace(panel, matt="andel", lan=everyone, kommuner=cells)
    return Drawing("prickar", shown, f"{panel.namn}, grupper i länet, {period}", text)


def waiting_of(place: Place, curve: Curve, county: Curve | None) -> Drawing:
    """How long people wait, beside the county."""
    text = (
        f"Andel som ännu väntar, dag för dag sedan start, för {place.namn} (heldragen, med osäkerhetsband) och länet "
        f"(streckad). {SAME_FIGURES}"
    )
    return Drawing("overlevnad", Waiting(curve, county), f"{CURVES[curve.id][0]}, start {curve.start_ar}", text)


def beside_of(place: Place, asked: Asked) -> Drawing | None:
    """A municipality's shares beside the county's, a row per indicator of a question; None where no share is shown."""
    pairs = [(panel, panel.of(place.kod)) for panel in asked.panels if panel.matt == "andel"]
    shown = [(panel, cell) for panel, cell in pairs if cell.shown]
    if not shown:
        return None
    data = Beside(
        tuple(replace(cell, namn=panel.id, inaktuell=False) for panel, cell in shown),
        tuple(panel.lan.varde for panel, _ in shown),
    )
    text = (
        "Andel per indikator med 95-procentigt osäkerhetsintervall; formen är signalen, det lodräta strecket är länet. "
        f"{SAME_FIGURES}"
    )
    return Drawing("mot_lanet", data, f"{place.namn} och länet: {asked.fraga.text}", text)


def differences(found: Sequence[Compared], what: str, name: str, place: str) -> dict[str, Drawing]:
    """Differences drawn around zero, a row per indicator whose difference is shown."""
    shown = [each for each in found if each.rad.varde is not None]
    if not shown:
        return {}
    panel = replace(shown[0].panel, matt="skillnad", lan=replace(shown[0].panel.lan, varde=None, lag=None, hog=None))
    text = (
        "Skillnad i procentenheter per indikator med 95-procentigt osäkerhetsintervall; noll är ingen skillnad. "
        f"{SAME_FIGURES}"
    )
    drawn = replace(panel, kommuner=tuple(each.rad for each in shown))
    return {name: Drawing("prickar", drawn, f"{SPLITS[what]}, {place}", text)}
