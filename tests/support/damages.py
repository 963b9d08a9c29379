"""Ways in which a delivery folder can be wrong, as functions of the folder; texts lose their tail line first."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], None]
Edit = Callable[[str], str]

BESLUT = "beslut.csv"
FILES = (BESLUT, "genomforandeplaner.csv", "uppdrag.csv", "uppfoljningar.csv", "utredningar.csv")
SPELLINGS = ("19121212-1212", "191212121212", "121212-1212", "1212121212")
"""One personal number; the classic example."""


def nothing(folder: Path) -> None:
    """The delivery stays as it is."""


def becomes(content: bytes, name: str = BESLUT) -> Damage:
    """A file's bytes become others."""
    return lambda folder: _write(folder / name, content)


def edited(edit: Edit, name: str = BESLUT, encoding: str = "utf-8-sig") -> Damage:
    """A file's text is changed and written in an encoding."""
    return lambda folder: _write(folder / name, edit(_text(folder / name)).encode(encoding))


def rewritten(edit: Edit, encoding: str = "utf-8-sig", cut: int = 0) -> Damage:
    """Every file is edited; the decisions lose their last ``cut`` bytes."""

    def damage(folder: Path) -> None:
        for name in FILES:
            edited(edit, name, encoding)(folder)
        whole = (folder / BESLUT).read_bytes()
        _write(folder / BESLUT, whole[: len(whole) - cut])

    return damage


def only_header(text: str) -> str:
    """A file without records."""
    return text.split("\n")[0] + "\n"


def header(edit: Edit) -> Edit:
    """Change the first line."""
    return lambda text: edit(text.split("\n", 1)[0]) + "\n" + text.split("\n", 1)[1]


def with_line(number: int, edit: Edit) -> Edit:
    """Change one line; 0 is the header."""

    def change(text: str) -> str:
        lines = text.split("\n")
        return "\n".join([*lines[:number], edit(lines[number]), *lines[number + 1 :]])

    return change


def header_repeated(text: str) -> str:
    """The header stands once more among the records."""
    lines = text.split("\n")
    return "\n".join([*lines[:20], lines[0], *lines[20:]])


def last_field_opened(row: str) -> str:
    """The last field begins with a quotation mark."""
    return row[: row.rindex(";") + 1] + '"x'


def wider(text: str) -> str:
    """Two hundred columns that nobody asked for."""
    first, *rows = text.strip("\n").split("\n")
    extra = ";".join(f"Extra {i}" for i in range(200))
    return "\n".join([f"{first};{extra}", *(row + ";x" * 200 for row in rows)]) + "\n"


def delimiter_too_many(text: str) -> str:
    """Every record, but not the header, ends with a delimiter of its own."""
    first, rest = text.split("\n", 1)
    return first + "\n" + rest.replace("\n", ";\n")


def numbers_everywhere(text: str) -> str:
    """A personal number in every cell, in its spellings; dates stay."""
    first, *rows = text.strip("\n").split("\n")
    cells = [[c if re.fullmatch(r"\d{4}-\d\d-\d\d", c) else SPELLINGS[i % 4] for c in row.split(";")]
             for i, row in enumerate(rows)]  # fmt: skip
    return "\n".join([first, *(";".join(row) for row in cells)]) + "\n"


def as_directory(folder: Path) -> None:
    """A folder stands where the file should."""
    (folder / BESLUT).unlink()
    (folder / BESLUT).mkdir()


def as_link(folder: Path) -> None:
    """The file lies elsewhere."""
    shutil.move(folder / BESLUT, folder.parent.parent.parent / f"{folder.parent.name}.csv")
    (folder / BESLUT).symlink_to(folder.parent.parent.parent / f"{folder.parent.name}.csv")


def as_dangling_link(folder: Path) -> None:
    """The file should lie elsewhere and does not."""
    (folder / BESLUT).unlink()
    (folder / BESLUT).symlink_to(folder / "finns-inte.csv")


def mixed(folder: Path) -> None:
    """The decisions in UTF-8 go on in Windows-1252, as when two files are put together."""
    text = _text(folder / BESLUT)
    _write(folder / BESLUT, text.encode() + "BES-å\n".encode("cp1252"))


def copied(name: str | bytes, more: bytes = b"") -> Damage:
    """The decisions stand once more under another name, with ``more`` at the end."""
    return lambda folder: _write(Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name))),
                                 (folder / BESLUT).read_bytes() + more)  # fmt: skip


def renamed(name: str | bytes) -> Damage:
    """The decisions have another name."""

    def damage(folder: Path) -> None:
        copied(name)(folder)
        (folder / BESLUT).unlink()

    return damage


def folder_renamed(name: str) -> Damage:
    """The delivery has another name."""
    return lambda folder: _moved(folder, folder.parent / name)


def newer_and_bad(folder: Path) -> None:
    """A second delivery, in which the decisions are a picture."""
    shutil.copytree(folder, folder.parent / "2024-03-31")
    _write(folder.parent / "2024-03-31" / BESLUT, PICTURE)


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def _text(path: Path) -> str:
    return re.sub(r"Antal rader: \d+\s*$", "", path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _moved(source: Path, target: Path) -> None:
    source.rename(target)
