"""One figure beside another: a year earlier, and the municipalities of a county among each other.

Everything here is worked out from counts that may not be shown, and left out where one of the figures is hidden.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.compare.changes import TOTAL
from ibic_pipeline.compare.statistics import difference_interval, funnel_limits, rank_groups, share, wilson_interval
from ibic_pipeline.derive.headers import Indicator

CHANGE = ("forandring_pe", "forandring_ki_lag", "forandring_ki_hog")
"""The change since the same period a year earlier and its interval, in percentage points."""

LEVELS = {"95": 0.95, "998": 0.998}
LIMITS = tuple(f"trattgrans_{level}_{side}" for level in LEVELS for side in ("lag", "hog"))
"""Funnel limits around the county's share."""

_PERIOD = ["period_typ", "period"]
_PLACE = ["niva", "kommunkod"]


def changes_of_a_year(found: pd.DataFrame, hidden: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of ``CHANGE`` for one indicator's figures; a rolling window is best compared with itself a year ago.

    The county's change is left out when it is not of the same municipalities in both periods.
    """
    keys = [*_PLACE, *_PERIOD, "brytning", "grupp"]
    now = found[[*keys, "namnare", "taljare"]].assign(hidden=hidden, kommuner=_municipalities(found))
    now["kommunkod"] = now["kommunkod"].fillna("")
    later = now["period"].str
    # The figures of a period, under the name of the same period a year later.
    before = now.assign(period=(later[:4].astype(int) + 1).astype(str) + later[4:])
    both = now.merge(before, on=keys, how="left", suffixes=("", "_fore"))
    comparable = both["namnare_fore"].notna() & ~both["hidden"] & both["hidden_fore"].eq(False)
    comparable &= both["niva"].ne("lan") | both["kommuner"].eq(both["kommuner_fore"])
    counts = [both[name].where(comparable, 0).to_numpy(dtype=np.int64) for name in _COUNTS]
    return dict(zip(CHANGE, (100 * each for each in difference_interval(*counts)), strict=True))


_COUNTS = ("taljare", "namnare", "taljare_fore", "namnare_fore")


def _municipalities(found: pd.DataFrame) -> np.ndarray:
    """How many municipalities each row's period is counted for. A later period never has others than an earlier one."""
    counted = found["niva"].eq("kommun") & found["brytning"].eq(TOTAL)
    number: np.ndarray = counted.groupby([found[name] for name in _PERIOD]).transform("sum").to_numpy()
    return number


def ranks(found: pd.DataFrame, hidden: np.ndarray, indicator: Indicator) -> dict[str, pd.Series]:
    """``rang_lag`` and ``rang_hog`` of municipalities' totals: best and worst possible rank among those shown."""
    low, high = wilson_interval(found["taljare"].to_numpy(), found["namnare"].to_numpy())
    rows = np.flatnonzero(_of_municipalities(found) & ~hidden & ~np.isnan(low))
    best, worst = np.full((2, len(found)), np.nan)
    for places in found.iloc[rows].groupby(_PERIOD).indices.values():
        chosen = rows[places]
        best[chosen], worst[chosen] = rank_groups(low[chosen], high[chosen], indicator.riktning)
    return {"rang_lag": _whole(best), "rang_hog": _whole(worst)}


def limits_around_the_county(found: pd.DataFrame, hidden: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of ``LIMITS`` for municipalities' totals."""
    shares = pd.Series(share(found["taljare"].to_numpy(), found["namnare"].to_numpy()))
    of_county = (found["niva"].eq("lan") & found["brytning"].eq(TOTAL)).to_numpy() & ~hidden
    # One row per period is the county's; the others are NaN, which `max` passes over.
    centre = shares.where(of_county).groupby([found[name].to_numpy() for name in _PERIOD]).transform("max").to_numpy()
    centre = np.where(_of_municipalities(found) & ~hidden, centre, np.nan)
    limits = [limit for level in LEVELS.values() for limit in funnel_limits(found["namnare"].to_numpy(), centre, level)]
    return dict(zip(LIMITS, limits, strict=True))


def _of_municipalities(found: pd.DataFrame) -> np.ndarray:
    chosen: np.ndarray = (found["niva"].eq("kommun") & found["brytning"].eq(TOTAL)).to_numpy()
    return chosen


def _whole(numbers: np.ndarray) -> pd.Series:
    return pd.Series(numbers, dtype="float64[pyarrow]").mask(np.isnan(numbers)).astype("int64[pyarrow]")
