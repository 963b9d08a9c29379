"""The made-up world keeps the contracts, repeats, has the expected volumes, and differs between municipalities."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.synthetic.histories import simulate
from ibic_pipeline.synthetic.municipalities import behaviour, volumes
from schemas import CONTRACTS
from schemas.codelists import codelist, validity

START, END = date(2019, 1, 1), date(2026, 6, 30)
MIGRATED = date(2022, 9, 1)
TEXTS = ("text_length", "text_present", "scale_word_only")

World = dict[str, pd.DataFrame]


def small(kommunkod: str = "0682", seed: int = 3, migrerad: date | None = MIGRATED) -> World:
    return simulate(kommunkod, seed=seed, scale=0.05, start=START, end=END, migrerad=migrerad)


@pytest.fixture(scope="module")
def world() -> World:
    return simulate("0682", seed=3, scale=0.2, start=START, end=END, migrerad=MIGRATED)


def as_harmonised(world: World, table: str) -> pd.DataFrame:
    """The table with free text replaced by what the contract keeps of it."""
    frame = world[table].copy()
    for name, column in CONTRACTS[table].own_columns().items():
        if column.metadata["lasning"] in TEXTS:
            kept = frame[name].str.len() if column.metadata["lasning"] == "text_length" else frame[name].notna()
            frame[name] = kept.astype(pd.ArrowDtype(CONTRACTS[table].arrow_type(name)))
    return frame


def enriched(world: World, table: str) -> pd.DataFrame:
    """The frame that written rules see: own columns, those of parents, of code lists and the extraction day."""
    frame = as_harmonised(world, table)
    for parent in CONTRACTS[table].parents():
        other = as_harmonised(world, parent.table)
        key = CONTRACTS[parent.table].key()[0]
        other = other.rename(columns={name: f"{parent.table}.{name}" for name in other.columns})
        frame = frame.merge(other, how="left", left_on=parent.field, right_on=f"{parent.table}.{key}")
    for name, column in CONTRACTS[table].own_columns().items():
        listed = column.metadata["kodlista"]
        if listed and name in world[table] and column.metadata["lasning"] == "code" and listed != "skala":
            known = validity(listed)
            known.columns = [f"kodlista.{name}.{each}" for each in known.columns]
            frame = frame.merge(known, how="left", left_on=name, right_on=f"kodlista.{name}.kod")
    frame["leverans.uttagsdatum"] = pd.Series([END] * len(frame), dtype=pd.ArrowDtype(pa.date32()))
    return frame


@pytest.mark.parametrize("table", CONTRACTS)
def test_no_row_breaks_a_refusing_rule(world: World, table: str) -> None:
    frame = enriched(world, table)
    written = [rule for rule in CONTRACTS[table].rules() if rule.violates and rule.severity == "avvisa"]
    broken = {rule.code: int(rule.violates(frame).sum()) for rule in written if rule.violates}
    assert {code: count for code, count in broken.items() if count} == {}


@pytest.mark.parametrize("table", CONTRACTS)
def test_flagging_rules_that_are_written_are_rarely_broken(world: World, table: str) -> None:
    frame = enriched(world, table)
    written = [rule for rule in CONTRACTS[table].rules() if rule.violates and rule.severity == "varna"]
    shares = {rule.code: float(rule.violates(frame).mean()) for rule in written if rule.violates}
    assert {code: share for code, share in shares.items() if share > 0.04} == {}


@pytest.mark.parametrize("table", CONTRACTS)
def test_values_exist_are_codes_and_lie_within_their_intervals(world: World, table: str) -> None:
    harmonised = as_harmonised(world, table)
    for name, column in CONTRACTS[table].own_columns().items():
        meta, values = column.metadata, harmonised[name]
        assert values.dtype == pd.ArrowDtype(CONTRACTS[table].arrow_type(name)), name
        if meta["saknas"] == "avvisa":
            assert values.notna().all(), name
        if meta["kodlista"]:
            assert set(values.dropna().astype(str)) <= set(codelist(meta["kodlista"])["kod"]), name
        if meta["minst"] is not None:
            assert (values.dropna() >= meta["minst"]).all(), name


@pytest.mark.parametrize("table", CONTRACTS)
def test_keys_are_unique_and_parents_exist(world: World, table: str) -> None:
    assert not world[table].duplicated(list(CONTRACTS[table].key())).any()
    for parent in CONTRACTS[table].parents():
        known = world[parent.table][CONTRACTS[parent.table].key()[0]]
        assert world[table][parent.field].dropna().isin(known).all()


def test_every_person_has_an_investigation_and_no_text_column_is_empty(world: World) -> None:
    assert set(world["individ"]["individ_id"]) == set(world["utredning"]["individ_id"])
    for table, frame in world.items():
        for name, column in CONTRACTS[table].own_columns().items():
            assert column.metadata["lasning"] not in TEXTS or frame[name].notna().any()


def test_nothing_has_happened_after_the_extraction(world: World) -> None:
    planned = {"galler_fran", "galler_tom", "planerad_uppfoljning", "planerad", "nasta_uppfoljning"}
    for table, frame in world.items():
        for name, column in CONTRACTS[table].own_columns().items():
            if column.metadata["lasning"] == "date" and name not in planned:
                assert not (frame[name] > END).fillna(False).any(), f"{table}.{name}"


def test_ids_never_look_like_the_number_of_a_person(world: World) -> None:
    numbers = set(world["individ"]["individ_id"])
    for table, column in (("utredning", "utredning_id"), ("mal", "mal_id"), ("uppfoljning", "uppfoljning_id")):
        digits = world[table][column].str.replace(r"\D", "", regex=True)
        assert not digits.isin(numbers | {number[2:] for number in numbers}).any()


def test_a_few_texts_hold_the_persons_own_number(world: World) -> None:
    frame = world["utredning"].dropna(subset=["ansokan_text_langd"])
    digits = frame["ansokan_text_langd"].str.replace(r"\D", "", regex=True)
    held = [short in text for short, text in zip(frame["individ_id"].str[2:], digits, strict=True)]
    assert 0 < np.mean(held) < 0.02


def test_the_earlier_system_has_text_and_more_life_areas_but_no_scale(world: World) -> None:
    frame = world["bedomning"].merge(world["utredning"][["utredning_id", "kallsystem"]], on="utredning_id")
    earlier = frame["kallsystem"] == "treserva"
    assert frame.loc[earlier, "bedomt"].isna().all()
    assert frame.loc[~earlier, "bedomt"].notna().all()
    per_investigation = frame.groupby(["kallsystem", "utredning_id"], observed=True).size()
    assert per_investigation["treserva"].between(7, 9).all()
    assert per_investigation["combine"].between(2, 5).all()


def test_equal_arguments_give_equal_worlds_and_another_seed_another() -> None:
    one, same, other = small(), small(), small(seed=4)
    assert all(one[table].equals(same[table]) for table in CONTRACTS)
    assert not one["beslut"].equals(other["beslut"])


def test_volumes_are_near_those_of_the_table(world: World) -> None:
    expected = volumes("0682", 3)
    decided = world["beslut"]["beslutsdatum"].astype("datetime64[s]")
    per_year = ((decided >= "2019-01-01") & (decided < "2026-01-01")).sum() / 7
    assert per_year == pytest.approx(expected.decisions * 0.2, rel=0.15)
    frame, day = world["beslut"], date(2023, 6, 30)
    last = frame[["galler_tom", "upphort"]].min(axis=1)
    ongoing = frame["utfall"].isin(["bifall", "delvis_bifall"]) & (frame["galler_fran"] <= day).fillna(False)
    ongoing &= (last >= day).fillna(True)
    people = (expected.seniors + expected.adults + expected.lss) * 0.2
    assert frame.loc[ongoing, "individ_id"].nunique() == pytest.approx(people, rel=0.15)


def test_municipalities_work_in_different_ways() -> None:
    codes = ["0604", "0617", "0642", "0680", "0683", "0180"]
    ways = [behaviour(code, 1) for code in codes]
    assert len({way.folja_upp for way in ways}) == len(codes)
    assert max(way.plan_i_tid for way in ways) - min(way.plan_i_tid for way in ways) > 0.05
    assert all(0 <= way.folja_upp <= 0.4 and 0.3 <= way.tidsbegransade <= 0.95 for way in ways)
    assert all(sum(way.utfall) == pytest.approx(1) for way in ways)


def test_a_municipality_outside_the_county_gets_its_own_volume() -> None:
    assert volumes("0114", 1) != volumes("0115", 1)
    assert volumes("0114", 1) == volumes("0114", 1)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(IbicError, match="end after the start"):
        simulate("0604", seed=1, scale=1.0, start=END, end=START, migrerad=None)
