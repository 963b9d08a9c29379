"""How a column's distinct raw values become values of the contract: which way each kind of reading goes."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.codes import code_mapping, deeper_icf_code, yes_no_mapping
from ibic_pipeline.harmonise.dates import WORKBOOKS, DateReader
from ibic_pipeline.harmonise.numbers import read_decimals, read_integers
from ibic_pipeline.harmonise.texts import marks_of_free_text, only_scale_words, read_identifiers
from ibic_pipeline.harmonise.values import Values, masks
from ibic_pipeline.harmonise.words import read_words
from ibic_pipeline.profile import Format, Profil
from ibic_pipeline.pseudonym import Identities, Pseudonymise
from schemas.codelists import BUILT_IN, CodeLists, normalise
from schemas.contract import FREE_TEXT


@dataclass
class Reader:
    """What readings of one file need to know."""

    profil: Profil
    form: Format
    uttagsdatum: date
    pseudonymise: Pseudonymise
    codes: CodeLists = BUILT_IN
    _identified: list[tuple[pa.Array, Identities]] = field(default_factory=list, init=False, repr=False)

    def read(
        self, distinct: pa.Array, tabell: str, kolumn: str, meta: dict[str, Any], arrow_type: pa.DataType
    ) -> Values:
        """Read all distinct cleaned strings of a column (no nulls, the empty string is empty) as one of a contract."""
        texts = self._without_ignored(distinct, f"{tabell}.{kolumn}")
        reading = meta["lasning"]
        present = np.asarray(pc.binary_length(texts)) > 0
        if reading in FREE_TEXT:
            marks = marks_of_free_text(texts, self.uttagsdatum)
            return Values(_OF_FREE_TEXT[reading](texts), present, marks=marks)
        if reading == "code":
            return self._codes(texts, present, code_mapping(self.profil, tabell, kolumn, meta["kodlista"], self.codes),
                               arrow_type, with_deeper=meta["kodlista"] == "icf")  # fmt: skip
        if reading == "boolean":
            read = read_words(texts, yes_no_mapping(self.profil, tabell, kolumn))
            return Values(pa.array(read.values, arrow_type), present, masks(read.repairs, len(texts)))
        if reading == "date":
            return self._dates.read(texts, kolumn)
        if reading == "personnummer":
            return self._persons(texts, present)
        if reading == "identifier":
            return read_identifiers(texts, present, self.uttagsdatum)
        numbers = (read_integers if reading == "integer" else read_decimals)(texts, self._decimal_marks)
        return Values(pa.array(numbers.values, arrow_type), present, masks(numbers.repairs, len(texts)))

    def _without_ignored(self, distinct: pa.Array, where: str) -> pa.Array:
        ignored = self.profil.ignoreras.get(where)
        if ignored is None:
            return distinct
        values = {normalise(value) for value in ignored.varden}
        keep = pa.array([normalise(text) not in values for text in distinct.to_pylist()], pa.bool_())
        return pc.if_else(keep, distinct, "")

    def _codes(
        self, texts: pa.Array, present: np.ndarray, codes: dict[str, str], arrow_type: pa.DataType, *, with_deeper: bool
    ) -> Values:
        meanings: dict[str, Any] = codes
        if pa.types.is_integer(arrow_type):
            meanings = {spelling: int(code) for spelling, code in codes.items()}
        read = read_words(texts, meanings)
        values = pa.array(read.values, arrow_type)
        values = _with_deeper_icf(texts, values, codes) if with_deeper else values
        return Values(values, present, masks(read.repairs, len(texts)))

    def identities(self, texts: pa.Array) -> Identities:
        """Whose numbers the distinct values of a column are; several parts ask for those of the same column."""
        for known, found in self._identified:
            if known is texts:
                return found
        self._identified.append((texts, self.pseudonymise(texts)))
        return self._identified[-1][1]

    def _persons(self, texts: pa.Array, present: np.ndarray) -> Values:
        identities = self.identities(texts)
        marks = identities.marks if identities.marks.any() else None
        return Values(identities.pseudonym, present, identities.findings, marks)

    @cached_property
    def _dates(self) -> DateReader:
        return DateReader(self.form, self.uttagsdatum)

    @property
    def _decimal_marks(self) -> str:
        """Numbers in workbooks are stored with points, whatever is shown."""
        return f".{self.form.decimaltecken}" if self.form.typ in WORKBOOKS else self.form.decimaltecken


_OF_FREE_TEXT: dict[str, Callable[[pa.Array], pa.Array]] = {
    "text_length": lambda texts: pc.utf8_length(texts).cast(pa.int32()),
    "text_present": lambda texts: pc.greater(pc.binary_length(texts), 0),
    "scale_word_only": only_scale_words,
}


def _with_deeper_icf(texts: pa.Array, mapped: pa.Array, known: Container[str]) -> pa.Array:
    """Codes below the second level that the list does not hold stand for themselves; a rule flags them."""
    rows = np.flatnonzero(np.asarray(pc.is_null(mapped)))
    deeper = pa.array([deeper_icf_code(texts[int(row)].as_py(), known) for row in rows], pa.string())
    return pc.replace_with_mask(mapped, pc.is_null(mapped), deeper)
