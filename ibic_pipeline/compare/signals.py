"""Signal colours, by the county's thresholds and the direction in which an indicator is better."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.compare.statistics import share
from ibic_pipeline.county import Direction, Lan, Signal

NOT_EVALUATED = "ej_utvarderad"


def signal(
    taljare: np.ndarray, namnare: np.ndarray, riktning: Direction, thresholds: Signal, namnare_min: int
) -> np.ndarray:
    """``gron``, ``gul`` or ``rod`` per figure; ``ej_utvarderad`` where the denominator is under ``namnare_min`` or 0.

    Thresholds are shares in the direction that is better: for an indicator that should be low, of the units that are
    *not* in the numerator.
    """
    good = share(taljare if riktning == "hogre_ar_battre" else namnare - taljare, namnare)
    too_few = (namnare < namnare_min) | (namnare == 0)
    return np.select(
        [too_few, good >= thresholds.gron, good >= thresholds.gul], [NOT_EVALUATED, "gron", "gul"], default="rod"
    )


def thresholds_of(lan: Lan, indikator: str) -> Signal:
    """The indicator's own thresholds, or the county's default."""
    return lan.signaler.indikatorer.get(indikator, lan.signaler.standard)
