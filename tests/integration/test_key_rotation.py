"""New keys: every version is built anew before they apply, and a kill at any step leaves the old or the new, whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.cli.init import initialise
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.pseudonym import COUNTY_KEY, key_id, key_path
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.workflow import municipality, rotate, switch
from ibic_pipeline.workflow.files import only_run, only_writer
from ibic_pipeline.workflow.plan import plan
from ibic_pipeline.workflow.rotate import rotate_key
from ibic_pipeline.workflow.versions import current_version, describe_version
from tests.support.homes import DELIVERY, TWO, copy_of, deliver, load, small_county
from tests.support.keys import KOD, SHARED, change_delivery, key_of, one_of_two_loaded

pytestmark = pytest.mark.usefixtures("few_indicators")

KILLED_AT = """
import importlib, os, sys
from pathlib import Path
module, name, scope = sys.argv[1:]
setattr(importlib.import_module(module), name, lambda *args, **named: os.kill(os.getpid(), 9))
sys.argv = ["ibic", "keys", "rotate", "--home", os.environ["IBIC_HOME"], *scope.split()]
from tests.support import few_indicators
few_indicators.main()
"""


class Killed(BaseException):
    """The process is no more."""


def killed(*_: Any, **__: Any) -> Any:
    raise Killed


def dies(call: Callable[[], Any], *places: tuple[Any, str, Any]) -> None:
    """Make a call during which the process dies, with other functions in the given places."""
    with pytest.MonkeyPatch.context() as patched:
        for owner, name, instead in places:
            patched.setattr(owner, name, instead)
        with pytest.raises(Killed):
            call()


def new_key(home: Home, scope: str = KOD) -> rotate.Rotated:
    return rotate_key(home, scope, Settings(), when_waiting=print, doing=print)


def persons(home: Home, kommunkod: str = KOD) -> set[str]:
    return set(pq.read_table(home.current(kommunkod) / "harmoniserat" / "individ.parquet")["individ_id"].to_pylist())


def holds(folder: Path, text: str) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if text.encode() in path.read_bytes()]


def assert_whole(home: Home, kommuner: tuple[str, ...] = (KOD,), scope: str = KOD) -> None:
    """Key and links match, nothing is half done, and the next run has nothing to do."""
    for kod in kommuner:
        assert describe_version(home, kod)["nyckel"] == key_id(home, scope)
        assert plan(home, kod).unchanged
        assert (home.status(kod) or {})["utfall"] == "godkand"
        assert (home.status(kod) or {})["version"] == current_version(home, kod)
        assert municipality.work_on(home, kod).finished
        assert not [path for path in home.versions(kod).iterdir() if path.name.endswith(".bygge")]
    assert not switch.is_pending(home)
    assert not (home.nycklar / ".byte").exists()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A municipality that is loaded, and one that has delivered nothing."""
    return one_of_two_loaded(tmp_path_factory.mktemp("loaded") / "home").path


@pytest.fixture(scope="module")
def decided(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, killed when everything was built with the new key and nothing of the old had been touched."""
    folder = tmp_path_factory.mktemp("decided") / "home"
    shutil.copytree(loaded, folder, symlinks=True)
    dies(lambda: new_key(Home(folder)), (rotate, "settle", killed))
    return folder


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two municipalities that share the county's key; both are loaded."""
    home = small_county(tmp_path_factory.mktemp("sharing") / "home")
    for kod in TWO:
        path = home.kommuner / f"{kod}.yaml"
        path.write_text(f"{path.read_text()}\n{SHARED}\n")
    initialise(home)
    for kod in TWO:
        load(home, kod)
    return home.path


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Home:
    return copy_of(loaded, tmp_path / "home")


def test_a_new_key_makes_every_person_another_and_leaves_nothing_of_the_old(home: Home) -> None:
    before, key, old = persons(home), key_of(home), key_id(home, KOD)
    done = new_key(home)

    assert (done.ersatter, done.nyckel) == (old, key_id(home, KOD))
    assert done.versioner == {KOD: current_version(home, KOD)}
    assert len(before) == len(persons(home))
    assert before.isdisjoint(persons(home))
    assert [path.name for path in home.versions(KOD).iterdir() if path.is_dir()] == [current_version(home, KOD)]
    assert not holds(home.path, key)
    assert not holds(home.lager, old)
    assert key_path(home, KOD).stat().st_mode & 0o777 == 0o600
    assert describe_version(home, KOD)["nyckel_omfattning"] == "kommun"
    assert_whole(home)


def test_other_municipalities_keep_their_keys(home: Home) -> None:
    before = key_id(home, "0643")
    new_key(home)
    assert key_id(home, "0643") == before


def test_a_municipality_without_data_gets_a_new_key_at_once(home: Home) -> None:
    before = key_id(home, "0643")
    assert new_key(home, "0643").versioner == {"0643": None}
    assert key_id(home, "0643") != before
    assert_whole(home)


@pytest.mark.parametrize(
    ("module", "name", "at_once"),
    [
        (switch, "create_key", False),
        (rotate, "load_delivery", False),
        (rotate, "harmonise_municipality", False),
        (rotate, "harmonise_municipality", True),
        (rotate, "complete_version", True),
        (rotate, "decide", False),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)).rpartition(".")[2],
)
def test_until_all_is_built_the_old_key_and_version_stay(home: Home, module: Any, name: str, at_once: bool) -> None:
    """``at_once``: the process lives on and undoes what it began; otherwise whoever comes next does."""
    before, key, version = persons(home), key_of(home), current_version(home, KOD)
    dies(lambda: new_key(home), (module, name, killed), *(() if at_once else ((rotate, "settle", killed),)))
    assert (persons(home), key_of(home), current_version(home, KOD)) == (before, key, version)
    assert switch.is_pending(home) != at_once

    with only_writer(home, KOD, lambda: None):
        assert_whole(home)
    assert (persons(home), key_of(home), current_version(home, KOD)) == (before, key, version)


@pytest.mark.parametrize("starts", ["municipality", "county", "run"])
@pytest.mark.parametrize(("owner", "name"), [(switch, "make_current"), (shutil, "rmtree"), (Path, "replace")])
def test_once_all_is_built_the_new_key_applies_whoever_comes_next(
    decided: Path, tmp_path: Path, owner: Any, name: str, starts: str
) -> None:
    home = copy_of(decided, tmp_path / "home")
    before, key = persons(home), key_of(home)
    dies(lambda: switch.settle(home), (owner, name, killed))

    locks = {"municipality": lambda: only_writer(home, KOD, print), "county": lambda: only_writer(home, "lan", print)}
    with locks.get(starts, lambda: only_run(home))():
        assert_whole(home)
    assert before.isdisjoint(persons(home))
    assert not holds(home.path, key)


def test_every_step_of_the_change_may_be_the_last_of_a_process(decided: Path, tmp_path: Path) -> None:
    """Files are made, moved and removed one by one; the process ends before each of them in turn."""
    calls = 0
    while True:
        home = copy_of(decided, tmp_path / str(calls) / "home")
        before, key = persons(home), key_of(home)
        old = key_id(home, KOD)
        with pytest.MonkeyPatch.context() as patched:
            died = _ends_before_call(calls, patched, home)
        assert key_of(home) == key or not holds(home.lager, old), "the old key goes last"
        with only_run(home):
            assert_whole(home)
        assert before.isdisjoint(persons(home))
        if not died:
            break
        calls += 1
    assert calls > 8


def _ends_before_call(number: int, patched: pytest.MonkeyPatch, home: Home) -> bool:
    made = [0]

    def counted(wrapped: Any) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            made[0] += 1
            if made[0] > number:
                raise Killed
            return wrapped(*args, **named)

        return call

    for owner, names in ((Path, ("replace", "rename", "unlink")), (os, ("rmdir", "symlink"))):
        for name in names:
            patched.setattr(owner, name, counted(getattr(owner, name)))
    try:
        switch.settle(home)
    except Killed:
        return True
    return False


def test_another_municipality_is_not_held_up_by_a_change_at_work(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    build, seen = rotate.harmonise_municipality, []

    def looked_at(staged: Home, kommunkod: str) -> Any:
        with only_writer(home, "0643", print), only_writer(home, "lan", print):
            seen.append(switch.is_pending(home))
        return build(staged, kommunkod)

    monkeypatch.setattr(rotate, "harmonise_municipality", looked_at)
    new_key(home)
    assert seen == [True]
    assert_whole(home)


def _gone(home: Home) -> None:
    shutil.rmtree(home.inkorg / KOD / DELIVERY)


def _newer(home: Home) -> None:
    deliver(home.path, KOD, "2024-03-31")


def _profile(home: Home) -> None:
    path = home.kommuner / f"{KOD}.yaml"
    path.write_text(path.read_text() + "\nfrister: {gp_frist_dagar: 20}\n")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_gone, "LEV-001"),
        (change_delivery, "have changed"),
        (_newer, "2024-03-31 as the latest"),
        (_profile, "a profile"),
    ],
)
def test_without_the_delivery_of_the_current_version_the_key_is_kept(home: Home, change: Any, found: str) -> None:
    before, key = persons(home), key_of(home)
    change(home)
    with pytest.raises(IbicError, match=found) as raised:
        new_key(home)
    assert "Nothing has been changed" in raised.value.next_step
    assert (persons(home), key_of(home)) == (before, key)
    assert not switch.is_pending(home)


def test_a_key_is_not_changed_while_a_run_is_at_work(home: Home) -> None:
    with only_run(home), pytest.raises(IbicError, match="only run"):
        new_key(home)


def test_the_countys_key_is_changed_for_all_who_share_it_or_for_none(sharing: Path, tmp_path: Path) -> None:
    home = copy_of(sharing, tmp_path / "home")
    before, key = persons(home), key_of(home, COUNTY_KEY)
    assert before == persons(home, "0643")
    assert describe_version(home, KOD)["nyckel_omfattning"] == "lan"
    own = key_of(home)
    with pytest.raises(IbicError, match="--lan"):
        new_key(home)

    build = rotate.harmonise_municipality
    only_the_first = (rotate, "harmonise_municipality", lambda h, kod: killed() if kod == "0643" else build(h, kod))
    dies(lambda: new_key(home, COUNTY_KEY), only_the_first, (rotate, "settle", killed))
    with only_writer(home, "0643", lambda: None):
        assert_whole(home, TWO, COUNTY_KEY)
    assert persons(home) == persons(home, "0643") == before

    new_key(home, COUNTY_KEY)
    assert_whole(home, TWO, COUNTY_KEY)
    assert persons(home) == persons(home, "0643")
    assert before.isdisjoint(persons(home))
    assert not holds(home.path, key)
    assert key_of(home) == own


def test_a_kill_between_two_municipalities_of_the_countys_key_is_ended_for_both(sharing: Path, tmp_path: Path) -> None:
    home = copy_of(sharing, tmp_path / "home")
    before, move = persons(home), switch.make_current
    only_the_first = (switch, "make_current", lambda h, kod, v: killed() if kod == "0643" else move(h, kod, v))
    dies(lambda: new_key(home, COUNTY_KEY), only_the_first)
    assert persons(home) != persons(home, "0643")

    with only_writer(home, COUNTY_KEY, lambda: None):
        assert_whole(home, TWO, COUNTY_KEY)
    assert persons(home) == persons(home, "0643")
    assert before.isdisjoint(persons(home))


def test_a_process_that_is_killed_needs_no_help(home: Home) -> None:
    before = persons(home)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_AT, "ibic_pipeline.workflow.versions", "replace_link", f"--kommun {KOD}"],
        cwd=PACKAGE.parent,
        env=environment | {"IBIC_HOME": str(home.path)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -9
    assert switch.is_pending(home)
    with only_run(home):
        assert_whole(home)
    assert before.isdisjoint(persons(home))
