"""The six questions of systematic follow-up, which order the pages, and the indicators that answer each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ibic_pipeline.report.figures import Panel


@dataclass(frozen=True)
class Question:
    """One of the six questions, with what the figures can and cannot say of it."""

    nummer: int
    text: str
    ingang: str
    indikatorer: tuple[str, ...]


QUESTIONS = (
    Question(
        1,
        "Vilka behov har våra brukare?",
        "Hur väl utredningarna beskriver behoven. Hur stora behoven är går inte att läsa här.",
        ("D3", "D4", "P4"),
    ),
    Question(
        2,
        "Vilka insatser får de?",
        "Hur lång tid det tar till beslut, verkställighet och plan, och om uppdraget bär det som bestämdes.",
        ("T8", "T9", "T13", "F5", "T10", "T11", "T12", "F4", "F1"),
    ),
    Question(
        3,
        "Har situationen förändrats?",
        "Om någon följer upp, i tid och på rätt ställe, och om funktionstillståndet har ändrats.",
        ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "F2", "F3", "M4", "M5", "M6"),
    ),
    Question(
        4,
        "Når vi målen vi satt upp tillsammans?",
        "Om målen går att följa upp, om de följs upp och om de är uppfyllda. Läs M1 och M2 tillsammans med M3.",
        ("M1", "M2", "M3", "M7", "D1", "D2"),
    ),
    Question(
        5,
        "Vad tycker brukare och anhöriga?",
        "Om den enskildes uppfattning och delaktighet är dokumenterad. Vad de tycker går inte att läsa här.",
        ("P1", "P2", "P3"),
    ),
    Question(
        6,
        "Hur skiljer sig insatser, resultat och delaktighet mellan kvinnor och män?",
        "Svaret står på sidan Jämställdhet. Här står skillnaden mellan privata och kommunala utförare.",
        ("F6",),
    ),
)


@dataclass(frozen=True)
class Asked:
    """A question with the figures that the release has for it."""

    fraga: Question
    panels: tuple[Panel, ...]


def asked(panels: Sequence[Panel]) -> list[Asked]:
    """Every question in order; what no question names stands last under the last, so that no figure is left out."""
    by_id = {panel.id: panel for panel in panels}
    named = {id for question in QUESTIONS for id in question.indikatorer}
    rest = tuple(panel for panel in panels if panel.id not in named)
    found = [Asked(each, tuple(by_id[id] for id in each.indikatorer if id in by_id)) for each in QUESTIONS]
    return [*found[:-1], Asked(found[-1].fraga, found[-1].panels + rest)]


def question_of(id: str) -> Question:
    """The question that an indicator belongs to."""
    return next((each for each in QUESTIONS if id in each.indikatorer), QUESTIONS[-1])
