"""The part of ``lan.yaml`` about what happens without anyone there: when the night begins, and whom alerts reach."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ENVIRONMENT_WEBHOOK, ENVIRONMENT_PASSWORD = "IBIC_LARM_WEBHOOK", "IBIC_LARM_LOSENORD"
Kommunkod = Annotated[str, Field(pattern=r"^\d{4}$")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
Rhythm = Literal["dag", "vecka", "manad", "kvartal", "halvar", "ar"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Klockslag(_Strict):
    """A time of day in Sweden, and a sentence on why."""

    varde: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    varfor: str = Field(min_length=1)

    @property
    def parts(self) -> tuple[int, int]:
        """Hour and minute."""
        hour, minute = self.varde.split(":")
        return int(hour), int(minute)


class Antal(_Strict):
    """A threshold in the unit that its name ends with, and a sentence on why."""

    varde: int = Field(ge=1)
    varfor: str = Field(min_length=1)


class Natt(_Strict):
    """When the night's work begins, and when the county is published whatever still runs."""

    klockan: Klockslag = Klockslag(
        varde="03:30", varfor="Kommunernas uttag är klara, och ingen arbetar ännu; båda klockbytena är förbi."
    )
    lan_senast: Klockslag = Klockslag(
        varde="06:00", varfor="Den som börjar dagen ska möta nattens siffror, även om en kommuns körning har hängt sig."
    )


class Rytm(_Strict):
    """How often a municipality delivers, and how many working days after the end of a period it has for it."""

    varje: Rhythm = "manad"
    arbetsdagar: int = Field(default=10, ge=0)
    varfor: str = Field(
        default="Ett uttag per månad; två arbetsveckor räcker för att ta ut det och rätta det som vägras.", min_length=1
    )


class Leveransrytm(_Strict):
    """One rhythm for the county, and those of single municipalities."""

    standard: Rytm = Rytm()
    kommuner: dict[Kommunkod, Rytm] = Field(default_factory=dict)

    def of(self, kommunkod: str) -> Rytm:
        """The municipality's rhythm."""
        return self.kommuner.get(kommunkod, self.standard)


class Epost(_Strict):
    """A mail server and who gets the alerts; the password stands in the environment or in ``nycklar/larm.losenord``."""

    server: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    skydd: Literal["starttls", "tls", "inget"] = "starttls"
    """``inget`` only to a server on this machine, which is the only one that a letter reaches without a network."""
    anvandare: str | None = None
    fran: Address
    till: tuple[Address, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_protected_on_the_way(self) -> Epost:
        if self.skydd == "inget" and self.server not in LOOPBACK:
            raise ValueError("skydd: inget is for a server on this machine; choose starttls or tls")
        if self.skydd == "inget" and self.anvandare is not None:
            raise ValueError("anvandare: a password is sent with starttls or tls only")
        return self


LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Webhook(_Strict):
    """An address that takes a JSON message; the one in ``IBIC_LARM_WEBHOOK`` goes before it, if it is a secret."""

    url: str | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        return None if url is None else checked_url(url)


def checked_url(url: str) -> str:
    """The address, if what is sent there cannot be read on the way.

    Raises:
        ValueError: it is neither https nor on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return url
    raise ValueError("an https address, or http on this machine")


class Larm(_Strict):
    """What someone is told of, and how. Without ``epost`` and ``webhook`` nobody is told."""

    epost: Epost | None = None
    webhook: Webhook | None = None
    leveranser: Leveransrytm = Leveransrytm()
    release_dagar: Antal = Antal(
        varde=45, varfor="En månad och den tid som kommunerna har på sig; äldre siffror beror på att något har stannat."
    )
    demon_minuter: Antal = Antal(
        varde=15, varfor="Dagster hör av sig varje halvminut; en omstart av servern tar högst några minuter."
    )
    natt_minuter: Antal = Antal(
        varde=60, varfor="Nattens plan tar någon minut; finns den inte efter en timme har natten inte börjat."
    )
    disk_mib: Antal = Antal(varde=2048, varfor="En natt behöver omkring tre gånger leveransernas storlek.")
    paminn_dagar: Antal = Antal(varde=7, varfor="Det som ingen har rättat på en vecka kan ha glömts bort.")
