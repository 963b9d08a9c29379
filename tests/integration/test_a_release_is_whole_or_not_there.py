"""Readers see the release before or the new one, whatever happens in between."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release, verify_release
from tests.support.releases import make_home, no_pages, publish_small, small_municipalities


def failing_at(call: int, real: Callable[..., Any]) -> Callable[..., Any]:
    calls = iter(range(1, 10_000))

    def sometimes(*arguments: Any, **named: Any) -> Any:
        if next(calls) == call:
            raise OSError(28, "No space left on device")
        return real(*arguments, **named)

    return sometimes


STEPS = [
    *[(os, "replace", call) for call in range(1, 10)],  # each file that is written, and at last the pointer
    *[(shutil, "copyfile", call) for call in (1, 2, 20)],
    *[(os, "fsync", call) for call in (1, 8, 15, 40)],
    (pathlib.Path, "rename", 1),
    (pathlib.Path, "chmod", 1),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_home(tmp_path_factory.mktemp("home"))
    publish_small(home, write_pages=no_pages)
    return home


@pytest.mark.parametrize(("owner", "name", "call"), STEPS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_write_that_fails_leaves_the_release_before(
    home: Home, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, call: int
) -> None:
    before = (home.publicerat / "senaste.json").read_bytes()
    with monkeypatch.context() as patched:
        municipalities = small_municipalities(home)
        patched.setattr(owner, name, failing_at(call, getattr(owner, name)))
        with pytest.raises(IbicError, match="No space left"):
            publish_small(home, write_pages=no_pages, municipalities=municipalities)
    assert (home.publicerat / "senaste.json").read_bytes() == before
    assert all(verify_release(folder) == [] for folder in visible_releases(home))

    after = publish_small(home, write_pages=no_pages)
    assert current_release(home) == after
    assert verify_release(after) == []
    assert not list((home.publicerat / "releaser").glob(".*"))


def visible_releases(home: Home) -> list[Path]:
    return [path for path in (home.publicerat / "releaser").iterdir() if not path.name.startswith(".")]


def test_the_steps_above_reach_the_pointer(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    municipalities = small_municipalities(home)
    real, targets = os.replace, []
    monkeypatch.setattr(os, "replace", lambda source, target: (targets.append(Path(target).name), real(source, target)))
    publish_small(home, write_pages=no_pages, municipalities=municipalities)
    assert targets[-1] == "senaste.json"
    assert len(targets) == max(call for _, name, call in STEPS if name == "replace")


def test_pages_that_fail_leave_the_release_before(home: Home) -> None:
    before = current_release(home)

    def broken(folder: Path, about: dict[str, Any]) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_small(home, write_pages=broken)
    assert current_release(home) == before


def test_a_killed_publisher_leaves_nothing_that_the_next_does_not_clear(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    first = publish_small(home, write_pages=no_pages)
    script = (
        "import os, sys; from pathlib import Path; from tests.support.releases import *;"
        "publish_small(Home(Path(sys.argv[1])), write_pages=lambda folder, about: os._exit(9))"
    )
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, check=False
    )
    assert killed.returncode == 9
    assert list((home.publicerat / "releaser").glob(".bygge-*"))
    assert current_release(home) == first

    second = publish_small(home, write_pages=no_pages)
    assert current_release(home) == second != first
    assert sorted(visible_releases(home)) == sorted([first, second])
    assert not list((home.publicerat / "releaser").glob(".bygge-*"))


def test_a_second_publisher_waits_and_then_gives_up_clearly(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    building, go_on = threading.Event(), threading.Event()

    def slow_pages(folder: Path, about: dict[str, Any]) -> None:
        building.set()
        go_on.wait(20)

    first = threading.Thread(target=publish_small, args=(home,), kwargs={"write_pages": slow_pages})
    first.start()
    try:
        assert building.wait(20)
        with pytest.raises(IbicError, match="another publisher still at work"):
            publish_small(home, write_pages=no_pages, lock_seconds=0.2)
        waiting = threading.Thread(target=publish_small, args=(home,), kwargs={"write_pages": no_pages})
        waiting.start()
    finally:
        go_on.set()
    first.join(20)
    waiting.join(20)
    releases = sorted(path.name for path in visible_releases(home))
    assert releases == ["2026-07-01T013000Z", "2026-07-01T013001Z"]
    assert json.loads((home.publicerat / "senaste.json").read_text())["release"] == releases[-1]


def test_a_release_that_does_not_verify_is_not_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = current_release(home)
    monkeypatch.setattr("ibic_pipeline.publish.release.fingerprint_files", lambda _build: {})
    with pytest.raises(IbicError, match="agrees with its own manifest"):
        publish_small(home, write_pages=no_pages)
    assert current_release(home) == before
