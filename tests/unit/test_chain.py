"""Counting the steps of the process chain, and what is published of chains that do not fit their figure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare import calendar, chain
from ibic_pipeline.compare.chain import CHAIN, CHAINED, FACT, PROCESSKEDJA, STEPS
from ibic_pipeline.compare.disclosure.chains import Chains, hidden_losses
from ibic_pipeline.compare.disclosure.memory import Memory
from ibic_pipeline.compare.disclosure.patterns import Control
from ibic_pipeline.derive import indicators
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.storage import write_parquet
from tests.support import counties, small_tables
from tests.support.small_tables import SETTINGS, records

REASONS = len(next(each for each in indicators() if each.id == CHAIN).exkluderingar)
CODES = ("9901", "9902", "9903")
PARTS = (0.2, 0.2, 0.2, 0.2, 0.2)
PLACE = ["niva", "kommunkod", "period_typ", "period"]


def counted(folder: Path, text: str, until: date = date(2025, 6, 30)) -> pa.Table:
    rows = [
        {"beslut_id": each["beslut_id"], "steg": int(each["steg"])}
        | {name: date.fromisoformat(each[name]) if each[name] else None for name in ("fran", "till")}
        for each in records(text)
    ]
    types = {"beslut_id": pa.string(), "steg": pa.int32(), "fran": pa.date32(), "till": pa.date32()}
    write_parquet(pa.Table.from_pylist(rows, schema=pa.schema(types)), folder / f"{FACT}.parquet")
    with connection(SETTINGS) as connected:
        return chain(connected, folder, "9901", calendar("2025-01", until))


def left(found: pa.Table, period_typ: str) -> dict[str, list[int]]:
    rows = found.filter(pc.equal(found["period_typ"], period_typ)).to_pandas()
    return rows.groupby("period")["kvar"].agg(list).to_dict()


STEPS_OF_THREE = """
beslut_id | steg | fran       | till
B1        | 0    | 2024-03-01 |
B1        | 1    | 2024-03-01 |
B1        | 2    | 2025-02-15 |
B2        | 0    | 2025-02-28 | 2025-04-30
B2        | 1    | 2025-02-28 | 2025-04-30
B3        | 0    | 2025-03-01 | 2025-03-31
B4        | 0    | 2025-07-01 |
"""


def test_a_decision_counts_in_the_periods_on_whose_last_day_it_is_left(tmp_path: Path):
    found = counted(tmp_path, STEPS_OF_THREE)
    assert found.schema.equals(CHAINED)
    assert left(found, "manad") == {
        "2025-01": [1, 1, 0, 0, 0, 0],
        "2025-02": [2, 2, 1, 0, 0, 0],
        "2025-03": [2, 2, 1, 0, 0, 0],
        "2025-04": [1, 1, 1, 0, 0, 0],
        "2025-05": [1, 1, 1, 0, 0, 0],
        "2025-06": [1, 1, 1, 0, 0, 0],
    }
    assert left(found, "kvartal") == {"2025-K1": [2, 2, 1, 0, 0, 0], "2025-K2": [1, 1, 1, 0, 0, 0]}
    assert left(found, "halvar") == {"2025-H1": [1, 1, 1, 0, 0, 0]}
    of_chain = next(each for each in indicators() if each.id == CHAIN)
    assert {(row["indikator"], row["version"]) for row in found.to_pylist()} == {(CHAIN, of_chain.version)}
    assert set(found["period_typ"].to_pylist()) == set(of_chain.periodtyper) - {"ar"}


def test_without_decisions_each_step_is_zero_and_without_periods_there_is_none(tmp_path: Path):
    assert left(counted(tmp_path, "beslut_id | steg | fran | till"), "kvartal") == dict.fromkeys(
        ("2025-K1", "2025-K2"), [0] * len(STEPS)
    )
    assert counted(tmp_path, STEPS_OF_THREE, until=date(2024, 12, 31)).num_rows == 0


@pytest.fixture(scope="module")
def municipalities() -> tuple[dict[str, list[dict[str, pa.Table]]], dict[str, pa.Table]]:
    """Figures and chains of three municipalities with many decisions."""
    tables, chains = {}, {}
    for number, code in enumerate(CODES):
        found = counties.units(np.random.default_rng(number), 3, 300.0, REASONS)
        tables[code] = [counties.counted(CHAIN, code, found, ("kon",))]
        chains[code] = counties.chained(np.random.default_rng(number), tables[code][0]["aggregat"], PARTS)
    return tables, chains


def published(folder: Path, tables: dict[str, Any], chains: dict[str, pa.Table]) -> pd.DataFrame:
    lan = small_tables.county(kommuner=list(CODES), brytningar=["kon"])
    release = counties.release(
        folder / "a", counties.source(folder / "u", tables, chains=chains), lan, dict.fromkeys(CODES, "v1")
    )
    table = pq.read_table(release / "jamforelse" / "processkedja.parquet")
    assert table.schema.equals(PROCESSKEDJA)
    return table.to_pandas()


def by_place(rows: pd.DataFrame) -> dict[str, set[str]]:
    return rows.groupby(rows["kommunkod"].fillna("lan"))["status"].agg(set).to_dict()


def test_each_step_adds_up_and_none_is_more_than_the_one_before(municipalities: tuple, tmp_path: Path):
    rows = published(tmp_path, *municipalities)
    assert by_place(rows) == {place: {"visas"} for place in (*CODES, "lan")}
    for _, own in rows.groupby(PLACE, dropna=False):
        assert own["processteg"].tolist() == list(STEPS)
        assert (own["kvar"].diff().iloc[1:] == -own["bortfall"].iloc[1:]).all()
        assert (own["bortfall"] >= 0).all()
        assert own["andel_bortfall"].sum() + own["andel_kvar"].iloc[-1] == pytest.approx(1)
    of_county = rows[rows["niva"] == "lan"].set_index(["period_typ", "period", "steg"])["kvar"]
    sums = rows[rows["niva"] == "kommun"].groupby(["period_typ", "period", "steg"])["kvar"].sum()
    assert (of_county.sort_index() == sums.sort_index()).all()


def test_a_municipality_without_a_chain_has_none_nor_then_the_county(municipalities: tuple, tmp_path: Path):
    tables, chains = municipalities
    rows = published(tmp_path, tables, {code: chains[code] for code in CODES[1:]})
    assert by_place(rows) == {
        "9901": {"ej_utvarderad"}, "lan": {"ej_utvarderad"}, "9902": {"visas"}, "9903": {"visas"},
    }  # fmt: skip
    absent = rows[rows["status"] == "ej_utvarderad"]
    assert absent[["kvar", "bortfall", "andel_kvar", "andel_bortfall"]].isna().all(axis=None)


@pytest.mark.parametrize("step", [0, len(STEPS) - 1])
def test_a_chain_whose_end_is_not_the_count_of_its_figure_is_not_published(
    municipalities: tuple, step: int, tmp_path: Path
):
    tables, chains = municipalities
    wrong = chains["9901"].to_pandas()
    wrong.loc[wrong["steg"] == step, "kvar"] += 1 if step == 0 else -1
    spoilt = pa.Table.from_pandas(wrong, schema=CHAINED, preserve_index=False).replace_schema_metadata(None)
    told = by_place(published(tmp_path, tables, {**chains, "9901": spoilt}))
    assert told["9901"] == told["lan"] == {"ej_utvarderad"}
    assert told["9902"] == {"visas"}


def test_a_chain_counted_by_another_definition_is_left_out(municipalities: tuple, tmp_path: Path):
    tables, chains = municipalities
    place = CHAINED.get_field_index("version")
    older = chains["9901"].set_column(place, "version", pa.array(["2020-01-01"] * len(chains["9901"])))
    assert by_place(published(tmp_path, tables, {**chains, "9901": older}))["9901"] == {"ej_utvarderad"}


def test_no_municipality_with_a_chain_gives_a_table_without_any_number(municipalities: tuple, tmp_path: Path):
    rows = published(tmp_path, municipalities[0], {})
    assert set(rows["status"]) == {"ej_utvarderad"}


def test_the_record_of_disclosure_control_counts_the_losses(municipalities: tuple, tmp_path: Path):
    published(tmp_path, *municipalities)
    record = pq.read_table(tmp_path / "a" / "jamforelse" / "rojandekontroll.parquet").to_pylist()
    (found,) = (each for each in record if each["kontroll"] == "processkedja")
    assert (found["indikator"], found["antal_dolda"], found["antal_kvar"], found["utfall"]) == (CHAIN, 0, 0, "godkand")
    assert found["antal_provade"] == 4 * 4 * (len(STEPS) - 1)


def hidden_of(*lost: int, figure: bool = False, before: tuple[int, ...] | None = None, width: int = 3) -> list[int]:
    """Steps whose loss is hidden in one chain of 200 decisions; ``before``: those that the last release hid."""
    rows = pd.DataFrame([{"niva": "kommun", "kommunkod": "9901", "period_typ": "manad", "period": "2025-01"}])
    left = np.array([200 - np.cumsum([0, *lost])])
    of_width = {"skyddsbredd": {"varde": width, "varfor": "Prov."}}
    policy = small_tables.county().disclosure
    changed = type(policy).model_validate(policy.model_dump(by_alias=True) | of_width)
    own = Chains(rows, left, np.array([figure]), np.zeros((1, len(lost)), dtype=bool))
    then = (
        None if before is None else Chains(rows, left, np.array([False]), np.isin(np.arange(len(lost)), before)[None])
    )
    found, narrow = hidden_losses(own, Control(changed, Memory()), then)
    assert narrow == 0
    return np.flatnonzero(found[0]).tolist()


def test_a_small_loss_takes_the_smallest_other_one_with_it_but_no_step_at_which_nobody_is_lost():
    assert hidden_of(30, 2, 0, 8, 60) == [1, 3]
    assert hidden_of(30, 20, 0, 8, 60) == []


def test_of_a_hidden_figure_every_loss_is_hidden_also_none():
    assert hidden_of(30, 20, 0, 8, 60, figure=True) == [0, 1, 2, 3, 4]


def test_a_hidden_loss_is_not_zero_so_its_range_is_asked_to_be_one_wider():
    """Two small losses that are five together can each be one to four."""
    assert hidden_of(30, 2, 3, 8, 60, width=4) == [1, 2]
    assert hidden_of(30, 2, 3, 8, 60, width=5) == [1, 2, 3]


def test_a_loss_that_the_release_before_hid_stays_hidden():
    assert hidden_of(30, 20, 0, 8, 60, before=(0, 4)) == [0, 4]
