"""The code location: everything that Dagster loads. Nothing heavy is imported here or in what it imports."""

from __future__ import annotations

from dagster import AssetSelection, Definitions, define_asset_job, in_process_executor

from assets import county, municipality

kommun = define_asset_job(
    "kommun",
    selection=AssetSelection.assets(*municipality.ASSETS),
    executor_def=in_process_executor,
    description="En kommun: från leverans till aggregat.",
)
lan = define_asset_job(
    "lan",
    selection=AssetSelection.assets(*county.ASSETS),
    executor_def=in_process_executor,
    tags={"ibic/lan": "ja"},
    description="Länet: från kommunernas aggregat till en publicerad release.",
)

defs = Definitions(
    assets=[*municipality.ASSETS, *county.ASSETS],
    jobs=[kommun, lan],
    executor=in_process_executor,
)
