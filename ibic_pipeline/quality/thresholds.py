"""Which share of breaches each check accepts: its own threshold, or the one that the county has set."""

from __future__ import annotations

from dataclasses import dataclass

from ibic_pipeline.county import Lan
from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.quality.catalogue import every_check
from ibic_pipeline.quality.model import Severity


@dataclass(frozen=True)
class Threshold:
    """``varde``: a larger share of breaches fails the check. ``varfor``: a sentence on why."""

    varde: float
    allvar: Severity
    varfor: str


def thresholds(lan: Lan) -> dict[str, Threshold]:
    """Id of each check -> its threshold today.

    Raises:
        IbicError: ``lan.yaml`` names a check that there is not.
    """
    checks = every_check()
    for code in lan.kvalitet:
        if code not in checks:
            raise IbicError(
                "the id of a data quality check under kvalitet in lan.yaml",
                f"{code}{did_you_mean(code, checks)}",
                "Correct it; docs/quality.md lists them.",
            )
    own = {code: Threshold(each.threshold, each.severity, each.why) for code, each in checks.items()}
    set_here = {
        code: Threshold(each.varde, each.allvar or own[code].allvar, each.not_) for code, each in lan.kvalitet.items()
    }
    return own | set_here
