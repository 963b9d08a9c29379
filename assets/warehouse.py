"""The county's last step, for those who have a database: the current release's tables in it."""

from collections.abc import Iterator

from dagster import AssetSpec, MaterializeResult, multi_asset

from assets.failures import PASSES, without_values
from assets.places import home
from assets.steps import LOCK, OF_THE_COUNTY


@multi_asset(
    name="fyll_databasen",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            ["lan", "databas"],
            deps=[["lan", "release"]],
            kinds={"sql"},
            description="Releasens tabeller i den databas som lan.yaml eller IBIC_WAREHOUSE anger; vyerna visar den "
            "senaste.",
            **OF_THE_COUNTY,
        )
    ],
)
def loaded() -> Iterator[MaterializeResult[None]]:
    """Load the current release, unless the database shows it already."""
    with without_values():
        from ibic_pipeline.warehouse import load_current

        done = load_current(home())
        yield MaterializeResult(
            asset_key=["lan", "databas"],
            metadata={
                "release": done.release,
                "databas": done.adress,
                "oforandrad": done.oforandrad,
                "tabeller": done.tabeller,
                "dagster/row_count": done.rader,
                "borttagna": ", ".join(done.borttagna) or "inga",
            },
        )
