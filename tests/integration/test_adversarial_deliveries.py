"""Deliveries that are wrong in every way: each is accepted or refused with a sentence, and nothing identifying leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support.homes import DELIVERY, small_county

BESLUT = "beslut.csv"
FILES = (BESLUT, "genomforandeplaner.csv", "uppdrag.csv", "uppfoljningar.csv", "utredningar.csv")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
NUMBER = "19121212-1212"
SPELLINGS = (NUMBER, "191212121212", "121212-1212", "1212121212")
TAIL = r"""      format: {svans: '^Antal rader: (?P<antal>\d+)'}
"""

Damage = Callable[[Path], None]
Settings = tuple[tuple[str, str], ...]

UNTAILED: Settings = ((TAIL, ""), ("hogsta_andel_karantan: 0.0", "hogsta_andel_karantan: 0.25"))
"""A profile that knows no tail line and tolerates some bad rows."""


@dataclass(frozen=True)
class Case:
    """What was done to a delivery, and the rules that refuse it; none when it is accepted."""

    name: str
    damage: Damage
    refused_by: tuple[str, ...] = ()
    profile: Settings = UNTAILED
    quarantined: int = 0


def becomes(content: bytes, name: str = BESLUT) -> Damage:
    return lambda folder: _write(folder / name, content)


def edited(edit: Callable[[str], str], name: str = BESLUT, encoding: str = "utf-8-sig") -> Damage:
    """Change a file's text; its tail line is taken away first."""
    return lambda folder: _write(folder / name, edit(_text(folder / name)).encode(encoding))


def as_bytes(edit: Callable[[bytes], bytes], name: str = BESLUT) -> Damage:
    return lambda folder: _write(folder / name, edit((folder / name).read_bytes()))


def every(edit: Callable[[str], str], encoding: str = "utf-8-sig") -> Damage:
    def damage(folder: Path) -> None:
        for name in FILES:
            edited(edit, name, encoding)(folder)

    return damage


def line(number: int, edit: Callable[[str], str]) -> Callable[[str], str]:
    """Change one line; 0 is the header."""

    def change(text: str) -> str:
        lines = text.split("\n")
        return "\n".join([*lines[:number], edit(lines[number]), *lines[number + 1 :]])

    return change


def _text(path: Path) -> str:
    return re.sub(r"Antal rader: \d+\s*$", "", path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _as_directory(folder: Path) -> None:
    (folder / BESLUT).unlink()
    (folder / BESLUT).mkdir()


def _as_link(folder: Path, *, dangling: bool = False) -> None:
    elsewhere = folder.parent.parent.parent / f"{folder.parent.name}.csv"
    shutil.move(folder / BESLUT, elsewhere)
    (folder / BESLUT).symlink_to(elsewhere)
    if dangling:
        elsewhere.unlink()


def _second_delivery(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / "2024-03-31")
    _write(folder.parent / "2024-03-31" / BESLUT, PICTURE)


def _copied(name: str) -> Damage:
    return lambda folder: _write(folder / name, (folder / BESLUT).read_bytes())


def _renamed(name: str | bytes) -> Damage:
    return lambda folder: os.rename(bytes(folder / BESLUT), bytes(folder) + b"/" + os.fsencode(name))


def _folder_renamed(name: str) -> Damage:
    return lambda folder: os.rename(folder, folder.parent / name)


def _number_everywhere(text: str) -> str:
    """A personal number in every cell that is no date, in one of its spellings."""
    header, *rows = text.strip("\n").split("\n")
    return "\n".join([header, *(re.sub(r"[^;]*[^;\d-][^;]*", SPELLINGS[i % 4], row) for i, row in enumerate(rows))]) + "\n"


def _wider(text: str) -> str:
    header, *rows = text.strip("\n").split("\n")
    extra = ";".join(f"Extra {i}" for i in range(200))
    return "\n".join([f"{header};{extra}", *(row + ";x" * 200 for row in rows)]) + "\n"


STAR = (*UNTAILED, ("monster: beslut.csv", 'monster: "beslut*.csv"'))
UTF16 = (*UNTAILED, ("kallsystem:\n", "format: {kodning: utf-16}\nkallsystem:\n", ))
CP1252 = (*UNTAILED, ("kallsystem:\n", "format: {kodning: cp1252}\nkallsystem:\n"))
WORKBOOK = (*UNTAILED, ("monster: beslut.csv", "monster: beslut.csv\n      format: {typ: xlsx}"))
LENIENT = (UNTAILED[0], ("hogsta_andel_karantan: 0.0", "hogsta_andel_karantan: 1.0"))
WHOLE: Settings = ()

CASES = (
    Case("nothing wrong", lambda folder: None, profile=WHOLE),
    Case("nothing wrong, no tail line", every(str)),
    Case("empty file", becomes(b""), ("LEV-004",)),
    Case("only a byte order mark", becomes(b"\xef\xbb\xbf"), ("LEV-004",)),
    Case("only blank lines", becomes(b"\r\n\r\n\r\n"), ("LEV-004",)),
    Case("header only in every file", every(lambda text: text.split("\n")[0] + "\n"), ("LEV-009", "LEV-009")),
    Case("header only in one head file", edited(lambda text: text.split("\n")[0] + "\n"), ("LEV-009",), LENIENT),
    Case("picture", becomes(PICTURE), ("LEV-003",)),
    Case("picture read as Windows-1252", becomes(PICTURE), ("LEV-003",), CP1252),
    Case("text as workbook", lambda folder: None, ("LEV-003",), WORKBOOK),
    Case("zip as workbook", becomes(b"PK\x03\x04" + bytes(60)), ("LEV-003",), WORKBOOK),
    Case("UTF-16", every(str, "utf-16"), profile=UTF16),
    Case("UTF-16 cut at an odd byte", _then(every(str, "utf-16"), as_bytes(lambda data: data[:-501])), ("LEV-004",), UTF16)
    if False
    else Case("placeholder", lambda folder: None, profile=WHOLE),
)
