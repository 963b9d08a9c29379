"""What a summary holds: which tables, and the description that is signed."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field

from ibic_pipeline.compare.aggregate import AGGREGATE, FUNNEL
from ibic_pipeline.compare.chain import CHAINED
from ibic_pipeline.compare.survival import CURVES, WAITS
from ibic_pipeline.compare.values import VALUES
from ibic_pipeline.county import Kommunkod, Lan, Strict
from ibic_pipeline.derive import indicators
from ibic_pipeline.validate.accounting import ACCOUNTING_SCHEMA

TABLES: dict[str, pa.Schema] = {
    "aggregat": AGGREGATE,
    "tratt": FUNNEL,
    "varden": VALUES,
    "tider": WAITS,
    "processkedja": CHAINED,
    "avstamning": ACCOUNTING_SCHEMA,
}
"""Name -> columns. Counts per indicator, period and group, and per file of the delivery; no unit and no person."""

DESCRIPTION, SIGNATURE = "sammanstallning.json", "signatur"
SUFFIX = ".parquet"

_SETTINGS = ("forsta_period", "brytningar", "aldersgranser", "parametrar", "insatsregler")


class Description(Strict):
    """The file ``sammanstallning.json``; everything that the county must know to add the counts to others'."""

    format: Literal[1] = 1
    kommunkod: Kommunkod
    namn: str
    leverans: str
    uttagsdatum: date
    version: str
    """Fingerprint of what the counts were made of."""
    program: str
    frister: dict[str, int]
    """The municipality's own deadlines; the county's apply to the others."""
    kodlistor: tuple[str, ...]
    lan: dict[str, Any]
    """The county's settings that decide counts, as ``settings_of`` gives them."""
    definitioner: dict[str, str]
    """Indicator or curve -> version of its definition."""
    filer: dict[str, str] = Field(min_length=len(TABLES), max_length=len(TABLES))
    """File -> SHA-256."""


def settings_of(lan: Lan) -> dict[str, Any]:
    """The county's settings that decide what is counted; counts made with others cannot be added to these."""
    content = lan.model_dump(mode="json", by_alias=True)
    settings: dict[str, Any] = {name: content[name] for name in _SETTINGS}
    settings["parametrar"] = {name: each["varde"] for name, each in settings["parametrar"].items()}
    settings["insatsregler"] = {name: each for name, each in settings["insatsregler"].items() if name != "not"}
    return settings


def definitions() -> dict[str, str]:
    """Indicator or curve -> version of its definition, as this program counts."""
    return {each.id: each.version for each in indicators()} | {each.id: each.version for each in CURVES}
