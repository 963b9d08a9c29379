"""The second step of a municipality: its delivery harmonised, judged by every rule and accounted for."""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from assets.accounting import accounting, adds_up, beyond_the_limits, unaccounted
from assets.describe import contract_schema, rows_and_columns
from assets.failures import PASSES
from assets.places import home
from assets.steps import LOCK, OF_A_MUNICIPALITY, step_of

TABLES = {
    "individ": "en rad per person i kommunen",
    "utredning": "en rad per utredning",
    "bedomning": "en rad per utredning och ICF-kod",
    "beslut": "en rad per beslut",
    "uppdrag": "en rad per uppdrag till en utförare",
    "genomforandeplan": "en rad per version av en genomförandeplan",
    "mal": "en rad per mål i ett beslut eller en plan",
    "uppfoljning": "en rad per uppföljning",
    "maluppfyllelse": "en rad per uppföljning och mål",
    "kvalitetssvar": "en rad per uppföljning och kvalitetsfråga",
}
"""The harmonised tables; a test holds them equal to the contracts, which are too heavy to import here."""


def _specs() -> Iterator[AssetSpec]:
    for table, grain in TABLES.items():
        yield AssetSpec(
            ["harmoniserat", table],
            deps=["leverans"],
            group_name="harmoniserat",
            kinds={"pandas", "parquet"},
            description=f"Tabellen {table}: {grain}. Bara godkända rader, med länets koder och pseudonymer.",
            **OF_A_MUNICIPALITY,
        )
    yield AssetSpec(
        "karantan",
        deps=["leverans"],
        group_name="kvalitet",
        kinds={"parquet"},
        description="Avvisade, flaggade och reparerade rader: fil, rad, tabell och regel, aldrig innehåll.",
        **OF_A_MUNICIPALITY,
    )
    yield AssetSpec(
        "avstamning",
        deps=["leverans"],
        group_name="kvalitet",
        kinds={"parquet"},
        description="Per fil: lästa = godkända + karantän + dubbletter, och hur många rader varje regel, reparation "
        "och rättelse träffade.",
        **OF_A_MUNICIPALITY,
    )


def _checks() -> Iterator[AssetCheckSpec]:
    yield AssetCheckSpec(
        "leverans_anvandbar",
        asset="avstamning",
        description="Filerna är hela och läsbara, och avvisade och bortfallna rader håller sig inom gränserna.",
        blocking=True,
    )
    yield AssetCheckSpec(
        "avstamning_gar_ihop",
        asset="avstamning",
        description="Varje läst rad är godkänd, i karantän eller en exakt dubblett.",
        blocking=True,
    )
    for table in TABLES:
        yield AssetCheckSpec(
            "kontrakt",
            asset=["harmoniserat", table],
            description="De godkända raderna uppfyller kontraktet, prövat på nytt av pandera.",
            blocking=True,
        )


@multi_asset(
    name="harmonisera",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=list(_specs()),
    check_specs=list(_checks()),
)
def harmonised(context: AssetExecutionContext) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
    """Read, harmonise and validate the delivery; prove what was accepted."""
    kommunkod = context.partition_key
    with step_of(kommunkod):
        from ibic_pipeline.errors import DeliveryRefused
        from ibic_pipeline.workflow.municipality import harmonise_municipality
        from ibic_pipeline.workflow.proof import accounting_of, breach_of, rows_of

        try:
            folder = harmonise_municipality(home(), kommunkod).folder
        except DeliveryRefused as refused:
            yield beyond_the_limits(kommunkod, refused.reasons)
            raise
        breaches = {table: breach_of(folder, table) for table in TABLES}
        files = accounting_of(folder)
        _note_what_blocks(kommunkod, breaches, files)
        current = home().current(kommunkod)
        for table, breach in breaches.items():
            yield MaterializeResult(
                asset_key=["harmoniserat", table],
                metadata={
                    **rows_and_columns(rows_of(folder, f"harmoniserat/{table}"), contract_schema(table)),
                    "fil": MetadataValue.path(current / "harmoniserat" / f"{table}.parquet"),
                },
                check_results=[
                    AssetCheckResult(
                        asset_key=["harmoniserat", table],
                        check_name="kontrakt",
                        passed=breach is None,
                        severity=AssetCheckSeverity.ERROR,
                        description=f"{kommunkod}: {breach or 'Inga brott.'}",
                    )
                ],
            )
        refused_rows, flagged, mended = (
            rows_of(folder, f"karantan/{name}") for name in ("karantan", "flaggor", "reparationer")
        )
        yield MaterializeResult(
            asset_key="karantan",
            metadata={
                "dagster/row_count": refused_rows,
                "flaggor": flagged,
                "reparationer": mended,
                "mapp": MetadataValue.path(current / "karantan"),
            },
        )
        yield accounting(files, current / "avstamning.parquet")
        yield AssetCheckResult(
            asset_key="avstamning", check_name="leverans_anvandbar", passed=True, description=f"{kommunkod}: Ja."
        )
        yield adds_up(kommunkod, files)


def _note_what_blocks(kommunkod: str, breaches: dict[str, str | None], files: list[dict[str, Any]]) -> None:
    """A check that blocks ends the run without an error of the step, so the failure is noted here."""
    from ibic_pipeline.workflow.municipality import mark_failed

    broken = [table for table, breach in breaches.items() if breach is not None]
    if broken:
        mark_failed(home(), kommunkod, f"Godkända rader bryter mot kontraktet i {', '.join(broken)}.")
    elif unaccounted(files):
        mark_failed(home(), kommunkod, f"{unaccounted(files)} rader är inte redovisade i avstämningen.")
