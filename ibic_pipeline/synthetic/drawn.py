"""What the stages drew, as frames that refer to each other by row, and the ids that the rows get."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa


@dataclass(frozen=True)
class Drawn:
    """Everything that was drawn."""

    careers: pd.DataFrame
    investigations: pd.DataFrame
    assessments: pd.DataFrame
    decisions: pd.DataFrame
    commissions: pd.DataFrame
    plans: pd.DataFrame
    goals: pd.DataFrame
    follow_ups: pd.DataFrame
    outcomes: pd.DataFrame
    answers: pd.DataFrame


@dataclass(frozen=True)
class Ids:
    """The ids of each table's rows."""

    utredning: pa.Array
    beslut: pa.Array
    uppdrag: pa.Array
    plan: pa.Array
    mal: pa.Array
    uppfoljning: pa.Array
