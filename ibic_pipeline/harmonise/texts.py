"""Identifiers and free texts: what stays of them, and what they must not hold."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.codes import scale_words_only_pattern
from ibic_pipeline.harmonise.values import Values
from ibic_pipeline.identities import is_like_personal_number
from schemas.contract import NUMBER_OF_MARK

_LIKE_NUMBER = r"[0-9]{6} ?[-+\p{Pd}\x{2212} ]? ?[0-9]{4}|^[-+0-9\p{Pd}\x{2212} ]{10,20}$"
"""Digits enough for a personal number: together, or as the whole text in groups."""
_LIKE_FORMULA = r"^(?:[=+@]|-[\p{L}(\t\r])"
_OTHER_THAN_LATIN_1_LETTERS = "[^\x00-\x7f\u00c0-\u00ff]"
"""Only texts with such characters can change when they are normalised."""


def read_identifiers(texts: pa.Array, present: np.ndarray, uttagsdatum: date) -> Values:
    """Texts as they are; one that holds a personal number or begins as a formula is left out, and its rule tells."""
    formula = np.asarray(pc.match_substring_regex(texts, _LIKE_FORMULA))
    unfit = formula | holds_personal_number(texts, uttagsdatum) | ~present
    marks = formula.astype(np.int8) * NUMBER_OF_MARK["formel"] if formula.any() else None
    return Values(pc.if_else(pa.array(unfit), None, texts) if unfit.any() else texts, present, marks=marks)


def marks_of_free_text(texts: pa.Array, uttagsdatum: date) -> np.ndarray | None:
    """int8 per text, None when no text holds a personal number."""
    revealing = holds_personal_number(texts, uttagsdatum)
    return revealing.astype(np.int8) * NUMBER_OF_MARK["rojande"] if revealing.any() else None


def holds_personal_number(texts: pa.Array, uttagsdatum: date) -> np.ndarray:
    """Which texts are, or hold, a valid personal number; only those with digits enough are looked into."""
    suspect = np.asarray(pc.match_substring_regex(texts, _LIKE_NUMBER))
    if not suspect.any():
        return suspect
    holds = suspect.copy()
    holds[suspect] = [
        is_like_personal_number(text, uttagsdatum) for text in texts.filter(pa.array(suspect)).to_pylist()
    ]
    return holds


def only_scale_words(texts: pa.Array) -> pa.Array:
    """Whether each text is empty or says no more than a level of the generic scale."""
    return pc.match_substring_regex(pc.utf8_lower(_normalised(texts)), scale_words_only_pattern())


def _normalised(texts: pa.Array) -> pa.Array:
    strange = pc.match_substring_regex(texts, _OTHER_THAN_LATIN_1_LETTERS)
    if not pc.any(strange).as_py():
        return texts
    return pc.replace_with_mask(texts, strange, pc.utf8_normalize(texts.filter(strange), form="NFKC"))
