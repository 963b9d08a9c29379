"""Local values to codes: the profile's own mapping first, then the code list's codes, titles and aliases."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache

from ibic_pipeline.errors import IbicError
from ibic_pipeline.profile import Profil
from schemas.codelists import BUILT_IN, CodeLists, lookup, normalise

_SCALE_FILLERS = frozenset(
    ("avsett", "bedömt", "mål", "målet", "nivå", "funktionstillstånd", "grad", "av", "och", "till", "är", "ska", "vara")
)
"""Words that may stand beside a scale word without saying anything more."""

_YES = ("ja", "j", "sant", "true", "yes", "x", "1")
_NO = ("nej", "n", "falskt", "falsk", "false", "no", "0")


ICF_SECOND_LEVEL = 4
"""Length of a second-level code, such as d450; deeper ones begin with it."""

_DEEPER_ICF = re.compile(r"[bdes][0-9]{4,5}")


def code_mapping(
    profil: Profil, tabell: str, kolumn: str, kodlista: str, codes: CodeLists = BUILT_IN
) -> dict[str, str]:
    """Normalised local value -> code, for one column.

    Raises:
        IbicError: the profile maps to something that is not a code of the list.
    """
    mapping = codes.lookup(kodlista)
    known = set(codes.codelist(kodlista)["kod"])
    for where in (kodlista, f"{tabell}.{kolumn}"):
        for local, code in profil.varden.get(where, {}).items():
            if code not in known:
                raise IbicError(
                    f"a code of the list {kodlista} for every value under varden.{where}",
                    "something else",
                    f"Correct the profile of {profil.kommunkod}; `ibic codes list {kodlista}` shows the codes.",
                )
            mapping[normalise(local)] = code
    return mapping


def yes_no_mapping(profil: Profil, tabell: str, kolumn: str) -> dict[str, bool]:
    """Normalised local value -> truth, for one column; the profile maps to ``ja`` or ``nej``.

    Raises:
        IbicError: the profile maps to something else.
    """
    mapping = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
    own = profil.varden.get(f"{tabell}.{kolumn}", {})
    for local, answer in own.items():
        if answer not in ("ja", "nej"):
            raise IbicError(
                f"ja or nej for every value under varden.{tabell}.{kolumn}",
                "something else",
                f"Correct the profile of {profil.kommunkod}.",
            )
        mapping[normalise(local)] = answer == "ja"
    return mapping


def deeper_icf_code(text: str, known: Container[str]) -> str | None:
    """The ICF code of the third or fourth level that a text is, when its second-level parent is a known spelling."""
    code = normalise(text)
    return code if _DEEPER_ICF.fullmatch(code) and code[:ICF_SECOND_LEVEL] in known else None


@cache
def scale_words_only_pattern() -> str:
    """RE2 pattern of a lower-case NFKC text, empty or without a word beyond those of the generic scale."""
    words = {word for spelling in lookup("skala") for word in re.findall(r"[^\W\d]+", spelling)} | _SCALE_FILLERS
    alternatives = "|".join(sorted(words, key=lambda word: (-len(word), word)))
    return rf"^[^\p{{L}}]*(?:(?:{alternatives})(?:[^\p{{L}}]+|$))*$"
