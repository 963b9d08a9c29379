"""Where the run works: the home that the environment names, and its municipalities as partitions.

Reads ``lan.yaml`` without the settings models, because those import pandera, and a code location must load at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from dagster import StaticPartitionsDefinition

from ibic_pipeline.resources import PROFILES

if TYPE_CHECKING:
    from ibic_pipeline.home import Home, Settings

SHIPPED = "jonkopings-lan"
NIGHT_BEGINS = "03:30"
"""A test holds it equal to the settings models, which are too heavy to import here."""


def home_folder() -> Path:
    """The folder that ``IBIC_HOME`` names, or ``home``."""
    return Path(os.environ.get("IBIC_HOME", "home"))


def municipality_codes() -> list[str]:
    """The county's municipalities; those of the shipped profiles before a home has been made."""
    return [str(code) for code in _county()["kommuner"]]


def night_begins() -> tuple[int, int]:
    """Hour and minute of the schedule ``natt``; those that the settings models begin with unless the county says."""
    said = (_county().get("natt") or {}).get("klockan") or {}
    hour, minute = str(said.get("varde", NIGHT_BEGINS)).split(":")
    return int(hour), int(minute)


def _county() -> dict[str, Any]:
    own = home_folder() / "lan.yaml"
    path = own if own.is_file() else PROFILES / SHIPPED / "lan.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


municipalities = StaticPartitionsDefinition(municipality_codes())


def settings() -> Settings:
    """What the environment decides."""
    from ibic_pipeline.home import Settings

    return Settings()


def home() -> Home:
    """The installation, read anew in each step so that changed settings apply.

    Raises:
        IbicError: there is none.
    """
    from ibic_pipeline.errors import IbicError
    from ibic_pipeline.home import Home

    found = Home(home_folder())
    if not (found.path / "lan.yaml").is_file():
        raise IbicError(
            f"an installation in {found.path}",
            "no lan.yaml there",
            "Run `ibic init` or `ibic demo`, or start Dagster with IBIC_HOME set to the right folder.",
        )
    return found
