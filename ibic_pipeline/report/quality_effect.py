"""Figures with the lowest and highest that they could be, should all that flawed data touch go one way."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ibic_pipeline.derive.catalogue import reading_order
from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.quality.bounds import (
    A_DIFFERENCE,
    INCOMPLETE,
    MOST_ARE_TOUCHED,
    NOT_MEASURED,
    NOT_SHOWN,
    TOO_FEW_VALUES,
)
from ibic_pipeline.report.measures import DAYS, UNITS, span_text, value_text
from ibic_pipeline.report.numbers import percent_text, period_text
from ibic_pipeline.report.quality_words import of_rule
from schemas.rulebook import every_rule

WHY_NO_BOUNDS = {
    NOT_SHOWN: "siffran visas inte",
    A_DIFFERENCE: "kan inte sägas om en skillnad mellan grupper",
    MOST_ARE_TOUCHED: "så många är berörda att medianen kan vara vilken som helst",
    TOO_FEW_VALUES: "för få värden på ena sidan",
    NOT_MEASURED: "kommunen skickar bara antal, eller är inte mätt än",
    INCOMPLETE: "alla kommuner är inte med i mätningen",
}


@dataclass(frozen=True)
class Effect:
    """A figure of one place and period with its bounds; these are None where ``varfor`` says why."""

    id: str
    namn: str
    matt: str
    period: str
    varde: float | None
    andel_berord: float | None
    lagst: float | None
    hogst: float | None
    orsak: str
    """What touches most of the units, and ``kod`` its rule; empty where that is no rule."""
    kod: str
    avvisade: int | None
    varfor: str

    @property
    def visas(self) -> bool:
        """Whether there is a figure, and something to say of it."""
        return self.andel_berord is not None

    @property
    def ritas(self) -> bool:
        """Whether it is a share with bounds to draw."""
        return self.matt == "andel" and bool(self.andel_berord) and self.varde is not None and self.lagst is not None

    @property
    def siffra(self) -> str:
        """The figure, as the pages of figures write it."""
        return "–" if self.varde is None else value_text(self.varde, self.matt, UNITS.get(self.id, DAYS))

    @property
    def granser(self) -> str:
        """The bounds, or why there are none."""
        if self.lagst is None or self.hogst is None:
            return self.varfor
        return span_text(self.lagst, self.hogst, self.matt, UNITS.get(self.id, DAYS))

    @property
    def berord(self) -> str:
        """The share that is touched, at most."""
        return "" if self.andel_berord is None else percent_text(self.andel_berord)


def effects(bounds: pd.DataFrame, figures: pd.DataFrame) -> list[Effect]:
    """Figures in reading order.

    Args:
        bounds: rows of ``datakvalitet_effekt`` of one place and one length of period.
        figures: rows of ``indikator`` of the same place, of everyone.
    """
    values = figures.set_index(["indikator", "period"])
    names = {each.id: each.namn for each in indicators()}
    found = []
    for row in bounds.itertuples():
        figure = values.loc[(row.indikator, row.period)] if (row.indikator, row.period) in values.index else None
        value = None if figure is None or row.matt == "skillnad" else _number(figure[row.matt])
        found.append(
            Effect(
                id=row.indikator,
                namn=names.get(row.indikator, ""),
                matt=row.matt,
                period=period_text(row.period),
                varde=value,
                andel_berord=_number(row.andel_berord),
                lagst=_number(row.lagst),
                hogst=_number(row.hogst),
                orsak=_reason(row.orsak),
                kod=row.orsak if row.orsak in every_rule() else "",
                avvisade=None if pd.isna(row.avvisade) else int(row.avvisade),
                varfor=WHY_NO_BOUNDS.get(row.skal, ""),
            )
        )
    return sorted(found, key=lambda each: reading_order(each.id))


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _reason(code: object) -> str:
    if not isinstance(code, str):
        return ""
    return EXCLUSIONS[code] if code in EXCLUSIONS else of_rule(every_rule()[code])
