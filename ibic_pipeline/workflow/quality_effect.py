"""The part of data quality that tells what it means: effects on figures, how systems are used, and the trend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.county import Lan
from ibic_pipeline.home import Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.quality.bounds import publishable_effect
from ibic_pipeline.quality.configuration import ANVANDNING, measure_configuration, publishable_configuration
from ibic_pipeline.quality.effect import measure_effect, read_effect, write_effect
from ibic_pipeline.quality.trend import trend
from ibic_pipeline.storage import write_parquet

FOLDER = "kvalitet"
USED = "anvandning.parquet"


def measure_what_it_means(folder: Path, profil: Profil, lan: Lan, day: date, settings: Settings) -> None:
    """Deliver ``kvalitet/effekt_*.parquet`` and ``kvalitet/anvandning.parquet`` of the version in ``folder``.

    A municipality that sends counts has no rows to ask, and gets neither.
    """
    if profil.sammanstallning is not None:
        return
    write_effect(measure_effect(folder, lan, day, settings), folder / FOLDER)
    write_parquet(measure_configuration(folder, profil, settings), folder / FOLDER / USED)


def write_what_it_means(versions: Mapping[str, Path], measures: pa.Table, lan: Lan, target: Path) -> None:
    """Write ``datakvalitet_effekt``, ``datakvalitet_orsak``, ``konfiguration`` and ``datakvalitet_utveckling``.

    Args:
        versions: kommunkod -> folder of the version that the county is made of.
        measures: every delivery's, of all of them.
        target: where the county's other tables lie, ``indikator`` among them.
    """
    effects = {code: read_effect(folder / FOLDER) for code, folder in versions.items()}
    figures = pq.read_table(target / "indikator.parquet", filters=[("brytning", "=", "total")])
    effect, reasons = publishable_effect({code: each for code, each in effects.items() if each}, figures, lan)
    paths = {code: folder / FOLDER / USED for code, folder in versions.items()}
    used = {code: pq.read_table(path) for code, path in paths.items() if _has(path)}
    tables = {
        "datakvalitet_effekt": effect,
        "datakvalitet_orsak": reasons,
        "konfiguration": publishable_configuration(used, lan),
        "datakvalitet_utveckling": trend(measures, lan),
    }
    for name, table in tables.items():
        write_parquet(table, target / f"{name}.parquet")


def _has(path: Path) -> bool:
    return path.is_file() and pq.read_schema(path).equals(ANVANDNING)
