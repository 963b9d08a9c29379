"""National background figures: of municipalities that answered a survey, not of people; never to be compared with."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from ibic_pipeline.resources import PACKAGE

FILE = PACKAGE / "report" / "nationell_referens.csv"
SOURCE = (
    "Socialstyrelsen, Individens behov i centrum: lägesavstämning för införandet december 2023, verksamhet för "
    "personer under 65 år enligt SoL. Enkät till 290 kommuner; 226 svarade."
)
BESIDE = {
    "F2": "Handläggarna följer upp resultat och måluppfyllelse",
    "M3": "Handläggarna följer upp resultat och måluppfyllelse",
    "T11": "Kommunala utförare planerar genomförandet",
    "F6": "Privata utförare planerar genomförandet",
}
"""Indicator -> the survey's question that is about the same work, and whose answers stand as background on its page."""


@dataclass(frozen=True)
class Answer:
    """How many of those who were asked gave one answer, as it was published; the number is None where it was not."""

    svar: str
    antal: int | None
    procent: int


@dataclass(frozen=True)
class Asked:
    """A question of the survey in one year."""

    fraga: str
    ar: int
    svarande: str
    antal_svarande: int
    anmarkning: str
    svar: tuple[Answer, ...]


def national() -> list[Asked]:
    """Every question and year, in the order of the file."""
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["fraga"], row["ar"]), []).append(row)
    return [_asked(rows) for rows in found.values()]


def beside(id: str) -> Asked | None:
    """The background of an indicator: the latest answers to the question about the same work."""
    return next((each for each in reversed(national()) if each.fraga == BESIDE.get(id)), None)


def _asked(rows: list[Mapping[str, str]]) -> Asked:
    first = rows[0]
    answers = tuple(
        Answer(row["svar"], int(row["antal"]) if row["antal"] else None, int(row["procent"])) for row in rows
    )
    return Asked(
        first["fraga"], int(first["ar"]), first["svarande"], int(first["antal_svarande"]), first["anmarkning"], answers
    )
