"""The steps of process chains as counts that add up: who is lost at each step, in each place and in the county."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.disclosure.earlier import Before
from ibic_pipeline.compare.disclosure.patterns import Control, protected
from ibic_pipeline.compare.disclosure.rules import is_small, too_few
from ibic_pipeline.compare.disclosure.structures import CELL, cells_once

STEP = "kedjesteg"
"""The breakdown of those whom a figure's numerator leaves out, by the step at which they are lost."""


@dataclass(frozen=True)
class Chains:
    """Chains of a state's figures, by row; each place and month may stand several times, as month, quarter and year."""

    rows: pd.DataFrame
    """``niva, kommunkod, period_typ, period``."""
    left: np.ndarray
    """By row and step, how many are left: first the figure's denominator, last its numerator."""
    figure: np.ndarray
    """By row, whether the figure is hidden."""
    losses: np.ndarray
    """By row and step but the first, whether the loss is hidden."""


def hidden_losses(chains: Chains, control: Control, before: Chains | None = None) -> tuple[np.ndarray, int]:
    """``Chains.losses`` with all that must be hidden, and how many remain known more exactly than the policy allows.

    Of a chain whose figure is hidden every loss is, also none at all. Of another, those that are small and what must be
    hidden beside them: a place's losses add up to what its figure leaves out, and the municipalities' to the county's.
    A reader knows that such a hidden loss is not zero, so that its range is one value shorter: the width asked for is
    one more.

    Args:
        before: the chains of the release before.
    """
    own = _Cells.of(chains)
    policy = control.policy
    wider = {"skyddsbredd": policy.skyddsbredd.model_copy(update={"varde": policy.skyddsbredd.varde + 1})}
    few = too_few(chains.left[own.row, 0], policy)
    start = own.hidden | own.is_loss & is_small(own.counts, policy.antal_min.varde)
    found, _, narrow = protected(
        own.names,
        own.counts[:, None, None],
        start,
        own.is_loss & (own.counts > 0),
        replace(control, policy=policy.model_copy(update=wider)),
        few[own.of_cell],
        None if before is None else _Cells.of(before).seen(),
    )
    return found[own.is_loss].reshape(len(own.row), -1)[own.of_row], narrow


@dataclass(frozen=True)
class _Cells:
    """Each place and month once: what its figure leaves out, where that is shown, and the loss at each step."""

    names: pd.DataFrame
    """``CELL``; further on arrays by cell."""
    counts: np.ndarray
    hidden: np.ndarray
    is_loss: np.ndarray
    of_cell: np.ndarray
    """Which place and month it is of."""
    row: np.ndarray
    """By place and month, a row of the chains."""
    of_row: np.ndarray
    """By row of the chains, its place and month."""

    @staticmethod
    def of(chains: Chains) -> _Cells:
        places, row, of_row = cells_once(chains.rows.assign(brytning=TOTAL, grupp=EVERYONE), state=True)
        left, figure = chains.left[row], chains.figure[row]
        losses = left[:, :-1] - left[:, 1:]
        steps = losses.shape[1]
        counts = np.column_stack([losses.sum(axis=1), losses]).ravel()
        hidden = np.column_stack([figure, chains.losses[row] | figure[:, None]]).ravel()
        named = [(TOTAL, EVERYONE), *((STEP, str(step)) for step in range(1, steps + 1))]
        brytning, grupp = (np.tile(np.array(each, dtype=object), len(row)) for each in zip(*named, strict=True))
        of_cell = np.repeat(np.arange(len(row)), steps + 1)
        names = places.iloc[of_cell].reset_index(drop=True).assign(brytning=brytning, grupp=grupp)[CELL]
        is_loss = brytning == STEP
        # What a hidden figure leaves out is the figure's own matter: its range there is decided with its groups.
        kept = is_loss | ~hidden
        return _Cells(
            names[kept].reset_index(drop=True), counts[kept], hidden[kept], is_loss[kept], of_cell[kept], row, of_row
        )

    def seen(self) -> Before:
        """The cells as those of the release before."""
        return Before(self.names, self.counts[:, None, None], self.hidden, np.zeros(len(self.names), dtype=bool))
