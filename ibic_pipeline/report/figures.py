"""Picks, from the published tables, the figure of each municipality and indicator that the pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.derive.catalogue import BETTER, reading_order
from ibic_pipeline.report.measures import POINTS, UNITS, Unit
from ibic_pipeline.report.numbers import in_alphabetical_order, period_text

Visning = Literal["visas", "osaker", "undertryckt", "ej_tillampligt", "ej_utvarderad", "saknas"]
"""The published ``status``, and ``saknas`` where no figure was published."""

Row = Mapping[str, Any]
"""One row of a published table."""

SHOWN: tuple[Visning, ...] = ("visas", "osaker")
ABSENT: tuple[Visning, ...] = ("ej_utvarderad", "saknas")
PERIOD_TYPE = {"tillstand": "manad", "handelse": "kvartal"}
MATRIX_AT_MOST = 30
"""A county of more municipalities has no matrix with a column or a row for each: nobody could read it."""
COMPARED_GROUPS = "regiform"
"""The breakdown whose two groups a difference is between: private providers less municipal ones."""


@dataclass(frozen=True)
class Cell:
    """One municipality's (or the county's) figure; a number that is not shown is None."""

    namn: str
    visning: Visning
    """How the share (or the difference) is published; a median may be shown where the share is not."""
    inaktuell: bool
    varde: float | None = None
    """What the panel compares, in its measure, with its interval."""
    lag: float | None = None
    hog: float | None = None
    andel: float | None = None
    andel_lag: float | None = None
    andel_hog: float | None = None
    median: float | None = None
    p90: float | None = None
    namnare: int | None = None
    signal: str | None = None
    kod: str | None = None
    """The municipality's code; None for the county and for a group."""
    regel: str | None = None
    """The rule of disclosure control or evaluation that says why a figure is as it is."""
    forandring: tuple[float, float, float] | None = None
    """The share's change since a year before with its interval, in percentage points."""
    rang: tuple[int, int] | None = None
    """Best and worst place of the share among the municipalities that are shown, as the intervals allow."""
    granser: tuple[float, float, float, float] | None = None
    """The funnel's limits for a denominator of this size: 95 % low and high, 99.8 % low and high."""

    @property
    def shown(self) -> bool:
        """Whether there is a figure to read."""
        return self.varde is not None


@dataclass(frozen=True)
class Panel:
    """One indicator in the period that the pages compare."""

    id: str
    namn: str
    matt: str
    riktning: str
    period: str | None
    lan: Cell
    kommuner: tuple[Cell, ...]
    is_state: bool
    """Whether it is how things stand on a day, and not what happened in a period."""

    def of(self, kod: str | None) -> Cell:
        """The cell of a municipality, or of the county (None)."""
        return self.lan if kod is None else self._by_code[kod]

    @cached_property
    def _by_code(self) -> dict[str | None, Cell]:
        return {cell.kod: cell for cell in self.kommuner}

    @property
    def fil(self) -> str:
        """The name of the indicator's page."""
        return f"indikator-{self.id}.html"

    @property
    def period_text(self) -> str:
        """The period in words."""
        return period_text(self.period) if self.period else "ingen period"

    @property
    def better(self) -> str:
        """The direction that is better, in words."""
        return BETTER[self.matt][self.riktning]

    @property
    def unit(self) -> Unit:
        """What a median, or else a difference, is counted in."""
        return UNITS.get(self.id, POINTS)

    @property
    def has_median(self) -> bool:
        """Whether a median belongs to what is shown."""
        return self.id in UNITS

    def side_of(self, cell: Cell) -> int | None:
        """1 where the whole interval of the share lies on the better side of the county's, -1 on the worse, else 0.

        Judged by the share, also where a median is shown. None where it cannot be judged: a difference between groups
        has no direction of its own.
        """
        county, low, high = self.lan.andel, cell.andel_lag, cell.andel_hog
        if self.matt == "skillnad" or county is None or low is None or high is None:
            return None
        above = int(low > county) - int(high < county)
        return above if self.riktning == "hogre_ar_battre" else -above

    @property
    def delivered(self) -> int:
        """How many municipalities the county's figure builds on."""
        return sum(cell.visning not in ABSENT for cell in self.kommuner)

    @property
    def delivered_late(self) -> int:
        """How many of them have only an earlier delivery."""
        return sum(cell.inaktuell and cell.visning not in ABSENT for cell in self.kommuner)


def panels(figures: pa.Table, differences: pa.Table | None, about: Mapping[str, Any]) -> list[Panel]:
    """One panel per indicator of the catalogue in reading order, municipalities in alphabetical order.

    Args:
        figures: the published table ``indikator``.
        differences: the published table ``skillnad``; None in a release without it.
        about: what the release's manifest says.
    """
    total = figures.filter(pc.equal(figures["brytning"], "total")).to_pandas(types_mapper=pd.ArrowDtype)
    between = None if differences is None else differences.filter(pc.equal(differences["brytning"], COMPARED_GROUPS))
    apart = None if between is None else between.to_pandas(types_mapper=pd.ArrowDtype)
    catalogue = sorted(about["indikatorer"], key=lambda each: reading_order(each["id"]))
    return [_panel(indicator, total, apart, about) for indicator in catalogue]


def _panel(
    indicator: Mapping[str, Any], total: pd.DataFrame, apart: pd.DataFrame | None, about: Mapping[str, Any]
) -> Panel:
    own = total[(total["indikator"] == indicator["id"]) & (total["period_typ"] == PERIOD_TYPE[indicator["typ"]])]
    period = _compared_period(own)
    now = own[own["period"] == period] if period else own.head(0)
    matt = indicator["matt"]
    if matt == "median" and not now["median"].notna().any():
        matt = "andel"
    rows = by_place(now)
    pairs = {} if apart is None or matt != "skillnad" else by_place(_same_figures(apart, now))

    def cell(namn: str, kommunkod: str | None, inaktuell: bool) -> Cell:
        found = replace(cell_of(namn, rows.get(kommunkod), inaktuell, matt), kod=kommunkod)
        return _difference(found, pairs.get(kommunkod), apart is not None) if matt == "skillnad" else found

    # A municipality that never delivered lacks figures; it is not merely behind, and nothing of it is old.
    cells = tuple(
        cell(each["namn"], each["kommunkod"], bool(each["inaktuell"]))
        if each["version"]
        else Cell(each["namn"], "saknas", False, kod=each["kommunkod"])
        for each in in_alphabetical_order(about["kommuner"])
    )
    lan = cell(about["lan"]["namn"], None, False)
    return Panel(
        indicator["id"],
        indicator["namn"],
        matt,
        indicator["riktning"],
        period,
        lan,
        cells,
        indicator["typ"] == "tillstand",
    )


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


def _same_figures(apart: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    return apart.merge(now[["indikator", "period_typ", "period"]].drop_duplicates())


def by_place(rows: pd.DataFrame) -> dict[str | None, Row]:
    """Rows by the municipality's code, None being the county; what is missing is None."""
    return {None if row["niva"] == "lan" else row["kommunkod"]: row for row in plain_rows(rows)}


def plain_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings in which what is missing is None."""
    plain: list[dict[str, Any]] = pa.Table.from_pandas(rows, preserve_index=False).to_pylist()
    return plain


def cell_of(namn: str, row: Row | None, inaktuell: bool, matt: str) -> Cell:
    """The cell of a row of ``indikator``; without one it is missing."""
    if row is None:
        return Cell(namn, "saknas", inaktuell)
    visning: Visning = row["status"]
    cell = Cell(
        namn, visning, inaktuell,
        namnare=row["namnare"], regel=row.get("regel"), median=row["median"], p90=row["p90"],
    )  # fmt: skip
    if visning in SHOWN:
        cell = replace(
            cell,
            andel=row["andel"],
            andel_lag=row["ki_lag"],
            andel_hog=row["ki_hog"],
            signal=row["signal"],
            forandring=_all_of(row, "forandring_pe", "forandring_ki_lag", "forandring_ki_hog"),
            rang=_all_of(row, "rang_lag", "rang_hog"),
            granser=_all_of(row, *(f"trattgrans_{each}" for each in ("95_lag", "95_hog", "998_lag", "998_hog"))),
        )
    if matt == "median":
        return replace(cell, varde=row["median"], lag=row["median_ki_lag"], hog=row["median_ki_hog"])
    return replace(cell, varde=cell.andel, lag=row["ki_lag"], hog=row["ki_hog"])


def _all_of(row: Row, *columns: str) -> Any:
    """The values of columns that belong together; None unless all are there."""
    values = tuple(row.get(column) for column in columns)
    return None if None in values else values


def _difference(total: Cell, pair: Row | None, compared: bool) -> Cell:
    """The difference in place of the share of everyone; without two groups there is none to speak of."""
    without = Cell(total.namn, total.visning, total.inaktuell, kod=total.kod, regel=total.regel)
    if total.visning in ABSENT:
        return without
    if not compared:
        return replace(without, visning="saknas")
    if pair is None:
        return replace(without, visning="ej_tillampligt")
    if pair["status"] not in SHOWN:
        return replace(without, visning=pair["status"])
    shown = replace(without, visning=pair["status"], namnare=total.namnare, signal=total.signal)
    return replace(shown, varde=pair["skillnad_pe"], lag=pair["ki_lag"], hog=pair["ki_hog"])
