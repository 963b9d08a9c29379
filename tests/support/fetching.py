"""A municipality that fetches, on a fixed day: what came to its inbox, and why nothing did."""

from __future__ import annotations

from datetime import date

import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.fetch import fetch_delivery
from ibic_pipeline.home import Home, Settings

KOD = "0642"
DAY = date(2026, 7, 1)
AT_ONCE = Settings(hamta_lugn_sekunder=0)


def inbox(home: Home) -> dict[str, bytes]:
    """Every file below the municipality's inbox but the lock, and its content."""
    folder = home.inkorg / KOD
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name != ".hamtas-las"}


def reasons(home: Home, settings: Settings = AT_ONCE) -> list[tuple[str, str]]:
    """Why nothing could be fetched."""
    with pytest.raises(DeliveryRefused) as refused:
        fetch_delivery(home, KOD, settings, DAY)
    return refused.value.reasons
