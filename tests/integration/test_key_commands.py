"""``ibic keys`` and what ``ibic doctor`` says of keys: their ids, never the keys."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.cli.init import initialise
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.pseudonym import COUNTY_KEY, key_id, key_path
from tests.support.homes import TWO, copy_of
from tests.support.keys import KOD, SHARED, change_delivery, key_of, one_of_two_loaded

pytestmark = pytest.mark.usefixtures("few_indicators")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A municipality that is loaded, and one that has delivered nothing."""
    return one_of_two_loaded(tmp_path_factory.mktemp("loaded") / "home").path


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Home:
    return copy_of(loaded, tmp_path / "home")


@pytest.fixture
def ibic(home: Home) -> Iterator[Any]:
    def said(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*words, "--home", str(home.path)])
        if isinstance(result.exception, IbicError):
            return 2, str(result.exception)
        return result.exit_code, result.output

    with pytest.MonkeyPatch.context() as patched:
        for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
            patched.setenv(name, "")
        yield said


def test_keys_are_listed_by_their_ids_and_never_shown(home: Home, ibic: Any) -> None:
    code, out = ibic("keys", "list", "--json")
    found = {each["omfattning"]: each for each in json.loads(out)}

    assert code == 0
    assert set(found) == set(TWO)
    assert found[KOD]["nyckel"] == key_id(home, KOD)
    assert (found[KOD]["lage"], found[KOD]["kommuner"]) == ("0600", [KOD])
    assert key_of(home) not in out + ibic("keys", "list")[1]

    key_path(home, KOD).chmod(0o644)
    code, out = ibic("keys", "list")
    assert (code, "chmod 600" in out) == (1, True)
    key_path(home, KOD).unlink()
    assert "no such file" in ibic("keys", "list")[1]


def test_the_command_says_what_a_new_key_means_and_how_it_went(home: Home, ibic: Any) -> None:
    key = key_of(home)
    code, out = ibic("keys", "rotate", "--kommun", KOD)
    assert code == 0
    assert "cannot be linked" in " ".join(out.split())
    assert "Back up" in out
    assert key not in out
    assert key_of(home) not in out

    change_delivery(home)
    code, out = ibic("keys", "rotate", "--kommun", KOD, "--kommun", "0643")
    assert (code, f"{KOD} keeps its key" in out, "0643 has key" in out) == (1, True, True)
    assert ibic("keys", "rotate", "--kommun", KOD)[0] == 2


@pytest.mark.parametrize("words", [(), ("--lan", "--kommun", KOD), ("--kommun", "9999"), ("--lan",)])
def test_the_command_asks_whose_key_is_meant(ibic: Any, words: tuple[str, ...]) -> None:
    assert ibic("keys", "rotate", *words)[0] == 2


def test_the_doctor_looks_at_the_keys(home: Home, ibic: Any) -> None:
    def finding() -> tuple[str, str]:
        return next(
            (each["status"], each["text"]) for each in json.loads(ibic("doctor", "--json")[1]) if each["what"] == "keys"
        )

    assert finding()[0] == "ok"
    path = home.kommuner / "0643.yaml"
    path.write_text(f"{path.read_text()}\n{SHARED}\n")
    status, text = finding()
    assert (status, "lan.nyckel" in text, "ibic init" in text) == ("error", True, True)
    initialise(home)
    assert finding()[0] == "ok"
    key_path(home, COUNTY_KEY).chmod(0o640)
    assert finding()[0] == "error"
    key_path(home, COUNTY_KEY).chmod(0o600)
    shutil.copy(key_path(home, KOD), key_path(home, COUNTY_KEY))
    assert "the same key" in finding()[1]
    shutil.copy(key_path(home, "0643"), key_path(home, KOD))
    key_path(home, "0643").unlink()
    key_path(home, COUNTY_KEY).write_text("ab" * 32)
    assert "another key" in finding()[1]
