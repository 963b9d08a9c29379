"""The step of a municipality between its figures and its version: what its tables count, and whether that stops it."""

from __future__ import annotations

import pandas as pd

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.workflow.files import private_files
from ibic_pipeline.workflow.municipality import Work, extraction_date, work_on
from ibic_pipeline.workflow.quality import failed, measure_version, results_of_version
from ibic_pipeline.workflow.versions import write_status


def measure_municipality(home: Home, kommunkod: str, settings: Settings) -> Work:
    """Deliver ``kvalitet/`` of the version: what its tables count, to be scored beside other deliveries."""
    work = work_on(home, kommunkod)
    if not work.finished:
        day = extraction_date(work.leverans)
        with private_files():
            measure_version(work.folder, home.profil(kommunkod, day), home.lan, day, settings)
    return work


def judge_municipality(home: Home, work: Work, settings: Settings) -> pd.DataFrame:
    """Results of the version that has been measured, by itself and beside the municipality's earlier deliveries."""
    return results_of_version(home, work.kommunkod, work.leverans, work.folder, settings)


def refuse_what_stops(home: Home, work: Work, results: pd.DataFrame) -> None:
    """Refuse a delivery in which a check does not hold whose severity is ``stoppa``; the current version stays.

    Raises:
        DeliveryRefused: with the id and sentence of each.
    """
    reasons = [] if work.finished else failed(results, "stoppa")
    if reasons:
        with private_files():
            write_status(home, work.kommunkod, "vagrad", leverans=work.leverans, version=work.version, reasons=reasons)
        raise DeliveryRefused(reasons)
