"""When a delivery is refused as a whole because of its numbers: too few rows, too many of them quarantined."""

from __future__ import annotations

import pyarrow as pa

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.profile import Profil
from schemas.delivery_rules import refusal

ROWS_TO_JUDGE_AN_EXPORT = 50
"""In a smaller export one refused decision and its children are a large share; only the whole delivery is judged."""


def check_limits(avstamning: pa.Table, previous: pa.Table | None, profil: Profil) -> None:
    """Compare a delivery's accounting with the profile's limits and with last time's, per export and as a whole.

    File names change from one delivery to the next; exports do not.

    Raises:
        DeliveryRefused: LEV-005 or LEV-006; every reason found.
    """
    read = _per_export(avstamning, "last")
    quarantined = _per_export(avstamning, "karantan")
    before = {} if previous is None else _per_export(previous, "last")
    limits = profil.leverans
    reasons = []
    for export, rows in before.items():
        if read.get(export, 0) < limits.lagsta_andel_av_forra * rows:
            reasons.append(refusal("LEV-005", f"{read.get(export, 0)} rader i {export}, mot {rows} förra gången"))
    judged = {export: (quarantined[export], rows) for export, rows in read.items() if rows >= ROWS_TO_JUDGE_AN_EXPORT}
    judged["hela leveransen"] = sum(quarantined.values()), sum(read.values())
    for what, (refused, rows) in judged.items():
        if refused > limits.hogsta_andel_karantan * rows:
            reasons.append(refusal("LEV-006", f"{refused} av {rows} rader avvisade i {what}"))
    if reasons:
        raise DeliveryRefused(reasons)


def _per_export(avstamning: pa.Table, column: str) -> dict[str, int]:
    sums = avstamning.group_by("export", use_threads=False).aggregate([(column, "sum")])
    return dict(zip(sums["export"].to_pylist(), sums[f"{column}_sum"].to_pylist(), strict=True))
