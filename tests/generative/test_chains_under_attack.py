"""Process chains of random counties are attacked, alone and beside the release before, and planted leaks are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibic_pipeline.compare.chain import CHAIN, STEPS
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


@searched(quick=5, deep=150)
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


@searched(quick=3, deep=100)
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


@pytest.fixture
def published(tmp_path: Path) -> tuple[Path, Path]:
    """A release whose figures are all shown, in whose chains some losses are small; and its unsuppressed counts."""
    lan = a_county(3)
    seeds, parts = dict.fromkeys(lan.kommuner, 5), (0.04, 0.0, 0.04, 0.46, 0.46)
    counts = counts_of(tmp_path / "u", lan, seeds, [60.0, 90.0, 60.0], parts, 3)
    return counties.release(tmp_path / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1")), counts


def shown(release: Path) -> pd.DataFrame:
    return pq.read_table(release / "jamforelse" / "processkedja.parquet").to_pandas()


def true_losses(counts: Path, rows: pd.DataFrame) -> pd.Series:
    """The loss of each row of the published table."""
    names = ["niva", "kommunkod", "period_typ", "period"]
    left = pq.read_table(counts / "processkedja.parquet").to_pandas().sort_values([*names, "steg"])
    left["sant"] = -left.groupby(names, dropna=False)["kvar"].diff().fillna(0)
    return rows.merge(left[[*names, "steg", "sant"]], on=[*names, "steg"], how="left")["sant"]


def spoilt(release: Path, change: Callable[[pd.DataFrame], None]) -> tuple:
    path = release / "jamforelse" / "processkedja.parquet"
    rows = shown(release)
    change(rows)
    pq.write_table(pa.Table.from_pandas(rows, schema=pq.read_schema(path), preserve_index=False), path)
    return attack_release(release, only=[CHAIN]).funna


def test_some_losses_are_hidden_and_withstand(published: tuple[Path, Path]):
    release, _ = published
    rows = shown(release)
    assert rows.loc[rows["steg"] == 0, "kvar"].notna().all()
    assert rows["bortfall"].isna().sum() > 10
    assert attack_release(release, only=[CHAIN]).funna == ()


def test_a_hidden_loss_that_is_shown_again_in_one_place_gives_others_away(published: tuple[Path, Path]):
    release, counts = published
    found = spoilt(release, lambda rows: _show(rows, "bortfall", true_losses(counts, rows), rows["steg"].isin([1, 4])))
    assert {each.matt for each in found} == {"bortfall"}
    assert any(each.lagst == each.hogst for each in found)


def test_so_does_a_share_without_its_count(published: tuple[Path, Path]):
    release, counts = published

    def change(rows: pd.DataFrame) -> None:
        everyone = rows["kvar"].where(rows["steg"] == 0).ffill()
        _show(rows, "andel_bortfall", true_losses(counts, rows) / everyone, rows["steg"] > 0)

    assert {each.matt for each in spoilt(release, change)} == {"bortfall"}


def test_so_do_those_who_are_left_between_two_hidden_losses(published: tuple[Path, Path]):
    release, counts = published

    def change(rows: pd.DataFrame) -> None:
        first = rows["kvar"].where(rows["steg"] == 0).ffill()
        gone = true_losses(counts, rows).groupby(rows["steg"].eq(0).cumsum()).cumsum()
        _show(rows, "kvar", first - gone, rows["steg"] > 0)

    assert {each.matt for each in spoilt(release, change)} == {"bortfall"}


def _show(rows: pd.DataFrame, column: str, values: pd.Series, where: pd.Series) -> None:
    rows.loc[where, column] = rows.loc[where, column].fillna(values[where])


def test_the_attack_finds_losses_that_are_hidden_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ibic_pipeline.compare.disclosure.memory.protect", lambda _, hidden, __: (hidden, 0))
    lan = a_county(3)
    counts = counts_of(tmp_path / "u", lan, dict.fromkeys(lan.kommuner, 5), [60.0, 90.0, 60.0], (1, 0, 1, 12, 12), 3)
    release = counties.release(tmp_path / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1"))
    assert "bortfall" in {each.matt for each in attack_release(release, only=[CHAIN]).funna}


def test_the_chain_of_a_hidden_figure_is_hidden_whole(tmp_path: Path):
    lan = a_county(3)
    counts = counts_of(tmp_path / "u", lan, dict.fromkeys(lan.kommuner, 2), [6.0, 6.0, 60.0], (1, 1, 1, 1, 1), 3)
    release = counties.release(tmp_path / "a", counts, lan, dict.fromkeys(lan.kommuner, "v1"))
    names = ["niva", "kommunkod", "period_typ", "period"]
    figures = pq.read_table(release / "jamforelse" / "indikator.parquet").to_pandas()
    figures = figures[(figures["indikator"] == CHAIN) & (figures["brytning"] == "total")]
    both = shown(release).merge(figures[[*names, "status", "namnare", "taljare"]], on=names, suffixes=("", "_siffra"))
    hidden = both[both["status_siffra"] == "undertryckt"]
    assert len(hidden)
    assert hidden[["kvar", "bortfall", "andel_kvar", "andel_bortfall"]].isna().all(axis=None)
    told = both[both["status_siffra"].isin(["visas", "osaker"])]
    assert (told.loc[told["steg"] == 0, "kvar"] == told.loc[told["steg"] == 0, "namnare"]).all()
    last = told["steg"] == len(STEPS) - 1
    assert (told.loc[last, "kvar"] == told.loc[last, "taljare"]).all()
