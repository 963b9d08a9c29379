"""Bytes of a delivered file as UTF-8: which encodings they can be in, and text that was encoded twice."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import pyarrow as pa

Text = bytes | bytearray
"""UTF-8, perhaps after a byte order mark (``begin_of``); a file is held once, and only pieces of it become ``str``."""

HEAD_BYTES = 1 << 20
"""What is looked at to tell how a file is written; a header must end within it."""

_CHUNK = 1 << 20
_LARGEST_FIELD = 1 << 17
_UTF8 = ("utf-8", "utf-8-sig")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_CUT_OFF = {"unexpected end of data", "truncated data"}
_ASCII = bytes(range(0x80))
_CONTINUING = bytes(range(0x80, 0xC0))
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LEGACY = ("cp1252", "mac_roman", "cp850")
_SWEDISH = "å ä ö Å Ä Ö"
_MOSTLY = 0.7
"""In UTF-16 without a mark nearly every second byte of a Swedish export is NUL."""


class _Fields(Protocol):
    """What ``csv.reader`` gives; its type has no public name."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class Encodings(NamedTuple):
    """Encodings that the bytes can be in, the likeliest first; ``cut``: they end within a character."""

    possible: tuple[str, ...]
    cut: bool = False


def encodings_of(data: Text, declared: str) -> Encodings:
    """Which encodings a file can be in; ``declared`` settles only what the bytes themselves leave open.

    Args:
        data: the whole file.
        declared: ``kodning`` of the profile, ``auto`` when none is declared.
    """
    wide = _utf16(data)
    if wide:
        return Encodings((wide,), cut=len(data) % 2 == 1)
    if b"\0" in data:
        return Encodings(())
    fault = None if _is_utf8(data) else _fault(data)
    if fault is None:
        return Encodings((_UTF8[0] if not data.isascii() or declared in ("utf-16", "auto") else declared,))
    mixed = not all(piece.isascii() for piece in _decoded(data, "utf-8", errors="ignore"))
    if fault in _CUT_OFF and (declared != "cp1252" or mixed):
        return Encodings((), cut=True)
    if data.startswith(_UTF8_MARK) or (mixed and declared != "cp1252"):
        return Encodings(())
    return Encodings(_LEGACY[1:] if _NOT_CP1252.search(data) else _LEGACY)


def same_encoding(found: str, declared: str) -> bool:
    """Whether a file found to be in one encoding is as the profile says."""
    return declared in ("auto", found) or (found in _UTF8 and declared in _UTF8)


def is_swedish_cp1252(data: Text) -> bool:
    """Whether more bytes are å, ä and ö in Windows-1252 than in the encoding of DOS, or of old Macs."""
    letters, *rivals = (sum(map(data.count, _SWEDISH.encode(each).split(b" "))) for each in _LEGACY)
    return letters > max(rivals)


def as_utf8(data: Text, encoding: str, *, whole: bool = True) -> Text:
    """The bytes in UTF-8; not ``whole``: the first bytes of a file, cut anywhere.

    Raises:
        UnicodeDecodeError: they are not in the encoding.
    """
    if encoding in _UTF8 or (encoding in _LEGACY and data.isascii()):
        return data
    text = bytearray()
    for piece in _decoded(data, encoding, whole=whole):
        text += piece.encode()
    return text


def begin_of(text: Text) -> int:
    """Where a text begins: after its byte order mark, which is not cut off, as that would copy the file."""
    return len(_UTF8_MARK) if text.startswith(_UTF8_MARK) else 0


def encoded_once(text: Text, begin: int = 0, *, least: int = 2) -> Text | None:
    """Text from ``begin`` on without its second UTF-8 encoding; None unless every letter beyond ASCII has one.

    With fewer than ``least`` such letters nothing is proven.
    """
    if text.isascii():
        return None
    mended = bytearray()
    check = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _decoded(text, "utf-8", begin=begin):
            once = piece.encode("cp1252", _C1_AS_BYTES)
            check.decode(once)
            mended += once
        check.decode(b"", final=True)
    except UnicodeError:
        return None
    letters = len(mended.translate(None, _ASCII + _CONTINUING))
    return mended if letters >= least else None


def word_encoded_once(word: str) -> str | None:
    """A word without its second UTF-8 encoding; None when it has none, or when only a part of it has."""
    once = None if word.isascii() else encoded_once(word.encode(), least=1)
    return None if once is None else once[begin_of(once) :].decode()


def field_reader(lines: Iterable[str], delimiter: str) -> _Fields:
    """The fields of each record of some lines; a larger field than a cell's is a ``csv.Error`` when it is read.

    The module has one limit for the whole process, and libraries raise it when they are imported (frictionless does):
    what is refused must not follow from what else was imported.
    """
    csv.field_size_limit(_LARGEST_FIELD)
    return csv.reader(lines, delimiter=delimiter)


def head_of(text: Text) -> str:
    """The first part of a text, as a string."""
    begin = begin_of(text)
    return text[begin : begin + HEAD_BYTES].decode("utf-8", "ignore")


def _utf16(data: Text) -> str | None:
    if data.startswith(_UTF16_MARKS):
        return "utf-16"
    head = bytes(data[:HEAD_BYTES])
    even, odd = head[0::2], head[1::2]
    if b"\0" not in even and odd.count(0) > _MOSTLY * len(odd):
        return "utf-16-le"
    if b"\0" not in odd and even.count(0) > _MOSTLY * len(even):
        return "utf-16-be"
    return None


def _is_utf8(data: Text) -> bool:
    ends = pa.array([0, len(data)], pa.int64()).buffers()[1]
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _fault(data: Text) -> str | None:
    """Why the bytes are not in UTF-8; None when they are."""
    try:
        for _ in _decoded(data, "utf-8"):
            pass
    except UnicodeDecodeError as error:
        return error.reason
    return None


def _decoded(data: Text, encoding: str, *, begin: int = 0, whole: bool = True, errors: str = "strict") -> Iterator[str]:
    """The text in pieces, so that it never stands twice in memory."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    view = memoryview(data)
    for start in range(begin, len(data), _CHUNK):
        yield decoder.decode(view[start : start + _CHUNK])
    yield decoder.decode(b"", final=whole)


def _bytes_of_c1(error: UnicodeError) -> tuple[bytes, int]:
    """Five bytes are undefined in Windows-1252; programs that read it keep them as control characters."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    refused = error.object[error.start : error.end]
    if any(not "\x80" <= each <= "\x9f" for each in refused):
        raise error
    return bytes(map(ord, refused)), error.end


_C1_AS_BYTES = "ibic-c1-as-bytes"
codecs.register_error(_C1_AS_BYTES, _bytes_of_c1)
