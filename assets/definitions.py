"""The code location: everything that Dagster loads. Nothing heavy is imported here or in what it imports."""

from __future__ import annotations

from dagster import Definitions, in_process_executor

from assets.alive import ALIVE, alive
from assets.automation import county_after_municipalities, every_night, inbox, warehouse_after_county
from assets.jobs import OF_A_MUNICIPALITY, OF_THE_COUNTY, databas, kommun, lan, natt, utfall
from assets.night import planned, summed_up
from assets.steps import LOCK, lock
from assets.tell import alerts
from assets.warehouse import loaded

defs = Definitions(
    assets=[*OF_A_MUNICIPALITY, *OF_THE_COUNTY, loaded, planned, summed_up],
    jobs=[kommun, lan, databas, natt, utfall],
    schedules=[every_night],
    sensors=[inbox, county_after_municipalities, warehouse_after_county, alerts],
    resources={LOCK: lock, ALIVE: alive},
    executor=in_process_executor,
)
