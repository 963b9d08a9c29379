"""Disclosure control: what a reader may see of a figure, and under which status. A hidden number is null, never 0."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.compare.quantiles import QUANTILES, interval_ranks, p90_rank
from ibic_pipeline.county import Rojandekontroll

VISAS, UNDERTRYCKT, OSAKER = "visas", "undertryckt", "osaker"
EJ_TILLAMPLIGT, EJ_UTVARDERAD = "ej_tillampligt", "ej_utvarderad"

_NEVER_SHOWN = r"(?:^|_x_)ej_redovisad(?:$|_x_)"


def never_shown(groups: pd.Series) -> np.ndarray:
    """True where a group, or a part of a crossed one, holds persons of protected identity (beside unknown values)."""
    found: np.ndarray = groups.str.contains(_NEVER_SHOWN).to_numpy(dtype=bool)
    return found


def is_small(counts: np.ndarray, antal_min: int) -> np.ndarray:
    """True where a count is not 0 but so low that it may point at someone."""
    small: np.ndarray = (counts > 0) & (counts < antal_min)
    return small


def too_few(namnare: np.ndarray, policy: Rojandekontroll) -> np.ndarray:
    """True where a denominator is not 0 but too small to be shown."""
    return is_small(namnare, max(policy.antal_min.varde, policy.namnare_min.varde))


def must_be_hidden(namnare: np.ndarray, taljare: np.ndarray, policy: Rojandekontroll) -> np.ndarray:
    """True where the numerator, the rest or the denominator of a share that adds up with no other is too small."""
    antal_min = policy.antal_min.varde
    parts = (is_small(taljare, antal_min), is_small(namnare - taljare, antal_min), too_few(namnare, policy))
    hidden: np.ndarray = np.logical_or.reduce(parts)
    return hidden


def status_of(namnare: np.ndarray, hidden: np.ndarray, policy: Rojandekontroll) -> np.ndarray:
    """The status of each figure that was evaluated."""
    return np.select(
        [hidden, namnare == 0, namnare < policy.osaker_under.varde], [UNDERTRYCKT, EJ_TILLAMPLIGT, OSAKER], VISAS
    )


def rule_of(status: np.ndarray, rule: np.ndarray) -> np.ndarray:
    """The rule that decided a status, as it is published; None where a figure is shown plainly.

    That a number is small itself, or only beside a small one, is not told: of two hidden numbers that add up to a known
    one, it would tell which is the small one. The reasons of a status that can be seen anyway are told.
    """
    withheld = rule == "skyddad_grupp"
    told = {
        UNDERTRYCKT: "sma_tal",
        OSAKER: "osaker_under",
        EJ_TILLAMPLIGT: "tom_namnare",
        EJ_UTVARDERAD: "ej_levererat",
    }
    found = pd.Series(status).map(told).astype(object).where(~withheld, "skyddad_grupp")
    named: np.ndarray = found.where(status != VISAS, None).to_numpy()
    return named


def null_where(values: np.ndarray, hidden: np.ndarray) -> pd.Series:
    """Whole numbers, null where they are hidden."""
    return pd.Series(values, dtype="int64[pyarrow]").mask(hidden)


def quantiles_shown(found: pd.DataFrame, withheld: np.ndarray, policy: Rojandekontroll) -> dict[str, np.ndarray]:
    """Medians, percentiles and their bounds where they may be shown, else NaN; ``found`` has a summary's columns.

    Each of them is some unit's value. It is shown when the units are enough for a share, and ``antal_min`` of them have
    that value or a higher one and ``antal_min`` that or a lower one, so that it is nobody's own. A bound is shown where
    its estimate is.
    """
    n = found["antal_varden"].fillna(0).to_numpy(dtype=np.int64)
    enough = (n > 0) & ~too_few(n, policy) & ~withheld
    ranks: dict[str, tuple[np.ndarray, np.ndarray]] = {"median": ((n + 1) // 2, n // 2 + 1)}
    ranks["p90"] = (p90_rank(n), p90_rank(n))
    for name, quantile in QUANTILES.items():
        low, high = interval_ranks(n, quantile)
        ranks |= {f"{name}_ki_lag": (low, low), f"{name}_ki_hog": (high, high)}
    least = max(policy.antal_min.varde, 1)
    may = {name: enough & (low >= least) & (n - high + 1 >= least) for name, (low, high) in ranks.items()}
    return {
        name: np.where(fine & may[name.partition("_")[0]], found[name].to_numpy(dtype=float), np.nan)
        for name, fine in may.items()
    }
