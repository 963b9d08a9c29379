"""The words and shapes that signals and statuses have in every file that readers open, and what they mean."""

from __future__ import annotations

from ibic_pipeline.report.figures import Cell, Visning

SIGNALS = {
    "gron": ("●", "grön"),
    "gul": ("◆", "gul"),
    "rod": ("▲", "röd"),
    "ej_utvarderad": ("■", "ej utvärderad"),
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


def signal_text(signal: str) -> str:
    """A signal with its shape: ▲ röd."""
    return " ".join(SIGNALS[signal])


def verdict_text(cell: Cell) -> str:
    """What is said of a figure beside the figure: its signal, that it is uncertain, or why there is none."""
    if cell.signal is None:
        return "" if cell.visning == "visas" else STATUSES[cell.visning]
    return signal_text(cell.signal) + (", osäker" if cell.visning == "osaker" else "")
