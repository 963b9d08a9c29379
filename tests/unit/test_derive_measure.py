"""Measuring what facts and indicators cost: a county made larger, and stages that run in processes of their own."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.cli.bench import derived, stage
from ibic_pipeline.derive import Indicator, measure
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from tests.support.made_up import home_with_profiles
from tests.support.small_tables import SETTINGS, inputs, reference

GIVEN = {
    "individ": "individ_id\nP1\nP2",
    "beslut": "beslut_id | individ_id\nB1 | P1\nB2 | P2",
    "mal": "mal_id | beslut_id\nM1 | B1\nM2 | B1\nM3 | B2",
    "uppdrag": "uppdrag_id | beslut_id\nU1 | B2",
}
NEEDED = ("individfakta", "aldersgrupper", "manadsfrister", "beslutsfakta", "T8")


def accepted(folder: Path, kommunkod: str) -> dict[str, Path]:
    for name, table in inputs(GIVEN).items():
        origin = {"kommunkod": kommunkod, "leverans_id": "2026-06-30"}
        columns = {column: pa.array([text] * table.num_rows, pa.string()) for column, text in origin.items()}
        write_parquet(
            pa.table(columns | {each: table[each] for each in table.schema.names}), folder / f"{name}.parquet"
        )
    return {name: folder / f"{name}.parquet" for name in CONTRACTS}


def larger(tmp_path: Path, times: int) -> dict[str, Path]:
    two = [accepted(tmp_path / code, code) for code in ("0642", "0643")]
    sources = {name: [each[name] for each in two] for name in CONTRACTS}
    return measure.multiply(sources, times, tmp_path / "the county's", SETTINGS)


def test_a_larger_county_has_every_row_under_new_ids_that_still_belong_together(tmp_path: Path):
    tables = {name: pq.read_table(path) for name, path in larger(tmp_path, 3).items()}
    beslut, mal = tables["beslut"], tables["mal"]
    assert beslut.num_rows == 2 * 2 * 3
    assert len(set(beslut["beslut_id"].to_pylist())) == 12
    assert len(set(tables["individ"]["individ_id"].to_pylist())) == 12
    assert set(beslut["leverans_id"].to_pylist()) == {"2026-06-30"}
    goals = duckdb.sql("SELECT beslut_id, COUNT(*) AS n FROM mal GROUP BY beslut_id").fetchall()
    assert sorted(n for _, n in goals) == [1] * 6 + [2] * 6
    assert set(mal["beslut_id"].to_pylist()) == set(beslut["beslut_id"].to_pylist())
    assert mal["plan_id"].null_count == mal.num_rows


def test_a_stage_tells_its_seconds_and_its_rows_and_reads_facts_from_files(tmp_path: Path):
    tables, out = larger(tmp_path, 2), tmp_path / "out"
    for name in NEEDED:
        spent = measure.cost(name, tables, reference(), out, out / f"{name}.parquet", SETTINGS, repeat=2)
        assert spent.seconds > 0
        assert spent.cpu_seconds > 0
    assert pq.read_table(out / "T8.parquet")["indikator"].to_pylist() == ["T8"] * 8


def test_every_fact_is_measured_after_those_that_it_reads():
    order = list(measure.stages())
    for name, each in measure.stages().items():
        assert all(order.index(read) < order.index(name) for read in each.indata if read in order)
    assert sum(isinstance(each, Indicator) for each in measure.stages().values()) == 34


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A county that has been made before, in the folder where the command looks for it."""
    made = home_with_profiles(tmp_path / "home" / "bench" / "lan-0.5-2-1")
    for code in made.lan.kommuner:
        accepted(made.path / "godkanda" / code, code)
    (made.path / "levererat").touch()
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
    return made


def asked(tmp_path: Path, *given: str) -> dict:
    arguments = ["--home", str(tmp_path / "home"), "--scale", "0.5", "--years", "2", "--repeat", "1", "--json"]
    answer = CliRunner().invoke(app, ["bench", *given, *arguments], catch_exceptions=False)
    assert answer.exit_code == 0
    return json.loads(answer.stdout)


def test_the_command_tells_each_stage_at_both_sizes_and_how_dear_the_dearest_is(
    county: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for size in (1, 2):
        derived.make_larger(county, size)
        tables, out = stage.tables_of(county.path / f"x{size}"), county.path / f"x{size}" / "utfall"
        for name in NEEDED[:-1]:
            measure.cost(name, tables, reference(), out, out / f"{name}.parquet", SETTINGS, repeat=1)
    t8 = measure.stages()["T8"]
    monkeypatch.setattr(measure, "stages", lambda: {"T8": t8})
    said = asked(tmp_path, "indicators", "--times", "2")
    assert said["scenario"] == "indicators"
    assert set(said["stages"]) == {f"{size} {name}" for size in ("x1", "x2") for name in ("nothing", "T8")}
    assert {name: said["stages"][f"{name} T8"]["rows"] for name in ("x1", "x2")} == {"x1": 26, "x2": 52}
    assert all(set(stage) == {"seconds", "cpu_seconds", "rows", "peak_mib"} for stage in said["stages"].values())
    assert min(stage["peak_mib"] for stage in said["stages"].values()) > 20
    assert said["ratios"]["x2 dearest / median indicator"] == 1
    assert {"cpus", "memory", "duckdb"} <= set(said["machine"])


def test_growth_is_told_for_sizes_up_to_the_largest_and_for_few_and_many_periods(county: Home, tmp_path: Path):
    said = asked(tmp_path, "growth", "--times", "3")
    parts = ("units", "figures of 2 years", "figures of 8 years")
    assert set(said["stages"]) == {f"{size} {part}" for size in ("x1", "x3") for part in parts}
    assert said["stages"]["x1 units"]["rows"] == 13 * 8
    assert said["stages"]["x3 units"]["rows"] == 3 * 13 * 8
    compared = {f"{size} units and figures of 8 years / units and figures of 2 years" for size in ("x1", "x3")}
    assert set(said["ratios"]) == {f"exponent of {part}" for part in parts} | compared


def test_what_cannot_be_measured_is_told_in_a_message_without_what_the_process_said(county: Home, tmp_path: Path):
    derived.make_larger(county, 1)
    (county.path / "x1" / "tabeller" / "individ.parquet").write_text("hemligt")
    with pytest.raises(IbicError, match="individfakta to be measured") as refused:
        derived.measured(county, 1, "stage", {"name": "individfakta", "repeat": 1})
    assert "hemligt" not in str(refused.value)


def test_a_dear_indicator_is_set_beside_a_median_one_of_its_size():
    costs = [{"cpu_seconds": 1.0, "rows": 10}, {"cpu_seconds": 1.0, "rows": 10}, {"cpu_seconds": 3.0, "rows": 20}]
    assert derived.dearest(costs) == {
        "dearest / median indicator": 3.0,
        "dearest / median indicator of its size": 1.5,
    }
    few = [{"cpu_seconds": 1.0, "rows": 10}, {"cpu_seconds": 1.0, "rows": 10}, {"cpu_seconds": 0.5, "rows": 1}]
    assert derived.dearest(few)["dearest / median indicator of its size"] == 1.0
