"""Which rows of a file that several municipalities share belong to one of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ibic_pipeline.extract.cells import column_of
from ibic_pipeline.harmonise.cleaning import clean
from ibic_pipeline.harmonise.values import masks
from ibic_pipeline.harmonise.words import LOST_ZEROS, mended, without_zeros
from ibic_pipeline.profile import Profil
from schemas.codelists import lookup, normalise

_CODE_LENGTH = 4


@dataclass(frozen=True)
class Share:
    """Masks over the rows of a file: a municipality's own, and those of unknown municipality that it answers for.

    ``findings``: repair -> mask of the rows whose municipality was mended.
    """

    own: np.ndarray
    unknown: np.ndarray
    findings: dict[str, np.ndarray] = field(default_factory=dict)


def rows_of_municipality(column: pa.ChunkedArray, profil: Profil) -> Share:
    """The rows of a municipality.

    With ``kommunvarden`` the file's municipalities are those that it names; a row of any other is unknown. Without,
    they are those of the municipality's own county. Where nobody is ``ansvarig``, each answers for unknown rows.
    """
    encoded = column_of(column)
    distinct, cleaned = clean(encoded.dictionary)
    codes, repairs = _codes(distinct.to_pylist(), profil)
    indices = encoded.indices.to_numpy()
    own = np.array([code == profil.kommunkod for code in codes], dtype=bool)
    unknown = np.array([code is None for code in codes], dtype=bool)
    findings = {**cleaned, **masks(repairs, len(codes))}
    return Share(
        own[indices],
        unknown[indices] & answers_for_unknown(profil),
        {code: mask[indices] for code, mask in findings.items()},
    )


def answers_for_unknown(profil: Profil) -> bool:
    """Whether rows and records whose municipality cannot be read are accounted by this municipality."""
    shared = profil.leverans.kommunkolumn is not None
    return not shared or profil.leverans.ansvarig in (None, profil.kommunkod)


def _codes(texts: list[str], profil: Profil) -> tuple[list[str | None], list[tuple[str, int]]]:
    """The code that each text means, None where it is no municipality of the file; and the repairs that tell it."""
    declared = {normalise(local): code for local, code in profil.leverans.kommunvarden.items()}
    known = set(declared.values()) | {profil.kommunkod}
    every = lookup("kommun") | declared
    zeros = without_zeros(every)
    codes: list[str | None] = []
    repairs: list[tuple[str, int]] = []
    for i, text in enumerate(texts):
        spelling = normalise(text)
        code, made = every.get(spelling), _lost_zero(spelling, every, declared)
        if code is None and text:
            code, made = mended(text, every, zeros)
        is_known = code in known if declared else code is not None and code[:2] == profil.kommunkod[:2]
        codes.append(code if is_known else None)
        repairs += [(repair, i) for repair in made] if is_known else []
    return codes, repairs


def _lost_zero(spelling: str, every: dict[str, str], declared: dict[str, str]) -> tuple[str, ...]:
    """The list knows codes without their first zero too; that one was lost is told unless the profile declares it."""
    lost = spelling not in declared and every.get(spelling) == spelling.zfill(_CODE_LENGTH) != spelling
    return (LOST_ZEROS,) if lost else ()
