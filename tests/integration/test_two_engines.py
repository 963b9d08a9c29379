"""DuckDB in the process and a Spark Connect server write the same bytes, and a server that is not there is told of."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from ibic_pipeline import cli
from ibic_pipeline.derive import derive, facts, indicators
from ibic_pipeline.derive.engine import engine_of, require_engine
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings
from ibic_pipeline.storage import write_parquet
from ibic_pipeline.synthetic.county_synth import write_county
from tests.support.made_up import END, SHIPPED, home_with_profiles, read_back
from tests.support.spark_server import a_server, free_port, needs_a_server

MIGRATED, OTHER = "0662", "0643"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with a_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """Municipality -> its accepted tables, in a folder whose name is not a plain one."""
    home = home_with_profiles(tmp_path_factory.mktemp("county") / "länets mapp")
    write_county(home, kommuner=[MIGRATED, OTHER], seed=5, scale=0.05, years=3, faults=0.05)
    return {code: _written(read_back(home, code).tables, home.lager / code) for code in (MIGRATED, OTHER)}


def _written(tables: dict[str, pa.Table], folder: Path) -> dict[str, Path]:
    for name, table in tables.items():
        write_parquet(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in tables}


def derived(tables: dict[str, Path], code: str, engine: str, out: Path) -> dict[str, bytes]:
    derive(tables, SHIPPED.profil(code), SHIPPED.lan, END, out, Settings(engine=engine))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.*"))}


@needs_a_server
@pytest.mark.parametrize("code", [MIGRATED, OTHER])
def test_every_fact_and_every_indicator_has_the_same_bytes_from_either_engine(
    code: str, accepted: dict, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from ibic_pipeline.derive.spark_engine import SparkEngine

    sent: list[str] = []
    send = SparkEngine._send
    monkeypatch.setattr(SparkEngine, "_send", lambda self, name, file: (sent.append(name), send(self, name, file)))
    if code == OTHER:  # as on a machine of its own, which sees no folder of this one
        monkeypatch.setattr(SparkEngine, "_reads_back", lambda *_: False)
    here = derived(accepted[code], code, "", tmp_path / "here")
    there = derived(accepted[code], code, server, tmp_path / "there")
    assert len(here) == len(facts()) + len(indicators())
    assert {name for name in here if here[name] != there.get(name)} == set()
    assert here.keys() == there.keys()
    assert set(accepted[code]) <= set(sent) if code == OTHER else not sent
    assert not list(tmp_path.parent.rglob("prov-*"))


@needs_a_server
def test_rows_of_a_folder_that_nothing_can_be_written_in_are_sent(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Whether the server sees the folder cannot be tried there."""

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("ibic_pipeline.derive.spark_engine.write_parquet", full)
    rows = _written({"rader": pa.table({"tal": [3, 1, 2]})}, tmp_path)
    with engine_of(Settings(engine=server)) as engine:
        engine.show_parquet(rows)
        engine.materialise("mer", "SELECT r.tal + 1 AS tal FROM rader AS r", ["tal"])
        assert [each for piece in engine.rows("mer") for each in piece["tal"].to_pylist()] == [2, 3, 4]
    assert [each.name for each in tmp_path.iterdir()] == ["rader.parquet"]


@needs_a_server
def test_what_the_server_says_is_not_repeated_because_it_may_hold_values(server: str):
    with engine_of(Settings(engine=server)) as engine:
        engine.show_arrow({"rader": pa.table({"svar": ["hemligt"]})})
        with pytest.raises(IbicError, match="tal from the Spark Connect server") as refused:
            engine.materialise("tal", "SELECT CAST(r.svar AS INTEGER) AS svar FROM rader AS r", ["svar"])
    assert "hemligt" not in str(refused.value)
    assert refused.value.__cause__ is None


@needs_a_server
def test_a_run_without_an_answer_from_the_server_ends_with_2_and_says_how_to_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("ibic_pipeline.derive.spark_engine.SECONDS_TO_ANSWER", 1)
    monkeypatch.setenv("IBIC_ENGINE", f"sc://127.0.0.1:{free_port()}/;token=hemligt")
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; the command sets them
    monkeypatch.setattr(sys, "argv", ["ibic", "run", "--home", str(home_with_profiles(tmp_path / "home").path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "sail spark server" in said
    assert "hemligt" not in said


@needs_a_server
def test_an_address_that_cannot_be_read_is_refused():
    with pytest.raises(IbicError, match="one that cannot be read"):
        require_engine(Settings(engine="sc://127.0.0.1:port"))


@needs_a_server
def test_a_process_without_a_main_file_can_use_the_library():
    ask = "from ibic_pipeline.derive.spark_engine import require_server as ask; ask('sc://127.0.0.1:port')"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    assert "one that cannot be read" in done.stderr  # and not that the library is missing
