"""Releases in a SQL database, PostgreSQL and SQLite for real: whole or not at all, read by those they are for."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release
from ibic_pipeline.publish.tables import count_rows, published_files
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import read_json, write_json, write_parquet
from ibic_pipeline.warehouse import load_current, status_of
from schemas import CONTRACTS
from schemas.arrow import arrow_schema
from tests.support import postgres
from tests.support.releases import (
    NOW,
    SMALL_FIGURES,
    Figure,
    indikator_table,
    make_home,
    no_pages,
    publish_small,
    small_municipalities,
    tratt_table,
)

needs_postgres = pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed here")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as url:
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            for role in ("ibic_analytiker", "ibic_samordnare"):
                connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty database, which the environment says is the warehouse."""
    url = f"sqlite:///{tmp_path / 'lager.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("server")
    yield from _empty(url, monkeypatch)


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    yield from _empty(request.getfixturevalue("server"), monkeypatch)


def _empty(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("IBIC_WAREHOUSE", url)
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS ibic CASCADE"))
    yield engine
    engine.dispose()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = make_home(tmp_path / "home")
    publish_small(home, write_pages=no_pages)
    return home


def schema(database: Engine) -> str | None:
    return "ibic" if database.dialect.name == "postgresql" else None


def ask(database: Engine, sql: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        if schema(database):
            connection.execute(text("SET search_path = ibic"))
        return [tuple(row) for row in connection.execute(text(sql))]


def do(database: Engine, *statements: str) -> None:
    with database.begin() as connection:
        for sql in statements:
            connection.execute(text(sql))


def everything(database: Engine) -> set[str]:
    return set(inspect(database).get_table_names(schema=schema(database)))


def publish_another(home: Home, days: int = 1, **changed: Any) -> Path:
    if "municipalities" not in changed:
        changed["municipalities"] = small_municipalities(home)
    return publish_small(home, now=NOW + timedelta(days=days), write_pages=no_pages, **changed)


def figures(*, taljare: int) -> dict[str, pa.Table]:
    return {"indikator": indikator_table([Figure("0642", taljare, 100)]), "tratt": tratt_table()}


SHOWN = "SELECT taljare FROM indikator WHERE kommunkod = '0642'"


def test_every_published_table_stands_in_the_database_with_the_same_rows(database: Engine, home: Home) -> None:
    loaded = load_current(home)
    release = current_release(home)
    assert release is not None
    files = published_files(release)
    assert set(inspect(database).get_view_names(schema=schema(database))) == set(files)
    for name, paths in files.items():
        table = pa.concat_tables([pq.read_table(path) for path in paths])
        columns = ", ".join(table.column_names)
        assert sorted(ask(database, f"SELECT {columns} FROM {name}"), key=repr) == sorted(
            (as_sql(row, database) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)),
            key=repr,
        ), name
    assert (loaded.tabeller, loaded.rader) == (len(files), sum(count_rows(paths) for paths in files.values()))


def as_sql(row: tuple[Any, ...], database: Engine) -> tuple[Any, ...]:
    """A row as the plain driver gives it: SQLite has neither dates nor truth values of its own."""
    if database.dialect.name == "postgresql":
        return row
    return tuple(
        value.isoformat() if isinstance(value, datetime.date) else int(value) if isinstance(value, bool) else value
        for value in row
    )


def test_kommunkod_stays_text_and_a_hidden_figure_null(database: Engine, home: Home) -> None:
    load_current(home)
    assert ask(database, "SELECT DISTINCT kommunkod FROM beslut ORDER BY 1") == [("0642",), ("0643",)]
    assert ask(database, "SELECT namnare, andel FROM indikator WHERE status = 'undertryckt'") == [(None, None)]


def test_texts_come_through_as_they_are(database: Engine, home: Home) -> None:
    texts = ["", 'a"b', "a;b,c", "rad\nrad", "\\N", "NULL", "åäö", "%s :namn"]
    municipalities = small_municipalities(home)
    path = home.versions("0642") / "v1" / "utlamnas" / "individ.parquet"
    rows = pq.read_table(path).to_pylist()[0]
    many = [rows | {"kallfil": value, "individ_id": f"p{number}"} for number, value in enumerate(texts)]
    write_parquet(pa.Table.from_pylist(many, schema=arrow_schema(CONTRACTS["individ"])), path)
    for table, contract in CONTRACTS.items():
        if table != "individ":
            write_parquet(arrow_schema(contract).empty_table(), path.with_name(f"{table}.parquet"))
    publish_another(home, municipalities=municipalities)
    load_current(home)
    asked = ask(database, "SELECT kallfil FROM individ WHERE kommunkod = '0642' ORDER BY individ_id")
    assert asked == [(value,) for value in texts]


def test_keys_indexes_and_comments_come_from_the_contracts(on_postgres: Engine, home: Home) -> None:
    load_current(home)
    found = inspect(on_postgres)
    [beslut] = [name for name in everything(on_postgres) if name.startswith("beslut__")]
    assert found.get_pk_constraint(beslut, schema="ibic")["constrained_columns"] == ["kommunkod", "beslut_id"]
    [key] = found.get_foreign_keys(beslut, schema="ibic")
    assert key["constrained_columns"] == ["kommunkod", "individ_id"]
    assert key["referred_table"].startswith("individ__")
    indexed = [index["column_names"] for index in found.get_indexes(beslut, schema="ibic")]
    assert sorted(indexed) == [["kommunkod", "individ_id"], ["kommunkod", "utredning_id"]]
    described = {column["name"]: column for column in found.get_columns("beslut", schema="ibic")}
    for name, column in CONTRACTS["beslut"].columns().items():
        assert described[name]["comment"].startswith(column.description), name
    assert str(described["beslutsdatum"]["type"]) == "DATE"
    stored = {column["name"]: column["nullable"] for column in found.get_columns(beslut, schema="ibic")}
    assert stored == {field.name: field.nullable for field in arrow_schema(CONTRACTS["beslut"])}
    [indikator] = [name for name in everything(on_postgres) if name.startswith("indikator__")]
    assert found.get_unique_constraints(indikator, schema="ibic")[0]["column_names"][0] == "indikator"


def test_a_release_that_is_shown_already_is_not_loaded_again(database: Engine, home: Home) -> None:
    first = load_current(home)
    before = everything(database)
    again = load_current(home)
    assert (first.oforandrad, again.oforandrad) == (False, True)
    assert (again.tabeller, again.rader) == (0, first.rader)
    assert everything(database) == before


def test_the_views_show_the_new_release_and_the_one_before_stays_beside_it(database: Engine, home: Home) -> None:
    load_current(home)
    assert ask(database, SHOWN) == [(20,)]
    publish_another(home, tables=figures(taljare=30))
    load_current(home)
    assert ask(database, SHOWN) == [(30,)]
    assert [row["aktuell"] for row in status_of(home).releaser] == [True, False]


def test_no_more_releases_are_kept_than_the_county_says(database: Engine, home: Home) -> None:
    load_current(home)
    for day in (1, 2, 3):
        publish_another(home, day, tables=figures(taljare=30 + day))
        dropped = load_current(home).borttagna
    assert dropped == ("2026-07-02T013000Z",)
    assert [row["release"] for row in status_of(home).releaser] == ["2026-07-04T013000Z", "2026-07-03T013000Z"]
    assert len([name for name in everything(database) if name.startswith("beslut__")]) == 2


def test_a_release_that_is_pointed_at_again_is_shown_again(database: Engine, home: Home) -> None:
    first = current_release(home)
    load_current(home)
    publish_another(home, tables=figures(taljare=30))
    load_current(home)
    assert first is not None
    write_json(read_json(home.publicerat / "senaste.json") | {"release": first.name}, home.publicerat / "senaste.json")
    load_current(home)
    assert ask(database, SHOWN) == [(20,)]
    assert status_of(home).visar_publicerad


def test_a_release_that_has_changed_since_it_was_loaded_is_dropped(database: Engine, home: Home) -> None:
    first = current_release(home)
    load_current(home)
    publish_another(home, tables=figures(taljare=30))
    load_current(home)
    assert first is not None
    manifest = first / "manifest.json"
    manifest.chmod(0o644)
    write_json(read_json(manifest) | {"rensad": True}, manifest)
    assert load_current(home).borttagna == (first.name,)
    assert len([name for name in everything(database) if name.startswith("individ__")]) == 1


def test_a_current_release_that_has_changed_is_loaded_anew(database: Engine, home: Home) -> None:
    release = current_release(home)
    load_current(home)
    assert release is not None
    manifest = release / "manifest.json"
    manifest.chmod(0o644)
    write_json(read_json(manifest) | {"rensad": True}, manifest)
    assert not status_of(home).visar_publicerad
    loaded = load_current(home)
    assert (loaded.oforandrad, loaded.borttagna) == (False, (release.name,))
    assert len([name for name in everything(database) if name.startswith("individ__")]) == 1
    assert ask(database, SHOWN) == [(20,)]


def test_a_view_goes_when_its_table_is_no_longer_published(database: Engine, home: Home) -> None:
    load_current(home)
    publish_another(home, municipalities=[])
    load_current(home)
    assert set(inspect(database).get_view_names(schema=schema(database))) == {"indikator", "tratt"}


def test_a_table_that_gets_other_columns_is_shown_with_them(database: Engine, home: Home) -> None:
    load_current(home)
    narrow = indikator_table(SMALL_FIGURES).drop_columns(["rang_lag", "version"])
    publish_another(home, tables={"indikator": narrow, "tratt": tratt_table()})
    load_current(home)
    columns = [column["name"] for column in inspect(database).get_columns("indikator", schema=schema(database))]
    assert columns == narrow.column_names


CHILD = """
import sys, time
from pathlib import Path
from ibic_pipeline.home import Home
from ibic_pipeline.warehouse import load

copy_file, filled = load.copy_file, []

def copy_and_stop(connection, table, path):
    rows = copy_file(connection, table, path)
    filled.append(rows)
    if len(filled) == 9:
        print("in the middle", flush=True)
        time.sleep(60)
    return rows

load.copy_file = copy_and_stop
load.load_current(Home(Path(sys.argv[1])))
"""


def test_a_load_that_is_killed_leaves_the_release_before_whole(database: Engine, home: Home) -> None:
    load_current(home)
    before = everything(database)
    publish_another(home, tables=figures(taljare=30))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(home.path)],
        stdout=subprocess.PIPE,
        cwd=PACKAGE.parent,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"in the middle\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    assert ask(database, SHOWN) == [(20,)]
    assert ask(database, "SELECT count(*) FROM beslut") == [(2,)]
    assert [row["release"] for row in status_of(home).releaser] == ["2026-07-01T013000Z"]
    load_current(home)
    assert ask(database, SHOWN) == [(30,)]
    assert len(everything(database)) == 2 * len(before) - 1


def test_rows_that_break_the_contract_s_keys_leave_the_release_before(database: Engine, home: Home) -> None:
    load_current(home)
    municipalities = small_municipalities(home)
    path = home.versions("0642") / "v1" / "utlamnas" / "beslut.parquet"
    table = pq.read_table(path)
    write_parquet(pa.concat_tables([table, table]), path)
    publish_another(home, municipalities=municipalities, tables=figures(taljare=30))
    with pytest.raises(IbicError) as raised:
        load_current(home)
    assert "beslut_id-1" not in str(raised.value)
    assert "Nothing in it has changed" in str(raised.value)
    assert ask(database, SHOWN) == [(20,)]


def test_a_row_without_its_parent_is_refused_by_the_database(database: Engine, home: Home) -> None:
    municipalities = small_municipalities(home)
    path = home.versions("0642") / "v1" / "utlamnas" / "uppdrag.parquet"
    table = pq.read_table(path)
    where = table.column_names.index("beslut_id")
    write_parquet(table.set_column(where, table.schema.field(where), pa.array(["okand"])), path)
    publish_another(home, municipalities=municipalities)
    with pytest.raises(IbicError, match=r"IntegrityError|ForeignKeyViolation"):
        load_current(home)
    assert not [name for name in everything(database) if name.startswith("uppdrag__")]


def test_coordinators_see_comparison_tables_and_analysts_every_table(on_postgres: Engine, home: Home) -> None:
    load_current(home)
    publish_another(home)
    load_current(home)

    def may(role: str, what: str) -> bool:
        return bool(ask(on_postgres, f"SELECT has_table_privilege('{role}', '{what}', 'SELECT')")[0][0])

    release = current_release(home)
    assert release is not None
    for name in published_files(release):
        assert may("ibic_analytiker", f"ibic.{name}")
        assert may("ibic_samordnare", f"ibic.{name}") == (name in {"indikator", "tratt"}), name
    hidden = [name for name in everything(on_postgres) if "__" in name]
    assert len(hidden) == 2 * len(published_files(release))
    assert not any(may(role, f'ibic."{name}"') for name in hidden for role in ("ibic_analytiker", "ibic_samordnare"))


def test_a_view_that_someone_has_built_stays_and_shows_the_new_release(on_postgres: Engine, home: Home) -> None:
    load_current(home)
    do(
        on_postgres,
        "CREATE SCHEMA IF NOT EXISTS egen",
        "CREATE VIEW egen.min AS SELECT taljare, kommunkod FROM ibic.indikator",
    )
    publish_another(home, tables=figures(taljare=30))
    load_current(home)
    assert ask(on_postgres, "SELECT taljare FROM egen.min") == [(30,)]
    do(on_postgres, "DROP SCHEMA egen CASCADE")


def test_two_loads_at_once_are_refused(on_postgres: Engine, home: Home) -> None:
    with on_postgres.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(hashtext('ibic-warehouse'))"))
        with pytest.raises(IbicError, match="another load under way"):
            load_current(home)


def test_a_reader_who_holds_a_view_is_said_clearly(
    on_postgres: Engine, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_current(home)
    publish_another(home)
    monkeypatch.setattr("ibic_pipeline.warehouse.address._WAIT", "SET LOCAL lock_timeout = '100ms'")
    with on_postgres.begin() as reader:
        reader.execute(text("SELECT count(*) FROM ibic.indikator"))
        with pytest.raises(IbicError, match="one who holds them"):
            load_current(home)
    load_current(home)


def test_a_long_file_is_read_some_rows_at_a_time(database: Engine, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ibic_pipeline.warehouse.bulk.ROWS_AT_A_TIME", 3)
    many = [Figure("0642", 10, 100, period=f"{year}-06") for year in range(2000, 2010)]
    publish_another(home, tables={"indikator": indikator_table(many), "tratt": tratt_table()})
    load_current(home)
    assert ask(database, "SELECT count(*) FROM indikator") == [(10,)]
