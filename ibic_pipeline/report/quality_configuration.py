"""What municipalities do not use alike, and the figures that this makes unequal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ibic_pipeline.report.numbers import percent_text
from schemas import CONTRACTS

MUCH = 0.3
"""A column that one municipality fills in this much more of than another is told, even if both deliver it."""


@dataclass(frozen=True)
class Use:
    """How one municipality uses a column: a class of the page's style, and words."""

    slag: str
    text: str


@dataclass(frozen=True)
class Unequal:
    """One column that municipalities use differently."""

    tabell: str
    kolumn: str
    indikatorer: str
    bruk: Mapping[str, Use]
    """kommunkod -> how it uses the column."""
    anvander: int
    """How many municipalities fill it in."""
    andel: str
    """The median of the shares that are filled in."""

    def antal(self, slag: str) -> int:
        """How many municipalities use the column so."""
        return sum(each.slag == slag for each in self.bruk.values())

    def lacked_by(self, kommunkod: str | None) -> bool:
        """Whether this municipality does not deliver the column, or never fills it in."""
        return kommunkod is not None and self.bruk[kommunkod].slag in (NOT_DELIVERED, NEVER_FILLED)


NOT_DELIVERED, NEVER_FILLED, FILLED, NOT_KNOWN = "ej_levererad", "ej_ifylld", "ifylld", "okand"


def unequal_columns(rows: pd.DataFrame, municipalities: Mapping[str, str]) -> list[Unequal]:
    """Columns that someone does not deliver or never fills in, those that decide figures first.

    Of these also columns that are filled in to a very different degree.

    Args:
        rows: the published table ``konfiguration``.
        municipalities: code -> name, in the order of the page.
    """
    found = []
    rows = rows.assign(indikatorer=rows["indikatorer"].fillna(""))
    for (table, column), part in rows.groupby(["tabell", "kolumn"], sort=True):
        if CONTRACTS[str(table)].own_columns()[str(column)].metadata["lasning"] == "identifier":
            continue  # an id stands on every row that there is
        decides = str(part["indikatorer"].iloc[0])
        lacking = int((~part["anvands"]).sum())
        apart = part["ifylld_andel"].max() - part["ifylld_andel"].min()
        if 0 < lacking < len(part) or (decides and apart >= MUCH):
            uses = {row.kommunkod: _use(row) for row in part.itertuples()}
            median = part["ifylld_andel"].median()
            found.append(
                Unequal(
                    tabell=str(table),
                    kolumn=str(column),
                    indikatorer=decides,
                    bruk={code: uses.get(code, Use(NOT_KNOWN, "inte känt")) for code in municipalities},
                    anvander=len(part) - lacking,
                    andel="" if pd.isna(median) else percent_text(median),
                )
            )
    return sorted(found, key=lambda each: not each.indikatorer)


def _use(row: object) -> Use:
    delivered, used, share = (getattr(row, name) for name in ("levereras", "anvands", "ifylld_andel"))
    if not delivered:
        return Use(NOT_DELIVERED, "levereras inte")
    if not used:
        return Use(NEVER_FILLED, "aldrig ifylld")
    return Use(FILLED, "ifylld" if pd.isna(share) else percent_text(share))


@dataclass(frozen=True)
class Lacked:
    """Codes of a column that no row of one municipality has, although all the others use them."""

    kommunkod: str
    tabell: str
    kolumn: str
    koder: str
    indikatorer: str


def lacked_codes(rows: pd.DataFrame) -> list[Lacked]:
    """What one municipality alone lacks, by municipality and column."""
    known = rows.assign(indikatorer=rows["indikatorer"].fillna(""))
    lacking = known[known["saknade_koder"].notna()].sort_values(["kommunkod", "tabell", "kolumn"])
    return [
        Lacked(row.kommunkod, row.tabell, row.kolumn, row.saknade_koder, row.indikatorer)
        for row in lacking.itertuples()
    ]
