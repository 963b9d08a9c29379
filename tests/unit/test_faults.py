"""Planted faults: each is found under its own rule, on its own record, and nothing else is touched."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.damage import FAULTS
from ibic_pipeline.synthetic.export import ExportFile, render, write_files
from ibic_pipeline.synthetic.faults import DUPLICATE, Planted, fault_names, plant
from schemas import CONTRACTS
from tests.support.made_up import LAYOUTS, SHIPPED, home_with_profiles, read_back, small_world

RATE = 0.06


@cache
def faulty(mapp: str, only: tuple[str, ...] | None = None, seed: int = 1) -> tuple[list[ExportFile], list[Planted]]:
    members = LAYOUTS[mapp]
    profiles = {code: SHIPPED.profil(code) for code in members}
    files = render({code: small_world(code) for code in members}, profiles, END)
    return files, plant(files, profiles[members[0]], RATE, np.random.default_rng(seed), only)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_names_a_rule_of_its_table_that_is_about_its_column(fault) -> None:
    rules = {rule.code: rule for rule in CONTRACTS[fault.table].rules()}
    assert fault.column in rules[fault.rule].fields


def test_the_names_of_faults_are_told_apart() -> None:
    assert len(set(fault_names())) == len(fault_names()) >= 40


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_every_planted_fault_is_found_under_its_rule(mapp: str, tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    files, planted = faulty(mapp)
    write_files(files, home.inkorg / mapp / END.isoformat(), END)
    hits: set[tuple[str, str, int, str]] = set()
    for code in LAYOUTS[mapp]:
        read = read_back(home, code)
        for rows in (read.karantan, read.flaggor):
            hits |= {(code, row["kallfil"], row["kallrad"], row["regel"]) for row in rows.to_pylist()}
    told = [
        ((each.kommunkod, each.fil.label(END), each.kallrad, each.regel), each.fel) for each in planted if each.regel
    ]
    assert len({name for _, name in told}) >= 15
    assert [name for place, name in told if place not in hits] == []


def test_together_the_layouts_show_every_kind_of_fault() -> None:
    shown = {each.fel for mapp in LAYOUTS for each in faulty(mapp)[1]}
    # A single kind may miss the small worlds of this test; asked for alone it is planted.
    for name in set(fault_names()) - shown:
        assert any(faulty(mapp, (name,))[1] for mapp in LAYOUTS), name


@pytest.mark.parametrize("mapp", ["0642", "0680", "hoglandet"])
def test_a_record_has_at_most_one_fault_and_the_others_are_as_they_were(mapp: str) -> None:
    files, planted = faulty(mapp)
    members = LAYOUTS[mapp]
    clean = render({code: small_world(code) for code in members}, {code: SHIPPED.profil(code) for code in members}, END)
    for file, before in zip(files, clean, strict=True):
        rows = [each.kallrad - file.first_record for each in planted if each.fil is file]
        assert len(rows) == len(set(rows))
        untouched = np.setdiff1d(np.arange(len(before.frame)), rows)
        pd.testing.assert_frame_equal(file.frame.iloc[untouched], before.frame.iloc[untouched])


def test_about_the_wanted_share_of_the_records_is_damaged() -> None:
    files, planted = faulty("0680")
    share = len(planted) / sum(len(file.frame) for file in files)
    assert RATE * 0.6 < share < RATE * 1.4


def test_only_the_faults_asked_for_are_planted() -> None:
    _, planted = faulty("0643", ("beslut_slutar_fore_start", DUPLICATE))
    assert {each.fel for each in planted} == {"beslut_slutar_fore_start", DUPLICATE}


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(IbicError, match="beslut_slutar_fore_start"):
        faulty("0643", ("beslut_slutar",))


def test_the_same_seed_plants_the_same_faults() -> None:
    def places(seed: int) -> list[tuple[int, str]]:
        return [(each.kallrad, each.fel) for each in faulty.__wrapped__("0662", seed=seed)[1]]

    assert places(4) == places(4) != places(5)


def test_a_fault_of_a_decision_on_several_rows_stands_on_all_of_them() -> None:
    files, planted = faulty("0642", ("beslut_slutar_fore_start",))
    file = next(file for file in files if file.export == "beslut")
    of_decision = file.frame.groupby("Beslutsnr")["T.o.m."].nunique()
    assert planted
    assert (of_decision == 1).all()


def test_nothing_is_planted_where_the_file_cannot_show_it() -> None:
    names = {each.fel for each in faulty("0642")[1]}
    assert "bedomning_utan_utredning" not in names  # the flat file has the investigation's own number there
    assert "okand_kommun" not in names  # one municipality's own files name none
    assert "for_manga_falt" not in {each.fel for each in faulty("0617")[1]}  # a sheet has no fields too many
