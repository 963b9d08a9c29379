"""Two runs at once: one waits for the other, and both succeed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ibic_pipeline.cli.through_dagster import storage
from ibic_pipeline.home import Home
from ibic_pipeline.workflow import county
from ibic_pipeline.workflow.files import COUNTY, only_writer
from ibic_pipeline.workflow.versions import describe_version
from tests.support.homes import copy_of, deliver, load, publish
from tests.support.processes import started

pytestmark = pytest.mark.usefixtures("few_indicators")

KOD = "0642"
LATER = "2024-03-31"

HOLDS_THE_LOCK = """
import os, sys
from pathlib import Path
from ibic_pipeline.home import Home
from ibic_pipeline.workflow.files import only_writer
with only_writer(Home(Path(os.environ["IBIC_HOME"])), sys.argv[1], lambda: None):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def home(published_home: Path, tmp_path: Path) -> Home:
    """A county of one municipality, loaded and published, and a later delivery in its inbox."""
    home = copy_of(published_home, tmp_path / "home")
    deliver(home.path, KOD, LATER)
    return home


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


def test_a_run_from_the_command_line_and_one_as_in_the_ui_both_succeed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with storage(home):  # whoever runs the UI has had a storage for long
        pass
    few = str(tmp_path / "indikatorer")
    as_in_the_ui = (
        "from dagster import DagsterInstance; from assets.definitions import defs\n"
        "from pathlib import Path; from tests.support.few_indicators import few_indicators\n"
        f"Path({few!r}).mkdir()\n"
        f"with few_indicators(Path({few!r})), DagsterInstance.get() as instance:\n"
        f"    ran = defs.resolve_job_def('kommun').execute_in_process(instance=instance, partition_key='{KOD}',\n"
        "        run_config={'ops': {'las_leverans': {'config': {'bygg_om': True}}}})\n"
        "    assert ran.success\n"
    )
    command_line = (
        "import sys; sys.argv = ['ibic', 'run', '--force']; from tests.support import few_indicators as few; few.main()"
    )
    prepared = f"import os; os.environ['DAGSTER_HOME'] = {str(home.dagster)!r}\n"
    both = [started(home, prepared + as_in_the_ui), started(home, command_line)]
    said = [each.communicate(timeout=120) for each in both]

    assert [each.returncode for each in both] == [0, 0], said
    assert describe_version(home, KOD)["leverans"] == LATER
    assert (home.status(KOD) or {})["utfall"] == "godkand"
    assert not [each for each in home.versions(KOD).iterdir() if each.name.endswith(".bygge")]


def test_a_municipality_that_changes_while_the_county_is_made_is_in_the_next_release(home: Home) -> None:
    county.county_figures(home)
    county.published_figures(home)
    load(home, KOD)
    made = county.publish_county(home, republish=True)
    municipalities = county.municipalities_of(home)

    assert describe_version(home, KOD)["leverans"] == LATER
    assert county.is_published(home, municipalities) is None
    assert publish(home).folder != made.folder
