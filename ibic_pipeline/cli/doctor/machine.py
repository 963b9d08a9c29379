"""What of the machine can be wrong whatever the home: the data of the Swedish time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ibic_pipeline.cli.doctor.finding import Finding

ZONE = "Europe/Stockholm"
KNOWN = {datetime(2026, 1, 15, 12, tzinfo=UTC): 1, datetime(2026, 7, 15, 12, tzinfo=UTC): 2}
"""A moment of winter and one of summer -> hours ahead of UTC."""


def examine() -> Iterator[Finding]:
    """Findings on the time zone."""
    yield time_zone()


def time_zone(name: str = ZONE) -> Finding:
    """Whether the machine, or the package tzdata, knows Swedish time: the schedule rests on it."""
    do = "Install the system's tzdata, and the Python package tzdata anew."
    try:
        zone = ZoneInfo.no_cache(name)
    except (ZoneInfoNotFoundError, ValueError):
        return Finding("time zone", "error", f"{name} is not known here.", do)
    wrong = [
        moment for moment, hours in KNOWN.items() if zone.utcoffset(moment.astimezone(zone)) != timedelta(hours=hours)
    ]
    if wrong:
        return Finding("time zone", "error", f"{name} is not an hour ahead of UTC in winter and two in summer.", do)
    local = datetime.now().astimezone().tzname()
    return Finding("time zone", "ok", f"{name} is known; the machine's own is {local}")
