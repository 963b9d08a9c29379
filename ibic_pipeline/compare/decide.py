"""What readers may see of every indicator, decided for all of them before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.families import Family, families
from ibic_pipeline.compare.paired import PAIRED, outcomes_of
from ibic_pipeline.compare.patterns import NOTHING, Control, Pattern, patterns_of
from ibic_pipeline.derive.headers import Indicator

Read = Callable[[Indicator], pa.Table]


def decide(indicators: Sequence[Indicator], figures: Read, funnels: Read, pairs: Read, control: Control) -> dict[str, Pattern]:
    """The pattern of each indicator.

    Args:
        figures: gives an indicator's as ``as_broken_down``; ``funnels`` as ``county_funnel``, ``pairs`` as ``pairs``.
    """
    by_id = {each.id: each for each in indicators}
    found: dict[str, Pattern] = {}
    for family in families(list(by_id)):
        if not any(figures(by_id[each]).num_rows for each in family.members):
            found |= dict.fromkeys(family.members, NOTHING)
            continue
        tables = {each: figures(by_id[each]) for each in family.members}
        frames = {each: table.to_pandas() for each, table in tables.items()}
        steps = {each: funnels(by_id[each]).to_pandas() for each in family.members}
        for part in [family] if _same_cells(list(frames.values())) else [Family((each,)) for each in family.members]:
            first = part.members[0]
            outcomes = outcomes_of(tables[first], pairs(by_id[first])) if first in PAIRED else None
            state = by_id[first].typ == "tillstand"
            found |= patterns_of(part, frames, steps, control, state=state, outcomes=outcomes)
    return found


def _same_cells(frames: Sequence[pd.DataFrame]) -> bool:
    """Whether they are: a municipality whose version is of an earlier definition of one of them makes a difference."""
    names = ["niva", "kommunkod", "period_typ", "period", "brytning", "grupp", "namnare", "exkluderade"]
    first = frames[0][names].reset_index(drop=True)
    return all(first.equals(each[names].reset_index(drop=True)) for each in frames[1:])
