"""``ibic warehouse`` as a system administrator uses it: where the database is, what is said, and what never is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, inspect

from ibic_pipeline import cli
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.warehouse import is_configured, load_current, script_of_current
from tests.support import postgres
from tests.support.homes import copy_of
from tests.support.releases import make_home, no_pages, publish_small

SECRET = "hemligt-losenord"
needs_postgres = pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed here")

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = make_home(tmp_path / "home")
    publish_small(home, write_pages=no_pages)
    return home


@pytest.fixture
def ibic(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a verb of ``ibic warehouse``; gives exit code, standard output and standard error."""
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME", "IBIC_WAREHOUSE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ibic", "warehouse", *words, "--home", str(home.path)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return ask


def say_in_lan_yaml(home: Home, **warehouse: Any) -> Home:
    path = home.path / "lan.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8")) | {"warehouse": warehouse}
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return Home(home.path)


def test_load_and_status_tell_what_the_database_shows(home: Home, ibic: Ask, tmp_path: Path) -> None:
    say_in_lan_yaml(home, url=f"sqlite:///{tmp_path / 'lager.sqlite'}")
    assert ibic("status")[0] == 1
    code, out, _ = ibic("load")
    assert (code, out.split()[:2]) == (0, ["Loaded", "2026-07-01T013000Z"])
    code, out, _ = ibic("load")
    assert (code, out.split()[0]) == (0, "Unchanged")
    code, out, _ = ibic("status", "--json")
    said = json.loads(out)
    assert (code, said["visar_publicerad"], said["publicerad"]) == (0, True, "2026-07-01T013000Z")
    assert said["releaser"][0] | {"rader": 0} == {
        "release": "2026-07-01T013000Z", "publicerad": "2026-07-01T01:30:00Z", "rader": 0, "aktuell": True,
    }  # fmt: skip
    publish_small(home, write_pages=no_pages)
    code, out, _ = ibic("status")
    assert code == 1
    assert "Next: `ibic warehouse load`" in out


def test_the_environment_goes_before_lan_yaml(
    home: Home, ibic: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_in_lan_yaml(home, url=f"sqlite:///{tmp_path / 'av-filen.sqlite'}")
    monkeypatch.setenv("IBIC_WAREHOUSE", f"sqlite:///{tmp_path / 'av-miljon.sqlite'}")
    assert ibic("load")[0] == 0
    assert [path.name for path in tmp_path.glob("*.sqlite")] == ["av-miljon.sqlite"]


def test_without_an_address_it_is_said_where_to_give_one(home: Home, ibic: Ask) -> None:
    assert not is_configured(home)
    code, _, err = ibic("load")
    assert code == 2
    assert "IBIC_WAREHOUSE" in err


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("inte en adress", "SQLAlchemy address"),
        ("finnsinte://host/db", "driver of finnsinte"),
        ("oracle+cx_oracle://host/db", "driver of oracle"),
        ("sqlite:////finns/inte/lager.sqlite", "OperationalError"),
    ],
)
def test_an_address_that_does_not_work_is_told_without_a_traceback(
    ibic: Ask, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("IBIC_WAREHOUSE", address)
    code, _, err = ibic("load")
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_a_password_is_never_said(ibic: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in (
        f"postgresql+psycopg://ibic:{SECRET}@127.0.0.1:1/ibic",
        f"postgresql+psycopg://ibic@127.0.0.1:1/ibic?password={SECRET}",
    ):
        monkeypatch.setenv("IBIC_WAREHOUSE", address)
        for verb in ("load", "status"):
            code, out, err = ibic(verb)
            assert code == 2
            assert "127.0.0.1" in err
            assert SECRET not in out + err


@pytest.mark.parametrize(
    "url", [f"postgresql://ibic:{SECRET}@host/ibic", f"postgresql://ibic@host/ibic?password={SECRET}"]
)
def test_a_password_in_lan_yaml_is_refused_and_not_repeated(home: Home, url: str) -> None:
    with pytest.raises(IbicError, match="IBIC_WAREHOUSE") as raised:
        _ = say_in_lan_yaml(home, url=url).lan
    assert SECRET not in str(raised.value)


def test_before_the_first_release_there_is_nothing_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IBIC_WAREHOUSE", f"sqlite:///{tmp_path / 'lager.sqlite'}")
    with pytest.raises(IbicError, match="none yet"):
        load_current(make_home(tmp_path / "tomt"))
    assert not (tmp_path / "lager.sqlite").exists()


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mssql", "mysql", "oracle"])
def test_the_sql_of_each_dialect_can_be_printed(ibic: Ask, dialect: str) -> None:
    code, out, _ = ibic("ddl", "--dialect", dialect)
    assert code == 0
    assert out.count("CREATE TABLE") == 13
    assert out.count("CREATE VIEW") == 12
    assert "FOREIGN KEY" in out


def test_a_dialect_that_is_not_known_is_answered_with_those_there_are(ibic: Ask) -> None:
    code, _, err = ibic("ddl", "--dialect", "postgres")
    assert code == 2
    assert "did you mean postgresql" in err


def test_roles_are_printed_for_postgresql_alone(ibic: Ask) -> None:
    code, out, _ = ibic("ddl", "--roles")
    assert code == 0
    assert "GRANT SELECT ON ibic.indikator TO ibic_samordnare;" in out
    assert "GRANT SELECT ON ibic.beslut TO ibic_analytiker;" in out
    assert "ibic.beslut TO ibic_samordnare" not in out
    assert ibic("ddl", "--roles", "--dialect", "mssql")[0] == 2


@needs_postgres
def test_the_printed_sql_runs_as_it_is(home: Home) -> None:
    with postgres.server() as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(script_of_current(home, "postgresql"))
            connection.exec_driver_sql(script_of_current(home, "postgresql", roles=True))
        found = inspect(engine)
        assert set(found.get_view_names(schema="ibic")) >= {"indikator", "beslut"}
        share = next(
            column for column in found.get_columns("indikator__" + tag(found), "ibic") if column["name"] == "ki_lag"
        )
        assert share["comment"].startswith("Nedre gräns för 95-procentigt konfidensintervall")
        engine.dispose()


def tag(found: Any) -> str:
    [name] = [name for name in found.get_table_names(schema="ibic") if name.startswith("indikator__")]
    return name.removeprefix("indikator__")


def test_a_run_loads_the_database_and_one_that_cannot_be_reached_leaves_the_release(
    loaded_home: Path,
    few_indicators: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    county = copy_of(loaded_home, tmp_path / "county")
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME", "IBIC_WAREHOUSE"):
        monkeypatch.setenv(name, "")

    def run() -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(sys, "argv", ["ibic", "run", "--json", "--home", str(county.path)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out)

    monkeypatch.setenv("IBIC_WAREHOUSE", f"sqlite:///{tmp_path / 'finns inte' / 'lager.sqlite'}")
    code, said = run()
    assert (code, said["fel"]) == (1, None)
    assert "Expected" in said["ej_gjort"][0]
    assert (county.publicerat / "releaser" / said["release"] / "manifest.json").is_file()

    monkeypatch.setenv("IBIC_WAREHOUSE", f"sqlite:///{tmp_path / 'lager.sqlite'}")
    code, said = run()
    assert (code, said["oforandrad"], said["ej_gjort"]) == (0, True, [])
    assert "indikator" in inspect(create_engine(f"sqlite:///{tmp_path / 'lager.sqlite'}")).get_view_names()
