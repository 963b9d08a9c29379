"""Assets of the county: the municipalities' figures put together, compared and published.

Municipalities need not all stand: whoever is missing or refused is stale, and the county is published.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagster import (
    AllPartitionMapping,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetDep,
    AssetSpec,
    Config,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)
from pydantic import Field

from assets.describe import arrow_schema, counts_table, markdown_table, rows_and_columns, shares_picture
from assets.failures import PASSES, without_values
from assets.places import home, settings
from assets.quality import statuses_per_municipality, verdict
from assets.steps import LOCK, OF_THE_COUNTY

LAN_WARNS = "lanets_kvalitet"
_QUALITY = ["lan", "datakvalitet"]

SHOWN_INDICATOR = "T1"
"""The one that the small picture shows; the pages of the release show all."""


class HowToPublish(Config):
    """Settings of a run."""

    publicera_om: bool = Field(default=False, description="Publicera även om ingenting har ändrats sedan sist.")


@multi_asset(
    name="jamfor",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            ["lan", "indikator"],
            deps=[AssetDep("aggregat", partition_mapping=AllPartitionMapping())],
            kinds={"parquet"},
            description="Kommunernas och länets antal per indikator, period och grupp, utan röjandekontroll.",
            **OF_THE_COUNTY,
        ),
        AssetSpec(
            ["lan", "jamforelse"],
            deps=[["lan", "indikator"]],
            kinds={"parquet"},
            description="Andelar, intervall, signaler och röjandekontroll: det som får visas.",
            **OF_THE_COUNTY,
        ),
        AssetSpec(
            ["lan", "datakvalitet"],
            deps=[["lan", "jamforelse"], AssetDep("kvalitet", partition_mapping=AllPartitionMapping())],
            kinds={"duckdb", "pandas", "parquet"},
            description="Hur kommunernas leveranser och länets tabeller står sig mot det som väntas av dem.",
            **OF_THE_COUNTY,
        ),
    ],
    check_specs=[
        AssetCheckSpec(
            LAN_WARNS, asset=["lan", "datakvalitet"], description="Länets tabeller och siffror är som väntat."
        )
    ],
)
def compared() -> Iterator[MaterializeResult[None] | AssetCheckResult]:
    """Add up the county and compare the municipalities."""
    with without_values():
        from ibic_pipeline.workflow.county import county_figures, published_figures
        from ibic_pipeline.workflow.proof import cells_per, latest_year, shares_of_year
        from ibic_pipeline.workflow.quality import results_now

        path = county_figures(home())
        yield MaterializeResult(asset_key=["lan", "indikator"], metadata=_table(path))
        path = published_figures(home())
        year = latest_year(path)
        shares = shares_of_year(path, SHOWN_INDICATOR, year)
        yield MaterializeResult(
            asset_key=["lan", "jamforelse"],
            metadata={
                "status": counts_table(("status", "rader"), cells_per(path, "status")),
                "signal": counts_table(("signal", "rader"), cells_per(path, "signal")),
                "bild": shares_picture(f"{SHOWN_INDICATOR} {year}, andel per kommun", shares),
                **_table(path),
            },
        )
        results = results_now(home(), settings())
        of_all = results[results["kommunkod"] == ""]
        yield MaterializeResult(
            asset_key=["lan", "datakvalitet"],
            metadata={
                "kommuner": statuses_per_municipality(results),
                **_table(path.with_name("datakvalitet.parquet")),
            },
            check_results=[verdict(LAN_WARNS, of_all, "varna", "Länet", AssetCheckSeverity.WARN, _QUALITY)],
        )


def _table(path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    about = rows_and_columns(pq.read_metadata(path).num_rows, arrow_schema(pq.read_schema(path)))
    return {"fil": MetadataValue.path(path), **about}


@multi_asset(
    name="publicera",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            ["lan", "release"],
            deps=[
                ["lan", "jamforelse"],
                AssetDep("aggregat", partition_mapping=AllPartitionMapping()),
            ],
            kinds={"parquet", "json"},
            description="Den publicerade releasen: tabeller, manifest och datapaket.",
            **OF_THE_COUNTY,
        ),
        AssetSpec(
            ["lan", "rapport"],
            deps=[["lan", "jamforelse"]],
            kinds={"html", "xlsx", "pdf"},
            description="Jämförelsesidorna, arbetsboken och utskrifterna i releasen.",
            **OF_THE_COUNTY,
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
            metadata={
                "sida": MetadataValue.path(str(release.folder / "rapport" / "index.html")),
                "saknas": " ".join(release.left_out) or "inget",
            },
        )
