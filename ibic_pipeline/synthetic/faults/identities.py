"""Personal numbers as they come: in every spelling, spoilt by spreadsheets, of test persons, and reserve numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ibic_pipeline.profile import Format, Profil
from ibic_pipeline.synthetic.faults.contradictions import TEST_PERSON
from ibic_pipeline.synthetic.faults.spots import Damage, Fault, Spot, across, same, twelve_digits
from ibic_pipeline.synthetic.identities import with_check_digit

PEOPLE = (("utredning", "individ_id"), ("beslut", "individ_id"))


def _spelled(number: str, century: int, separator: str) -> str:
    return f"{number[century:8]}{separator}{number[8:]}"


def _each(spell: Callable[[str], str]) -> Damage:
    return lambda at: [spell(twelve_digits(old)) for old in at.old]


def _short(number: str) -> str:
    return _spelled(number, 2, "+" if int(number[:4]) <= 1926 else "-")


def _rounded(number: str) -> str:
    """Six digits are what a narrow column shows and a careless save keeps."""
    return f"{float(number):.5E}".replace(".", ",")


def _with_decimals(number: str) -> str:
    return f"{number}.0"


def _without_zero(number: str) -> str:
    return number[3:]


def _may_lose_a_zero(text: str) -> bool:
    return bool(text) and twelve_digits(text).startswith("200")


def reserve_number(number: str, serial: int) -> str:
    """A reserve number of the kind that one made-up profile knows."""
    return f"{number[:8]}R{serial % 1000:03d}"


def tf_number(number: str, serial: int) -> str:
    """A temporary number such as 19121212TF01."""
    return f"{number[:8]}TF{serial % 100:02d}"


def coordination_number(number: str) -> str:
    """The number of the same birth date and serial with sixty added to the day."""
    nine = int(f"{number[2:6]}{int(number[6:8]) % 60 + 60:02d}{number[8:11]}")
    return f"{number[:2]}{int(with_check_digit(np.array([nine]))[0]):010d}"


def reads(profil: Profil, number: str) -> bool:
    """Whether the profile has a pattern of reserve numbers that fits."""
    return any(re.fullmatch(each.monster, number) for each in profil.identiteter.reservnummer)


def _unknown_reserve(at: Spot) -> list[str]:
    return [reserve_number(twelve_digits(old), place) for place, old in enumerate(at.old)]


def _unknown_tf(at: Spot) -> list[str]:
    return [tf_number(twelve_digits(old), place) for place, old in enumerate(at.old)]


def _without_reserve(profil: Profil, _fmt: Format) -> bool:
    return not reads(profil, reserve_number("198001010000", 1))


def _without_tf(profil: Profil, _fmt: Format) -> bool:
    return not reads(profil, tf_number("198001010000", 1))


NUMBERS: tuple[Fault, ...] = (
    *across(PEOPLE, "personnummer_12_med_streck", "", _each(lambda n: _spelled(n, 0, "-")), has=("individ_id",)),
    *across(PEOPLE, "personnummer_12_siffror", "", _each(str), has=("individ_id",)),
    *across(PEOPLE, "personnummer_10_tecken", "", _each(_short), has=("individ_id",)),
    *across(PEOPLE, "personnummer_med_mellanslag", "", _each(lambda n: _spelled(n, 0, " ")), has=("individ_id",)),
    *across(PEOPLE, "personnummer_utan_nolla", "REP-031", _each(_without_zero), suits=_may_lose_a_zero),
    *across(PEOPLE, "personnummer_som_tal", "REP-032", _each(_with_decimals), has=("individ_id",)),
    *across(PEOPLE, "personnummer_avrundat", "exceltal", _each(_rounded), has=("individ_id",)),
    *across(
        PEOPLE,
        "testperson",
        "testperson",
        same(_spelled(TEST_PERSON, 0, "-")),
        has=("individ_id",),
    ),
    *across(PEOPLE, "reservnummer_okant", "otolkbar", _unknown_reserve, has=("individ_id",), fits=_without_reserve),
    *across(PEOPLE, "tf_nummer_okant", "otolkbar", _unknown_tf, has=("individ_id",), fits=_without_tf),
)
"""Faults of one record's number; what changes a person's number everywhere stands in ``persons``."""
