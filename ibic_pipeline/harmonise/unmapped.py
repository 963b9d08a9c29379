"""Values that no code list and no profile knows: which, how often, and which code each probably means.

They are the only raw values that go beyond this step, so that no one is told by them: a value that could name a person
is counted and not shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from ibic_pipeline.harmonise.parts import HarmonisedFile
from schemas import CONTRACTS
from schemas.codelists import BUILT_IN, CodeLists, normalise

HIDDEN = "(dolt värde)"
MORE = "(fler värden)"
MOST_VALUES = 500
YES_OR_NO = "ja_nej"
"""What stands as the code list of a column of yes and no."""

SCHEMA = pa.schema(
    [
        ("tabell", pa.string()),
        ("kolumn", pa.string()),
        ("kodlista", pa.string()),
        ("varde", pa.string()),
        ("antal", pa.int64()),
        ("forslag", pa.string()),
        ("forslag_sakerhet", pa.float64()),
    ]
)
"""One row per column and value, frequent first. ``forslag`` is null where no code is like the value."""

_LONGEST_SHOWN = 60
_DIGITS_OF_A_PERSON = 6
"""A date of birth has as many."""
ROWS_TO_SHOW = 3
"""A word of the municipality's own stands on several rows; one that stands alone may be a name in the wrong column."""
_LEAST = 75.0
_SHORTEST = 3
"""A spelling of a letter or two stands within nearly everything."""


def count_unmapped(texts: pa.Array, counts: np.ndarray) -> dict[str, int]:
    """Rows per unknown value, the most frequent ``MOST_VALUES``; what could tell of a person is one value, ``HIDDEN``.

    That is a value with six digits or more, such as a personal number in any spelling, and a long one.
    """
    digits = pc.greater_equal(pc.count_substring_regex(texts, r"\p{N}"), _DIGITS_OF_A_PERSON)
    hidden = pc.or_(digits, pc.greater(pc.utf8_length(texts), _LONGEST_SHOWN))
    found: Counter[str] = Counter()
    for text, count in zip(pc.if_else(hidden, HIDDEN, texts).to_pylist(), counts.tolist(), strict=True):
        found[text] += count
    return _most_frequent(found)


def unmapped_table(files: Iterable[HarmonisedFile], codes: CodeLists = BUILT_IN) -> pa.Table:
    """The unknown values of a delivery; spellings that differ in case or space are one.

    A value is shown when a code is like it, or when it stands on ``ROWS_TO_SHOW`` rows; others are one, ``HIDDEN``.
    """
    spellings: dict[tuple[str, str], Counter[str]] = {}
    for part in (part for file in files for part in file.parts):
        for kolumn, values in part.unmapped.items():
            spellings.setdefault((part.tabell, kolumn), Counter()).update(values)
    rows = []
    for (tabell, kolumn), found in sorted(spellings.items()):
        kodlista = list_of(tabell, kolumn)
        known = spellings_of(kodlista, codes)
        frequent = _most_frequent(_one_spelling_each(found))
        suggested = {text: nearest(text, known) for text in frequent}
        shown: Counter[str] = Counter()
        for text, count in frequent.items():
            shown[text if suggested[text][0] or count >= ROWS_TO_SHOW or text == MORE else HIDDEN] += count
        for text, count in _ordered(shown):
            cells = (tabell, kolumn, kodlista, text, count, *suggested.get(text, (None, None)))
            rows.append(dict(zip(SCHEMA.names, cells, strict=True)))
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def list_of(tabell: str, kolumn: str) -> str:
    """The code list of a column, ``YES_OR_NO`` for one of yes and no."""
    return CONTRACTS[tabell].own_columns()[kolumn].metadata["kodlista"] or YES_OR_NO


def spellings_of(kodlista: str, codes: CodeLists) -> dict[str, str]:
    """Normalised spelling -> code."""
    return {"ja": "ja", "nej": "nej"} if kodlista == YES_OR_NO else codes.lookup(kodlista)


def nearest(text: str, known: dict[str, str]) -> tuple[str | None, float | None]:
    """The code with the spelling most like a value, and how alike they are, 0–1; nothing when weak or two are equal.

    Where both have digits, they must be the same: d455 is not a misspelt d450.
    """
    if text in (HIDDEN, MORE):
        return None, None
    wanted, digits = normalise(text), _digits(text)
    choices = [
        spelling
        for spelling in known
        if len(spelling) >= _SHORTEST and (not digits or _digits(spelling) in ("", digits))
    ]
    best: dict[str, float] = {}
    for spelling, score, _ in process.extract(wanted, choices, scorer=fuzz.WRatio, score_cutoff=_LEAST, limit=10):
        best.setdefault(known[spelling], score)
    ranked = sorted(best.items(), key=lambda each: -each[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None, None
    return ranked[0][0], round(ranked[0][1] / 100, 2)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _one_spelling_each(found: Counter[str]) -> Counter[str]:
    chosen: dict[str, str] = {}
    summed: Counter[str] = Counter()
    for text, count in _ordered(found):
        summed[chosen.setdefault(normalise(text), text)] += count
    return summed


def _most_frequent(found: Counter[str]) -> dict[str, int]:
    ordered = _ordered({text: count for text, count in found.items() if text != MORE and count})
    shown, rest = ordered[:MOST_VALUES], ordered[MOST_VALUES:]
    more = found.get(MORE, 0) + sum(count for _, count in rest)
    return dict(shown) | ({MORE: more} if more else {})


def _ordered(found: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))
