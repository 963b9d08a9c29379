"""Texts to numbers: the profile's decimal mark, and what else can be read in one way only."""

from __future__ import annotations

import re
from typing import NamedTuple

import pyarrow as pa

from ibic_pipeline.harmonise.values import Read

OTHER_MARK, THOUSANDS, WITH_DECIMALS = "REP-027", "REP-028", "REP-030"

_NUMBER = re.compile(r"([-+]?)([0-9]{1,15}|[0-9]{1,3}(?: [0-9]{3}){1,4})(?:([.,])([0-9]{1,15}))?")
_INT32 = 2**31


def read_decimals(texts: pa.Array, marks: str) -> Read:
    """Numbers; ``marks`` are the characters that the file may put before decimals."""
    values: list[float | None] = []
    repairs: list[tuple[str, int]] = []
    for i, text in enumerate(texts.to_pylist()):
        number = _number(text, marks)
        values.append(number.value if number else None)
        repairs += [(code, i) for code in number.repairs] if number else []
    return Read(values, repairs)


def read_integers(texts: pa.Array, marks: str) -> Read:
    """Whole numbers; decimals that are all zeros take nothing away, whichever their mark."""
    values: list[float | None] = []
    repairs: list[tuple[str, int]] = []
    for i, text in enumerate(texts.to_pylist()):
        number = _number(text, marks)
        if number is None or number.value != int(number.value) or abs(number.value) >= _INT32:
            values.append(None)
            continue
        values.append(int(number.value))
        repairs += [(code, i) for code in number.repairs if code != OTHER_MARK]
        repairs += [(WITH_DECIMALS, i)] if number.decimals else []
    return Read(values, repairs)


class _Number(NamedTuple):
    value: float
    decimals: str | None
    repairs: tuple[str, ...]


def _number(text: str, marks: str) -> _Number | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, mark, decimals = match.groups()
    repairs: tuple[str, ...] = ()
    if mark and mark not in marks:
        if _may_be_thousands(whole, decimals):
            return None
        repairs += (OTHER_MARK,)
    if " " in whole:
        repairs += (THOUSANDS,)
    return _Number(float(f"{sign}{whole.replace(' ', '')}.{decimals or 0}"), decimals, repairs)


def _may_be_thousands(whole: str, decimals: str) -> bool:
    """Whether a mark that is not the file's own may stand between thousands, as in 1.234."""
    return len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0")
