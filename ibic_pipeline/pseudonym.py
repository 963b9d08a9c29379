"""Personal numbers become keyed pseudonyms here, with a key per municipality; the number goes no further."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home

_KEY_BYTES = 32
_PSEUDONYM_LENGTH = 32
_NUMBER = re.compile(r"(?P<century>\d{2})?(?P<rest>\d{6})(?P<sep>[-+]?)(?P<last>\d{4})", re.ASCII)
_WITHIN = re.compile(r"(?<!\d)(?:\d{8}[-+ ]?\d{4}|\d{6}[-+ ]\d{4})(?!\d)", re.ASCII)
_SPELLING = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))


class Identities(NamedTuple):
    """What is known of each number, in the order given; all null where the number is not valid."""

    pseudonym: pa.StringArray
    fodelsear: pa.Int32Array
    kon: pa.StringArray


Pseudonymise = Callable[[pa.Array], Identities]


def create_key(home: Home, kommunkod: str) -> Path:
    """Make a municipality's key, readable by its owner only.

    Raises:
        IbicError: there is one already; a new key would make every pseudonym a new person.
    """
    path = _key_path(home, kommunkod)
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


def key_id(home: Home, kommunkod: str) -> str:
    """A short name of the key that tells nothing about it: 12 hexadecimal characters.

    Raises:
        IbicError: the key is missing, not a key, or readable by others.
    """
    return hmac.digest(_key(home, kommunkod), b"ibic-pipeline key id", hashlib.sha256).hex()[:12]


def pseudonymiser(home: Home, kommunkod: str, uttagsdatum: date) -> Pseudonymise:
    """A function from distinct raw numbers to identities; centuries are settled by the extraction date.

    Raises:
        IbicError: the key is missing, not a key, or readable by others.
    """
    return pseudonymiser_with(_key(home, kommunkod), uttagsdatum)


def pseudonymiser_with(key: bytes, uttagsdatum: date) -> Pseudonymise:
    """The same with a key at hand, such as a random one that lives no longer than a check of files."""
    known: dict[str | None, _Identity] = {None: _NOBODY}

    def pseudonymise(raw: pa.Array) -> Identities:
        texts = raw.to_pylist()
        for text in texts:
            if text not in known:
                number = twelve_digits(text, uttagsdatum)
                known[text] = _NOBODY if number is None else _identity(key, number)
        pseudonyms, years, sexes = zip(*map(known.__getitem__, texts), strict=True) if texts else ((), (), ())
        return Identities(pa.array(pseudonyms, pa.string()), pa.array(years, pa.int32()), pa.array(sexes, pa.string()))

    return pseudonymise


def twelve_digits(text: str, uttagsdatum: date) -> str | None:
    """A personal or coordination number as twelve digits; None when it is not a valid one.

    Without a century it is the youngest person born on or before ``uttagsdatum``; with ``+``, which is written from
    the year in which a person turns a hundred, the youngest of those who reach that age by the end of the year.
    The rules are those of the ``personnummer`` library, which settles centuries by the day it is run.
    """
    match = _NUMBER.fullmatch("".join(text.split()).translate(_SPELLING))
    if match is None or match["last"].startswith("000") or not _check_digit_holds(match["rest"] + match["last"]):
        return None
    if match["century"]:
        year = int(match["century"] + match["rest"][:2])
        return _if_born(year, match["rest"], match["last"], uttagsdatum)
    youngest = uttagsdatum.year - (uttagsdatum.year - int(match["rest"][:2])) % 100
    if match["sep"] == "+":
        return _if_born(youngest - 100, match["rest"], match["last"], uttagsdatum)
    return _if_born(youngest, match["rest"], match["last"], uttagsdatum) or _if_born(
        youngest - 100, match["rest"], match["last"], uttagsdatum
    )


def is_like_personal_number(text: str, uttagsdatum: date) -> bool:
    """Whether an identifier is a valid personal number, or holds one among other characters.

    Ten digits without a separator count only alone: among other characters they are too often a serial number.
    """
    within = _WITHIN.findall(text.translate(_SPELLING))
    return any(twelve_digits(each, uttagsdatum) for each in (text, *within))


def _if_born(year: int, rest: str, last: str, uttagsdatum: date) -> str | None:
    month, day = int(rest[2:4]), int(rest[4:])
    try:
        born = date(year, month, day - 60 if day > 60 else day)
    except ValueError:
        return None
    return f"{year:04d}{rest[2:]}{last}" if born <= uttagsdatum else None


def _check_digit_holds(ten: str) -> bool:
    doubled = [int(digit) * (2 - i % 2) for i, digit in enumerate(ten)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_Identity = tuple[str | None, int | None, str | None]
_NOBODY: _Identity = (None, None, None)


def _identity(key: bytes, number: str) -> _Identity:
    pseudonym = hmac.digest(key, number.encode(), hashlib.sha256).hex()[:_PSEUDONYM_LENGTH]
    return pseudonym, int(number[:4]), "man" if int(number[10]) % 2 else "kvinna"


def _key_path(home: Home, kommunkod: str) -> Path:
    return home.nycklar / f"{kommunkod}.nyckel"


def _key(home: Home, kommunkod: str) -> bytes:
    path = _key_path(home, kommunkod)
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
