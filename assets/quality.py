"""Data quality as Dagster shows it: what a delivery measured, and which expectations do not hold; counts only."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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

from assets.describe import markdown_table, rows_and_columns
from assets.failures import PASSES
from assets.harmonised import TABLES
from assets.places import home, settings
from assets.steps import LOCK, OF_A_MUNICIPALITY, step_of

if TYPE_CHECKING:
    import pandas as pd

STOPS, WARNS = "kvalitet_stoppar", "kvalitet_varnar"
SHOWN = 10


@multi_asset(
    name="prova_kvalitet",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            "kvalitet",
            deps=[*(["harmoniserat", table] for table in TABLES), "enheter"],
            group_name="kvalitet",
            kinds={"duckdb", "pandas", "parquet"},
            description="Hur många rader som inte är som väntat, och vad leveransen innehåller jämfört med tidigare: "
            "bara antal, prövade med Great Expectations.",
            **OF_A_MUNICIPALITY,
        )
    ],
    check_specs=[
        AssetCheckSpec(
            STOPS,
            asset="kvalitet",
            blocking=True,
            description="Inget brister som länet har bestämt ska stoppa leveransen.",
        ),
        AssetCheckSpec(WARNS, asset="kvalitet", description="Leveransen är som väntat, och lik de tidigare."),
    ],
)
def checked(context: AssetExecutionContext) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
    """Measure the version, and hold it against the thresholds of today and the municipality's earlier deliveries."""
    kommunkod = context.partition_key
    with step_of(kommunkod):
        from ibic_pipeline.workflow.measured import judge_municipality, measure_municipality, refuse_what_stops

        work = measure_municipality(home(), kommunkod, settings())
        results = judge_municipality(home(), work, settings())
        judged = [
            verdict(STOPS, results, "stoppa", kommunkod, AssetCheckSeverity.ERROR),
            verdict(WARNS, results, "varna", kommunkod, AssetCheckSeverity.WARN),
        ]
        if not judged[0].passed:
            yield from judged
            refuse_what_stops(home(), work, results)
        yield MaterializeResult(
            asset_key="kvalitet",
            metadata={
                "leverans": work.leverans,
                "kontroller": counts_of(results),
                "mapp": MetadataValue.path(home().current(kommunkod) / "kvalitet"),
                **rows_and_columns(len(results), None),
            },
            check_results=judged,
        )


def verdict(
    name: str, results: "pd.DataFrame", severity: str, whose: str, level: AssetCheckSeverity, asset: Any = "kvalitet"
) -> AssetCheckResult:
    """A check that fails when an expectation of this severity does not hold, or could not be tried."""
    from ibic_pipeline.workflow.quality import failed, not_tried

    asked = results[results["allvar"] == severity]
    broken, silent = failed(results, severity), not_tried(asked)
    said = [f"{code}: {sentence}" for code, sentence in broken[:SHOWN]]
    said += [f"… och {len(broken) - SHOWN} till."] if len(broken) > SHOWN else []
    said += [f"{len(silent)} kontroller kunde inte köras: {', '.join(silent)}."] if silent else []
    return AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not broken and not silent,
        severity=level,
        description=f"{whose}: " + ("\n\n".join(said) or "Allt är som väntat."),
        metadata={**statuses_of(asked), "kontroller": counts_of(asked)},
    )


def statuses_of(results: "pd.DataFrame") -> dict[str, int]:
    """How many expectations ended in each status."""
    return {str(status): int(rows) for status, rows in sorted(results["status"].value_counts().items())}


def statuses_per_municipality(results: "pd.DataFrame") -> MetadataValue:
    """How many expectations of each municipality ended in each status; the county's own last."""
    counts = results.groupby(["kommunkod", "status"]).size().unstack(fill_value=0)
    header = ("kommun", *counts.columns)
    rows = [(code or "länet", *(int(each) for each in row)) for code, *row in counts.itertuples()]
    return MetadataValue.md(markdown_table(header, sorted(rows)))


def counts_of(results: "pd.DataFrame") -> MetadataValue:
    """Per expectation what broke of what was asked; of those with many parts only the parts that do not hold."""
    shown = results[results["status"].isin(("fel", "underkand"))]
    rows = [
        (row["kontroll"], row["tabell"], row["del"], _whole(row["brister"]), _whole(row["underlag"]), row["status"])
        for row in shown.to_dict("records")
    ]
    header = ("kontroll", "tabell", "kolumn", "avviker", "av", "status")
    return MetadataValue.md(markdown_table(header, rows) if rows else "Inget avviker.")


def _whole(value: float) -> int | str:
    return int(value) if value == value else "–"
