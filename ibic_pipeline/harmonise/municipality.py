"""Which rows of a file that several municipalities share belong to one of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.profile import Profil
from schemas.codelists import lookup, normalise


def rows_of_municipality(column: pa.ChunkedArray, profil: Profil) -> tuple[np.ndarray, np.ndarray]:
    """Two boolean masks: this municipality's rows, and rows of unknown municipality that it answers for.

    With ``kommunvarden`` the file's municipalities are those that it names; a row of any other is unknown. Without,
    they are those of the municipality's own county. Where nobody is ``ansvarig``, each answers for unknown rows.
    """
    encoded = column.combine_chunks().dictionary_encode()
    codes = _codes(pc.utf8_trim_whitespace(encoded.dictionary), profil)
    indices = encoded.indices.to_numpy()
    own = np.array([code == profil.kommunkod for code in codes], dtype=bool)
    unknown = np.array([code is None for code in codes], dtype=bool)
    return own[indices], unknown[indices] & answers_for_unknown(profil)


def answers_for_unknown(profil: Profil) -> bool:
    """Whether rows and records whose municipality cannot be read are accounted by this municipality."""
    shared = profil.leverans.kommunkolumn is not None
    return not shared or profil.leverans.ansvarig in (None, profil.kommunkod)


def _codes(distinct: pa.Array, profil: Profil) -> list[str | None]:
    mapping = {normalise(local): code for local, code in profil.leverans.kommunvarden.items()}
    known = set(mapping.values()) | {profil.kommunkod}
    every = lookup("kommun") | mapping
    found = []
    for text in distinct.to_pylist():
        code = every.get(normalise(text))
        is_known = code in known if mapping else code is not None and code[:2] == profil.kommunkod[:2]
        found.append(code if is_known else None)
    return found
