"""The code location: everything that Dagster loads. Nothing heavy is imported here or in what it imports."""

from __future__ import annotations

from dagster import AssetSelection, Definitions, define_asset_job, in_process_executor

from assets.county import compared, published
from assets.derived import aggregated, derived
from assets.harmonised import harmonised
from assets.municipality import leverans
from assets.quality import checked
from assets.steps import LOCK, lock
from assets.warehouse import loaded

OF_A_MUNICIPALITY = (leverans, harmonised, derived, checked, aggregated)
OF_THE_COUNTY = (compared, published)

kommun = define_asset_job(
    "kommun",
    selection=AssetSelection.assets(*OF_A_MUNICIPALITY),
    executor_def=in_process_executor,
    description="En kommun, vald som partition: från leverans till aggregat. Kör jobbet lan efteråt för att publicera.",
)
lan = define_asset_job(
    "lan",
    selection=AssetSelection.assets(*OF_THE_COUNTY),
    executor_def=in_process_executor,
    tags={"ibic/lan": "ja"},
    description="Länet: från kommunernas aggregat till en publicerad release.",
)
databas = define_asset_job(
    "databas",
    selection=AssetSelection.assets(loaded),
    executor_def=in_process_executor,
    tags={"ibic/lan": "ja"},
    description="Den publicerade releasen till länets databas. Går den inte att nå står releasen kvar som den är.",
)

defs = Definitions(
    assets=[*OF_A_MUNICIPALITY, *OF_THE_COUNTY, loaded],
    jobs=[kommun, lan, databas],
    resources={LOCK: lock},
    executor=in_process_executor,
)
