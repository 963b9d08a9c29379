"""The table ``rojandekontroll``: what was checked before anything was shown, and with what result.

After the records of automatic checkers of research output such as ACRO: a reader sees that each check was made, on how
many figures, how many it hid, and where somebody should look before the release is passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from ibic_pipeline.compare.disclosure.patterns import RULES, SHOWN, Pattern

GODKAND, GRANSKA, EJ_TILLAMPLIGT = "godkand", "granska", "ej_tillampligt"

ROJANDEKONTROLL = pa.schema(
    [
        ("indikator", pa.string()),
        ("kontroll", pa.string()),
        ("antal_provade", pa.int64()),
        ("antal_dolda", pa.int64()),
        ("antal_kvar", pa.int64()),
        ("utfall", pa.string()),
    ]
)
"""Columns of the published table ``rojandekontroll``."""


Checked = tuple[str, str, int, int, int]
"""An indicator, what was checked of it, and how many counts were tried, hidden and left too narrow."""


def record(patterns: Mapping[str, Pattern], others: Iterable[Checked], *, earlier: bool) -> pa.Table:
    """What was checked of each indicator; ``others``: what is published of them with a pattern of its own.

    ``antal_kvar``: counts known more exactly than the policy allows although everything that could be was hidden; they
    ask for somebody's decision (``granska``). ``earlier``: whether the release before was part of the check.
    """
    rows = [row for name, pattern in sorted(patterns.items()) for row in _of(name, pattern, earlier=earlier)]
    rows += [_row(*each) for each in others]
    return pa.Table.from_pylist(rows, schema=ROJANDEKONTROLL)


def _of(name: str, pattern: Pattern, *, earlier: bool) -> list[dict[str, Any]]:
    tried = len(pattern.rule)
    found = [
        _row(name, rule, tried if earlier or rule != "tidigare_utgava" else 0, int(np.sum(pattern.rule == rule)))
        for rule in RULES
        if rule != SHOWN
    ]
    found.append(_row(name, "undantagna", tried, int(pattern.excluded.sum())))
    found.append(_row(name, "tratt", len(pattern.left), int(pattern.left.sum())))
    return [*found, _row(name, "intervall", int(pattern.hidden.sum()), int(pattern.hidden.sum()), pattern.narrow)]


def _row(name: str, check: str, tried: int, hidden: int, left: int = 0) -> dict[str, Any]:
    outcome = GRANSKA if left else GODKAND if tried else EJ_TILLAMPLIGT
    return {
        "indikator": name,
        "kontroll": check,
        "antal_provade": tried,
        "antal_dolda": hidden,
        "antal_kvar": left,
        "utfall": outcome,
    }
