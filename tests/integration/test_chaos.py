"""A few of the nights of ``tests/support/chaos.py``, which says what happens and what must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets import alive, automation
from tests.support.chaos import nights

pytestmark = pytest.mark.usefixtures("few_indicators")


def test_after_each_night_with_a_fault_the_release_verifies_and_the_next_night_makes_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The county's run is killed, someone is told, and the night after all is as if nothing had happened."""
    monkeypatch.setattr(alive, "BEGINS_WITHIN", 0.0)
    monkeypatch.setattr(alive, "ENDS_WITHIN", 0.0)
    monkeypatch.setattr(automation, "_now", automation._now)  # restored afterwards; nights pass faster than they do
    for name in ("IBIC_HOME", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
    happened = nights(3, 7, tmp_path, faults=["lan killed"])

    assert happened == {"-": 2, "lan killed": 1}
