"""Passwords reach the database and nothing else: no argument, no record of Dagster's, no file, no message."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support import postgres
from tests.support.homes import copy_of

PASSWORD = "hemligt-losen-7f3a"


@pytest.fixture
def home(published_home: Path, tmp_path: Path) -> Home:
    return copy_of(published_home, tmp_path / "home")


@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed (apt-get install postgresql)")
def test_a_load_into_a_database_with_a_password_leaves_no_trace_of_it(home: Home) -> None:
    with postgres.server() as address:
        warehouse = address.replace("prov@", f"prov:{PASSWORD}@")
        usual = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.support.few_indicators", "run", "--home", str(home.path)],
            cwd=PACKAGE.parent,
            env=usual | {"IBIC_WAREHOUSE": warehouse, "PYTHONPATH": str(PACKAGE.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            arguments = {running.pid: b""}
            while running.poll() is None:
                arguments |= {pid: words for pid, words in arguments_of_family(running.pid).items() if words}
                time.sleep(0.05)
            assert running.stdout is not None
            said = running.stdout.read()

    assert running.returncode == 0, said
    assert b"few_indicators" in b"".join(arguments.values())
    assert PASSWORD.encode() not in b"".join(arguments.values())
    assert PASSWORD not in said
    stored = [path for path in home.path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert any(path.name == "event_log.db" for path in stored)
    assert [path for path in stored if PASSWORD.encode() in path.read_bytes()] == []


def arguments_of_family(pid: int) -> dict[int, bytes]:
    """Command lines of a process and those that it started, as any user of the machine may read them."""
    found = {}
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(OSError):
            found[one] = Path(f"/proc/{one}/cmdline").read_bytes()
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            waiting += [int(child) for child in children.split()]
    return found


def test_whatever_loads_the_code_location_writes_private_files(tmp_path: Path) -> None:
    """A run that Dagster starts, in a process whose umask is the system's own."""
    code = "import os; os.umask(0o022); import assets.definitions; open('fil', 'w').close(); os.mkdir('mapp')"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment | {"PYTHONPATH": str(PACKAGE.parent)}, check=True
    )

    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in ("fil", "mapp")] == ["0o600", "0o700"]


def test_a_home_that_was_made_under_an_open_umask_is_closed_all_the_same(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    subprocess.run(
        ["sh", "-c", f"umask 022; exec {sys.executable} -m ibic_pipeline.cli init --home {tmp_path}/home"],
        cwd=PACKAGE.parent,
        env=environment | {"PYTHONPATH": str(PACKAGE.parent)},
        check=True,
        capture_output=True,
    )
    open_ones = [path for path in (tmp_path / "home").rglob("*") if path.stat().st_mode & 0o077]

    assert open_ones == []
