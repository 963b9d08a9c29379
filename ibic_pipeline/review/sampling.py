"""Samples that come out the same wherever and whenever they are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def draw(ids: Iterable[str], n: int, fro: int) -> tuple[str, ...]:
    """``n`` of the ids (all when there are fewer), sorted; the same ids, ``n`` and seed give the same draw.

    Each id has a place of its own in the queue of a seed, so that a larger sample holds the smaller one, and an id that
    comes or goes moves no other.
    """
    queue = sorted(set(ids), key=lambda each: hashlib.sha256(f"{fro}\0{each}".encode()).digest())
    return tuple(sorted(queue[:n]))
