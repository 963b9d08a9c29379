"""Profiles as sets of leaves, path=value, so that two can be compared whatever the order and layout of their lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ibic_pipeline.profile_layers import merge

Leaf = tuple[str, str]


def resolved(path: Path) -> dict[str, Any]:
    """A profile's file with what it inherits."""
    own = yaml.safe_load(path.read_text(encoding="utf-8"))
    parent = own.pop("arver", None)
    return own if parent is None else merge(resolved(path.parent / parent), own)


def leaves(content: Any, path: str = "") -> set[Leaf]:
    """Every scalar under the path that leads to it; files and parts go by what they are, not by their place."""
    if isinstance(content, dict):
        return {leaf for key, value in content.items() for leaf in leaves(value, f"{path}/{key}")}
    if isinstance(content, list):
        return {leaf for value in content for leaf in leaves(value, f"{path}[{_name(value)}]")}
    return {(path, str(content))}


def changed_share(shipped: dict[str, Any], draft: dict[str, Any]) -> float:
    """Share of the shipped profile's leaves that the draft lacks or has otherwise."""
    wanted = leaves(shipped)
    return len(wanted - leaves(draft)) / len(wanted)


def _name(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    named = (value.get("monster"), value.get("format", {}).get("blad"), value.get("tabell"))
    return "/".join(str(each) for each in (*named, value.get("konstanter", {}).get("fraga")) if each)
