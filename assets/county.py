"""Assets of the county: the municipalities' figures put together, compared and published."""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AllPartitionMapping,
    AssetDep,
    AssetSpec,
    Config,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)
from pydantic import Field

from assets.describe import arrow_schema, markdown_table, rows_and_columns
from assets.failures import without_values
from assets.places import home

COMMON: dict[str, Any] = {"group_name": "lan", "owners": ["team:lansanalys"], "tags": {"niva": "lan"}}
"""Municipalities need not all stand: whoever is missing or refused is stale, and the county is published."""


class HowToPublish(Config):
    """Settings of a run."""

    publicera_om: bool = Field(default=False, description="Publish even if nothing has changed since the release.")


@multi_asset(
    name="jamfor",
    specs=[
        AssetSpec(
            ["lan", "indikator"],
            deps=[AssetDep("aggregat", partition_mapping=AllPartitionMapping())],
            kinds={"parquet"},
            description="Kommunernas och länets antal per indikator, period och grupp, utan röjandekontroll.",
            **COMMON,
        ),
        AssetSpec(
            ["lan", "jamforelse"],
            deps=[["lan", "indikator"]],
            kinds={"parquet"},
            description="Andelar, intervall, signaler och röjandekontroll: det som får visas.",
            **COMMON,
        ),
    ],
)
def compared() -> Iterator[MaterializeResult[None]]:
    """Add up the county and compare the municipalities."""
    with without_values():
        from ibic_pipeline.workflow.county import county_figures, published_figures

        for asset, path in (("indikator", county_figures(home())), ("jamforelse", published_figures(home()))):
            import pyarrow.parquet as pq

            yield MaterializeResult(
                asset_key=["lan", asset],
                metadata=rows_and_columns(pq.read_metadata(path).num_rows, arrow_schema(pq.read_schema(path))),
            )


@multi_asset(
    name="publicera",
    specs=[
        AssetSpec(
            ["lan", "release"],
            deps=[
                ["lan", "jamforelse"],
                AssetDep("aggregat", partition_mapping=AllPartitionMapping()),
            ],
            kinds={"parquet", "json"},
            description="Den publicerade releasen: tabeller, manifest och datapaket.",
            **COMMON,
        ),
        AssetSpec(
            ["lan", "rapport"],
            deps=[["lan", "jamforelse"]],
            kinds={"html"},
            description="Jämförelsesidan i releasen.",
            **COMMON,
        ),
    ],
)
def published(config: HowToPublish) -> Iterator[MaterializeResult[None]]:
    """Publish a release with its pages, unless nothing has changed since the current one."""
    with without_values():
        from ibic_pipeline.workflow.county import publish_county

        release = publish_county(home(), republish=config.publicera_om)
        stale = [(each.kommunkod, each.namn, " ".join(each.orsaker)) for each in release.stale]
        yield MaterializeResult(
            asset_key=["lan", "release"],
            metadata={
                "release": release.folder.name,
                "oforandrad": release.unchanged,
                "inaktuella": MetadataValue.md(markdown_table(("kommun", "namn", "orsak"), stale)),
                "antal_inaktuella": len(stale),
            },
        )
        yield MaterializeResult(
            asset_key=["lan", "rapport"],
            metadata={"sida": MetadataValue.path(str(release.folder / "rapport" / "index.html"))},
        )


ASSETS = (compared, published)
