"""Two runs at once, and runs that are killed: nothing is destroyed, and the next run needs no help."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from dagster import DagsterRunStatus

from ibic_pipeline.cli.common import enter
from ibic_pipeline.cli.run import run_all
from ibic_pipeline.cli.through_dagster import storage
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.publish import current_release, verify_release
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.workflow import county, municipality
from ibic_pipeline.workflow.files import COUNTY, only_writer
from ibic_pipeline.workflow.versions import describe_version
from tests.support.homes import DELIVERY, deliver, small_county

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
from ibic_pipeline import cli
cli.main()
"""

HOLDS_THE_LOCK = """
import os, sys
from pathlib import Path
from ibic_pipeline.home import Home
from ibic_pipeline.workflow.files import only_writer
with only_writer(Home(Path(os.environ["IBIC_HOME"])), sys.argv[1], lambda: None):
    print("held", flush=True)
    sys.stdin.readline()
"""


def started(home: Home, code: str, *words: str) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=PACKAGE.parent,
        env=environment | {"IBIC_HOME": str(home.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def load(home: Home) -> None:
    municipality.load_delivery(home, KOD)
    municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())
    municipality.aggregate_municipality(home, KOD, Settings())
    municipality.commit_version(home, KOD)


def publish(home: Home) -> county.Release:
    county.county_figures(home)
    county.published_figures(home)
    return county.publish_county(home)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of one municipality, loaded and published, and a later delivery in its inbox."""
    home = small_county(tmp_path_factory.mktemp("county") / "home", (KOD,))
    load(home)
    publish(home)
    deliver(home.path, KOD, LATER)
    return home.path


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Home:
    shutil.copytree(published, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def test_the_second_writer_of_a_municipality_waits_and_is_told(home: Home) -> None:
    other = started(home, HOLDS_THE_LOCK, KOD)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    told, done = threading.Event(), threading.Event()

    def wait() -> None:
        with only_writer(home, KOD, told.set):
            done.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert told.wait(10)
    assert not done.wait(0.2)
    other.communicate("done\n")
    waiter.join(10)

    assert done.is_set()


def test_a_killed_writer_holds_up_no_one(home: Home) -> None:
    other = started(home, HOLDS_THE_LOCK, COUNTY)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    other.kill()
    other.communicate()
    waited: list[bool] = []

    with only_writer(home, COUNTY, lambda: waited.append(True)):
        pass
    assert waited == []


def test_a_run_from_the_command_line_and_one_as_in_the_ui_both_succeed(home: Home) -> None:
    as_in_the_ui = (
        "from dagster import DagsterInstance; from assets.definitions import defs\n"
        "with DagsterInstance.get() as instance:\n"
        f"    ran = defs.resolve_job_def('kommun').execute_in_process(instance=instance, partition_key='{KOD}',\n"
        "        run_config={'ops': {'las_leverans': {'config': {'bygg_om': True}}}})\n"
        "    assert ran.success\n"
    )
    command_line = "import sys; sys.argv = ['ibic', 'run', '--force']; from ibic_pipeline import cli; cli.main()"
    prepared = f"import os; os.environ['DAGSTER_HOME'] = {str(home.dagster)!r}\n"
    both = [started(home, prepared + as_in_the_ui), started(home, command_line)]
    said = [each.communicate(timeout=120) for each in both]

    assert [each.returncode for each in both] == [0, 0], said
    assert describe_version(home, KOD)["leverans"] == LATER
    assert (home.status(KOD) or {})["utfall"] == "godkand"
    assert not [each for each in home.versions(KOD).iterdir() if each.name.endswith(".bygge")]


@pytest.mark.parametrize(
    ("module", "function", "call"),
    [
        ("ibic_pipeline.workflow.municipality", "write_parquet", 3),
        ("ibic_pipeline.workflow.municipality", "aggregate", 1),
        ("ibic_pipeline.workflow.versions", "replace_link", 1),
        ("ibic_pipeline.workflow.versions", "_remove_old", 1),
        ("ibic_pipeline.workflow.county", "published_figures", 1),
        ("ibic_pipeline.publish.release", "point_at", 1),
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


def test_a_municipality_that_changes_while_the_county_is_made_is_in_the_next_release(home: Home) -> None:
    county.county_figures(home)
    county.published_figures(home)
    load(home)
    made = county.publish_county(home, republish=True)
    municipalities = county.municipalities_of(home)

    assert describe_version(home, KOD)["leverans"] == LATER
    assert county.is_published(home, municipalities) is None
    assert publish(home).folder != made.folder
