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
from ibic_pipeline.compare.disclosure.earlier import Before, Earlier, facing
from ibic_pipeline.compare.disclosure.families import Family, measures, same_cells
from ibic_pipeline.compare.disclosure.funnels import Steps
from ibic_pipeline.compare.disclosure.memory import Memory
from ibic_pipeline.compare.disclosure.rules import is_small, never_shown, too_few
from ibic_pipeline.compare.disclosure.structures import CELL, EARLIER, cells_once, structures_of
from ibic_pipeline.compare.disclosure.suppression import Cells, Protection
from ibic_pipeline.compare.paired import outcomes_of
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
    also: np.ndarray | None = None,
) -> dict[str, Pattern]:
    """The patterns of a family's indicators.

    Args:
        figures: indicator -> rows as ``county`` gives them; the same cells in the same order for each of the family.
        funnels: indicator -> rows as ``county_funnel`` gives them, in order of places, periods and steps.
        state: figures are of a period's last day, so that a quarter's is that of its last month.
        outcomes: by row of the figures, counts that are published beside them and add up to the denominator.
        also: by row of the figures, whether it is hidden at any rate.
    """
    first = figures[family.members[0]]
    cells, row, of_row = cells_once(first, state=state)
    namnare, excluded = (first[name].to_numpy()[row] for name in ("namnare", "exkluderade"))
    taljare = {each: figures[each]["taljare"].to_numpy()[row] for each in family.members}
    counts = measures(namnare, taljare, family) if outcomes is None else outcomes[row][:, None]
    seen = _Seen.of(family, first["version"].iloc[0], control, state=state, paired=outcomes is not None)
    start = np.zeros(len(cells), dtype=bool)
    if also is not None:
        np.logical_or.at(start, of_row, also)
    rule, narrow = _figure_rules(cells, counts, namnare, start & (namnare > 0), seen.figures, control)
    found = {}
    for each in family.members:
        steps = Steps.of(funnels[each], state=state)
        before = seen.steps.get(each)
        hides, reasons, more = _exclusions(cells, excluded, rule != SHOWN, steps, seen.excluded, before, control)
        figure_of_total = _of_totals(cells, steps.places, rule != SHOWN)
        kept, with_value, most = _values(steps, figure_of_total, reasons, before, control)
        left, counted, value = steps.hidden(
            figure_of_total, _of_totals(cells, steps.places, hides), reasons, kept, with_value
        )
        found[each] = Pattern(rule[of_row], hides[of_row], left, counted, value, narrow + more + most)
    return found


def _figure_rules(
    cells: pd.DataFrame,
    counts: np.ndarray,
    namnare: np.ndarray,
    also: np.ndarray,
    before: Before | None,
    control: Control,
) -> tuple[np.ndarray, int]:
    withheld = never_shown(cells["grupp"])
    few = too_few(namnare, control.policy)
    small = is_small(counts, control.policy.antal_min.varde).any(axis=(1, 2))
    start = withheld | few | small | also
    hidden, kept, narrow = protected(cells, counts, start, namnare > 0, control, few, before)
    named = [withheld, few, small, kept, hidden]
    return np.select(named, RULES[1:], default=SHOWN).astype(object), narrow


def _exclusions(
    cells: pd.DataFrame,
    excluded: np.ndarray,
    figure: np.ndarray,
    steps: Steps,
    totals: Before | None,
    before: Steps | None,
    control: Control,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Whether the number of excluded is hidden, by cell, and by place and step; and how many are too narrow."""
    of_step = steps.groups(REASON)
    together = pd.concat([cells, of_step], ignore_index=True)
    counts = np.concatenate([excluded, steps.reasons.ravel()])
    figure_of_step = np.repeat(_of_totals(cells, steps.places, figure), steps.reasons.shape[1])
    start = is_small(counts, control.policy.antal_min.varde) | np.concatenate([figure, figure_of_step])
    earlier = None
    if totals is not None and before is not None:
        names = pd.concat([totals.cells, before.groups(REASON)], ignore_index=True)
        then = np.concatenate([totals.counts.ravel(), before.reasons.ravel()])
        unseen = np.concatenate([totals.hidden, before.hidden_reasons.ravel()])
        earlier = Before(names, then[:, None, None], unseen, np.zeros(len(names), dtype=bool))
    hidden, _, narrow = protected(together, counts[:, None, None], start, counts > 0, control, before=earlier)
    return hidden[: len(cells)], hidden[len(cells) :].reshape(steps.reasons.shape), narrow


def _values(
    steps: Steps, figure: np.ndarray, reasons: np.ndarray, before: Steps | None, control: Control
) -> tuple[np.ndarray, np.ndarray, int]:
    """Whether it is hidden how many have a value: by place, of those that are left and of each step."""
    parts = steps.with_and_without_value()
    start = is_small(parts, control.policy.antal_min.varde).any(axis=(1, 2))
    start |= np.column_stack([figure, reasons]).ravel()
    names = steps.groups(REASON, kept=KEPT)
    earlier = None
    if before is not None:
        then, unseen = before.with_and_without_value(), before.hidden_value.ravel()
        earlier = Before(before.groups(REASON, kept=KEPT), then, unseen, np.zeros(len(then), dtype=bool))
    hidden, _, narrow = protected(names, parts, start, parts.sum(axis=(1, 2)) > 0, control, before=earlier)
    by_place = hidden.reshape(steps.counts.shape)
    return by_place[:, 0], by_place[:, 1:], narrow


def protected(
    cells: pd.DataFrame,
    counts: np.ndarray,
    hidden: np.ndarray,
    may_hide: np.ndarray,
    control: Control,
    few: np.ndarray | None = None,
    before: Before | None = None,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Hidden cells with those that must be hidden beside them, which of them were before, and how many are too narrow.

    Nothing adds up across years, so it is done one at a time. The arguments are as in ``Cells``, but that ``counts`` is
    by cell, whole and part.
    """
    days = bool((cells["months"] == 1).all())

    def year(names: pd.DataFrame) -> pd.Series:
        return ((names["number"] + 1) * names["months"] - 1) // 12

    def apart(names: pd.DataFrame) -> pd.Series:
        return names["number"] if days else year(names)

    number, parts = len(cells), counts.shape[2]
    few = np.zeros(number, dtype=bool) if few is None else few
    seen = facing(cells, counts, before, apart)
    hidden, may_hide, shared = hidden | seen.kept & (counts > 0).any(axis=(1, 2)), may_hide & ~seen.known, seen.shared
    if seen.other is not None:
        cells = pd.concat([cells, seen.other.cells], ignore_index=True)
        counts = np.concatenate([counts, seen.other.counts])
        hidden, few = np.concatenate([hidden, seen.other.hidden]), np.concatenate([few, seen.other.few])
        fixed = np.zeros(len(seen.other.cells), dtype=bool)
        may_hide, shared = np.concatenate([may_hide, fixed]), np.concatenate([shared, fixed])
    counts = counts.reshape(len(cells), counts.shape[1] * parts)
    result, narrow = hidden.copy(), 0
    order = _order(cells, counts)
    of_place = cells["place"].str.removeprefix(EARLIER)
    places = of_place.where(of_place != "").factorize(sort=True)[0]  # -1 where there is none
    # What happened is replaced at times by what happens later, so that a sum may not hold; readers who take it
    # to hold are then wrong, and where it holds they are right.
    every = structures_of(cells, shared)
    sums = [each.where((each.sums(counts) == counts[each.parent]).all(axis=1)) for each in every]
    for rows in cells.groupby(year(cells).to_numpy()).indices.values():
        own = [each for each in (whole.of(rows) for whole in sums) if len(each)]
        rank = order[rows].argsort().argsort()
        block = Cells(counts[rows], parts, may_hide[rows], rank, own, few[rows], places[rows])
        result[rows], more = control.memory.protect(block, hidden[rows], control.protection)
        narrow += more
    return result[:number], seen.kept, narrow


def _order(cells: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Small cells before large ones, in classes so wide that a few more or less seldom change the choice."""
    size = np.floor(np.log2(counts.sum(axis=1) + 1))
    found = np.empty(len(cells), dtype=np.int64)
    found[np.lexsort((pd.util.hash_pandas_object(cells, index=False).to_numpy(), size))] = np.arange(len(cells))
    return found


@dataclass(frozen=True)
class _Seen:
    """What the release before showed of a family."""

    figures: Before | None
    excluded: Before | None
    steps: Mapping[str, Steps]

    @staticmethod
    def of(family: Family, version: str, control: Control, *, state: bool, paired: bool) -> _Seen:
        """``paired``: the outcomes of the same goals are published beside the figures."""
        earlier = control.earlier
        if earlier is None:
            return _Seen(None, None, {})
        frames = {each: earlier.figures(each) for each in family.members}
        first = frames[family.members[0]]
        # By another definition the same units gave other counts, so that nothing adds up with them.
        if not len(first) or first["version"].iloc[0] != version or not same_cells(list(frames.values())):
            return _Seen(None, None, {})
        outcomes = outcomes_of(first, earlier.pairs(family.members[0])) if paired else None
        cells, row, _ = cells_once(first, state=state)
        namnare, excluded = (first[name].to_numpy()[row] for name in ("namnare", "exkluderade"))
        taljare = {each: frame["taljare"].to_numpy()[row] for each, frame in frames.items()}
        hidden = np.logical_or.reduce([frame["dold"].to_numpy()[row] for frame in frames.values()])
        unseen = np.logical_or.reduce([frame["undantagna_dolda"].to_numpy()[row] for frame in frames.values()])
        few = too_few(namnare, control.policy)
        counts = measures(namnare, taljare, family) if outcomes is None else outcomes[row][:, None]
        return _Seen(
            Before(cells, counts, hidden, few) if paired == (outcomes is not None) else None,
            Before(cells, excluded[:, None, None], unseen, np.zeros(len(cells), dtype=bool)),
            {each: Steps.of(earlier.funnel(each), state=state) for each in family.members},
        )


def _of_totals(cells: pd.DataFrame, places: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """``values`` of the totals of ``places`` (their place and period)."""
    named = places.assign(brytning=TOTAL, grupp=EVERYONE)
    found = pd.MultiIndex.from_frame(cells[CELL]).get_indexer(pd.MultiIndex.from_frame(named[CELL]))
    of_totals: np.ndarray = values[found]
    return of_totals
