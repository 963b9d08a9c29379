"""Ranks what is wrong with the data by how much of the figures it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ibic_pipeline.derive.catalogue import in_reading_order, reading_order
from ibic_pipeline.quality.sources import source_of
from ibic_pipeline.report.numbers import names_text, percent_text, period_text
from ibic_pipeline.report.quality_words import (
    TABLES,
    UNITS,
    follows_from_another,
    is_general,
    is_lost,
    many,
    mended,
    of_rule,
    wrong,
)
from schemas import CONTRACTS
from schemas.contract import Rule
from schemas.rulebook import every_rule

SHOWN = 10
NAMED = 6
"""So many figures are named; of more than that the rest are a number."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, what it costs, and how it is mended."""

    kod: str
    vad: str
    """What is wrong, with how much."""
    kostar: str
    """What of the figures cannot be relied on."""
    rad: str
    allmant: bool
    kostnad: float
    """The shares of the denominators that are touched, added up: 1 is a whole figure."""

    @property
    def regel(self) -> str:
        """The code of the rule that says so; empty where it is no rule."""
        return self.kod if self.kod in every_rule() else ""


def findings(reasons: pd.DataFrame, accounts: Sequence[Mapping[str, Any]], antal_min: int) -> list[Finding]:
    """What costs most figures, the most first; at most ``SHOWN``.

    Args:
        reasons: rows of ``datakvalitet_orsak`` of one place and one length of period.
        accounts: the place's rows of the manifest's accounting, which count refused rows.
        antal_min: how many refused rows there must be for their number to be told.
    """
    found = [_touching(str(reason), rows) for reason, rows in reasons.groupby("orsak")]
    found += _refused(accounts, antal_min)
    return sorted(found, key=lambda each: (-each.kostnad, each.kod))[:SHOWN]


def _touching(reason: str, rows: pd.DataFrame) -> Finding:
    """A reason, told by the figure that it hits worst: one whose number may be told, if there is one."""
    worst = rows.sort_values(["fa", "andel", "indikator"], ascending=[True, False, True]).iloc[0]
    units = UNITS[{each.id: each.enhet for each in in_reading_order()}[worst["indikator"]]]
    judged = "kan inte bedömas" if is_lost(reason) else "är osäker"
    others = {row.indikator: row.andel for row in rows.itertuples() if row.indikator != worst["indikator"]}
    named = [f"{each} ({percent_text(others[each])})" for each in sorted(others, key=reading_order)]
    cost = (
        f"Upp till {percent_text(worst['andel'])} av nämnaren i {worst['indikator']}, "
        f"{period_text(worst['period'])}, {judged}."
    )
    return Finding(
        kod=reason,
        vad=f"{_first_upper(wrong(reason, None if worst['fa'] else int(worst['antal']), units))}.",
        kostar=f"{cost} Berör också {_listed(named)}." if named else cost,
        rad=mended(reason),
        allmant=is_general(reason),
        kostnad=float(rows["andel"].sum()),
    )


def _refused(accounts: Sequence[Mapping[str, Any]], antal_min: int) -> list[Finding]:
    """A refused row has no day, so that its cost is its share of all rows, in every figure made of what it carries.

    Rows refused because of another one are that one's cost, and a test person is none.
    """
    rows: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for account in accounts:
        for code, count in dict(account["regler"]).items():
            rows[code] += count
            read[code] += account["last"]
    rules = every_rule()
    told = [code for code in sorted(rows) if code in rules and _costs(rules[code])]
    found = [
        (rules[code].message, _of_refused(rules[code], rows[code], rows[code] / read[code], antal_min)) for code in told
    ]
    # The same words about several tables are one cause: a personal number that cannot be read stands in every file.
    return list(dict(sorted(found, key=lambda each: each[1].kostnad)).values())


def _costs(rule: Rule) -> bool:
    return (
        rule.severity == "avvisa"
        and rule.table in CONTRACTS
        and rule.kind != "testperson"
        and not follows_from_another(rule)
    )


def _of_refused(rule: Rule, count: int, share: float, antal_min: int) -> Finding:
    figures = [each.id for each in in_reading_order() if rule.table in (table := source_of(each), *_above(table))]
    told = "några få rader" if count < antal_min else many(count, "rader")
    return Finding(
        kod=rule.code,
        vad=f"{_first_upper(told)} med {TABLES[rule.table]} avvisades: {of_rule(rule)}.",
        kostar=f"De räknas inte alls, och hör till okända perioder. Berör {_listed(figures)}.",
        rad=mended(rule.code),
        allmant=is_general(rule.code),
        kostnad=share * len(figures),
    )


def _above(table: str) -> frozenset[str]:
    """The tables whose refused rows take rows of this one with them."""
    parents = [parent.table for parent in CONTRACTS[table].parents()]
    return frozenset(parents).union(*(_above(parent) for parent in parents))


def _listed(named: Sequence[str]) -> str:
    if len(named) <= NAMED:
        return names_text(named)
    return f"{', '.join(named[:NAMED])} och {len(named) - NAMED} siffror till"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
