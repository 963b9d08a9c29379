"""What was worked out one night is not worked out again the next."""

from __future__ import annotations

from dataclasses import replace
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


@pytest.mark.parametrize("alone", [[2, 10], [7, 10]])
def test_what_could_not_be_hidden_enough_is_tried_again(alone: list[int]) -> None:
    """The one other cell may not be hidden tonight, but may be tomorrow; a large count is hidden alone all the same."""
    counts = np.array([[10 + alone[0], 30], alone, [10, 20]])
    memory_ = memory.Memory()

    def hidden_when(may: list[bool]) -> list[bool]:
        cells = replace(THREE, counts=counts, may_hide=np.array(may))
        return memory_.protect(cells, np.array([False, True, False]), Protection(width=3, mass=5))[0].tolist()

    assert hidden_when([False, True, False]) == [False, True, False]
    assert hidden_when([False, True, True]) == [False, True, True]


SUMS = Structure(np.array([-1, 0, 0]), np.array([0]))
THREE = Cells(
    np.array([[12, 30], [2, 10], [10, 20]]), 2, np.ones(3, dtype=bool), np.arange(3), [SUMS], np.zeros(3, dtype=bool)
)
START = np.array([False, True, False])
RULES = Protection(width=3, mass=5)


def test_what_is_remembered_is_known_the_next_night_and_what_was_not_used_is_forgotten(
    tmp_path: Path, worked_out: list[int]
) -> None:
    first = memory.Memory(tmp_path / "minne.parquet")
    found, narrow = first.protect(THREE, START, RULES)
    assert (found.tolist(), narrow, worked_out) == ([False, True, True], 0, [3])
    assert first.protect(THREE, START, RULES)[0].tolist() == found.tolist()
    first.protect(THREE, ~START, RULES)
    first.save()
    worked_out.clear()
    second = memory.Memory(tmp_path / "minne.parquet")
    assert second.protect(THREE, START, RULES)[0].tolist() == found.tolist()
    assert second.protect(THREE, found, RULES)[0].tolist() == found.tolist()
    assert worked_out == []
    second.save()
    memory.Memory(tmp_path / "minne.parquet").protect(THREE, ~START, RULES)
    assert worked_out == [3]


@pytest.mark.parametrize(
    ("cells", "start", "rules"),
    [
        (replace(THREE, counts=np.add(THREE.counts, [[1, 0], [0, 0], [1, 0]])), START, RULES),
        (replace(THREE, structures=[Structure(np.array([0, 0, -1]), np.array([2]))]), START, RULES),
        (replace(THREE, structures=[Structure(np.array([-1, 0, 0]), np.array([2]))]), START, RULES),
        (replace(THREE, structures=[SUMS, SUMS]), START, RULES),
        (replace(THREE, few=START), START, RULES),
        (replace(THREE, parts=1), START, RULES),
        (replace(THREE, may_hide=START), START, RULES),
        (replace(THREE, order=np.array([2, 1, 0])), START, RULES),
        (THREE, ~START, RULES),
        (THREE, START, Protection(width=4, mass=5)),
        (THREE, START, Protection(width=3, mass=6)),
    ],
)
def test_with_other_counts_sums_or_rules_it_is_worked_out_anew(
    cells: Cells, start: np.ndarray, rules: Protection, worked_out: list[int]
) -> None:
    memory_ = memory.Memory()
    memory_.protect(THREE, START, RULES)
    memory_.protect(cells, start, rules)
    assert worked_out == [3, 3]


def test_a_memory_without_a_file_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    memory.Memory().save()
    assert list(tmp_path.iterdir()) == []
