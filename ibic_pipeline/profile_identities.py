"""The part of a profile that says how people are told apart: test persons, reserve numbers, which key."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator, model_validator

from ibic_pipeline.county import Strict
from ibic_pipeline.identities import twelve_digits

_WITH_CENTURY = 12
"""Digits of a personal number that says in which century its person was born."""


class Reservnummer(Strict):
    """A kind of reserve number that the municipality's system gives to people without a personal number."""

    monster: str = Field(min_length=1)
    """Regular expression (RE2) of the whole number without blanks; a group ``fodelsear`` may give the year of birth."""
    betydelse: str = Field(min_length=1)

    @field_validator("monster")
    @classmethod
    def _compiles(cls, monster: str) -> str:
        try:
            pc.extract_regex(pa.array([""]), monster)
        except pa.ArrowInvalid as error:
            raise ValueError(f"{error} (groups are (?:…) or (?P<fodelsear>…))") from None
        return monster


def _with_century(text: str) -> str | None:
    written = sum(map(str.isdigit, text)) == _WITH_CENTURY
    return twelve_digits(text, date.max) if written else None


class Identiteter(Strict):
    """How people are told apart."""

    testpersoner: tuple[str, ...] = ("191212121212",)
    """Numbers (with century, in any spelling) of people who do not exist; their rows are left out and counted."""
    reservnummer: tuple[Reservnummer, ...] = ()
    nyckel: Literal["kommun", "lan"] = "kommun"
    """``lan``: the county's key, with which one person is the same in every municipality that uses it."""
    nyckel_skal: str | None = Field(default=None, min_length=1)

    @field_validator("testpersoner", mode="before")
    @classmethod
    def _are_numbers(cls, given: Any) -> Any:
        if not isinstance(given, list | tuple):
            return given
        numbers = [_with_century(str(each)) for each in given]
        if None in numbers:
            raise ValueError(f"number {numbers.index(None) + 1} of testpersoner is no personal number with century")
        return tuple(numbers)

    @model_validator(mode="after")
    def _a_shared_key_has_a_reason(self) -> Identiteter:
        if self.nyckel == "lan" and self.nyckel_skal is None:
            raise ValueError("nyckel: lan needs nyckel_skal: who decided it, and on which legal ground")
        return self
