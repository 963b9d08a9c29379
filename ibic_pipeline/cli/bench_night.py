"""What a nightly run of a whole county takes, stage by stage, and how much of it data quality is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

LOAD, QUALITY, COMPARE, PUBLISH = "load", "quality of deliveries", "compare", "publish"
QUALITY_OF_COUNTY = "quality of the county"
OF_QUALITY = (QUALITY, QUALITY_OF_COUNTY)

Stages = dict[str, dict[str, float]]


def night(county: Home, peak_mib: Callable[[], float]) -> Stages:
    """Load every municipality anew and publish, in this process and without Dagster: stage -> cost.

    Loading Great Expectations is part of the first municipality's quality, as in a run.
    """
    from ibic_pipeline.home import Settings
    from ibic_pipeline.workflow import county as of_county
    from ibic_pipeline.workflow import municipality as of_municipality
    from ibic_pipeline.workflow.measured import judge_municipality, measure_municipality
    from ibic_pipeline.workflow.proof import accounting_of

    settings, found = Settings(), Stages()
    rows = 0
    for code in county.lan.kommuner:
        with _counted(found, LOAD, peak_mib):
            of_municipality.load_delivery(county, code, rebuild=True)
            of_municipality.harmonise_municipality(county, code)
            of_municipality.derive_municipality(county, code, settings)
            of_municipality.aggregate_municipality(county, code, settings)
        with _counted(found, QUALITY, peak_mib):
            work = measure_municipality(county, code, settings)
            judge_municipality(county, work, settings)
        with _counted(found, LOAD, peak_mib):
            version = of_municipality.commit_version(county, code).folder
        rows += sum(int(file["last"]) for file in accounting_of(version))
    with _counted(found, COMPARE, peak_mib):
        of_county.county_figures(county, settings)
        of_county.compared_figures(county)
    with _counted(found, QUALITY_OF_COUNTY, peak_mib):
        of_county.quality_figures(county, settings)
    with _counted(found, PUBLISH, peak_mib):
        of_county.publish_county(county, republish=True)
    return {name: {**cost, "rows": rows} for name, cost in found.items()}


def share_of_quality(stages: Stages) -> dict[str, float]:
    """Wall time and processor time of data quality, of the whole night's."""
    return {
        f"quality / night, {what}": round(
            sum(stages[name][what] for name in OF_QUALITY) / sum(each[what] for each in stages.values()), 3
        )
        for what in ("seconds", "cpu_seconds")
    }


@contextmanager
def _counted(found: Stages, name: str, peak_mib: Callable[[], float]) -> Iterator[None]:
    """Adds what is done inside to a stage."""
    from ibic_pipeline.derive.measure import stopwatch

    with stopwatch() as spent:
        yield
    before: dict[str, Any] = found.get(name, {})
    found[name] = {
        "seconds": round(before.get("seconds", 0) + spent.seconds, 3),
        "cpu_seconds": round(before.get("cpu_seconds", 0) + spent.cpu_seconds, 3),
        "peak_mib": round(peak_mib(), 1),
    }
