"""The deadlines in days that indicators measure against: the county's, and those that municipalities have set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ibic_pipeline.report.numbers import in_alphabetical_order, names_text

NAMES = {"uppfoljning_dagar": "Uppföljningsfrist", "gp_frist_dagar": "Planfrist"}


@dataclass(frozen=True)
class Deadline:
    """One deadline, in the words of the definitions."""

    namn: str
    dagar: int
    egna: str
    """The municipalities whose figures use another number of days, in one phrase; empty when there is none."""
    varfor: str


def deadlines(about: Mapping[str, Any]) -> list[Deadline]:
    """Every deadline of the county, with the municipalities that have their own."""
    return [_deadline(key, namn, about) for key, namn in NAMES.items()]


def _deadline(key: str, namn: str, about: Mapping[str, Any]) -> Deadline:
    of_county = about["lan"]["parametrar"][key]
    own = [(each["namn"], _own_days(each, key)) for each in in_alphabetical_order(about["kommuner"])]
    differing = [f"{name} {days}" for name, days in own if days not in (None, of_county["varde"])]
    return Deadline(namn, of_county["varde"], names_text(differing) if differing else "", of_county["not"])


def _own_days(municipality: Mapping[str, Any], key: str) -> int | None:
    days: int | None = (municipality["underlag"] or {}).get("frister", {}).get(key)
    return days
