"""Decisions as lines of a profile, put into the file where they belong with every other byte left as it is."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ibic_pipeline.check.decisions import Decision
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.storage import write_text
from schemas.codelists import normalise

_OWN_KEYS = ("varden", "ignoreras", "skal")
_COLUMN = re.compile(r"[a-z_]+\.[a-z_]+")

Lines = dict[str, dict[str, Any]]
"""``varden`` and ``ignoreras`` as they are to stand in the file."""


def lines_of(decisions: Iterable[Decision], profil: Profil) -> Lines:
    """What the profile has to say beyond what it says already.

    ``ignoreras`` holds the values that are ignored already as well: a list replaces one that is inherited.
    """
    varden: dict[str, dict[str, str]] = {}
    ignoreras: dict[str, dict[str, Any]] = {}
    for each in decisions:
        where = f"{each.tabell}.{each.kolumn}"
        if each.kod is not None:
            if profil.varden.get(where, {}).get(each.varde) != each.kod:
                varden.setdefault(where, {})[each.varde] = each.kod
            continue
        before = profil.ignoreras.get(where)
        known = ignoreras.setdefault(
            where,
            {"varden": list(before.varden), "skal": before.skal} if before else {"varden": [], "skal": ""},
        )
        if each.varde not in known["varden"]:
            known["varden"].append(each.varde)
        if each.skal and each.skal not in known["skal"].split("; "):
            known["skal"] = "; ".join(text for text in (known["skal"], each.skal) if text)
    return {key: found for key, found in (("varden", varden), ("ignoreras", ignoreras)) if found}


def as_yaml(lines: Lines) -> str:
    """The lines as they would stand in a profile without any of the keys."""
    return "\n".join(_block(lines, 0))


def write_into_profile(home: Home, kommunkod: str, lines: Lines, decisions: Iterable[Decision]) -> None:
    """Put the lines into ``kommuner/<kod>.yaml``.

    Raises:
        IbicError: the file would not say what was decided, such as when a dated version says something else; then it is
            left as it was.
    """
    path = home.kommuner / f"{kommunkod}.yaml"
    text = with_lines(path.read_bytes().decode("utf-8"), lines)
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder)
        shutil.copytree(home.kommuner, trial / "kommuner")
        write_text(text, trial / "kommuner" / path.name)
        said = _says(Home(trial), kommunkod, decisions)
    if not said:
        raise IbicError(
            f"{path.name} to say what was decided once the lines are in it",
            "something else, perhaps under versioner",
            "Put the lines into the file by hand; it has not been changed.",
        )
    write_text(text, path)


def with_lines(text: str, lines: Lines) -> str:
    """A profile's text with the lines added to its mappings; everything else stays byte for byte."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    edits: list[_Edit] = []
    if isinstance(root, yaml.MappingNode):
        _add(root, lines, text, edits)
    line_break = "\r\n" if "\r\n" in text else "\n"
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text.replace("\n", line_break) + text[edit.end :]
    return text


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def _says(trial: Home, kommunkod: str, decisions: Iterable[Decision]) -> bool:
    profil = trial.profil(kommunkod)
    for each in decisions:
        where = f"{each.tabell}.{each.kolumn}"
        ignored = profil.ignoreras.get(where)
        is_ignored = ignored is not None and normalise(each.varde) in {normalise(text) for text in ignored.varden}
        codes = {normalise(local): code for local, code in profil.varden.get(where, {}).items()}
        if is_ignored != (each.kod is None) or (each.kod and codes.get(normalise(each.varde)) != each.kod):
            return False
    return True


def _add(node: yaml.MappingNode, lines: dict[str, Any], text: str, edits: list[_Edit]) -> None:
    """Note the edits that make a mapping hold the lines: mappings are merged, anything else is replaced."""
    known = {key.value: (key, value) for key, value in node.value}
    new = {}
    for name, content in lines.items():
        if name not in known:
            new[name] = content
            continue
        value = known[name][1]
        if isinstance(content, dict) and isinstance(value, yaml.MappingNode) and value.value:
            _add(value, content, text, edits)
        elif isinstance(content, list) and isinstance(value, yaml.SequenceNode) and value.value:
            edits.append(_extending(value, content, text))
        else:
            edits.append(_replacing(known[name], content, text))
    if new and node.flow_style:
        inside = ", ".join(f"{_scalar(name)}: {_flow(content)}" for name, content in new.items())
        end = node.end_mark.index - 1
        edits.append(_Edit(end, end, f", {inside}" if node.value else inside))
    elif new:
        end = _line_end(text, _last_index(node))
        lead = "" if text[:end].endswith("\n") else "\n"
        block = "\n".join(_block(new, node.value[0][0].start_mark.column))
        edits.append(_Edit(end, end, f"{lead}{block}\n"))


def _replacing(pair: tuple[yaml.Node, yaml.Node], content: Any, text: str) -> _Edit:
    """Put a new value after a key, on the key's line."""
    key, value = pair
    start = text.index(":", key.end_mark.index) + 1
    end = max(_last_index(value), start)
    if isinstance(content, dict):
        return _Edit(start, end, "\n" + "\n".join(_block(content, key.start_mark.column + 2)))
    return _Edit(start, end, f" {_flow(content)}")


def _extending(node: yaml.SequenceNode, content: list[str], text: str) -> _Edit:
    """Put those of some texts that a list lacks at its end."""
    known = {each.value for each in node.value}
    new = [_quoted(each) for each in content if each not in known]
    if node.flow_style:
        end = node.end_mark.index - 1
        return _Edit(end, end, "".join(f", {each}" for each in new))
    end = _line_end(text, _last_index(node))
    lead = "" if text[:end].endswith("\n") else "\n"
    return _Edit(end, end, lead + "".join(f"{' ' * node.start_mark.column}- {each}\n" for each in new))


def _last_index(node: yaml.Node) -> int:
    """Where a node's last character stands; a block's own end mark lies beyond the comments that follow it."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _last_index(last[1] if isinstance(last, tuple) else last)


def _line_end(text: str, index: int) -> int:
    """The beginning of the next line; the index itself when it is one, as after a text block."""
    if text[:index].endswith("\n"):
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _block(content: dict[str, Any], depth: int) -> list[str]:
    found: list[str] = []
    for name, value in content.items():
        if isinstance(value, dict):
            found += [f"{' ' * depth}{_scalar(name)}:", *_block(value, depth + 2)]
        else:
            found.append(f"{' ' * depth}{_scalar(name)}: {_flow(value)}")
    return found


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(name)}: {_flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_quoted(each) for each in value) + "]"
    return _quoted(value)


def _scalar(name: str) -> str:
    """A key: plain where it is one of the profile's own, else quoted, so that no value is read as anything but text."""
    return name if name in _OWN_KEYS or _COLUMN.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return "".join(
        each if each.isprintable() else f"\\u{ord(each):04x}" for each in json.dumps(text, ensure_ascii=False)
    )
