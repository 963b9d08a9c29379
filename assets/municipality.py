"""The first step of a municipality: its latest delivery, found and fingerprinted, or refused."""

from collections.abc import Iterator

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

from assets.describe import markdown_table, reasons_in_words
from assets.failures import PASSES, refusal
from assets.places import home
from assets.steps import LOCK, OF_A_MUNICIPALITY, step_of


class HowToLoad(Config):
    """Settings of a run."""

    bygg_om: bool = Field(default=False, description="Bygg om även om ingenting har ändrats sedan sist.")
    hamta: bool = Field(default=True, description="Hämta först från kommunens databas eller fjärrmapp, om den har en.")


@multi_asset(
    name="las_leverans",
    required_resource_keys={LOCK},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            "leverans",
            group_name="leverans",
            kinds={"csv", "excel"},
            description=(
                "Kommunens senaste leverans i inkorgen: hittad, kontrollerad mot profilen och med fingeravtryck. "
                "Har ingenting ändrats sedan den version som gäller görs inget om i stegen efter."
            ),
            **OF_A_MUNICIPALITY,
        )
    ],
    check_specs=[
        AssetCheckSpec(
            "leverans_hel",
            asset="leverans",
            blocking=True,
            description="Leveransmappen finns och har precis de filer som kommunens profil räknar upp.",
        )
    ],
)
def leverans(context: AssetExecutionContext, config: HowToLoad) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
    """Find the latest delivery, decide which version to build, or refuse the delivery."""
    with step_of(context.partition_key):
        from ibic_pipeline.workflow.county import municipality_of
        from ibic_pipeline.workflow.municipality import load_delivery

        planned = load_delivery(home(), context.partition_key, rebuild=config.bygg_om, fetch=config.hamta)
        judged = AssetCheckResult(
            check_name="leverans_hel",
            passed=not planned.refused,
            severity=AssetCheckSeverity.ERROR,
            description=f"{context.partition_key}: {reasons_in_words(planned.reasons)}",
            metadata={"orsaker": len(planned.reasons)},
        )
        if planned.refused:
            yield judged
            raise refusal(planned.reasons)
        files = [(file.name, file.export, file.sha256[:12]) for file in planned.files]
        yield MaterializeResult(
            asset_key="leverans",
            metadata={
                "kommun": municipality_of(home(), context.partition_key).namn,
                "leverans": planned.leverans,
                "version": planned.version,
                "oforandrad": planned.unchanged,
                "filer": MetadataValue.md(markdown_table(("fil", "export", "sha256"), files)),
                "ej_lasta": ", ".join(planned.unused) or "Inga.",
            },
            check_results=[judged],
        )
