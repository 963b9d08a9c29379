"""A profile as it stands in its files becomes the profile of a day: inheritance and dated versions, merged as mappings.

``versioner`` lists what changed in the deliveries, oldest first. Each entry has ``fran``, the first extraction date to
which it applies, and any keys of a profile, merged over what applied before it; ``nya_kolumnnamn`` (old local column ->
new) stands for repeating every file in which a column was renamed.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from ibic_pipeline.errors import IbicError, did_you_mean

LAYER_KEYS = ("arver", "versioner", "fran", "nya_kolumnnamn")
"""Keys that are gone once a profile is resolved."""

Content = dict[str, Any]
Whole = TypeVar("Whole")


def merge(base: Content, own: Content) -> Content:
    """``base`` with the keys of ``own``: mappings are merged, everything else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = merge(base[key], value)
        else:
            merged[key] = value
    return merged


def versions(content: Content, where: str) -> list[tuple[date, Content]]:
    """(first extraction date, whole profile) per version; the first applies from the beginning of time.

    Raises:
        IbicError: an entry has no date, stands out of order, or renames a column that the profile does not read.
    """
    content = dict(content)
    entries = content.pop("versioner", None) or []
    found = [(date.min, content)]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise IbicError("a list of keys and values under versioner", f"something else in {where}", f"Correct {where}.")
    for entry in entries:
        before, content = found[-1]
        own = dict(entry)
        day, renamed = own.pop("fran", None), own.pop("nya_kolumnnamn", {})
        if type(day) is not date or day <= before:
            raise IbicError(
                "a date under fran for each of versioner, later than the one before it",
                f"{'none' if day is None else 'something else'} in version {len(found)} of {where}",
                "Write fran: 2026-01-01, and put the oldest version first.",
            )
        found.append((day, _renamed(merge(content, own), renamed, where)))
    return found


def in_force(found: list[tuple[date, Whole]], day: date | None) -> Whole:
    """The version that applies to deliveries extracted on ``day``; the latest of all when no day is given."""
    return max((each for each in found if day is None or each[0] <= day), key=lambda each: each[0])[1]


def _renamed(content: Content, names: Any, where: str) -> Content:
    if not isinstance(names, dict) or not all(isinstance(name, str) for pair in names.items() for name in pair):
        raise IbicError("old name: new name under nya_kolumnnamn", f"something else in {where}", f"Correct {where}.")
    read = _local_columns(content)
    for old in names:
        if old not in read:
            raise IbicError(
                "a column that the profile reads, for each old name under nya_kolumnnamn",
                f"{old!r}{did_you_mean(old, read)}",
                f"Correct {where}.",
            )
    renamed: Content = _with_names(content, names)
    return renamed


def _local_columns(value: Any, key: str = "") -> set[str]:
    """Every local column: the values under ``kolumner``, and ``kommunkolumn``."""
    if isinstance(value, dict):
        if key == "kolumner":
            return {local for local in value.values() if isinstance(local, str)}
        return {local for name, each in value.items() for local in _local_columns(each, name)}
    if isinstance(value, list):
        return {local for each in value for local in _local_columns(each)}
    return {value} if key == "kommunkolumn" and isinstance(value, str) else set()


def _with_names(value: Any, names: dict[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        if key == "kolumner":
            return {column: names.get(local, local) for column, local in value.items()}
        return {name: _with_names(each, names, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_names(each, names) for each in value]
    return names.get(value, value) if key == "kommunkolumn" else value
