"""The code location of ``tests.support.night_definitions`` where someone else looks for what is to be told."""

from __future__ import annotations

from dagster import DefaultSensorStatus

from tests.support.night_definitions import defs

for sensor in defs.sensors or ():
    if sensor.name == "larm":
        sensor._default_status = DefaultSensorStatus.STOPPED  # type: ignore[union-attr]

__all__ = ["defs"]
