"""What single values mean: codes, the scale, months, ages and the first of several reasons."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = dict[str, Any]
Reason = str | None

HIDDEN = "ej_redovisad"


@dataclass(frozen=True)
class Codes:
    """What codes mean: the law and need assessment of ``lagrum``, groups of ``insats`` and ``regiform``, two rules."""

    law: Mapping[str, str]
    not_assessed: frozenset[str]
    kind: Mapping[str, str]
    form: Mapping[str, str]
    without_plan: frozenset[str]
    without_follow_up: frozenset[str]


SMALL = Codes(
    law={"sol_2001": "SoL", "sol_2001_utan_behovsprovning": "SoL", "lss": "LSS"},
    not_assessed=frozenset({"sol_2001_utan_behovsprovning"}),
    kind={k: k for k in ("hemtjanst", "korttidsplats", "trygghetslarm", "sarskilt_boende", "lss_boende")},
    form={"kommunal": "kommunal", "privat_lov": "privat"},
    without_plan=frozenset({"korttidsplats"}),
    without_follow_up=frozenset({"trygghetslarm"}),
)
"""The codes of ``tests.support.small_tables.reference``."""


def is_done(follow_up: Row) -> bool:
    return follow_up["status"] == "klarmarkerad" and follow_up["datum"] is not None


def number_on_scale(value: int | None) -> int | None:
    """0 to 4; 8 and 9 say that there is no number."""
    return value if value in (0, 1, 2, 3, 4) else None


def first(**reasons: bool) -> Reason:
    """The first reason that applies."""
    return next((name for name, applies in reasons.items() if applies), None)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age_group(born: int | None, year: int) -> str:
    if born is None or year < born:
        return HIDDEN
    for limit, name in ((18, "0-17"), (65, "18-64"), (80, "65-79")):
        if year - born < limit:
            return name
    return "80+"
