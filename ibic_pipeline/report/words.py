"""The words and shapes that signals, statuses and changes have in every file that readers open, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ibic_pipeline.report.figures import Cell, Panel, Visning
from ibic_pipeline.report.numbers import percent_text

SIGNALS = {
    "gron": ("●", "grön"),
    "gul": ("◆", "gul"),
    "rod": ("▲", "röd"),
    "ej_utvarderad": ("□", "ej utvärderad"),
}
"""Signal -> its shape and its word, so that neither rests on colour."""

STATUSES: dict[Visning, str] = {
    "visas": "visas",
    "osaker": "osäker",
    "undertryckt": "undertryckt",
    "ej_tillampligt": "ej tillämpligt",
    "ej_utvarderad": "inte levererat än",
    "saknas": "uppgift saknas",
}

STATUS_MEANINGS: dict[Visning, str] = {
    "visas": "Siffran står där.",
    "osaker": "Siffran står där, men få ligger bakom den och slumpen är stor.",
    "undertryckt": "Siffran finns men visas inte, för att ingen ska kunna kännas igen. Det är inte noll.",
    "ej_tillampligt": "Ingen fanns att räkna på.",
    "ej_utvarderad": "Kommunens leverans slutar före perioden.",
    "saknas": "Kommunen har inga uppgifter för perioden.",
}

CHANGES = {
    1: ("↑", "högre", "högre än för ett år sedan"),
    0: ("→", "", "ingen tydlig ändring på ett år"),
    -1: ("↓", "lägre", "lägre än för ett år sedan"),
}
"""Which way a share has gone beyond chance -> its arrow, its word, and all of it in words."""

NO_ACTION = "ingen åtgärd är angiven"


def signal_text(signal: str) -> str:
    """A signal with its shape: ▲ röd."""
    return " ".join(SIGNALS[signal])


def signal_meanings(limits: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Signal -> what it takes, by the limits that the county has set for most indicators."""
    green, yellow = limits["gron"], limits["gul"]
    return [
        ("gron", f"minst {percent_text(green)}; där lägre är bättre högst {percent_text(1 - green)}"),
        ("gul", f"minst {percent_text(yellow)}; där lägre är bättre högst {percent_text(1 - yellow)}"),
        ("rod", "under gränsen för gul, eller över den där lägre är bättre: åtgärd krävs"),
        ("ej_utvarderad", "ingen bedömning görs"),
    ]


def not_shown_text(visning: Visning) -> str:
    """Why a number does not stand there; beside a figure that is shown it is the measure that cannot be."""
    return "visas inte" if visning in ("visas", "osaker") else STATUSES[visning]


def verdict_text(cell: Cell) -> str:
    """What is said of a figure beside the figure: its signal, that it is uncertain, or why there is none."""
    if cell.signal is None:
        return "" if cell.visning == "visas" else STATUSES[cell.visning]
    return signal_text(cell.signal) + (", osäker" if cell.visning == "osaker" else "")


def action_text(signal: str | None, action: str | None) -> str:
    """What is done about a figure, as lan.yaml says; that nothing is given where a signal is red."""
    if action:
        return action
    return NO_ACTION if signal == "rod" else "krävs inte" if signal in ("gron", "gul") else ""


@dataclass(frozen=True)
class Change:
    """Which way a share has gone in a year: an arrow, words, and whether it is for the better."""

    pil: str
    kort: str
    ord: str
    ton: str


def change_text(cell: Cell, panel: Panel) -> Change | None:
    """A change is up or down only where all of its interval lies on one side of zero."""
    if cell.forandring is None:
        return None
    _, low, high = cell.forandring
    way = int(low > 0) - int(high < 0)
    better = way if panel.riktning == "hogre_ar_battre" else -way
    return Change(*CHANGES[way], ("", " upp", " ner")[better])


def apart_words(clearly: bool) -> str:
    """Whether a difference between two groups is more than chance."""
    return "tydlig skillnad" if clearly else "kan vara slump"


def standing(panel: Panel, cell: Cell) -> str:
    """How a figure stands to the county's: clearly only where the whole interval lies on one side."""
    if panel.matt == "skillnad":
        if cell.lag is None or cell.hog is None:
            return ""
        if cell.lag > 0 or cell.hog < 0:
            return f"tydligt högre hos {'privata' if cell.lag > 0 else 'kommunala'}"
        return apart_words(False)
    side = panel.side_of(cell)
    return "" if side is None else ("ingen tydlig skillnad", "tydligt bättre", "tydligt sämre")[side]
