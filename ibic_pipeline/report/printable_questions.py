"""The six questions of systematic follow-up, in whose order a municipality's printed report goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question and the indicators that say something of it."""

    text: str
    indikatorer: tuple[str, ...]


QUESTIONS = (
    Question("Vilka behov har våra brukare?", ("D3", "D4", "P4")),
    Question("Vilka insatser får de?", ("T8", "T9", "T13", "F5", "T10", "T11", "T12", "F4", "F1", "F6")),
    Question(
        "Har situationen förändrats?",
        ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "F2", "F3", "M4", "M5", "M6"),
    ),
    Question("Når vi målen vi satt upp tillsammans?", ("M1", "M2", "M3", "M7", "D1", "D2")),
    Question("Vad tycker brukare och anhöriga?", ("P1", "P2", "P3")),
)
"""The first five; the sixth, how women and men differ, is asked of every indicator."""
SIXTH = "Hur skiljer sig insatser, resultat och delaktighet mellan kvinnor och män?"
