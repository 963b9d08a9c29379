"""What is mended in any cell before it is read: blanks around it, and characters that cannot be seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BLANKS, INVISIBLE = "REP-020", "REP-021"

_HARD_SPACES = "[\u00a0\u2007\u202f]"
_WITHOUT_WIDTH = "[\u00ad\u200b\u200c\u200d\u2060\ufeff]"
_EITHER = f"{_HARD_SPACES}|{_WITHOUT_WIDTH}"


class Cleaned(NamedTuple):
    """``values``: the mended strings. ``findings``: repair -> mask of those it was made to."""

    values: pa.Array
    findings: dict[str, np.ndarray]


def clean(distinct: pa.Array) -> Cleaned:
    """Mend distinct strings. One that becomes empty was empty and is no repair, nor are plain spaces at either end."""
    invisible = np.asarray(pc.match_substring_regex(distinct, _EITHER))
    visible = _without_invisible(distinct, invisible)
    values = pc.utf8_trim_whitespace(visible)
    held = np.asarray(pc.binary_length(values)) > 0
    found = {BLANKS: _trimmed_of_more_than_spaces(visible, values) & held, INVISIBLE: invisible & held}
    return Cleaned(values, {code: mask for code, mask in found.items() if mask.any()})


def _without_invisible(texts: pa.Array, mask: np.ndarray) -> pa.Array:
    """The texts, mended where the mask is set; a column without such texts is not copied."""
    if not mask.any():
        return texts
    where = pa.array(mask)
    plain = pc.replace_substring_regex(texts.filter(where), pattern=_HARD_SPACES, replacement=" ")
    return pc.replace_with_mask(texts, where, pc.replace_substring_regex(plain, pattern=_WITHOUT_WIDTH, replacement=""))


def _trimmed_of_more_than_spaces(before: pa.Array, after: pa.Array) -> np.ndarray:
    mask = np.asarray(pc.not_equal(pc.binary_length(before), pc.binary_length(after)))
    if mask.any():
        where = pa.array(mask)
        spaces_only = pc.equal(pc.utf8_trim(before.filter(where), " "), after.filter(where))
        mask = mask.copy()
        mask[mask] = ~np.asarray(spaces_only)
    return mask
