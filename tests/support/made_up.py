"""Small made-up worlds, and the accepted tables that the pipeline reads out of an export of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from ibic_pipeline.extract import find_delivery, profile_of_latest, read_file
from ibic_pipeline.harmonise import harmonise_file
from ibic_pipeline.home import Home
from ibic_pipeline.pseudonym import create_key, pseudonymiser
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.histories import simulate
from ibic_pipeline.validate import validate_delivery
from ibic_pipeline.validate.delivery import Validated
from tests.support.homes import only_municipalities, replace_in_settings

SHIPPED = Home(PROFILES / "jonkopings-lan")
LAYOUTS = {
    "0617": ("0617",),
    "0642": ("0642",),
    "0643": ("0643",),
    "0662": ("0662",),
    "0665": ("0665",),
    "0680": ("0680",),
    "0683": ("0683",),
    "0687": ("0687",),
    "hoglandet": ("0604", "0682", "0684", "0685", "0686"),
}
"""Folder -> the municipalities that deliver there."""


@cache
def small_world(kommunkod: str) -> dict[str, pd.DataFrame]:
    """A few dozen people over three years; not to be changed."""
    migrated = SHIPPED.profil(kommunkod).kallsystem.migrerad
    people = 0.004 if kommunkod == "0680" else 0.06
    return simulate(kommunkod, seed=7, scale=people, start=date(2023, 1, 1), end=END, migrerad=migrated)


def home_with_profiles(folder: Path, codes: Sequence[str] | None = None, *, printed: bool = False) -> Home:
    """A home with the shipped settings and a key per municipality; only these municipalities, if given.

    Reports are not printed if not asked for: it takes seconds that few tests have a use for.
    """
    shutil.copytree(PROFILES / "jonkopings-lan", folder)
    if not printed:
        replace_in_settings(folder, r"  utskrift: true", "  utskrift: false")
    if codes is not None:
        only_municipalities(folder, codes)
    home = Home(folder)
    home.nycklar.mkdir()
    for code in home.lan.kommuner:
        create_key(home, code)
    return home


def read_back(home: Home, kommunkod: str) -> Validated:
    """What the pipeline makes of a municipality's delivery."""
    profil = profile_of_latest(home, kommunkod)
    delivery = find_delivery(home, profil)
    pseudonymise = pseudonymiser(home, profil, delivery.uttagsdatum)
    files = [harmonise_file(read_file(file), file, delivery, profil, pseudonymise) for file in delivery.files]
    return validate_delivery(files, delivery, profil)
