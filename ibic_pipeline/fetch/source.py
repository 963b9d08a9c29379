"""Which source a municipality has, and fetching what is new there."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ibic_pipeline.fetch.inbox import Fetched, only_fetcher
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil

LOCAL_TIME = ZoneInfo("Europe/Stockholm")


def has_source(profil: Profil) -> bool:
    """Whether the municipality's deliveries are fetched, and not only dropped in the inbox."""
    return bool(profil.leverans.databas or profil.leverans.hamtas_fran)


def fetch_delivery(home: Home, kommunkod: str, settings: Settings, day: date | None = None) -> Fetched:
    """Bring what is new in the municipality's database or remote folder to its inbox; nothing when it has neither.

    Args:
        day: the day of extraction; today in Sweden when not given.

    Raises:
        DeliveryRefused: LEV-015 (LEV-007: a remote delivery from the future). The inbox is as it was.
        IbicError: the profile is missing or wrong, or there is no such query.
    """
    day = day or datetime.now(LOCAL_TIME).date()
    profil = home.profil(kommunkod, day)
    if not has_source(profil):
        return Fetched()
    with only_fetcher(home.inkorg / profil.mapp) as inbox:
        if profil.leverans.databas:
            from ibic_pipeline.fetch.database import fetch_database

            return fetch_database(home, profil, inbox, day, settings)
        from ibic_pipeline.fetch.remote import fetch_remote

        return fetch_remote(profil, inbox, day, settings)
