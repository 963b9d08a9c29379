"""The steps of data quality: what a delivery measures before its version applies, and the county's results."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.county import Lan
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.quality import history
from ibic_pipeline.quality.catalogue import every_check
from ibic_pipeline.quality.county_tables import COUNTS, groups_of, measure_county
from ibic_pipeline.quality.measure import measure, not_run
from ibic_pipeline.quality.model import FEL, UNDERKAND
from ibic_pipeline.quality.published import meaning, meanings_table, results_table
from ibic_pipeline.quality.results import of_all_together, of_county, of_municipalities, of_municipality
from ibic_pipeline.quality.trend import with_accounting
from ibic_pipeline.storage import read_json, write_parquet
from ibic_pipeline.workflow.files import COUNTY
from ibic_pipeline.workflow.quality_effect import measure_what_it_means, write_what_it_means
from ibic_pipeline.workflow.versions import HISTORY
from schemas import CONTRACTS

MEASURED = Path("kvalitet") / "matt.parquet"


def measure_version(folder: Path, profil: Profil, lan: Lan, day: date, settings: Settings) -> None:
    """Deliver ``kvalitet/matt.parquet`` of the version in ``folder``, and beside it what it means for figures."""
    tables = {table: folder / "harmoniserat" / f"{table}.parquet" for table in CONTRACTS}
    measured = measure(tables, profil, lan, day, settings)
    write_parquet(with_accounting(measured, folder / "avstamning.parquet"), folder / MEASURED)
    measure_what_it_means(folder, profil, lan, day, settings)


def results_of_version(home: Home, kommunkod: str, leverans: str, folder: Path, settings: Settings) -> pd.DataFrame:
    """Results of the version in ``folder``, by itself and beside the municipality's earlier deliveries."""
    return of_municipality(_measures(home, kommunkod, leverans, folder), home.lan, settings)


def failed(results: pd.DataFrame, severity: str) -> list[tuple[str, str]]:
    """Id and sentence of every check of a severity that does not hold."""
    broken = results[(results["status"] == UNDERKAND) & (results["allvar"] == severity)]
    return [(row["kontroll"], in_words(row)) for row in broken.to_dict("records")]


def not_tried(results: pd.DataFrame) -> list[str]:
    """Ids of the checks that could not run."""
    return sorted(set(results[results["status"] == FEL]["kontroll"]))


def in_words(row: Mapping[str, Any]) -> str:
    """What should hold according to one result, and for how many it does not."""
    said = meaning(row["kontroll"], row["tabell"], row["del"])
    return f"{said} Avviker: {row['brister']:.0f} av {row['underlag']:.0f}."


def is_check(code: str) -> bool:
    """Whether a reason to refuse a delivery is a data quality check."""
    return code in every_check()


def keep_measures(home: Home, kommunkod: str, leverans: str, folder: Path) -> None:
    """Keep the version's measures, if it has been measured, for later deliveries to be compared with."""
    if (folder / MEASURED).is_file():
        history.keep(pq.read_table(folder / MEASURED), leverans, home.versions(kommunkod) / HISTORY)


def write_quality(
    home: Home,
    versions: Mapping[str, Path],
    stale: Collection[str],
    settings: Settings,
) -> None:
    """Write the tables of data quality beside the county's other tables: results, what they mean, what they cost.

    Args:
        versions: kommunkod -> folder of the version that the county is made of.
    """
    target = home.lager / COUNTY / "jamforelse"
    measures = _measured(home, versions)
    results = of_municipalities(measures, home.lan, settings)
    day = max(read_json(folder / "version.json")["uttagsdatum"] for folder in versions.values())
    groups = _past(home) / "grupper"
    own = [
        of_all_together(results, home.lan),
        measure_county(target, history.latest_before(groups, day), home.lan.kommuner, stale, settings),
    ]
    history.keep(groups_of(target, settings), day, groups)
    counts = pa.Table.from_pandas(pd.concat(own, ignore_index=True), schema=COUNTS, preserve_index=False)
    history.keep(counts, day, _past(home))
    every = pd.concat([results, of_county(history.read(_past(home), day, counts), home.lan)], ignore_index=True)
    write_parquet(results_table(every, home.lan.disclosure), target / "datakvalitet.parquet")
    write_parquet(meanings_table(home.lan), target / "datakvalitet_kontroll.parquet")
    write_what_it_means(versions, measures, home.lan, target)


def results_now(home: Home, settings: Settings) -> pd.DataFrame:
    """Results of every municipality's current version and of the county's latest counts, under today's thresholds.

    Nothing is measured. Columns as of ``of_municipality``; ``kommunkod`` is "" for the county.

    Raises:
        IbicError: no municipality has any data.
    """
    versions = {code: home.current(code).resolve() for code in home.lan.kommuner if home.current(code).exists()}
    if not versions:
        raise IbicError("data of at least one municipality", "none", "Run `ibic run` first.")
    results = of_municipalities(_measured(home, versions), home.lan, settings)
    latest = max(_past(home).glob("*.parquet"), default=None)
    if latest is None:
        return results
    counts = history.read(_past(home), latest.stem, pq.read_table(latest))
    return pd.concat([results, of_county(counts, home.lan)], ignore_index=True)


def _measured(home: Home, versions: Mapping[str, Path]) -> pa.Table:
    """The measures of every delivery of the municipalities, up to the one that the version is made of."""
    made_of = {code: read_json(folder / "version.json")["leverans"] for code, folder in versions.items()}
    return pa.concat_tables(_measures(home, code, made_of[code], folder) for code, folder in versions.items())


def _past(home: Home) -> Path:
    return home.lager / COUNTY / HISTORY


def _measures(home: Home, kommunkod: str, leverans: str, folder: Path) -> pa.Table:
    """Of every delivery up to this one; in a version that an earlier program made no check has run."""
    now = pq.read_table(folder / MEASURED) if (folder / MEASURED).is_file() else not_run()
    return history.read(home.versions(kommunkod) / HISTORY, leverans, now, kommunkod=kommunkod)
