"""What a check is: an id, a Swedish sentence, and the share of breaches from which it no longer holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["varna", "stoppa"]
"""``varna``: the version stands and the breach is told. ``stoppa``: the version does not become current."""

Owner = Literal["systemforvaltning", "verksamhet", "lansanalys"]
"""Who looks into a breach: the municipality's system administrators or its care services, or the county's analysts."""

FEL, EJ_TILLAMPLIGT, UNDERKAND, GODKAND = "fel", "ej_tillampligt", "underkand", "godkand"
STATUSES = (FEL, EJ_TILLAMPLIGT, UNDERKAND, GODKAND)
"""The worst first: the check could not run; there was nothing to ask; it does not hold; it holds."""

DELIVERY, COUNTY = "leverans", "lan"
"""What stands for a table's name in checks of a delivery as a whole, and of the county."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that should hold for most rows, parts of a delivery, or municipalities.

    ``sentence`` may hold ``{tabell}`` and ``{del}``. A share of breaches above ``threshold`` fails the check;
    ``lan.yaml`` may set another. ``general_advice`` says that ``what_to_do`` names no menu or field of the source
    system, because its own words are not known.
    """

    id: str
    sentence: str
    threshold: float
    why: str
    what_to_do: str
    owner: Owner
    severity: Severity = "varna"
    general_advice: bool = True


@dataclass(frozen=True, kw_only=True)
class RowCheck(Check):
    """A check on the rows of one harmonised table.

    ``measured`` is SQL over the row ``r`` and what its table is joined to (``batches``): null where nothing is asked.
    Without ``days`` it is true where the row holds; with them it is a number of days that should lie between the two.
    ``columns`` are the delivered columns without which there is nothing to ask; ``part`` is the one it is about.
    """

    table: str
    measured: str
    columns: tuple[str, ...]
    part: str | None = None
    days: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class ComparedCheck(Check):
    """A check of what a delivery's counts are beside those of earlier deliveries, or of the other municipalities.

    ``county_threshold``: the share of all municipalities' parts that may deviate at once before the cause is thought
    to be a common one.
    """

    county_threshold: float = 0.25
    county_why: str = (
        "Antagande. Avviker så många delar samtidigt i länet är orsaken troligen gemensam: en ny version av systemet, "
        "en ändrad export eller en ändrad profil."
    )


@dataclass(frozen=True, kw_only=True)
class CountyCheck(Check):
    """A check of the county's tables."""
