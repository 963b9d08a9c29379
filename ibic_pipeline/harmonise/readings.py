"""How a column's distinct raw values become values of the contract: one function per kind of reading."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.codes import (
    code_mapping,
    deeper_icf_code,
    scale_words_only_pattern,
    yes_no_mapping,
)
from ibic_pipeline.profile import Format, Profil
from ibic_pipeline.pseudonym import Pseudonymise, is_like_personal_number
from schemas.codelists import BUILT_IN, CodeLists, normalise

_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$")
_INT32 = 2**31


class Values(NamedTuple):
    """One element per distinct raw value: the contract's value, and whether the source held one."""

    values: pa.Array
    present: np.ndarray


@dataclass
class Reader:
    """What readings of one file need to know; ``dates`` remembers texts already read."""

    profil: Profil
    form: Format
    uttagsdatum: date
    pseudonymise: Pseudonymise
    codes: CodeLists = BUILT_IN
    dates: dict[str, date | None] = field(default_factory=dict)

    def read(
        self, distinct: pa.Array, tabell: str, kolumn: str, meta: dict[str, Any], arrow_type: pa.DataType
    ) -> Values:
        """Read distinct trimmed strings (no nulls, the empty string is empty) as one column of a contract."""
        texts = self._without_ignored(distinct, f"{tabell}.{kolumn}")
        present = np.asarray(pc.binary_length(texts)) > 0
        reading = meta["lasning"]
        if reading == "code":
            codes = code_mapping(self.profil, tabell, kolumn, meta["kodlista"], self.codes)
            typed: dict[str, Any] = {k: int(v) for k, v in codes.items()} if pa.types.is_integer(arrow_type) else codes
            mapped = _mapped(texts, typed, arrow_type)
            return Values(_with_deeper_icf(texts, mapped, codes) if meta["kodlista"] == "icf" else mapped, present)
        if reading == "boolean":
            return Values(_mapped(texts, yes_no_mapping(self.profil, tabell, kolumn), arrow_type), present)
        if reading == "date":
            return Values(self._dates(texts), present & ~self._is_endless(texts))
        return Values(self._simple[reading](texts), present)

    @property
    def _simple(self) -> dict[str, Callable[[pa.Array], pa.Array]]:
        return {
            "identifier": self._identifiers,
            "personnummer": lambda texts: self.pseudonymise(texts).pseudonym,
            "integer": self._integers,
            "decimal": self._decimals,
            "text_length": lambda texts: pc.utf8_length(texts).cast(pa.int32()),
            "text_present": lambda texts: pc.greater(pc.binary_length(texts), 0),
            "scale_word_only": _scale_word_only,
        }

    def _without_ignored(self, distinct: pa.Array, where: str) -> pa.Array:
        ignored = self.profil.ignoreras.get(where)
        if ignored is None:
            return distinct
        values = {normalise(value) for value in ignored.varden}
        keep = pa.array([normalise(text) not in values for text in distinct.to_pylist()], pa.bool_())
        return pc.if_else(keep, distinct, "")

    def _identifiers(self, texts: pa.Array) -> pa.Array:
        """Trimmed text; one that holds a personal number is left out, and refused by its rule."""
        suspect = pc.match_substring_regex(texts, r"[0-9]{6}[-+\p{Pd}\x{2212} ]?[0-9]{4}")
        if pc.any(suspect).as_py():
            rows = np.flatnonzero(np.asarray(suspect))
            revealing = np.zeros(len(texts), dtype=bool)
            revealing[rows] = [is_like_personal_number(texts[int(row)].as_py(), self.uttagsdatum) for row in rows]
            texts = pc.if_else(pa.array(revealing), "", texts)
        return pc.if_else(pc.equal(texts, ""), None, texts)

    def _is_endless(self, texts: pa.Array) -> np.ndarray:
        endless = {normalise(text) for text in self.form.tills_vidare}
        return np.array([normalise(text) in endless for text in texts.to_pylist()], dtype=bool)

    def _dates(self, texts: pa.Array) -> pa.Array:
        """Dates, and null for those that mean no end."""
        for text in texts.to_pylist():
            if text not in self.dates:
                self.dates[text] = _parse_date(text, self.form.datum)
        dates = pa.array([self.dates[text] for text in texts.to_pylist()], pa.date32())
        return pc.if_else(pa.array(self._is_endless(texts)), None, dates)

    def _integers(self, texts: pa.Array) -> pa.Array:
        numbers = [self._number(text) for text in texts.to_pylist()]
        return pa.array([None if n is None or n != int(n) or abs(n) >= _INT32 else int(n) for n in numbers], pa.int32())

    def _decimals(self, texts: pa.Array) -> pa.Array:
        return pa.array([self._number(text) for text in texts.to_pylist()], pa.float64())

    def _number(self, text: str) -> float | None:
        """A number with the profile's decimal mark (workbooks hold points); spaces may separate thousands."""
        marks = r"[.,]" if self.form.typ == "xlsx" else re.escape(self.form.decimaltecken)
        match = re.fullmatch(rf"([-+]?[0-9]{{1,15}})(?:{marks}([0-9]{{1,15}}))?", "".join(text.split()))
        if match is None:
            return None
        number = float(f"{match[1]}.{match[2] or 0}")
        return number if math.isfinite(number) else None


def _parse_date(text: str, patterns: Iterable[str]) -> date | None:
    for candidate in dict.fromkeys((text, _MIDNIGHT.sub("", text))):
        for pattern in patterns:
            try:
                return datetime.strptime(candidate, pattern).date()
            except ValueError:
                continue
    return None


def _mapped(texts: pa.Array, mapping: dict[str, Any], arrow_type: pa.DataType) -> pa.Array:
    return pa.array([mapping.get(normalise(text)) if text else None for text in texts.to_pylist()], arrow_type)


def _with_deeper_icf(texts: pa.Array, mapped: pa.Array, known: Container[str]) -> pa.Array:
    """Codes below the second level that the list does not hold stand for themselves; a rule flags them."""
    rows = np.flatnonzero(np.asarray(pc.is_null(mapped)))
    deeper = pa.array([deeper_icf_code(texts[int(row)].as_py(), known) for row in rows], pa.string())
    return pc.replace_with_mask(mapped, pc.is_null(mapped), deeper)


def _scale_word_only(texts: pa.Array) -> pa.Array:
    comparable = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    return pc.match_substring_regex(comparable, scale_words_only_pattern())
