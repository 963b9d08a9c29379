"""Which cells of the published tables are hidden, and by which rule; decided once per cell, for all its numbers.

A cell is one figure: an indicator's place, period and group. It is shown whole or hidden whole. How many were
excluded has a pattern of its own (hidden at least where the figure is), with the steps of the funnel as its groups,
and so has how many of them have a value. See docs/disclosure.md for the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.disclosure import is_small, never_shown, too_few
from ibic_pipeline.compare.earlier import Earlier, stays_hidden
from ibic_pipeline.compare.families import Family, measures
from ibic_pipeline.compare.funnels import Steps
from ibic_pipeline.compare.memory import Memory
from ibic_pipeline.compare.structures import CELL, cells_of, standing_for, structures_of
from ibic_pipeline.compare.suppression import Cells, Protection
from ibic_pipeline.county import Rojandekontroll

REASON, KEPT = "orsak", "kvar"
SHOWN = ""
RULES = (SHOWN, "skyddad_grupp", "namnare_min", "antal_min", "tidigare_utgava", "komplement")
"""Rules by which a cell is hidden; the first that holds is named. Only the first of them is published by its name."""


@dataclass(frozen=True)
class Pattern:
    """One indicator's cells; arrays by row of its figures (``rule``, ``excluded``) or of its funnel."""

    rule: np.ndarray
    """One of ``RULES``."""
    excluded: np.ndarray
    """Whether the number of excluded is hidden; further on the same of ``kvar``, ``i_taljare`` and ``med_varde``."""
    left: np.ndarray
    counted: np.ndarray
    with_value: np.ndarray
    narrow: int
    """How many cells are more narrowly known than the policy allows, because nothing more could be hidden."""

    @property
    def hidden(self) -> np.ndarray:
        """Whether the figure is hidden."""
        found: np.ndarray = self.rule != SHOWN
        return found


_NONE = np.zeros(0, dtype=bool)
NOTHING = Pattern(_NONE.astype(object), _NONE, _NONE, _NONE, _NONE, narrow=0)
"""Of an indicator without figures."""


@dataclass(frozen=True)
class Control:
    """What decides a pattern beside the counts."""

    policy: Rojandekontroll
    memory: Memory
    earlier: Earlier | None = None

    @property
    def protection(self) -> Protection:
        """What must be left open."""
        return Protection(width=self.policy.skyddsbredd.varde, mass=self.policy.antal_min.varde)


def patterns_of(
    family: Family,
    figures: Mapping[str, pd.DataFrame],
    funnels: Mapping[str, pd.DataFrame],
    control: Control,
    *,
    state: bool,
    outcomes: np.ndarray | None = None,
) -> dict[str, Pattern]:
    """The patterns of a family's indicators.

    Args:
        figures: indicator -> rows as ``county`` gives them; the same cells in the same order for each of the family.
        funnels: indicator -> rows as ``county_funnel`` gives them, in order of places, periods and steps.
        state: figures are of a period's last day, so that a quarter's is that of its last month.
        outcomes: by row of the figures, counts that are published beside them and add up to the denominator.
    """
    first = figures[family.members[0]]
    names = cells_of(first)
    of_row, unique = pd.factorize(pd.MultiIndex.from_frame(standing_for(names) if state else names), sort=True)
    cells = pd.DataFrame(list(unique), columns=CELL)
    row = np.unique(of_row, return_index=True)[1]
    numbers = {name: first[name].to_numpy()[row] for name in ("namnare", "taljare", "exkluderade")}
    taljare = {each: figures[each]["taljare"].to_numpy()[row] for each in family.members}
    counts = measures(numbers["namnare"], taljare, family) if outcomes is None else outcomes[row]
    seen = None if control.earlier is None else control.earlier.seen(family.members, cells, state=state)
    rule, narrow = _figure_rules(cells, counts, numbers, seen, control)
    found = {}
    for each in family.members:
        steps = Steps.of(funnels[each], state=state)
        excluded, reasons, more = _exclusions(cells, numbers, rule != SHOWN, steps, seen, control)
        figure_of_total = _of_totals(cells, steps.places, rule != SHOWN)
        kept, with_value, most = _values(steps, figure_of_total, reasons, control)
        left, counted, value = steps.hidden(
            figure_of_total, _of_totals(cells, steps.places, excluded), reasons, kept, with_value
        )
        found[each] = Pattern(rule[of_row], excluded[of_row], left, counted, value, narrow + more + most)
    return found


def _figure_rules(
    cells: pd.DataFrame,
    counts: np.ndarray,
    numbers: Mapping[str, np.ndarray],
    seen: pd.DataFrame | None,
    control: Control,
) -> tuple[np.ndarray, int]:
    namnare = numbers["namnare"]
    withheld = never_shown(cells["grupp"])
    few = too_few(namnare, control.policy)
    small = is_small(counts, control.policy.antal_min.varde).any(axis=1)
    kept, open_ = _before(cells, seen, {name: numbers[name] for name in ("namnare", "taljare")}, "figur", control)
    kept &= namnare > 0
    start = withheld | few | small | kept
    hidden, narrow = protected(cells, counts, start, open_ & (namnare > 0), control, few)
    named = [withheld, few, small, kept, hidden]
    return np.select(named, RULES[1:], default=SHOWN).astype(object), narrow


def _exclusions(
    cells: pd.DataFrame,
    numbers: Mapping[str, np.ndarray],
    figure: np.ndarray,
    steps: Steps,
    seen: pd.DataFrame | None,
    control: Control,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Whether the number of excluded is hidden, by cell, and by place and step; and how many are too narrow."""
    excluded = numbers["exkluderade"]
    kept, open_ = _before(cells, seen, {"exkluderade": excluded}, "undantagna", control)
    of_step = steps.groups(REASON)
    together = pd.concat([cells, of_step], ignore_index=True)
    counts = np.concatenate([excluded, steps.reasons.ravel()])
    figure_of_step = np.repeat(_of_totals(cells, steps.places, figure), steps.reasons.shape[1])
    start = is_small(counts, control.policy.antal_min.varde)
    start |= np.concatenate([figure | kept, figure_of_step])
    may = np.concatenate([open_, np.ones(len(of_step), dtype=bool)]) & (counts > 0)
    hidden, narrow = protected(together, counts[:, None], start, may, control)
    return hidden[: len(cells)], hidden[len(cells) :].reshape(steps.reasons.shape), narrow


def _values(
    steps: Steps, figure: np.ndarray, reasons: np.ndarray, control: Control
) -> tuple[np.ndarray, np.ndarray, int]:
    """Whether it is hidden how many have a value: by place, of those that are left and of each step."""
    with_value = np.column_stack([steps.kept_with_value, steps.reasons_with_value])
    counts = np.column_stack([steps.kept, steps.reasons])
    parts = np.stack([with_value.ravel(), (counts - with_value).ravel()], axis=1)
    start = is_small(parts, control.policy.antal_min.varde).any(axis=1)
    start |= np.column_stack([figure, reasons]).ravel()
    names = steps.groups(REASON, kept=KEPT)
    hidden, narrow = protected(names, parts, start, counts.ravel() > 0, control)
    by_place = hidden.reshape(counts.shape)
    return by_place[:, 0], by_place[:, 1:], narrow


def protected(
    cells: pd.DataFrame,
    counts: np.ndarray,
    hidden: np.ndarray,
    may_hide: np.ndarray,
    control: Control,
    few: np.ndarray | None = None,
) -> tuple[np.ndarray, int]:
    """Hidden cells with those that must be hidden beside them, and how many remain too narrow.

    Nothing adds up across years, nor across days of a state, so it is done one at a time. The arguments are as in
    ``Cells``.
    """
    few = np.zeros(len(cells), dtype=bool) if few is None else few
    result, narrow = hidden.copy(), 0
    order = _order(cells, counts)
    # What happened is replaced at times by what happens later, so that a sum may not hold; readers who take it
    # to hold are then wrong, and where it holds they are right.
    sums = [each.where((each.sums(counts) == counts[each.parent]).all(axis=1)) for each in structures_of(cells)]
    days = (cells["months"] == 1).all()
    apart = cells["number"] if days else ((cells["number"] + 1) * cells["months"] - 1) // 12
    for rows in cells.groupby(apart.to_numpy()).indices.values():
        own = [each for each in (every.of(rows) for every in sums) if len(each)]
        block = Cells(counts[rows], may_hide[rows], order[rows].argsort().argsort(), own, few[rows])
        result[rows], more = control.memory.protect(block, hidden[rows], control.protection)
        narrow += more
    return result, narrow


def _order(cells: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Small cells before large ones, in classes so wide that a few more or less seldom change the choice."""
    size = np.floor(np.log2(counts.sum(axis=1) + 1))
    found = np.empty(len(cells), dtype=np.int64)
    found[np.lexsort((pd.util.hash_pandas_object(cells, index=False).to_numpy(), size))] = np.arange(len(cells))
    return found


def _before(
    cells: pd.DataFrame,
    seen: pd.DataFrame | None,
    counts: Mapping[str, np.ndarray],
    which: str,
    control: Control,
) -> tuple[np.ndarray, np.ndarray]:
    """Cells that stay hidden because they were, and cells that can still be hidden because they are not known."""
    if seen is None or control.earlier is None:
        return np.zeros(len(cells), dtype=bool), np.ones(len(cells), dtype=bool)
    unchanged = control.earlier.unchanged(cells["place"])
    shown_before = (seen["known"] & ~seen[which]).to_numpy()
    return stays_hidden(cells, seen, unchanged, counts, which), ~(unchanged & shown_before)


def _of_totals(cells: pd.DataFrame, places: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """``values`` of the totals of ``places`` (their place and period)."""
    named = places.assign(brytning=TOTAL, grupp=EVERYONE)
    found = pd.MultiIndex.from_frame(cells[CELL]).get_indexer(pd.MultiIndex.from_frame(named[CELL]))
    return values[found]
