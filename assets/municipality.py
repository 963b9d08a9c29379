"""Assets of one municipality, in four fat steps: delivery, harmonised tables, units, aggregates."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetSpec,
    Config,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)
from pydantic import Field

from assets.accounting import accounting, unaccounted
from assets.describe import (
    arrow_schema,
    contract_schema,
    markdown_table,
    rows_and_columns,
)
from assets.failures import without_values
from assets.places import home, municipalities, settings

TABLES = (
    "individ",
    "utredning",
    "bedomning",
    "beslut",
    "uppdrag",
    "genomforandeplan",
    "mal",
    "uppfoljning",
    "maluppfyllelse",
    "kvalitetssvar",
)
"""The harmonised tables; a test holds them equal to the contracts, which are too heavy to import here."""

OWNERS = ["team:systemforvaltning"]
COMMON: dict[str, Any] = {"owners": OWNERS, "partitions_def": municipalities, "tags": {"niva": "kommun"}}


@contextmanager
def _step_of(kommunkod: str) -> Iterator[None]:
    """A step whose errors carry no values, and after whose failure the municipality counts as stale."""

    def note(text: str) -> None:
        from ibic_pipeline.workflow.municipality import mark_failed

        mark_failed(home(), kommunkod, text)

    with without_values(note):
        yield


class HowToLoad(Config):
    """Settings of a run."""

    bygg_om: bool = Field(default=False, description="Build again even if nothing has changed.")


@multi_asset(
    name="las_leverans",
    specs=[
        AssetSpec(
            "leverans",
            group_name="leverans",
            kinds={"csv", "excel"},
            description="Kommunens senaste leverans i inkorgen: hittad, kontrollerad och med fingeravtryck.",
            **COMMON,
        )
    ],
    check_specs=[
        AssetCheckSpec(
            "leverans_godkand",
            asset="leverans",
            blocking=True,
            description="Alla filer finns, är hela och kan läsas med kommunens profil.",
        )
    ],
)
def leverans(context: AssetExecutionContext, config: HowToLoad) -> Iterator[MaterializeResult[None]]:
    """Find the latest delivery, decide which version to build, or refuse the delivery."""
    with _step_of(context.partition_key):
        from ibic_pipeline.workflow.municipality import load_delivery

        planned = load_delivery(home(), context.partition_key, rebuild=config.bygg_om)
        files = [(file.name, file.export, file.sha256[:12]) for file in planned.files]
        reasons = "\n".join(f"- **{code}** {text}" for code, text in planned.reasons)
        yield MaterializeResult(
            asset_key="leverans",
            metadata={
                "leverans": planned.leverans or "",
                "version": planned.version or "",
                "oforandrad": planned.unchanged,
                "filer": MetadataValue.md(markdown_table(("fil", "export", "sha256"), files)),
            },
            check_results=[
                AssetCheckResult(
                    check_name="leverans_godkand",
                    passed=not planned.refused,
                    severity=AssetCheckSeverity.ERROR,
                    metadata={"orsaker": MetadataValue.md(reasons or "Inga."), "antal": len(planned.reasons)},
                )
            ],
        )


def _harmonised_specs() -> Iterator[AssetSpec]:
    for table in TABLES:
        yield AssetSpec(
            ["harmoniserat", table],
            deps=["leverans"],
            group_name="harmoniserat",
            kinds={"pandas", "parquet"},
            description=f"Godkända rader i tabellen {table}, med länets koder och pseudonymer.",
            **COMMON,
        )
    yield AssetSpec(
        "karantan",
        deps=["leverans"],
        group_name="kvalitet",
        kinds={"parquet"},
        description="Avvisade och flaggade rader: fil, rad och regel, aldrig innehåll.",
        **COMMON,
    )
    yield AssetSpec(
        "avstamning",
        deps=["leverans"],
        group_name="kvalitet",
        kinds={"parquet"},
        description="Per fil: lästa = godkända + karantän + dubbletter.",
        **COMMON,
    )


@multi_asset(
    name="harmonisera",
    specs=list(_harmonised_specs()),
    check_specs=[
        AssetCheckSpec(
            "avstamning_gar_ihop",
            asset="avstamning",
            blocking=True,
            description="Varje läst rad är godkänd, i karantän eller en exakt dubblett.",
        ),
        *(
            AssetCheckSpec(
                "kontrakt",
                asset=["harmoniserat", table],
                blocking=True,
                description="De godkända raderna uppfyller kontraktet, prövat på nytt av pandera.",
            )
            for table in TABLES
        ),
    ],
)
def harmonised(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
    """Read, harmonise and validate the delivery; prove what was accepted."""
    with _step_of(context.partition_key):
        from ibic_pipeline.workflow.municipality import harmonise_municipality
        from ibic_pipeline.workflow.proof import accounting_of, breach_of, rows_of

        folder = harmonise_municipality(home(), context.partition_key).folder
        breaches = {table: breach_of(folder, table) for table in TABLES}
        files = accounting_of(folder)
        _note_what_blocks(context.partition_key, breaches, files)
        for table, breach in breaches.items():
            yield MaterializeResult(
                asset_key=["harmoniserat", table],
                metadata=rows_and_columns(rows_of(folder, f"harmoniserat/{table}"), contract_schema(table)),
                check_results=[
                    AssetCheckResult(
                        asset_key=["harmoniserat", table],
                        check_name="kontrakt",
                        passed=breach is None,
                        severity=AssetCheckSeverity.ERROR,
                        metadata={"brott": breach or "Inga."},
                    )
                ],
            )
        refused, flagged = (rows_of(folder, f"karantan/{name}") for name in ("karantan", "flaggor"))
        yield MaterializeResult(asset_key="karantan", metadata={"dagster/row_count": refused, "flaggor": flagged})
        yield accounting(files)


def _note_what_blocks(kommunkod: str, breaches: dict[str, str | None], files: list[dict[str, Any]]) -> None:
    """A check that blocks ends the run without an error of the step, so the failure is noted here."""
    from ibic_pipeline.workflow.municipality import mark_failed

    broken = [table for table, breach in breaches.items() if breach is not None]
    if broken:
        mark_failed(home(), kommunkod, f"Godkända rader bryter mot kontraktet i {', '.join(broken)}.")
    elif unaccounted(files):
        mark_failed(home(), kommunkod, f"{unaccounted(files)} rader är inte redovisade i avstämningen.")


@multi_asset(
    name="harled",
    specs=[
        AssetSpec(
            "fakta",
            deps=[["harmoniserat", table] for table in TABLES],
            group_name="harlett",
            kinds={"duckdb", "sql"},
            description="Återanvändbara fakta om beslut, uppdrag, mål och uppföljningar (sql/facts).",
            **COMMON,
        ),
        AssetSpec(
            "enheter",
            deps=["fakta"],
            group_name="harlett",
            kinds={"duckdb", "sql"},
            description="Indikatorernas enheter: i nämnare, i täljare, eller exkluderade och varför.",
            **COMMON,
        ),
    ],
)
def derived(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
    """Run the SQL over the accepted tables."""
    with _step_of(context.partition_key):
        from ibic_pipeline.workflow.municipality import derive_municipality
        from ibic_pipeline.workflow.proof import rows_per_file

        folder = derive_municipality(home(), context.partition_key, settings()).folder
        for asset in ("fakta", "enheter"):
            rows = rows_per_file(folder / asset)
            yield MaterializeResult(
                asset_key=asset,
                metadata={
                    "dagster/row_count": sum(rows.values()),
                    "tabeller": MetadataValue.md(markdown_table(("tabell", "rader"), rows.items())),
                },
            )


@multi_asset(
    name="aggregera",
    specs=[
        AssetSpec(
            "aggregat",
            deps=["enheter", "avstamning", "karantan"],
            group_name="harlett",
            kinds={"duckdb", "parquet"},
            description="Antal per indikator, period och grupp, utan röjandekontroll; därmed blir versionen aktuell.",
            **COMMON,
        )
    ],
)
def aggregated(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
    """Count the units per period and group, and make the version current."""
    with _step_of(context.partition_key):
        from ibic_pipeline.workflow.municipality import aggregate_municipality, commit_version
        from ibic_pipeline.workflow.proof import rows_of, schema_of

        aggregate_municipality(home(), context.partition_key, settings())
        work = commit_version(home(), context.partition_key)
        yield MaterializeResult(
            asset_key="aggregat",
            metadata={
                **rows_and_columns(rows_of(work.folder, "aggregat"), arrow_schema(schema_of(work.folder, "aggregat"))),
                "version": work.version,
                "leverans": work.leverans,
            },
        )


ASSETS = (leverans, harmonised, derived, aggregated)
