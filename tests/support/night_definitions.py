"""The code location with few indicators and sensors that look every second, for a daemon that a test starts.

Every process of such a daemon imports it: the code server, and each run's own. ``FOLDER`` names where the few lie.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.definitions import defs
from ibic_pipeline.derive import indicators

FOLDER = "IBIC_TEST_INDICATORS"

pytest.MonkeyPatch().setattr(indicators.__wrapped__, "__defaults__", (Path(os.environ[FOLDER]),))
for sensor in defs.sensors or ():
    sensor._min_interval = 1  # type: ignore[union-attr]

__all__ = ["defs"]
