"""A server whose Dagster keeps its records in a PostgreSQL that does not answer: someone is told, in words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support.command_line import Ibic
from tests.support.homes import small_county
from tests.support.receivers import web_server

pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = small_county(tmp_path / "home", ["0642"])
    shutil.copy(PACKAGE.parent / "deploy" / "server" / "dagster.yaml", home.dagster / "dagster.yaml")
    monkeypatch.setattr("dagster_postgres.utils.calculate_delay", lambda **_: 0)
    monkeypatch.setenv("IBIC_DAGSTER_DATABAS", f"postgresql+psycopg2://prov@/postgres?host={tmp_path}")
    return home


def test_the_timer_outside_dagster_tells_that_it_stands_still(home: Home, ibic: Ibic) -> None:
    with web_server() as hook:
        path = home.path / "lan.yaml"
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) | {"larm": {"webhook": {"url": hook.url}}}
        path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
        said = ibic("alert", "check", "--home", home.path, "--json")

    assert said.code == 1, said.err
    assert "demon" in {each["topic"] for each in json.loads(said.out)["larm"]}
    told = {each["amne"]: each["vad"] for each in hook.bodies[0]["larm"]}
    assert told["demon"] == ["Dagsters databas går inte att läsa."]
    assert "psycopg" not in said.err
    assert "postgres" not in said.err


def test_a_run_by_hand_says_what_to_do_and_shows_no_traceback(home: Home, ibic: Ibic) -> None:
    said = ibic("run", "--home", home.path)

    assert said.code == 2
    assert "dagster.yaml" in said.err
    assert "Traceback" not in said.err
    assert "psycopg" not in said.err
