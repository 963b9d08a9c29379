"""Releases of random counties are attacked, alone and beside the one before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibic_pipeline.compare.aggregate import AGGREGATE, FUNNEL
from ibic_pipeline.compare.disclosure.attack import attack_release
from ibic_pipeline.compare.survival import publishable_curves, with_the_county
from ibic_pipeline.county import Lan, Rojandekontroll
from ibic_pipeline.derive import indicators
from ibic_pipeline.storage import write_parquet
from tests.support import counties, small_tables
from tests.support.depth import searched

MEANS = st.sampled_from([0.5, 2.0, 6.0, 15.0, 60.0])
NO_FIGURES = {"9901": [{"aggregat": AGGREGATE.empty_table(), "tratt": FUNNEL.empty_table()}]}
KINDS = {"T1": "tillstand", "D3": "handelse"}


def a_county(places: int, brytningar: list[str]) -> Lan:
    return small_tables.county(kommuner=[f"99{number:02d}" for number in range(1, places + 1)], brytningar=brytningar)


def counts_of(folder: Path, lan: Lan, seeds: dict[str, int], means: list[float], months: int, indikator: str) -> Path:
    reasons = len(next(each for each in indicators() if each.id == indikator).exkluderingar)
    tables = {}
    for number, code in enumerate(lan.kommuner):
        found = counties.units(np.random.default_rng([seeds[code], number]), months, means[number], reasons)
        tables[code] = [counties.counted(indikator, code, found, lan.brytningar)]
    return counties.source(folder, tables)


@searched(quick=5, deep=60)
@given(
    indikator=st.sampled_from(sorted(KINDS)),
    means=st.lists(MEANS, min_size=2, max_size=5),
    brytningar=st.sampled_from([["kon"], ["kon", "lagrum"], ["kon", "lagrum", "kon_x_lagrum"]]),
    seed=st.integers(0, 1000),
)
def test_what_a_release_hides_cannot_be_worked_out(
    tmp_path_factory: pytest.TempPathFactory, indikator: str, means: list[float], brytningar: list[str], seed: int
):
    folder = tmp_path_factory.mktemp("utgava")
    lan = a_county(len(means), brytningar)
    counts = counts_of(folder / "underlag", lan, dict.fromkeys(lan.kommuner, seed), means, 7, indikator)
    release = counties.release(folder / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1"))
    assert attack_release(release, only=[indikator]).funna == ()


@searched(quick=4, deep=60)
@given(
    indikator=st.sampled_from(sorted(KINDS)),
    means=st.lists(MEANS, min_size=3, max_size=5),
    changed=st.sets(st.integers(1, 5), min_size=1),
    redrawn=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_what_two_releases_hide_cannot_be_worked_out_from_both(
    tmp_path_factory: pytest.TempPathFactory,
    indikator: str,
    means: list[float],
    changed: set[int],
    redrawn: bool,
    seed: int,
):
    """Some municipalities deliver again: all else than before, or the same history and a month more."""
    folder = tmp_path_factory.mktemp("utgavor")
    lan = a_county(len(means), ["kon", "lagrum"])
    seeds = dict.fromkeys(lan.kommuner, seed)
    versions = dict.fromkeys(lan.kommuner, "v1")
    first = counts_of(folder / "u1", lan, seeds, means, 6, indikator)
    before = counties.release(folder / "a", first, lan, versions)
    new = {code for number, code in enumerate(lan.kommuner, start=1) if number in changed}
    later = seeds | dict.fromkeys(new, seed + redrawn)
    second = counts_of(folder / "u2", lan, later, means, 6 if redrawn else 7, indikator)
    after = counties.release(folder / "b", second, lan, versions | dict.fromkeys(new, "v2"), before)
    assert attack_release(after, before, [indikator]).funna == ()


@searched(quick=4, deep=60)
@given(
    means=st.lists(st.sampled_from([40.0, 120.0, 200.0, 400.0]), min_size=3, max_size=4),
    more=st.sampled_from([0.7, 1.0, 1.5]),
    seed=st.integers(0, 1000),
)
def test_what_curves_of_waiting_hide_cannot_be_worked_out_from_two_releases(
    tmp_path_factory: pytest.TempPathFactory, means: list[float], more: float, seed: int
):
    """One municipality's waits become others."""
    folder = tmp_path_factory.mktemp("kurvor")
    lan = a_county(len(means), ["kon"])
    waits = {
        code: counties.waiting(np.random.default_rng([seed, number]), code, means[number])
        for number, code in enumerate(lan.kommuner)
    }
    versions = dict.fromkeys(lan.kommuner, "v1")
    before = counties.release(folder / "a", counties.source(folder / "u1", NO_FIGURES, waits), lan, versions)
    changed = lan.kommuner[seed % len(means)]
    waits[changed] = counties.waiting(np.random.default_rng(seed), changed, means[seed % len(means)] * more)
    second = counties.source(folder / "u2", NO_FIGURES, waits)
    after = counties.release(folder / "b", second, lan, versions | {changed: "v2"}, before)
    assert attack_release(before, only=["KM_plan"]).funna == ()
    assert attack_release(after, before, ["KM_plan"]).funna == ()


def test_the_attack_finds_small_steps_of_a_curve_that_is_shown_whole(tmp_path: Path):
    lan = a_county(2, ["kon"])
    waits = {code: counties.waiting(np.random.default_rng(1), code, 40.0) for code in lan.kommuner}
    release = counties.release(
        tmp_path / "a", counties.source(tmp_path / "u", NO_FIGURES, waits), lan, dict.fromkeys(lan.kommuner, "v1")
    )
    assert attack_release(release, only=["KM_plan"]).funna == ()
    one = {"varde": 1, "varfor": "Prov."}
    open_to_all = lan.model_copy(
        update={
            "disclosure": Rojandekontroll.model_validate(
                dict.fromkeys(["antal_min", "namnare_min", "osaker_under"], one)
            )
        }
    )
    everything = publishable_curves(with_the_county(waits), open_to_all)
    write_parquet(everything, release / "jamforelse" / "overlevnad.parquet")
    assert {each.matt for each in attack_release(release, only=["KM_plan"]).funna} == {"handelse", "forlust"}


def test_the_attack_finds_what_is_hidden_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ibic_pipeline.compare.disclosure.memory.protect", lambda _, hidden, __: (hidden, 0))
    lan = a_county(4, ["kon", "lagrum"])
    counts = counts_of(tmp_path / "u", lan, dict.fromkeys(lan.kommuner, 3), [6.0, 6.0, 15.0, 60.0], 6, "T1")
    release = counties.release(tmp_path / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1"))
    found = attack_release(release, only=["T1"]).funna
    assert {each.matt for each in found} >= {"taljare", "rest"}
    assert {each.brytning for each in found} >= {"total", "kon", "lagrum"}


def test_a_number_that_is_small_and_hidden_alone_is_found_to_the_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ibic_pipeline.compare.disclosure.suppression._narrow", lambda _, hidden, *__: hidden & False)
    monkeypatch.setattr(
        "ibic_pipeline.compare.disclosure.suppression._needs_more",
        lambda _, __, structure, ___: structure.parent < 0,
    )
    lan = a_county(3, ["kon"])
    counts = counts_of(tmp_path / "u", lan, dict.fromkeys(lan.kommuner, 1), [60.0, 60.0, 15.0], 3, "D3")
    release = counties.release(tmp_path / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1"))
    assert any(each.lagst == each.hogst for each in attack_release(release, only=["D3"]).funna)
