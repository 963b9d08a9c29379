"""What many tests begin with: the command line, and homes made once per process that a test copies to change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import few_indicators as few
from tests.support.command_line import OF_A_HOME, Ibic
from tests.support.homes import copy_of, load, publish, small_county


@pytest.fixture(scope="module")
def few_indicators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests of a module run with a few indicators of every kind, in a third of the time."""
    with few.few_indicators(tmp_path_factory.mktemp("indikatorer")):
        yield


@pytest.fixture
def few_indicators_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for one test of a module whose others need them all."""
    with few.few_indicators(tmp_path_factory.mktemp("indikatorer")):
        yield


@pytest.fixture(scope="session")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of one municipality, 0642, whose delivery is loaded with few indicators; only to be read."""
    home = small_county(tmp_path_factory.mktemp("loaded") / "home", ["0642"])
    with few.few_indicators(tmp_path_factory.mktemp("indikatorer")):
        load(home, "0642")
    return home.path


@pytest.fixture(scope="session")
def published_home(loaded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a release; only to be read."""
    home = copy_of(loaded_home, tmp_path_factory.mktemp("published") / "home")
    with few.few_indicators(tmp_path_factory.mktemp("indikatorer")):
        publish(home)
    return home.path


@pytest.fixture
def ibic(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ibic:
    """The command line in this process, without a home in the environment."""
    for name in OF_A_HOME:
        monkeypatch.setenv(name, "")  # restored afterwards; the verbs set them
        monkeypatch.delenv(name)
    return Ibic(capsys, monkeypatch)
