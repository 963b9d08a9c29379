"""Planted faults: each is found under its own rule, on its own record, and nothing else is touched."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.export import ExportFile, render
from ibic_pipeline.synthetic.faults import DUPLICATE, Planted, fault_codes, fault_names, plant, stops
from ibic_pipeline.synthetic.faults.cells import CELL_FAULTS
from ibic_pipeline.synthetic.faults.plant import WHOLE_FILES
from schemas import CONTRACTS
from schemas.repairs import REPAIRS
from schemas.rulebook import every_rule
from tests.support.made_up import LAYOUTS, SHIPPED, small_world

RATE = 0.06


@cache
def faulty(mapp: str, only: tuple[str, ...] | None = None, seed: int = 1) -> tuple[list[ExportFile], list[Planted]]:
    members = LAYOUTS[mapp]
    profiles = {code: SHIPPED.profil(code) for code in members}
    files = render({code: small_world(code) for code in members}, profiles, END)
    return files, plant(files, profiles[members[0]], RATE, np.random.default_rng(seed), only)


@pytest.mark.parametrize("fault", CELL_FAULTS, ids=lambda fault: f"{fault.name} {fault.table}")
def test_every_fault_of_a_value_names_a_repair_or_a_rule_about_its_column(fault) -> None:
    rules = {rule.code: rule for rule in CONTRACTS[fault.table].rules()}
    for code in fault.found_as:
        assert code in REPAIRS or fault.column in rules[code].fields


def test_every_fault_has_codes_that_exist() -> None:
    assert {code for codes in fault_codes().values() for code in codes} <= set(every_rule())


def test_the_names_of_faults_are_told_apart() -> None:
    assert len(set(fault_names())) == len(fault_names()) >= 120


@pytest.mark.parametrize("mapp", ["0642", "0680", "hoglandet"])
def test_a_record_has_at_most_one_fault_and_the_others_are_as_they_were(mapp: str) -> None:
    files, planted = faulty(mapp)
    members = LAYOUTS[mapp]
    clean = render({code: small_world(code) for code in members}, {code: SHIPPED.profil(code) for code in members}, END)
    for file, before in zip(files, clean, strict=True):
        position = {int(number): row for row, number in enumerate(file.number(np.arange(len(file.frame))))}
        faults = {
            (each.fel, position[each.kallrad]) for each in planted if each.fil is file and each.kallrad in position
        }
        rows = [row for _, row in faults]
        assert len(rows) == len(set(rows))
        untouched = np.setdiff1d(np.arange(len(before.frame)), rows)
        pd.testing.assert_frame_equal(file.frame.iloc[untouched], before.frame.iloc[untouched])


def test_about_the_wanted_share_of_the_records_is_damaged() -> None:
    files, planted = faulty("0680")
    share = len({(each.fel, each.kallrad, each.fil.export) for each in planted}) / sum(
        len(file.frame) for file in files
    )
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


def test_a_fault_that_stops_a_delivery_is_planted_by_name_alone() -> None:
    by_chance = {each.fel for mapp in LAYOUTS for each in faulty(mapp)[1]}
    assert not {name for name in by_chance if stops(name)}
    assert {each.fel for each in faulty("0642", ("fil_avhuggen",))[1]} == {"fil_avhuggen"}


def test_a_file_has_at_most_one_fault_of_files() -> None:
    _, planted = faulty("hoglandet", tuple(WHOLE_FILES))
    of_file: dict[int, set[str]] = {}
    for each in planted:
        of_file.setdefault(id(each.fil), set()).add(each.fel)
    assert len(of_file) == 8
    assert all(len(names) == 1 for names in of_file.values())


def test_records_are_told_by_the_numbers_that_they_have_in_the_file_as_written() -> None:
    files, planted = faulty("0642", ("upprepad_rubrik", "rader_fore_rubriken", "beslut_utan_datum"))
    file = next(file for file in files if file.writing.above)
    assert file.number(np.array([0]))[0] == file.first_record + len(file.writing.above)
    headers = [each.kallrad for each in planted if each.fil is file and each.fel == "upprepad_rubrik"]
    records = set(file.number(np.arange(len(file.frame))).tolist())
    assert headers
    assert not records & set(headers)
    assert records | set(headers) == set(range(min(records), max(records) + 1))


def test_nothing_is_planted_where_the_file_cannot_show_it() -> None:
    names = {each.fel for each in faulty("0642")[1]}
    assert "bedomning_utan_utredning" not in names  # the flat file has the investigation's own number there
    assert "okand_kommun" not in names  # one municipality's own files name none
    assert "for_manga_falt" not in {each.fel for each in faulty("0617")[1]}  # a sheet has no fields too many
