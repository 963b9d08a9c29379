"""What readers may see of every indicator, decided for all of them before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure.families import FIGURE, Family, families, same_cells
from ibic_pipeline.compare.disclosure.patterns import NOTHING, Control, Pattern, patterns_of
from ibic_pipeline.compare.paired import PAIRED, outcomes_of
from ibic_pipeline.derive.headers import Indicator

Read = Callable[[Indicator], pa.Table]

THREADS = 2
"""Families at once; each holds the figures of its indicators in memory."""


def decide(
    indicators: Sequence[Indicator], figures: Read, funnels: Read, pairs: Read, control: Control
) -> dict[str, Pattern]:
    """The pattern of each indicator.

    Args:
        figures: gives an indicator's as ``as_broken_down``; ``funnels`` as ``county_funnel``, ``pairs`` as ``pairs``.
    """
    by_id = {each.id: each for each in indicators}

    def of_family(family: Family) -> dict[str, Pattern]:
        tables = {each: figures(by_id[each]) for each in family.members}
        frames = {each: table.to_pandas() for each, table in tables.items() if table.num_rows}
        nothing = dict.fromkeys(family.members, NOTHING)
        if not frames:
            return nothing
        there = tuple(frames)
        steps = {each: funnels(by_id[each]).to_pandas() for each in there}
        state, paired = by_id[there[0]].typ == "tillstand", there[0] in PAIRED
        if not same_cells(list(frames.values())):
            return nothing | _hidden_together(frames, steps, control, state=state)
        outcomes = outcomes_of(frames[there[0]], pairs(by_id[there[0]]).to_pandas()) if paired else None
        part = replace(family, members=there)
        return nothing | patterns_of(part, frames, steps, control, state=state, outcomes=outcomes)

    # The solver lets go of the interpreter, so that two families take little more time than one.
    with ThreadPoolExecutor(THREADS) as threads:
        return {
            name: pattern for each in threads.map(of_family, families(list(by_id))) for name, pattern in each.items()
        }


def _hidden_together(
    frames: Mapping[str, pd.DataFrame], steps: Mapping[str, pd.DataFrame], control: Control, *, state: bool
) -> dict[str, Pattern]:
    """Patterns of indicators with the same units in some municipalities: what one hides, each of them hides."""
    names = {each: pd.MultiIndex.from_frame(frame[FIGURE].fillna("")) for each, frame in frames.items()}
    also = {each: np.zeros(len(frame), dtype=bool) for each, frame in frames.items()}
    while True:
        found = {
            each: patterns_of(Family((each,)), frames, steps, control, state=state, also=also[each])[each]
            for each in frames
        }
        hidden = [names[each][pattern.hidden] for each, pattern in found.items()]
        every = hidden[0].append(hidden[1:])
        more = {each: names[each].isin(every) & (frame["namnare"] > 0).to_numpy() for each, frame in frames.items()}
        if all((more[each] <= pattern.hidden).all() for each, pattern in found.items()):
            return found
        also = more
