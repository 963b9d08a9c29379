"""Says in words what a chart shows."""

from __future__ import annotations

from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.measures import apart_text, counted_text, rounded, value_text
from ibic_pipeline.report.numbers import names_text
from ibic_pipeline.report.words import STATUSES, not_shown_text

PLUS_AND_MINUS = "Plus betyder högre andel hos privata utförare, minus hos kommunala."
GOOD_ABOVE = {"hogre_ar_battre": ("bättre", "sämre"), "lagre_ar_battre": ("sämre", "bättre")}
"""Direction -> what above and below the county mean."""


def finding(panel: Panel) -> list[str]:
    """Sentences in Swedish: the county, who differs from it, and the span between highest and lowest."""
    if panel.period is None:
        return ["Ingen period kan jämföras än."]
    shown = [cell for cell in panel.kommuner if cell.shown]
    if panel.matt == "skillnad":
        sentences = [_county(panel), _apart_from_zero(shown) if shown else _nothing_shown(panel), PLUS_AND_MINUS]
    else:
        sentences = [_county(panel), _apart_from_county(panel, shown), _span(panel, shown), _values_beside(panel)]
    return [sentence for sentence in sentences if sentence]


def caveats(panel: Panel) -> list[str]:
    """Sentences in Swedish: whose figures are uncertain, and whose are not shown and why."""
    if panel.period is None:
        return []
    words = {**STATUSES, "osaker": "osäker på grund av få i underlaget"}
    del words["visas"]
    if panel.matt == "median":
        words["undertryckt"] = "andelen är undertryckt"
    found = {text: [cell.namn for cell in panel.kommuner if cell.visning == why] for why, text in words.items()}
    return [f"{_first_upper(text)}: {names_text(names)}." for text, names in found.items() if names]


def _county(panel: Panel) -> str:
    basis = f"{panel.delivered} av {len(panel.kommuner)} kommuner ingår"
    if panel.delivered_late:
        basis += f", {panel.delivered_late} med äldre leverans"
    if panel.lan.varde is None:
        why = not_shown_text(panel.lan.visning)
        return f"Länets {panel.matt} visas inte ({why}); {basis}."
    of_what = "medianen är " if panel.matt == "median" else ""
    return f"Länet: {of_what}{value_text(panel.lan.varde, panel.matt, panel.unit)} ({basis})."


def _apart_from_county(panel: Panel, shown: list[Cell]) -> str:
    county = panel.lan.varde
    if county is None or not shown:
        return ""
    above, below = _clearly_apart(shown, county)
    # Which way a median should go is for the definition to say; the direction is that of the share.
    verdicts = [f" ({word})" for word in GOOD_ABOVE[panel.riktning]] if panel.matt == "andel" else ["", ""]
    sentences = [
        f"Tydligt {word} länet{verdict}: {names_text(names)}."
        for word, verdict, names in zip(("över", "under"), verdicts, (above, below), strict=True)
        if names
    ]
    return " ".join(sentences) or "Ingen kommun skiljer sig tydligt från länet."


def _apart_from_zero(shown: list[Cell]) -> str:
    private, municipal = _clearly_apart(shown, 0.0)
    sentences = [
        f"Tydligt högre andel hos {whose} utförare: {names_text(names)}."
        for whose, names in (("privata", private), ("kommunala", municipal))
        if names
    ]
    return " ".join(sentences) or "Ingen kommun har en tydlig skillnad mellan privata och kommunala utförare."


def _clearly_apart(shown: list[Cell], from_what: float) -> tuple[list[str], list[str]]:
    above = [cell.namn for cell in shown if cell.lag is not None and cell.lag > from_what]
    below = [cell.namn for cell in shown if cell.hog is not None and cell.hog < from_what]
    return above, below


def _nothing_shown(panel: Panel) -> str:
    return f"Ingen kommun har en {panel.matt} som kan visas."


def _span(panel: Panel, shown: list[Cell]) -> str:
    if not shown:
        return _nothing_shown(panel)
    if len(shown) == 1:
        return f"Bara {shown[0].namn} har en {panel.matt} som kan visas."
    values = {cell.namn: rounded(cell.varde, panel.matt) for cell in shown if cell.varde is not None}
    highest, lowest = max(values.values()), min(values.values())
    top = [cell for cell in shown if values[cell.namn] == highest]
    bottom = [cell for cell in shown if values[cell.namn] == lowest]
    if highest == lowest:
        return f"{names_text(list(values))} har samma {panel.matt}, {_text(panel, top)}."
    sentence = (
        f"Högst {panel.matt} har {names_text([cell.namn for cell in top])} ({_text(panel, top)}) och lägst "
        f"{names_text([cell.namn for cell in bottom])} ({_text(panel, bottom)}): "
        f"{apart_text(highest - lowest, panel.matt, panel.unit)} skiljer."
    )
    if _overlap(top, bottom):
        return sentence + " Intervallen överlappar, så ordningen dem emellan är osäker."
    return sentence


def _text(panel: Panel, cells: list[Cell]) -> str:
    """The figure that the cells share, as it is shown."""
    return next(value_text(cell.varde, panel.matt, panel.unit) for cell in cells if cell.varde is not None)


def _overlap(top: list[Cell], bottom: list[Cell]) -> bool:
    """Whether the intervals meet; a figure without one cannot be told apart from another."""
    lows = [cell.lag for cell in top if cell.lag is not None]
    highs = [cell.hog for cell in bottom if cell.hog is not None]
    return not lows or not highs or min(lows) <= max(highs)


def _values_beside(panel: Panel) -> str:
    """The county's median where the panel shows shares, and how high nine in ten are."""
    median, p90 = (
        None if value is None or not panel.has_median else counted_text(value, panel.unit)
        for value in (panel.lan.median, panel.lan.p90)
    )
    parts = [] if median is None or panel.matt == "median" else [f"medianen är {median}"]
    parts += [] if p90 is None else [f"nio av tio har högst {p90}"]
    return f"I länet: {', '.join(parts)}." if parts else ""


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
