"""What was worked out one night is not worked out again the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare.disclosure import memory
from ibic_pipeline.compare.disclosure.structures import Structure
from ibic_pipeline.compare.disclosure.suppression import Cells, Protection
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import indicators
from tests.support import counties, small_tables

CODES = ["9901", "9902", "9903"]
REASONS = len(next(each for each in indicators() if each.id == "D3").exkluderingar)


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cells each call worked on."""
    calls: list[int] = []

    def counted(cells: Cells, hidden: np.ndarray, protection: Protection) -> tuple[np.ndarray, int]:
        calls.append(len(hidden))
        return protect(cells, hidden, protection)

    protect = memory.protect
    monkeypatch.setattr(memory, "protect", counted)
    return calls


def counts_of(folder: Path, lan: Lan, last_month: int) -> Path:
    """Fourteen months of three municipalities; ``last_month``: seed of what the first one has in the last."""
    tables = {}
    for number, code in enumerate(CODES):
        found = counties.units(np.random.default_rng(number), 14, 12.0, REASONS)
        if number == 0:
            new = counties.units(np.random.default_rng(last_month), 14, 12.0, REASONS)
            found = pd.concat([found[found["manad"] < 13], new[new["manad"] == 13]], ignore_index=True)
        tables[code] = [counties.counted("D3", code, found, lan.brytningar)]
    return counties.source(folder, tables)


def release(folder: Path, counts: Path, lan: Lan, previous: Path | None = None) -> pd.DataFrame:
    made = counties.release(folder, counts, lan, dict.fromkeys(CODES, "v1"), previous)
    return pq.read_table(made / "jamforelse" / "indikator.parquet").to_pandas()


def test_the_night_after_nothing_is_worked_out_although_what_was_hidden_must_stay_so(
    tmp_path: Path, worked_out: list[int]
) -> None:
    lan = small_tables.county(kommuner=CODES, brytningar=["kon"])
    counts = counts_of(tmp_path / "u", lan, 7)
    first = release(tmp_path / "a", counts, lan)
    assert worked_out
    worked_out.clear()
    assert release(tmp_path / "b", counts, lan, tmp_path / "a").equals(first)
    assert worked_out == []


def test_a_changed_month_is_worked_out_in_its_own_year_only(tmp_path: Path, worked_out: list[int]) -> None:
    lan = small_tables.county(kommuner=CODES, brytningar=["kon"])
    counts = counts_of(tmp_path / "u", lan, 7)
    release(tmp_path / "a", counts, lan)
    every = len(worked_out)
    worked_out.clear()
    counts_of(tmp_path / "u", lan, 8)
    changed = release(tmp_path / "b", counts, lan, tmp_path / "a")
    assert 0 < len(worked_out) <= every // 2
    (tmp_path / "u" / "rojandeminne.parquet").unlink()
    assert release(tmp_path / "c", counts, lan, tmp_path / "a").equals(changed)


def test_what_could_not_be_hidden_enough_is_tried_again() -> None:
    """The one other cell may not be hidden tonight, but may be tomorrow."""
    sums = Structure(np.array([-1, 0, 0]), np.array([0]))
    counts = np.array([[12, 30], [2, 10], [10, 20]])
    few = np.zeros(3, dtype=bool)
    memory_ = memory.Memory()

    def hidden_when(may: list[bool]) -> list[bool]:
        cells = Cells(counts, 2, np.array(may), np.arange(3), [sums], few)
        return memory_.protect(cells, np.array([False, True, False]), Protection(width=3, mass=5))[0].tolist()

    assert hidden_when([False, True, False]) == [False, True, False]
    assert hidden_when([False, True, True]) == [False, True, True]
