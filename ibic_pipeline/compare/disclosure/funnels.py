"""The steps of funnels as counts that add up: who is left, and who is taken away by each reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.compare.changes import EVERYONE, TOTAL
from ibic_pipeline.compare.disclosure.structures import cells_once

_PLACE = ["place", "months", "number"]


@dataclass(frozen=True)
class Steps:
    """One indicator's funnels, each place and period once; arrays by place, or by place and reason."""

    places: pd.DataFrame
    """``place, months, number``."""
    of_row: np.ndarray
    """By funnel as it was given: its place here."""
    counts: np.ndarray
    """How many are left after all steps, and how many each reason takes away; ``with_value``: those that have one."""
    with_value: np.ndarray
    hidden_reasons: np.ndarray
    """How many each reason takes away, as the release before hid it; ``hidden_value``: as ``with_value``."""
    hidden_value: np.ndarray

    @property
    def reasons(self) -> np.ndarray:
        """How many each reason takes away."""
        return self.counts[:, 1:]

    @staticmethod
    def of(funnel: pd.DataFrame, *, state: bool) -> Steps:
        """From rows as ``county_funnel`` gives them, in order of places, periods and steps.

        ``kvar_dold`` and ``varde_dolt`` stand beside them in a funnel of the release before.
        """
        first = funnel[funnel["steg"] == 0]
        cells, row, of_row = cells_once(first.assign(brytning=TOTAL, grupp=EVERYONE), state=state)
        shape = (len(first), max(funnel["steg"].nunique(), 1))

        def by_step(name: str) -> np.ndarray:
            values = funnel[name].to_numpy() if name in funnel else np.zeros(len(funnel), dtype=bool)
            found: np.ndarray = values.reshape(shape)[row]
            return found

        left, value = by_step("kvar"), by_step("med_varde")
        unseen, of_value = by_step("kvar_dold"), by_step("varde_dolt")
        return Steps(
            cells[_PLACE],
            of_row,
            np.column_stack([left[:, -1], left[:, :-1] - left[:, 1:]]),
            np.column_stack([value[:, -1], value[:, :-1] - value[:, 1:]]),
            unseen[:, :-1] | unseen[:, 1:],
            np.column_stack([of_value[:, -1], of_value[:, :-1] | of_value[:, 1:]]),
        )

    def with_and_without_value(self) -> np.ndarray:
        """By place and then by who is left and each reason: one whole, of those with and those without a value."""
        return np.stack([self.with_value.ravel(), (self.counts - self.with_value).ravel()], axis=1)[:, None]

    def groups(self, brytning: str, kept: str | None = None) -> pd.DataFrame:
        """Names of cells by place and reason, and first of those that are left when ``kept`` names them."""
        names = [*([] if kept is None else [kept]), *(str(step) for step in range(self.reasons.shape[1]))]
        rows = self.places.loc[self.places.index.repeat(len(names))].reset_index(drop=True)
        return rows.assign(brytning=brytning, grupp=np.tile(np.array(names, dtype=object), len(self.places)))

    def hidden(
        self,
        figure: np.ndarray,
        excluded: np.ndarray,
        reasons: np.ndarray,
        kept_value: np.ndarray,
        reasons_value: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """By row of the funnel, whether ``kvar``, ``i_taljare`` and ``med_varde`` are hidden.

        A step is shown where it follows from what is shown anyway: from the denominator and the reasons after it, or
        from everyone and the reasons before it. So it tells nothing more.
        """
        none = np.zeros((len(figure), 1), dtype=bool)
        after = np.column_stack([reasons[:, ::-1].cumsum(axis=1)[:, ::-1] > 0, none])
        before = np.column_stack([none, reasons.cumsum(axis=1) > 0])
        left = figure[:, None] | (after & (before | excluded[:, None]))
        counted = np.broadcast_to(figure[:, None], left.shape)
        after_value = np.column_stack([reasons_value[:, ::-1].cumsum(axis=1)[:, ::-1] > 0, none])
        with_value = left | kept_value[:, None] | after_value
        return tuple(each[self.of_row].ravel() for each in (left, counted, with_value))  # type: ignore[return-value]
