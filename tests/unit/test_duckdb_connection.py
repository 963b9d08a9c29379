"""DuckDB is started once in a process, and each connection has a database of its own that goes with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ibic_pipeline.derive.duckdb_engine import connection
from ibic_pipeline.home import Settings
from ibic_pipeline.resources import PACKAGE

SETTINGS = Settings(memory="300MB", threads=1)

LOOKS_AT_ITS_FOLDER = """
from pathlib import Path; import tempfile
from ibic_pipeline.derive.duckdb_engine import connection
from ibic_pipeline.home import Settings
with connection(Settings()) as connected:
    connected.execute("SELECT 1")
    (folder,) = Path(tempfile.gettempdir()).glob("ibic-duckdb-*")
    print(oct(folder.stat().st_mode & 0o777))
"""


def databases() -> int:
    with connection(SETTINGS) as connected:
        return len(connected.execute("FROM duckdb_databases() WHERE NOT internal").fetchall())


def test_a_connection_sees_no_tables_of_another() -> None:
    with connection(SETTINGS) as one, connection(SETTINGS) as other:
        one.execute("CREATE TABLE sedd AS SELECT 1 AS tal")
        one.execute("CREATE TEMP TABLE tillfallig AS SELECT 1 AS tal")
        for name in ("sedd", "tillfallig"):
            with pytest.raises(duckdb.CatalogException):
                other.execute(f"FROM {name}")


def test_what_a_connection_made_goes_with_it_also_after_an_error() -> None:
    before = databases()
    with pytest.raises(duckdb.ParserException):
        _fails_at_work()
    assert databases() == before


def _fails_at_work() -> None:
    with connection(SETTINGS) as connected:
        connected.execute("CREATE TABLE kvar AS SELECT range FROM range(100000)")
        connected.execute("this is no query")


def test_the_limits_are_those_of_the_settings() -> None:
    with connection(SETTINGS) as connected:
        query = "SELECT value FROM duckdb_settings() WHERE name IN ('threads', 'memory_limit') ORDER BY name"
        assert connected.execute(query).fetchall() == [("286.1 MiB",), ("1",)]


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "tabell.parquet"
    for number in (1, 2):
        with connection(SETTINGS) as connected:
            connected.execute(f"COPY (SELECT {number} AS tal) TO '{path}'")
        os.utime(path, (0, 0))
        with connection(SETTINGS) as connected:
            assert connected.execute(f"FROM '{path}'").fetchall() == [(number,)]


def test_a_process_that_was_forked_has_its_own() -> None:
    with connection(SETTINGS) as connected:
        connected.execute("SELECT 1")
    child = os.fork()
    if child == 0:
        try:
            with connection(SETTINGS) as connected:
                os._exit(connected.execute("SELECT count(*) FROM range(7)").fetchall()[0][0])
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_the_folder_that_it_spills_to_is_its_owners_and_goes_with_the_process(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    words = [sys.executable, "-c", LOOKS_AT_ITS_FOLDER]
    said = subprocess.run(words, cwd=PACKAGE.parent, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "0o700\n"
    assert list(tmp_path.iterdir()) == []
