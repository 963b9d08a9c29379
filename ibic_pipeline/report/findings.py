"""Says in words what a chart shows."""

from __future__ import annotations

from ibic_pipeline.report.figures import Cell, Panel, Visning
from ibic_pipeline.report.numbers import NBSP, names_text, one_decimal, percent, percent_text

WHY_NOT_SHOWN: dict[Visning, str] = {
    "undertryckt": "undertryckt",
    "ej_tillampligt": "ej tillämpligt",
    "ej_utvarderad": "leveransen slutar före perioden",
    "saknas": "uppgift saknas för perioden",
}


def finding(panel: Panel) -> list[str]:
    """Sentences in Swedish: the county, who differs from it, and the span between highest and lowest."""
    if panel.period is None:
        return ["Ingen period kan jämföras än."]
    shown = [cell for cell in panel.kommuner if cell.shown]
    return [sentence for sentence in (_county(panel), _apart_from_county(panel, shown), _span(shown)) if sentence]


def caveats(panel: Panel) -> list[str]:
    """Sentences in Swedish: whose figures are uncertain, and whose are not shown and why."""
    if panel.period is None:
        return []
    words: dict[Visning, str] = {"osaker": "osäkert på grund av få i underlaget", **WHY_NOT_SHOWN}
    found = {text: [cell.namn for cell in panel.kommuner if cell.visning == why] for why, text in words.items()}
    return [f"{_first_upper(text)}: {names_text(names)}." for text, names in found.items() if names]


def _county(panel: Panel) -> str:
    basis = f"{panel.delivered} av {len(panel.kommuner)} kommuner ingår"
    if panel.delivered_late:
        basis += f", {panel.delivered_late} med äldre leverans"
    if panel.lan.andel is None:
        return f"Länets andel visas inte ({WHY_NOT_SHOWN[panel.lan.visning]}); {basis}."
    return f"Länet: {percent_text(panel.lan.andel)} ({basis})."


def _apart_from_county(panel: Panel, shown: list[Cell]) -> str:
    county = panel.lan.andel
    if county is None or not shown:
        return ""
    above = [cell.namn for cell in shown if cell.ki_lag is not None and cell.ki_lag > county]
    below = [cell.namn for cell in shown if cell.ki_hog is not None and cell.ki_hog < county]
    sentences = [
        f"Tydligt {word} länet: {names_text(names)}." for word, names in (("över", above), ("under", below)) if names
    ]
    return " ".join(sentences) or "Ingen kommun skiljer sig tydligt från länet."


def _span(shown: list[Cell]) -> str:
    if not shown:
        return "Ingen kommun har en andel som kan visas."
    shares = {cell.namn: percent(cell.andel) for cell in shown if cell.andel is not None}
    if len(shown) == 1:
        return f"Bara {shown[0].namn} har en andel som kan visas."
    highest, lowest = max(shares.values()), min(shares.values())
    if highest == lowest:
        return f"{names_text(list(shares))} har samma andel, {one_decimal(highest)}{NBSP}%."
    top = [cell for cell in shown if shares[cell.namn] == highest]
    bottom = [cell for cell in shown if shares[cell.namn] == lowest]
    sentence = (
        f"Högst andel har {names_text([cell.namn for cell in top])} ({one_decimal(highest)}{NBSP}%) och lägst "
        f"{names_text([cell.namn for cell in bottom])} ({one_decimal(lowest)}{NBSP}%): "
        f"{one_decimal(highest - lowest)} procentenheter skiljer."
    )
    if _overlap(top, bottom):
        return sentence + " Intervallen överlappar, så ordningen dem emellan är osäker."
    return sentence


def _overlap(top: list[Cell], bottom: list[Cell]) -> bool:
    lowest_of_top = min(cell.ki_lag for cell in top if cell.ki_lag is not None)
    highest_of_bottom = max(cell.ki_hog for cell in bottom if cell.ki_hog is not None)
    return lowest_of_top <= highest_of_bottom


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
