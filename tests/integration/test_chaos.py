"""A few of the nights of ``tests/support/chaos.py``, which says what happens and what must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets import automation
from tests.support.chaos import nights
from tests.support.depth import DEEP

FAULTS = ("lan killed", "broken", "half copied") if DEEP else ("lan killed",)


def test_after_each_night_with_a_fault_the_release_verifies_and_the_next_night_makes_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The county's run is killed, someone is told, and the night after all is as if nothing had happened."""
    monkeypatch.setattr(automation, "_now", automation._now)  # restored afterwards; nights pass faster than they do
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
    count = 2 * len(FAULTS) + 1
    passed = nights(count, 7, tmp_path, faults=FAULTS, on_files=True, calm_from=count - 1, codes=["0642"])

    assert [each.broken for each in passed] == [[]] * count
    assert {each.fault for each in passed} == {"", *FAULTS}
