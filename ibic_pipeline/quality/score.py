"""Scoring: today's thresholds laid over stored counts. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ibic_pipeline.quality.model import EJ_TILLAMPLIGT, FEL, GODKAND, UNDERKAND
from ibic_pipeline.quality.thresholds import Threshold

KEY = ["kommunkod", "kontroll", "tabell", "del"]
_ROUNDING = 1e-9


def scored(found: pd.DataFrame, limits: Mapping[str, Threshold]) -> pd.DataFrame:
    """Counts with ``andel``, ``troskel``, ``allvar`` and ``status``.

    Args:
        found: ``kontroll``, ``brister`` and ``underlag``, null where the check could not run. A column ``troskel`` that
            is there already goes before ``limits``.
    """
    brister, underlag = (found[name].to_numpy(float) for name in ("brister", "underlag"))
    asked = underlag > 0
    share = np.divide(brister, underlag, out=np.full(len(found), np.nan), where=asked)
    own = found["kontroll"].map({code: each.varde for code, each in limits.items()}).astype(float)
    limit = found["troskel"].astype(float).fillna(own) if "troskel" in found else own
    status = np.select(
        [np.isnan(brister) | np.isnan(underlag), ~asked, share > limit.to_numpy() + _ROUNDING],
        [FEL, EJ_TILLAMPLIGT, UNDERKAND],
        default=GODKAND,
    )
    severity = found["kontroll"].map({code: each.allvar for code, each in limits.items()})
    return found.assign(andel=share, troskel=limit, allvar=severity, status=status)


def latest_with_past(judged: pd.DataFrame) -> pd.DataFrame:
    """The latest delivery's results, with when each breach was first seen and when the check last held.

    Args:
        judged: the results of every delivery, as ``scored`` gives them, with ``KEY``, ``leverans`` and ``dag``.

    Returns:
        One row per ``KEY``. ``forst_sedd``: the first delivery in which it failed since it last held, null unless it
        fails now. ``senast_godkand``: the latest in which it held, null when it never has.
    """
    keys = [judged[name] for name in KEY]
    day = pd.to_datetime(judged["dag"])
    held = day.where(judged["status"] == GODKAND).groupby(keys).transform("max")
    failing = (judged["status"] == UNDERKAND) & (held.isna() | (day > held))
    first = day.where(failing).groupby(keys).transform("min")
    is_latest = judged["leverans"] == judged.groupby("kommunkod")["leverans"].transform("max")
    told = judged.assign(forst_sedd=first.where(judged["status"] == UNDERKAND), senast_godkand=held)
    return told[is_latest].reset_index(drop=True)
