"""Picks, from the published table, the figure of each municipality and indicator that the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.report.numbers import in_alphabetical_order, period_text

Visning = Literal["visas", "osaker", "undertryckt", "ej_tillampligt", "ej_utvarderad", "saknas"]
"""The published ``status``, and ``saknas`` where no figure was published."""

SHOWN: tuple[Visning, ...] = ("visas", "osaker")
ABSENT: tuple[Visning, ...] = ("ej_utvarderad", "saknas")
PERIOD_TYPE = {"tillstand": "manad", "handelse": "kvartal"}


@dataclass(frozen=True)
class Cell:
    """One municipality's (or the county's) figure; the numbers are None unless it is shown."""

    namn: str
    visning: Visning
    inaktuell: bool
    andel: float | None = None
    ki_lag: float | None = None
    ki_hog: float | None = None
    namnare: int | None = None
    signal: str = "ej_utvarderad"

    @property
    def shown(self) -> bool:
        """Whether the figure may be read."""
        return self.visning in SHOWN


@dataclass(frozen=True)
class Panel:
    """One indicator in the period that the page compares."""

    id: str
    namn: str
    period: str | None
    lan: Cell
    kommuner: tuple[Cell, ...]

    @property
    def period_text(self) -> str:
        """The period in words."""
        return period_text(self.period) if self.period else "ingen period"

    @property
    def delivered(self) -> int:
        """How many municipalities the county's figure builds on."""
        return sum(cell.visning not in ABSENT for cell in self.kommuner)

    @property
    def delivered_late(self) -> int:
        """How many of them have only an earlier delivery."""
        return sum(cell.inaktuell and cell.visning not in ABSENT for cell in self.kommuner)


def panels(figures: pa.Table, about: Mapping[str, Any]) -> list[Panel]:
    """One panel per indicator of the catalogue, municipalities in alphabetical order.

    Args:
        figures: the published table ``indikator``.
        about: what the release's manifest says.
    """
    total = figures.filter(pc.equal(figures["brytning"], "total")).to_pandas(types_mapper=pd.ArrowDtype)
    municipalities = in_alphabetical_order(about["kommuner"])
    catalogue = sorted(about["indikatorer"], key=lambda each: reading_order(each["id"]))
    return [_panel(indicator, total, municipalities, about["lan"]["namn"]) for indicator in catalogue]


def reading_order(id: str) -> tuple[int, int]:
    """Timeliness, goals, process, documentation, participation; T2 before T10."""
    return "TMFDP".find(id[0]), int(id[1:])


def _panel(
    indicator: Mapping[str, Any], total: pd.DataFrame, municipalities: list[Mapping[str, Any]], county: str
) -> Panel:
    own = total[(total["indikator"] == indicator["id"]) & (total["period_typ"] == PERIOD_TYPE[indicator["typ"]])]
    period = _compared_period(own)
    now = own[own["period"] == period] if period else own.head(0)
    rows: dict[Any, dict[str, Any]] = {
        None if row["niva"] == "lan" else row["kommunkod"]: row for row in now.to_dict("records")
    }
    # A municipality that never delivered lacks figures; it is not merely behind, and nothing of it is old.
    cells = tuple(
        _cell(each["namn"], rows.get(each["kommunkod"]), bool(each["inaktuell"]))
        if each["version"]
        else _cell(each["namn"], None, False)
        for each in municipalities
    )
    return Panel(indicator["id"], indicator["namn"], period, _cell(county, rows.get(None), False), cells)


def _compared_period(own: pd.DataFrame) -> str | None:
    """The latest period for which at least half of the municipalities that have figures at all have one.

    One municipality that delivers early or late thus decides nothing for the others.
    """
    municipal = own[(own["niva"] == "kommun") & ~own["status"].isin(ABSENT)]
    if municipal.empty:
        return None
    having = municipal.groupby("period")["kommunkod"].nunique()
    enough = having[having * 2 >= municipal["kommunkod"].nunique()]
    return str(enough.index.max())


def _cell(namn: str, row: Mapping[str, Any] | None, inaktuell: bool) -> Cell:
    if row is None:
        return Cell(namn, "saknas", inaktuell)
    visning: Visning = row["status"]
    if visning not in SHOWN:
        return Cell(namn, visning, inaktuell)
    return Cell(
        namn, visning, inaktuell, row["andel"], row["ki_lag"], row["ki_hog"], int(row["namnare"]), row["signal"]
    )
