"""Months in which nothing happened in a head file that has rows before and after: probably a part that never came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise import HarmonisedFile, Part
from ibic_pipeline.harmonise.parts import Finding
from schemas.delivery_rules import DELIVERY, MONTH_WITHOUT_ROWS, WHOLE_FILE

EVENTS = {"utredning": "inledd", "beslut": "beslutsdatum", "uppfoljning": "datum"}
"""Export and the table of its head file -> the date of what happened."""

LEAST_OF_A_MONTH = 10
"""With fewer rows than this in the median month, one without any is no surprise."""


def with_empty_months(files: Sequence[HarmonisedFile]) -> list[HarmonisedFile]:
    """The files, with LEV-012 on the first head file of each export in which a month has no rows."""
    found = list(files)
    for table, column in EVENTS.items():
        heads = {
            i: part
            for i, file in enumerate(files)
            for part in file.parts
            if file.file.export == table and part.tabell == table
        }
        if heads and has_empty_month(_months(list(heads.values()), column)):
            first = min(heads)
            about = Finding(DELIVERY, None, MONTH_WITHOUT_ROWS, np.array([WHOLE_FILE], dtype=np.int32))
            found[first] = replace(found[first], findings=[*found[first].findings, about])
    return found


def has_empty_month(months: np.ndarray) -> bool:
    """Whether a month between two ordinary ones is missing; ``months`` counts from year 0, one element per row.

    An ordinary month has half the rows of the median month or more, so that neither single old rows nor a wrong year
    stretches the time that is judged.
    """
    present, rows = np.unique(months, return_counts=True)
    if not len(present) or np.median(rows) < LEAST_OF_A_MONTH:
        return False
    ordinary = present[rows >= np.median(rows) / 2]
    judged = present[(present >= ordinary[0]) & (present <= ordinary[-1])]
    return bool((np.diff(judged) > 1).any())


def _months(parts: Sequence[Part], column: str) -> np.ndarray:
    days = [pa.array(part.frame[column]).drop_null() for part in parts]
    return np.concatenate([np.asarray(pc.year(each)) * 12 + np.asarray(pc.month(each)) for each in days])
