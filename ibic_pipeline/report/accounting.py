"""The accounting of every row that was read, and the municipalities without a current delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ibic_pipeline.report.numbers import in_alphabetical_order

COUNTS = ("last", "godkanda", "karantan", "dubbletter", "flaggade", "reparerade")


@dataclass(frozen=True)
class Account:
    """Rows of one municipality (or of all): read, and where they went."""

    namn: str
    leverans: str
    last: int
    godkanda: int
    karantan: int
    dubbletter: int
    flaggade: int
    reparerade: int

    @property
    def balances(self) -> bool:
        """Whether no row was lost."""
        return self.last == self.godkanda + self.karantan + self.dubbletter


@dataclass(frozen=True)
class Late:
    """A municipality whose figures build on an earlier delivery, or on none."""

    namn: str
    leverans: str | None
    orsaker: tuple[str, ...]


def accounting(about: Mapping[str, Any]) -> list[Account]:
    """One account per municipality with data, in alphabetical order, and last the sum."""
    accounts = [
        account_of(each["namn"], _rows_of(each["kommunkod"], about), _delivery(each) or "")
        for each in in_alphabetical_order(about["kommuner"])
        if each["version"]
    ]
    return [*accounts, account_of("Summa", about["avstamning"])]


def late_municipalities(about: Mapping[str, Any]) -> list[Late]:
    """Stale municipalities and those that have no data at all, with reasons."""
    return [
        Late(each["namn"], _delivery(each), tuple(each["orsaker"]))
        for each in in_alphabetical_order(about["kommuner"])
        if each["inaktuell"] or not each["version"]
    ]


def _delivery(each: Mapping[str, Any]) -> str | None:
    found = (each["underlag"] or {}).get("leverans")
    return None if found is None else str(found)


def _rows_of(kommunkod: str, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for row in about["avstamning"] if row["kommunkod"] == kommunkod]


def account_of(namn: str, rows: list[dict[str, Any]], leverans: str = "") -> Account:
    """Rows of the accounting added up."""
    return Account(namn, leverans, **{column: sum(row[column] for row in rows) for column in COUNTS})
