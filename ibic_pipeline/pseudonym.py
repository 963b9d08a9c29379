"""Numbers of persons become keyed pseudonyms here, by the key of a municipality or the county; they go no further."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.identities import LONGEST, Reading, compact, read_as_mended, read_as_written
from ibic_pipeline.profile import Profil
from ibic_pipeline.profile_identities import Identiteter, Reservnummer
from schemas.contract import NUMBER_OF_MARK

COUNTY_KEY = "lan"
"""The scope of the key that municipalities share; every other scope is a municipality's code."""
ZERO_PUT_BACK, WRITTEN_AS_NUMBER = "REP-031", "REP-032"

_KEY_BYTES = 32
_PSEUDONYM_LENGTH = 32
_RESERVE = "reserv:"
"""Stands before a reserve number when it is keyed, so that it is never the pseudonym of a personal number."""
_EARLIEST_BIRTH = 1850


class Identities(NamedTuple):
    """What is known of each value, in the order given; all null where it is nobody's number.

    ``findings``: repair -> mask of the values it was made to; repairs made to none are not there.
    ``marks``: int8, ``testperson``, ``exceltal`` or ``reservnummer`` as ``NUMBER_OF_MARK`` counts them; 0 is none.
    """

    pseudonym: pa.StringArray
    fodelsear: pa.Int32Array
    kon: pa.StringArray
    findings: dict[str, np.ndarray]
    marks: np.ndarray


Pseudonymise = Callable[[pa.Array], Identities]
"""From the distinct values of one column: whether a lost zero may be put back depends on the others."""


def scope_of(profil: Profil) -> str:
    """Whose key a municipality's persons are keyed with: its own code, or ``COUNTY_KEY``."""
    return COUNTY_KEY if profil.identiteter.nyckel == COUNTY_KEY else profil.kommunkod


def key_path(home: Home, scope: str) -> Path:
    """Where a key lies; it need not exist."""
    return home.nycklar / f"{scope}.nyckel"


def create_key(home: Home, scope: str) -> Path:
    """Make a key, readable by its owner only.

    Raises:
        IbicError: there is one already; a new key would make every pseudonym a new person.
    """
    path = key_path(home, scope)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise IbicError(f"no key in {path}", "a key", "Keep it: with another key no person is the same.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(_KEY_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return path


def key_id(home: Home, scope: str) -> str:
    """A short name of the key that tells nothing about it: 12 hexadecimal characters.

    Raises:
        IbicError: the key is missing, not a key, or readable by others.
    """
    return hmac.digest(_key(home, scope), b"ibic-pipeline key id", hashlib.sha256).hex()[:12]


def pseudonymiser(home: Home, profil: Profil, uttagsdatum: date) -> Pseudonymise:
    """A function from distinct raw numbers to identities, as the profile reads them and with the key it names.

    Centuries are settled by the extraction date.

    Raises:
        IbicError: the key is missing, not a key, or readable by others.
    """
    return pseudonymiser_with(_key(home, scope_of(profil)), uttagsdatum, profil.identiteter)


def pseudonymiser_with(key: bytes, uttagsdatum: date, identiteter: Identiteter) -> Pseudonymise:
    """The same with a key at hand, such as a random one that lives no longer than a check of files."""
    tests = frozenset(identiteter.testpersoner)

    @cache
    def read(text: str | None) -> Reading:
        if not text:
            return Reading()
        written = read_as_written(text, uttagsdatum)
        return read_as_mended(text, uttagsdatum) if written.number is None else written

    @cache
    def keyed(number: str) -> str:
        return hmac.digest(key, number.encode(), hashlib.sha256).hex()[:_PSEUDONYM_LENGTH]

    def pseudonymise(raw: pa.Array) -> Identities:
        texts: list[str | None] = raw.to_pylist()
        read_as, *shown = zip(*map(read, texts), strict=True) if texts else [()] * len(Reading._fields)
        as_number, zero_put_back, rounded = (np.array(each, dtype=bool) for each in shown)
        is_number = np.array([each is not None for each in read_as], dtype=bool)
        undeclared = np.flatnonzero(~is_number | as_number | zero_put_back)
        reserve = _reserve_numbers(texts, undeclared.tolist(), identiteter.reservnummer, uttagsdatum)
        reserved = np.isin(np.arange(len(texts)), list(reserve))
        test = np.array([each in tests for each in read_as], dtype=bool) & is_number & ~reserved
        person = _persons(is_number & ~reserved & ~test, zero_put_back)
        marks = np.zeros(len(texts), dtype=np.int8)
        for mark, mask in (
            ("testperson", test),
            ("exceltal", rounded & ~reserved),
            ("reservnummer", reserved),
        ):
            marks[mask] = NUMBER_OF_MARK[mark]
        numbers = [each if known else None for each, known in zip(read_as, person.tolist(), strict=True)]
        keys = [_RESERVE + reserve[i][0] if i in reserve else number for i, number in enumerate(numbers)]
        years = [reserve[i][1] if i in reserve else number and int(number[:4]) for i, number in enumerate(numbers)]
        repairs = {ZERO_PUT_BACK: person & zero_put_back, WRITTEN_AS_NUMBER: person & as_number}
        return Identities(
            pa.array([each and keyed(each) for each in keys], pa.string()),
            pa.array(years, pa.int32()),
            pa.array([number and ("man" if int(number[10]) % 2 else "kvinna") for number in numbers], pa.string()),
            {code: mask for code, mask in repairs.items() if mask.any()},
            marks,
        )

    return pseudonymise


def _persons(numbers: np.ndarray, mended: np.ndarray) -> np.ndarray:
    """Which of the values that can be read as numbers of persons are persons.

    A zero is put back only where at least as many values are numbers without it: a serial number of nine digits may
    pass the check digit, and in a column that holds no numbers of persons it is none.
    """
    sure = numbers & ~mended
    return numbers if sure.sum() >= (numbers & mended).sum() else sure


def _reserve_numbers(
    texts: Sequence[str | None], candidates: Iterable[int], kinds: Iterable[Reservnummer], uttagsdatum: date
) -> dict[int, tuple[str, int | None]]:
    """Position -> number in one spelling and year of birth, for the candidates that fit one of the patterns whole."""
    rows = [i for i in candidates if (text := texts[i]) and len(text) <= LONGEST]
    written = pa.array([compact(texts[i] or "") for i in rows], pa.string())
    found: dict[int, tuple[str, int | None]] = {}
    for kind in kinds:
        fitting = pc.extract_regex(written, rf"(?i)\A(?:{kind.monster})\z")
        for i, number, groups in zip(rows, written.to_pylist(), fitting.to_pylist(), strict=True):
            if groups is not None and i not in found:
                year = _year(groups.get("fodelsear") or "", uttagsdatum)
                found[i] = (number.upper().replace("-", ""), year)
    return found


def _year(digits: str, uttagsdatum: date) -> int | None:
    """The year of birth; two digits mean the latest such year that had come by the extraction."""
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == len("19"):
        return uttagsdatum.year - (uttagsdatum.year - int(digits)) % 100
    return int(digits) if len(digits) == len("1950") and _EARLIEST_BIRTH <= int(digits) <= uttagsdatum.year else None


def _key(home: Home, scope: str) -> bytes:
    path = key_path(home, scope)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise IbicError(f"the pseudonym key {path}", "no such file", "Run `ibic init`, or restore the key.") from None
    if mode & 0o077:
        raise IbicError(f"a key that only its owner can read ({path})", f"mode {mode:04o}", f"Run `chmod 600 {path}`.")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError):
        key = b""
    if len(key) < _KEY_BYTES:
        raise IbicError(f"a key of {_KEY_BYTES} bytes in hexadecimal in {path}", "something else", "Restore the key.")
    return key
