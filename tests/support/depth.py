"""How far tests search: a fixed, quick part every day, and anew and at length with ``IBIC_TESTS=deep``."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("IBIC_TESTS") == "deep"


def searched(quick: int, deep: int) -> settings:
    """Settings of a generative test that tries so many examples: the same ones each time, unless it is deep."""
    return settings(
        max_examples=deep if DEEP else quick,
        deadline=None,
        derandomize=not DEEP,
        suppress_health_check=list(HealthCheck),
    )
