"""What a nightly run of a whole county takes, stage by stage, and how much of it data quality is."""

from __future__ import annotations

from pathlib import Path

from ibic_pipeline.cli.bench.meter import Meter, Stages

LOAD, QUALITY, COMPARE, PUBLISH = "load", "quality of deliveries", "compare", "publish"
QUALITY_OF_COUNTY = "quality of the county"
OF_QUALITY = (QUALITY, QUALITY_OF_COUNTY)


def night(folder: str) -> Stages:
    """Load every municipality anew and publish, in this process and without Dagster: stage -> cost.

    Loading Great Expectations is part of the first municipality's quality, as in a run.
    """
    from ibic_pipeline.home import Home, Settings
    from ibic_pipeline.workflow import county as of_county
    from ibic_pipeline.workflow import municipality as of_municipality
    from ibic_pipeline.workflow.measured import judge_municipality, measure_municipality
    from ibic_pipeline.workflow.proof import accounting_of

    county, settings, meter = Home(Path(folder)), Settings(), Meter()
    rows = 0
    for code in county.lan.kommuner:
        with meter.stage(LOAD):
            of_municipality.load_delivery(county, code, rebuild=True)
            of_municipality.harmonise_municipality(county, code)
            of_municipality.derive_municipality(county, code, settings)
            of_municipality.aggregate_municipality(county, code, settings)
        with meter.stage(QUALITY):
            work = measure_municipality(county, code, settings)
            judge_municipality(county, work, settings)
        with meter.stage(LOAD):
            version = of_municipality.commit_version(county, code).folder
        rows += sum(int(file["last"]) for file in accounting_of(version))
    with meter.stage(COMPARE):
        of_county.county_figures(county, settings)
        of_county.compared_figures(county)
    with meter.stage(QUALITY_OF_COUNTY):
        of_county.quality_figures(county, settings)
    with meter.stage(PUBLISH):
        of_county.publish_county(county, republish=True)
    meter.count_rows(rows)
    return meter.stages


def share_of_quality(stages: Stages) -> dict[str, float]:
    """Wall time and processor time of data quality, of the whole night's."""
    return {
        f"quality / night, {what}": round(
            sum(stages[name][what] for name in OF_QUALITY) / sum(each[what] for each in stages.values()), 3
        )
        for what in ("seconds", "cpu_seconds")
    }
