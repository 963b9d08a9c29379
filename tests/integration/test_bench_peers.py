"""A peer counts only when it gives the same rows, units and figures; each is held against the pipeline's own."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.cli.bench import made, work
from ibic_pipeline.cli.bench.meter import Meter
from ibic_pipeline.cli.bench.processes import in_a_process
from ibic_pipeline.home import Home
from ibic_pipeline.workflow.municipality import work_on

PEERS = ("bare", "polars_derive", "usual")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two small municipalities in the standard layout, loaded, and read by each peer in a process of its own."""
    home = made.standard(Home(tmp_path_factory.mktemp("home")), 2, 0.05, 1, 1, quiet=True)
    stages = work.data_work(str(home.path), list(home.lan.kommuner))
    assert all(stages[name]["rows"] > 500 for name in work.DATA_WORK)
    for name in PEERS:
        in_a_process("work:peer", name=name, folder=str(home.path), out=str(home.path / "andra" / name))
    return home


def peer(name: str) -> ModuleType:
    return work.peers(name)


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_gives_the_rows_units_and_figures_of_the_pipeline(county: Home, name: str):
    assert work.same(str(county.path), str(county.path / "andra"), [name]) == {}


def test_a_peer_that_gives_another_figure_is_found_out(county: Home, tmp_path: Path):
    path = county.path / "andra" / "bare" / "figurer.parquet"
    table = pq.read_table(path)
    changed = pa.array([table["taljare"][0].as_py() + 1, *table["taljare"][1:].to_pylist()], pa.int64())
    place = table.column_names.index("taljare")
    pq.write_table(table.set_column(place, "taljare", changed), tmp_path / "figurer.parquet")
    ours = {code: work_on(county, code).folder for code in county.lan.kommuner}
    assert peer("same").figures_that_differ(ours, str(path)) == 0
    assert peer("same").figures_that_differ(ours, str(tmp_path / "figurer.parquet")) == 2


def test_reading_into_typed_columns_reads_every_row(county: Home):
    read = peer("typed")
    for path in county.inkorg.glob("*/*/*.csv"):
        rows = {read.of_pyarrow(path), read.of_duckdb(path, 2)}
        assert len(rows) == 1
        assert read.of_pandas(path) - 1 in rows  # pandas keeps the last line, which tells how many there are


@pytest.mark.usefixtures("few_indicators_once")
def test_one_changed_municipality_is_all_that_is_loaded_again(tmp_path: Path):
    home = made.standard(Home(tmp_path / "home"), 2, 0.05, 1, 1, quiet=True)
    folder, code = str(home.path), home.lan.kommuner[0]
    work.data_work(folder, list(home.lan.kommuner), commit=True)
    stages = work.one_changed(folder, code, publish=False)
    alone = sum(file["last"] for file in pq.read_table(home.current(code) / "avstamning.parquet").to_pylist())
    assert stages[work.VALIDATE]["rows"] == alone
    assert set(stages) == {work.PLAN, *work.DATA_WORK, work.COMPARE}


def test_a_stage_that_is_entered_twice_adds_to_itself():
    meter = Meter()
    for _ in range(2):
        with meter.stage("work"):
            sum(range(100_000))
    meter.count_rows(5)
    cost = meter.stages["work"]
    assert cost["rows"] == 5
    assert cost["seconds"] > 0
    assert set(cost) == {"seconds", "cpu_seconds", "rows", "peak_mib", "read_mib", "written_mib"}
