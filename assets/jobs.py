"""The jobs: what is run together, and how many of a kind at once (``concurrency`` in dagster.yaml)."""

from __future__ import annotations

from dagster import AssetSelection, define_asset_job, in_process_executor

from assets.county import compared, published
from assets.derived import aggregated, derived
from assets.harmonised import harmonised
from assets.municipality import leverans
from assets.night import planned, summed_up
from assets.quality import checked
from assets.warehouse import loaded

OF_A_MUNICIPALITY = (leverans, harmonised, derived, checked, aggregated)
OF_THE_COUNTY = (compared, published)

FROM_THE_START = {"dagster/retry_strategy": "ALL_STEPS"}
"""A run that crashed is started anew as a whole: its steps hand on what they made by files."""

kommun = define_asset_job(
    "kommun",
    selection=AssetSelection.assets(*OF_A_MUNICIPALITY),
    executor_def=in_process_executor,
    tags={"ibic/kommun": "ja", **FROM_THE_START},
    description="En kommun, vald som partition: från leverans till aggregat. Länet publiceras strax efteråt.",
)
lan = define_asset_job(
    "lan",
    selection=AssetSelection.assets(*OF_THE_COUNTY, summed_up),
    executor_def=in_process_executor,
    tags={"ibic/lan": "ja", **FROM_THE_START},
    description="Länet: från kommunernas aggregat till en publicerad release.",
)
databas = define_asset_job(
    "databas",
    selection=AssetSelection.assets(loaded),
    executor_def=in_process_executor,
    tags={"ibic/lan": "ja", **FROM_THE_START},
    description="Den publicerade releasen till länets databas. Går den inte att nå står releasen kvar som den är.",
)
natt = define_asset_job(
    "natt",
    selection=AssetSelection.assets(planned),
    executor_def=in_process_executor,
    tags=FROM_THE_START,
    description="Nattens plan: vilka kommuner som har något att läsa in.",
)
utfall = define_asset_job(
    "utfall",
    selection=AssetSelection.assets(summed_up),
    executor_def=in_process_executor,
    tags=FROM_THE_START,
    description="Hur varje kommuns senaste försök gick. Ingår i länets körning; går ensam när inget har ändrats.",
)
