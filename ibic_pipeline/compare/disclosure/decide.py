"""What readers may see of every indicator, decided for all of them before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow as pa

from ibic_pipeline.compare.disclosure.families import Family, families, same_cells
from ibic_pipeline.compare.disclosure.patterns import NOTHING, Control, Pattern, patterns_of
from ibic_pipeline.compare.paired import PAIRED, outcomes_of
from ibic_pipeline.derive.headers import Indicator

Read = Callable[[Indicator], pa.Table]


def decide(
    indicators: Sequence[Indicator], figures: Read, funnels: Read, pairs: Read, control: Control
) -> dict[str, Pattern]:
    """The pattern of each indicator.

    Args:
        figures: gives an indicator's as ``as_broken_down``; ``funnels`` as ``county_funnel``, ``pairs`` as ``pairs``.
    """
    by_id = {each.id: each for each in indicators}
    found: dict[str, Pattern] = {}
    for family in families(list(by_id)):
        tables = {each: figures(by_id[each]) for each in family.members}
        frames = {each: table.to_pandas() for each, table in tables.items() if table.num_rows}
        found |= dict.fromkeys(family.members, NOTHING)
        if not frames:
            continue
        there = tuple(frames)
        steps = {each: funnels(by_id[each]).to_pandas() for each in there}
        together = [replace(family, members=there)]
        for part in together if same_cells(list(frames.values())) else [Family((each,)) for each in there]:
            first = part.members[0]
            paired = pairs(by_id[first]).to_pandas() if first in PAIRED else None
            outcomes = None if paired is None else outcomes_of(frames[first], paired)
            state = by_id[first].typ == "tillstand"
            found |= patterns_of(part, frames, steps, control, state=state, outcomes=outcomes)
    return found
