"""Runs that are killed: nothing that was published is destroyed, and the next run needs no help."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from dagster import DagsterRunStatus

from ibic_pipeline.cli.common import enter
from ibic_pipeline.cli.run import run_all
from ibic_pipeline.cli.through_dagster import storage
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release, verify_release
from ibic_pipeline.workflow.versions import describe_version
from tests.support.depth import DEEP
from tests.support.homes import DELIVERY, copy_of, deliver
from tests.support.processes import started

pytestmark = pytest.mark.usefixtures("few_indicators")

KOD = "0642"
LATER = "2024-03-31"

KILLED_AT = """
import importlib, os, sys
module, name, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
home = importlib.import_module(module)
wrapped, made = getattr(home, name), [0]

def killed(*args, **named):
    made[0] += 1
    if made[0] == calls:
        os.kill(os.getpid(), 9)
    return wrapped(*args, **named)

setattr(home, name, killed)
sys.argv = ["ibic", "run", "--home", os.environ["IBIC_HOME"]]
from tests.support import few_indicators
few_indicators.main()
"""


@pytest.fixture
def home(published_home: Path, tmp_path: Path) -> Home:
    """A county of one municipality, loaded and published, and a later delivery in its inbox."""
    home = copy_of(published_home, tmp_path / "home")
    deliver(home.path, KOD, LATER)
    return home


SELDOM = (
    [
        ("ibic_pipeline.workflow.municipality", "aggregate", 1),
        ("ibic_pipeline.workflow.versions", "_remove_old", 1),
        ("ibic_pipeline.workflow.county", "published_figures", 1),
    ]
    if DEEP
    else []
)


@pytest.mark.parametrize(
    ("module", "function", "call"),
    [
        ("ibic_pipeline.workflow.municipality", "write_parquet", 3),
        ("ibic_pipeline.workflow.versions", "replace_link", 1),
        ("ibic_pipeline.publish.release", "point_at", 1),
        *SELDOM,
    ],
)
def test_a_run_that_is_killed_leaves_what_was_published_and_the_next_one_succeeds(
    home: Home, monkeypatch: pytest.MonkeyPatch, module: str, function: str, call: int
) -> None:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; a run sets them
    release, good = current_release(home), home.current(KOD).resolve()
    before = {path: path.read_bytes() for path in good.rglob("*.parquet")}
    killed = started(home, KILLED_AT, module, function, str(call))
    said = killed.communicate(timeout=120)

    assert killed.returncode == -signal.SIGKILL, said
    assert release is not None
    assert current_release(home) == release
    assert verify_release(release) == []
    assert {path: path.read_bytes() for path in before} == before
    assert describe_version(home, KOD)["leverans"] in (DELIVERY, LATER)
    result = run_all(enter(home.path), [KOD], quiet=True)
    assert result.exit_code == 0
    assert describe_version(home, KOD)["leverans"] == LATER
    assert current_release(home) != release
    assert not [each for each in home.versions(KOD).iterdir() if each.name.endswith(".bygge")]
    with storage(home) as instance:
        assert {run.status for run in instance.get_runs()} == {DagsterRunStatus.FAILURE, DagsterRunStatus.SUCCESS}
