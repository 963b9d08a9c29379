"""Dagster's own daemon and run workers on a home, while they are killed as a crash would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus

from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release, verify_release
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.workflow.versions import describe_version
from tests.support.daemons import daemon, environment, pid_of, runs, steps_begun, until
from tests.support.homes import bytes_of, copy_of, deliver

pytestmark = pytest.mark.usefixtures("few_indicators")

KOD, LATER = "0642", "2024-03-31"


@pytest.fixture
def home(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = copy_of(published_home, tmp_path / "home")
    (home.versions(KOD) / "status.json").touch()
    for name, value in environment(home).items():
        if name.startswith(("IBIC", "DAGSTER")):
            monkeypatch.setenv(name, value)
    return home


def tables_of(home: Home) -> dict[str, bytes]:
    release = current_release(home)
    assert release is not None
    assert verify_release(release) == []
    return bytes_of(release)


@pytest.fixture
def expected(home: Home, tmp_path: Path) -> dict[str, bytes]:
    """What an undisturbed run publishes.

    Made before this process opens Dagster's records: to copy them while they are open takes its locks on them away.
    """
    undisturbed = copy_of(home.path, tmp_path / "undisturbed")
    deliver(undisturbed.path, KOD, LATER)
    words = [sys.executable, "-m", "tests.support.few_indicators", "run", "--home", str(undisturbed.path)]
    subprocess.run(words, cwd=PACKAGE.parent, check=True, capture_output=True, env=environment(undisturbed))
    return tables_of(undisturbed)


def test_a_worker_and_its_code_server_are_killed_and_the_delivery_is_loaded_and_published_all_the_same(
    home: Home, expected: dict[str, bytes], instance: DagsterInstance
) -> None:
    with daemon(home):
        (deliver(home.path, KOD, LATER) / "klar").touch()
        run = until(lambda: next(iter(runs(instance, "kommun", DagsterRunStatus.STARTED)), None), "a run")
        until(lambda: "harmonisera" in steps_begun(instance, run), "its second step")
        os.kill(pid_of(instance, run) or 0, signal.SIGKILL)
        until(lambda: runs(instance, "kommun", DagsterRunStatus.SUCCESS), "the same run once more")
        until(lambda: runs(instance, "lan", DagsterRunStatus.SUCCESS), "the county")

    assert [each.status for each in runs(instance, "kommun")] == [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE]
    assert describe_version(home, KOD)["leverans"] == LATER
    assert tables_of(home) == expected
