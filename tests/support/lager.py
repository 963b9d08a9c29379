"""Homes that hold one municipality's row level: derived from small tables, or from a golden delivery."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ibic_pipeline.compare.aggregate import aggregate
from ibic_pipeline.derive import derive
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Kallsystem
from ibic_pipeline.pseudonym import create_key
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.storage import write_json, write_parquet, write_text
from ibic_pipeline.workflow import municipality
from tests.support.small_tables import SETTINGS, county

CODE = "9901"
EXTRACTED = date(2026, 6, 30)
SHIPPED = Home(PROFILES / "jonkopings-lan")


def loaded(folder: Path, tables: Mapping[str, pa.Table], extracted: date = EXTRACTED, **settings: Any) -> Home:
    """A home whose municipality 9901 has these accepted tables; ``settings`` change the county of ``small_tables``.

    Codes are those of the built-in lists (``YAA.45.ZZ`` is boendestöd), and everything is observable.
    """
    lan = county(**settings)
    profil = SHIPPED.profil("0642").model_copy(update={"kommunkod": CODE, "kallsystem": Kallsystem()})
    home = Home(folder)
    version = home.current(CODE)
    paths = {name: version / "harmoniserat" / f"{name}.parquet" for name in tables}
    for name, table in tables.items():
        write_parquet(table, paths[name])
    derive(paths, profil, lan, extracted, version, SETTINGS)
    counted = aggregate(version / "enheter", lan, CODE, extracted, SETTINGS)
    write_parquet(counted.figures, version / "aggregat.parquet")
    write_parquet(counted.funnel, version / "tratt.parquet")
    write_json({"namn": "Provköping", "uttagsdatum": extracted.isoformat()}, version / "version.json")
    write_text(lan.model_dump_json(by_alias=True), folder / "lan.yaml")
    return home


def processed(golden: Path, folder: Path, code: str) -> Home:
    """A golden delivery taken through the whole of a municipality's own steps, in a home of its own."""
    shutil.copytree(golden, folder)
    home = Home(folder)
    home.nycklar.mkdir()
    create_key(home, code)
    municipality.load_delivery(home, code)
    municipality.harmonise_municipality(home, code)
    municipality.derive_municipality(home, code, SETTINGS)
    municipality.aggregate_municipality(home, code, SETTINGS)
    municipality.commit_version(home, code)
    return home
