"""The last two steps of a municipality: facts and units by SQL, then counts, and the version becomes current."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetSpec,
    BetaWarning,
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from assets.describe import arrow_schema, markdown_table, rows_and_columns
from assets.failures import PASSES
from assets.harmonised import TABLES
from assets.places import home, settings
from assets.steps import LOCK, OF_A_MUNICIPALITY, step_of
from ibic_pipeline.resources import SQL


def _written_in(folder: str) -> dict[str, Any]:
    """Links from an asset to its SQL files."""
    files = sorted((SQL / folder).glob("*.sql"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BetaWarning)
        references = [LocalFileCodeReference(file_path=str(path), line_number=1, label=path.name) for path in files]
        return {"dagster/code_references": CodeReferencesMetadataValue(code_references=list(references))}


@multi_asset(
    name="harled",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            "fakta",
            deps=[["harmoniserat", table] for table in TABLES],
            group_name="harlett",
            kinds={"duckdb", "sql"},
            description="Återanvändbara fakta om beslut, uppdrag, mål och uppföljningar; en SQL-fil per tabell.",
            metadata=_written_in("facts"),
            **OF_A_MUNICIPALITY,
        ),
        AssetSpec(
            "enheter",
            deps=["fakta"],
            group_name="harlett",
            kinds={"duckdb", "sql"},
            description="Indikatorernas enheter: i nämnare, i täljare eller exkluderade, och varför.",
            metadata=_written_in("indicators"),
            **OF_A_MUNICIPALITY,
        ),
    ],
)
def derived(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
    """Run the SQL over the accepted tables."""
    kommunkod = context.partition_key
    with step_of(kommunkod):
        from ibic_pipeline.derive import indicators
        from ibic_pipeline.workflow.municipality import derive_municipality
        from ibic_pipeline.workflow.proof import rows_per_file

        folder = derive_municipality(home(), kommunkod, settings()).folder
        names = {each.id: each.namn for each in indicators()}
        for asset, sql in (("fakta", "facts"), ("enheter", "indicators")):
            rows = rows_per_file(folder / asset)
            yield MaterializeResult(
                asset_key=asset,
                metadata={
                    "dagster/row_count": sum(rows.values()),
                    "tabeller": _tables(rows, names, sql),
                    "mapp": MetadataValue.path(home().current(kommunkod) / asset),
                },
            )


def _tables(rows: Mapping[str, int], names: Mapping[str, str], folder: str) -> Any:
    lines = [(table, names.get(table, ""), count, f"sql/{folder}/{table}.sql") for table, count in rows.items()]
    return MetadataValue.md(markdown_table(("tabell", "namn", "rader", "sql"), lines))


@multi_asset(
    name="aggregera",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            "aggregat",
            deps=["enheter", "avstamning", "karantan", "kvalitet"],
            group_name="harlett",
            kinds={"duckdb", "parquet"},
            description=(
                "Antal per indikator, period och grupp, utan röjandekontroll. Därmed blir versionen den som gäller."
            ),
            **OF_A_MUNICIPALITY,
        )
    ],
)
def aggregated(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
    """Count the units per period and group, and make the version current."""
    kommunkod = context.partition_key
    with step_of(kommunkod):
        from ibic_pipeline.workflow.municipality import aggregate_municipality, commit_version
        from ibic_pipeline.workflow.proof import rows_of, schema_of

        aggregate_municipality(home(), kommunkod, settings())
        work = commit_version(home(), kommunkod)
        yield MaterializeResult(
            asset_key="aggregat",
            metadata={
                "version": work.version,
                "leverans": work.leverans,
                "fil": MetadataValue.path(home().current(kommunkod) / "aggregat.parquet"),
                **rows_and_columns(rows_of(work.folder, "aggregat"), arrow_schema(schema_of(work.folder, "aggregat"))),
            },
        )
