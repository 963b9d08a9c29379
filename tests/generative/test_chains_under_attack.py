"""Process chains of random counties are attacked, alone and beside the release before, and planted leaks are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibic_pipeline.compare.chain import CHAIN
from ibic_pipeline.compare.disclosure.attack import attack_release
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import indicators
from tests.support import counties, small_tables
from tests.support.depth import searched

MEANS = st.sampled_from([2.0, 6.0, 15.0, 60.0, 200.0])
PARTS = st.sampled_from([(0.3, 0.0, 0.1, 0.3, 0.3), (0.9, 0.0, 0.02, 0.04, 0.04), (0.2, 0.2, 0.2, 0.2, 0.2)])
REASONS = len(next(each for each in indicators() if each.id == CHAIN).exkluderingar)


def a_county(places: int, brytningar: tuple[str, ...] = ("kon",)) -> Lan:
    codes = [f"99{number:02d}" for number in range(1, places + 1)]
    return small_tables.county(kommuner=codes, brytningar=list(brytningar))


def counts_of(
    folder: Path, lan: Lan, seeds: dict[str, int], means: list[float], parts: tuple[float, ...], months: int
) -> Path:
    tables, chains = {}, {}
    for number, code in enumerate(lan.kommuner):
        drawn, lost = (np.random.default_rng([seeds[code], number, each]) for each in (0, 1))
        found = counties.units(drawn, months, means[number], REASONS)
        tables[code] = [counties.counted(CHAIN, code, found, lan.brytningar)]
        chains[code] = counties.chained(lost, tables[code][0]["aggregat"], parts)
    return counties.source(folder, tables, chains=chains)


@searched(quick=8, deep=150)
@given(
    means=st.lists(MEANS, min_size=2, max_size=5),
    brytningar=st.sampled_from([("kon",), ("kon", "lagrum")]),
    parts=PARTS,
    seed=st.integers(0, 1000),
)
def test_what_a_chain_hides_cannot_be_worked_out_from_it_and_its_figure(
    tmp_path_factory: pytest.TempPathFactory,
    means: list[float],
    brytningar: tuple[str, ...],
    parts: tuple[float, ...],
    seed: int,
):
    folder = tmp_path_factory.mktemp("kedja")
    lan = a_county(len(means), brytningar)
    counts = counts_of(folder / "underlag", lan, dict.fromkeys(lan.kommuner, seed), means, parts, 6)
    release = counties.release(folder / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1"))
    assert attack_release(release, only=[CHAIN]).funna == ()


@searched(quick=5, deep=100)
@given(
    means=st.lists(MEANS, min_size=3, max_size=5),
    changed=st.sets(st.integers(1, 5), min_size=1),
    redrawn=st.booleans(),
    parts=PARTS,
    seed=st.integers(0, 1000),
)
def test_nor_from_two_releases(
    tmp_path_factory: pytest.TempPathFactory,
    means: list[float],
    changed: set[int],
    redrawn: bool,
    parts: tuple[float, ...],
    seed: int,
):
    """Some municipalities deliver again: all else than before, or the same history and a month more."""
    folder = tmp_path_factory.mktemp("kedjor")
    lan = a_county(len(means))
    seeds, versions = dict.fromkeys(lan.kommuner, seed), dict.fromkeys(lan.kommuner, "v1")
    first = counts_of(folder / "u1", lan, seeds, means, parts, 3)
    before = counties.release(folder / "a", first, lan, versions)
    new = {code for number, code in enumerate(lan.kommuner, start=1) if number in changed}
    later = seeds | dict.fromkeys(new, seed + redrawn)
    second = counts_of(folder / "u2", lan, later, means, parts, 3 if redrawn else 4)
    after = counties.release(folder / "b", second, lan, versions | dict.fromkeys(new, "v2"), before)
    assert attack_release(after, before, [CHAIN]).funna == ()
