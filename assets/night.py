"""The night as Dagster shows it: what it starts and why, and afterwards how each municipality stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dagster import AssetSpec, MaterializeResult, MetadataValue, multi_asset

from assets.alive import ALIVE
from assets.describe import markdown_table
from assets.failures import PASSES, without_values
from assets.places import home

if TYPE_CHECKING:
    from ibic_pipeline.workflow.attempts import Attempt

SWEDEN = "Europe/Stockholm"
OF_THE_NIGHT: dict[str, Any] = {
    "group_name": "natt",
    "owners": ["team:systemforvaltning"],
    "tags": {"niva": "lan"},
    "kinds": {"markdown"},
}
STARTED, COUNTY = "startas", "lan_behovs"
"""Names in the plan's metadata, which the sensor after the night reads."""

EVERYONE = "alla_kommuner"
OUTCOMES = {"godkand": "Inläst", "vagrad": "VÄGRAD", "fel": "FEL I KÖRNINGEN"}


@multi_asset(
    name="planera_natten",
    required_resource_keys={ALIVE},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            ["natt", "plan"],
            description="Vilka kommuner som natten startar, och varför de andra inte behöver läsas in.",
            **OF_THE_NIGHT,
        )
    ],
)
def planned() -> Iterator[MaterializeResult[None]]:
    """Look at every municipality's delivery and settings; nothing is loaded."""
    with without_values():
        from ibic_pipeline.workflow.needed import county_is_needed, needs

        found = needs(home())
        starts = [each.kommunkod for each in found if each.startas]
        rows = [
            (each.kommunkod, each.namn, each.leverans or "–", "ja" if each.startas else "nej", each.varfor)
            for each in found
        ]
        yield MaterializeResult(
            asset_key=["natt", "plan"],
            metadata={
                "sammanfattning": f"{len(starts)} av {len(found)} kommuner startas.",
                "kommuner": MetadataValue.md(markdown_table(("kommun", "namn", "leverans", "startas", "varför"), rows)),
                STARTED: MetadataValue.json(starts),
                COUNTY: bool(starts) or county_is_needed(home()),
            },
        )


@multi_asset(
    name="sammanfatta",
    required_resource_keys={ALIVE},
    retry_policy=PASSES,
    specs=[
        AssetSpec(
            EVERYONE,
            deps=[["lan", "release"]],
            description="Lästes kommunen in, och om inte: varför? En rad per kommun, som det var när länet var klart.",
            **OF_THE_NIGHT,
        )
    ],
)
def summed_up() -> Iterator[MaterializeResult[None]]:
    """Tell how the latest attempt of every municipality went: one line each, so that nobody need open a table."""
    with without_values():
        from ibic_pipeline.workflow.attempts import attempts

        found = attempts(home())
        behind = [each.namn for each in found if each.utfall != "godkand"]
        yield MaterializeResult(
            asset_key=EVERYONE,
            metadata={
                "sammanfattning": (
                    "Alla kommuners senaste leverans är inläst."
                    if not behind
                    else f"{len(found) - len(behind)} av {len(found)} kommuners senaste leverans är inläst. "
                    f"Inte: {', '.join(behind)}."
                ),
                **{f"{each.kommunkod} {each.namn}": _how_it_went(each) for each in found},
            },
        )


def _how_it_went(attempt: Attempt) -> str:
    if attempt.utfall is None:
        return "Ingen leverans ännu"
    which = f"{OUTCOMES[attempt.utfall]}: leveransen {attempt.leverans or 'gick inte att läsa'}, {_clock(attempt.nar)}"
    if attempt.utfall == "godkand":
        return which
    figures = f"I siffrorna: {attempt.i_siffrorna or 'inget'}."
    first, more = attempt.orsaker[0] if attempt.orsaker else "", len(attempt.orsaker) - 1
    return f"{which}. {figures} {first}" + (f" … och {more} skäl till." if more > 0 else "")


def _clock(when: datetime | None) -> str:
    return when.astimezone(ZoneInfo(SWEDEN)).strftime("%Y-%m-%d %H:%M") if when else "–"
