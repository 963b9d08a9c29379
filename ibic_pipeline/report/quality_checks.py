"""The checks on data, how they came out, and how that has changed from delivery to delivery, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ibic_pipeline.report.numbers import count_text, day_text, percent_text

STATUSES = {
    "fel": ("gick inte att pröva", "gick inte att pröva"),
    "underkand": ("underkänd", "underkända"),
    "ej_tillampligt": ("ej tillämplig", "ej tillämpliga"),
    "godkand": ("godkänd", "godkända"),
}
"""Status -> its word for one and for several, in the order in which they are looked into."""
TO_LOOK_INTO = ("fel", "underkand")
_KEY = ["kontroll", "tabell", "del"]
_COUNTED = ("lasta", "avvisade", "flaggade", "rader", "provade", "underkanda")


@dataclass(frozen=True)
class Outcome:
    """One check of one part of the data that did not pass."""

    id: str
    mening: str
    status: str
    avviker: str
    grans: str
    forst: str
    senast: str
    rad: str
    allmant: bool
    stoppar: bool


@dataclass(frozen=True)
class Checks:
    """How many checks came out each way, and those to look into, the worst first."""

    antal: tuple[tuple[str, int], ...]
    """Word and number; empty in a release without checks."""
    att_se_over: tuple[Outcome, ...]

    @property
    def underkanda(self) -> int:
        """How many there are to look into."""
        return len(self.att_se_over)


@dataclass(frozen=True)
class Delivered:
    """One delivery of a municipality, the latest or an earlier one."""

    leverans: str
    lasta: int | None
    avvisade: int | None
    flaggade: int | None
    rader: int | None
    provade: int | None
    underkanda: int | None


def checks_of(rows: pd.DataFrame, catalogue: pd.DataFrame, code: str | None) -> Checks:
    """The checks of one municipality, or of the county as such (None).

    Args:
        rows: the published table ``datakvalitet``; empty in a release that has none.
        catalogue: the published table ``datakvalitet_kontroll``.
    """
    if rows.empty:
        return Checks((), ())
    own = rows[(rows["kommunkod"].fillna("") == (code or ""))]
    counted = own["status"].value_counts()
    texts = catalogue[[*_KEY, "mening", "gor_sa", "allmant_rad"]]
    told = own[own["status"].isin(TO_LOOK_INTO)].merge(texts, on=_KEY, how="left")
    told = told.assign(ordning=told["status"].map(list(STATUSES).index))
    ordered = told.sort_values(["ordning", "andel", *_KEY], ascending=[True, False, True, True, True])
    return Checks(
        tuple((words[1], int(counted.get(status, 0))) for status, words in STATUSES.items()),
        tuple(_outcome(row) for row in ordered.to_dict("records")),
    )


def deliveries_of(rows: pd.DataFrame, code: str | None) -> list[Delivered]:
    """The municipality's deliveries in the order of time; none for the county, or where nothing is kept."""
    if code is None or rows.empty:
        return []
    own = rows[rows["kommunkod"] == code].sort_values("leverans")
    return [
        Delivered(str(row.pop("leverans"))[:10], **{name: _count(row[name]) for name in _COUNTED})
        for row in own.to_dict("records")
    ]


def _outcome(row: dict[str, Any]) -> Outcome:
    return Outcome(
        id=row["kontroll"],
        mening=row["mening"],
        status=STATUSES[row["status"]][0],
        avviker=_departure(row),
        grans=percent_text(float(row["troskel"])),
        forst=_day(row["forst_sedd"], "–"),
        senast=_day(row["senast_godkand"], "aldrig"),
        rad=row["gor_sa"],
        allmant=bool(row["allmant_rad"]),
        stoppar=row["allvar"] == "stoppa",
    )


def _departure(row: dict[str, Any]) -> str:
    if row["fa"]:
        return "visas inte"
    if pd.isna(row["andel"]):
        return "–"
    return (
        f"{percent_text(float(row['andel']))} ({count_text(int(row['brister']))} av {count_text(int(row['underlag']))})"
    )


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _day(value: Any, otherwise: str) -> str:
    return otherwise if pd.isna(value) else day_text(str(value)[:10])
