"""A municipality whose deliveries are queries of a database: SQLite and PostgreSQL for real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.fetch import fetch_delivery
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.synthetic.export import write_export
from ibic_pipeline.workflow import municipality
from ibic_pipeline.workflow.versions import current_version
from schemas import CONTRACTS
from tests.support import postgres
from tests.support.database import DATABASE, database_profile, file_profile, write_profile, write_tables
from tests.support.made_up import home_with_profiles, read_back, small_world

KOD, OTHER = "0642", "0617"
DAY = date(2026, 7, 1)
ADDRESS = f"IBIC_DATABAS_{DATABASE}"

needs_postgres = pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed here")


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'combine.sqlite'}"
    write_tables(url, {code: small_world(code) for code in (KOD, OTHER)})
    return url


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres.server() as url:
        write_tables(url, {code: small_world(code) for code in (KOD, OTHER)})
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE SEQUENCE raknare"))
        engine.dispose()
        yield url


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The shipped county, in which one municipality's profile is the example for a database."""
    home = home_with_profiles(tmp_path / "home")
    write_profile(home.path, database_profile())
    return home


def ask(home: Home, sql: str) -> None:
    """Let the profile's query of commissions be another."""
    home.queries.mkdir(parents=True, exist_ok=True)
    (home.queries / "uppdrag.sql").write_text(sql, encoding="utf-8")


COMMISSIONS = "uppdrag_id, beslut_id, utforare_id, regiform, skickat, mottaget, paborjat, avslutat, antal_mal"


def accepted(home: Home, kommunkod: str) -> dict[str, list[dict[str, Any]]]:
    """The accepted tables without where rows came from, in an order of their own."""
    tables = read_back(home, kommunkod).tables
    return {
        name: sorted(tables[name].select(list(contract.own_columns())).to_pylist(), key=repr)
        for name, contract in CONTRACTS.items()
    }


def delivered_as_files(home: Home, kommunkod: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The same world as csv files, read under the same key."""
    other = Home(folder)
    profil = file_profile(kommunkod)
    write_profile(other.path, profil.model_dump(mode="json", by_alias=True, exclude_unset=True))
    (other.nycklar).symlink_to(home.nycklar)
    (other.path / "lan.yaml").symlink_to(home.path / "lan.yaml")
    write_export({kommunkod: small_world(kommunkod)}, {kommunkod: profil}, other.inkorg / kommunkod / str(DAY), DAY)
    return accepted(other, kommunkod)


@pytest.mark.parametrize("source", ["sqlite_url", pytest.param("postgres_url", marks=needs_postgres)])
@pytest.mark.parametrize("kommunkod", [KOD, OTHER])
def test_what_is_fetched_from_a_database_is_what_files_of_the_same_world_give(
    source: str, kommunkod: str, home: Home, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: Any
) -> None:
    monkeypatch.setenv(ADDRESS, request.getfixturevalue(source))
    write_profile(home.path, database_profile() | {"kommunkod": kommunkod})
    fetched = fetch_delivery(home, kommunkod, Settings(), DAY)
    tables = accepted(home, kommunkod)

    assert fetched.deliveries == ("2026-07-01_db",)
    assert tables == delivered_as_files(home, kommunkod, tmp_path / "files")
    assert len(tables["beslut"]) == len(small_world(kommunkod)["beslut"]) > 50
    assert len(tables["maluppfyllelse"]) == len(small_world(kommunkod)["maluppfyllelse"]) > 0
    assert len(tables["kvalitetssvar"]) == len(small_world(kommunkod)["kvalitetssvar"])


def test_a_database_that_does_not_answer_leaves_the_last_good_data(
    home: Home, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, sqlite_url)
    municipality.load_delivery(home, KOD)
    municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())
    municipality.aggregate_municipality(home, KOD, Settings())
    municipality.commit_version(home, KOD)
    standing = current_version(home, KOD)
    monkeypatch.setenv(ADDRESS, "sqlite:////finns/inte/hemligt-losenord.sqlite")
    planned = municipality.load_delivery(home, KOD)
    status = home.status(KOD) or {}

    assert standing is not None
    assert planned.refused
    assert [code for code, _ in planned.reasons] == ["LEV-015"]
    assert current_version(home, KOD) == standing
    assert status["utfall"] == "vagrad"
    assert "hemligt" not in str(status)


@needs_postgres
def test_all_queries_of_a_delivery_see_one_moment(
    home: Home, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibic_pipeline.fetch import database

    engine = create_engine(postgres_url)
    write = database._write

    def execute(sql: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(sql))

    def someone_writes_meanwhile(result: Any, path: Path, limits: Any) -> None:
        write(result, path, limits)
        execute("INSERT INTO v_uppdrag (kommunkod, registrerad, uppdrag_id) VALUES ('0642', '2026-01-01', 'NYTT')")

    monkeypatch.setenv(ADDRESS, postgres_url)
    monkeypatch.setattr(database, "_write", someone_writes_meanwhile)
    try:
        fetch_delivery(home, KOD, Settings(), DAY)
    finally:
        execute("DELETE FROM v_uppdrag WHERE uppdrag_id = 'NYTT'")
        engine.dispose()
    fetched = (home.inkorg / KOD / "2026-07-01_db" / "uppdrag.csv").read_text(encoding="utf-8-sig")

    assert "UPD-" in fetched
    assert "NYTT" not in fetched


@needs_postgres
@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            f"WITH borta AS (DELETE FROM v_uppdrag RETURNING *) SELECT {COMMISSIONS} FROM borta",
            "felet FeatureNotSupported i frågan uppdrag",
        ),
        (f"SELECT {COMMISSIONS}, nextval('raknare') FROM v_uppdrag", "felet ReadOnlySqlTransaction i frågan uppdrag"),
        (f"SELECT {COMMISSIONS}, pg_sleep(20) FROM v_uppdrag", "felet QueryCanceled i frågan uppdrag"),
        ("SELECT uppdrag_id FROM v_hemlig_vy", "felet UndefinedTable i frågan uppdrag"),
        (f"SELECT {COMMISSIONS}, CAST(uppdrag_id AS INTEGER) FROM v_uppdrag", "felet InvalidTextRepresentation"),
        (f"SELECT {COMMISSIONS} FROM v_uppdrag WHERE beslut_id = :okand", "parametern okand i frågan uppdrag"),
        ("SELECT uppdrag_id FROM v_uppdrag", "kolumn beslut_id, utforare_id"),
    ],
)
def test_a_query_that_fails_is_told_by_its_name_and_nothing_is_left(
    sql: str, told: str, home: Home, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, postgres_url)
    ask(home, sql)
    with pytest.raises(DeliveryRefused) as refused:
        fetch_delivery(home, KOD, Settings(hamta_sekunder=2), DAY)
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM v_uppdrag")).scalar()
    engine.dispose()

    ((code, sentence),) = refused.value.reasons
    assert code == "LEV-015"
    assert told in sentence
    assert "UPD-" not in sentence
    assert "hemlig" not in sentence
    assert refused.value.__context__ is None or refused.value.__suppress_context__
    assert [each.name for each in (home.inkorg / KOD).iterdir()] == [".hamtas-las"]
    assert left == sum(len(small_world(each)["uppdrag"]) for each in (KOD, OTHER))


@needs_postgres
@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://anna:Hemligt1@/fel?host=/finns/inte", "postgresql+nej://x", "hej"]
)
def test_an_address_is_never_shown(url: str, home: Home, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setenv(ADDRESS, url)
    with pytest.raises(DeliveryRefused) as refused:
        fetch_delivery(home, KOD, Settings(), DAY)

    assert f"anslutningen till databasen {DATABASE}" in str(refused.value)
    for secret in ("anna", "Hemligt1", "finns/inte", "hej"):
        assert secret not in str(refused.value) + caplog.text


@needs_postgres
def test_typed_values_are_written_in_the_one_form(
    home: Home, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, postgres_url)
    ask(
        home,
        """
        SELECT 'a;b' AS uppdrag_id, E'två\nrader "x"' AS beslut_id, NULL AS utforare_id, TRUE AS regiform,
          TIMESTAMPTZ '2024-06-30 23:30:00+00' AS skickat, TIMESTAMP '2024-06-30 23:30:00' AS mottaget,
          DATE '9999-12-31' AS paborjat, 37.50::numeric(8,2) AS avslutat, 3.00::numeric(8,2) AS antal_mal
        WHERE :kommunkod = '0642' AND :uttagsdatum = DATE '2026-07-01'
        """,
    )
    fetch_delivery(home, KOD, Settings(), DAY)
    written = (home.inkorg / KOD / "2026-07-01_db" / "uppdrag.csv").read_bytes()
    header = COMMISSIONS.replace(", ", ";")

    assert written.decode("utf-8") == (
        f'\ufeff{header}\r\n"a;b";"två\nrader ""x""";;ja;2024-07-01;2024-06-30;9999-12-31;37,50;3\r\n'
    )


MEASURED = """
import resource, sys
from datetime import date
from pathlib import Path
from ibic_pipeline.fetch import fetch_delivery
from ibic_pipeline.home import Home, Settings
home, sql = Home(Path(sys.argv[1])), sys.argv[2]
for rows in (10_000, 150_000):
    (home.queries / "uppdrag.sql").write_text(sql.format(rows=rows))
    fetch_delivery(home, "0642", Settings(), date(2026, 7, 1))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
MANY = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
SELECT 'UPD-' || i AS uppdrag_id, 'B-' || i AS beslut_id, 'E' || (i % 40) AS utforare_id, 'kommunal' AS regiform,
  '2024-01-31' AS skickat, '2024-02-01' AS mottaget, '2024-02-02' AS paborjat, '' AS avslutat, i % 9 AS antal_mal
FROM n
"""


@pytest.mark.parametrize("source", ["sqlite_url", pytest.param("postgres_url", marks=needs_postgres)])
def test_rows_stream_in_bounded_memory(
    source: str, home: Home, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, request.getfixturevalue(source))
    home.queries.mkdir(parents=True)
    command = [sys.executable, "-c", MEASURED, str(home.path), MANY]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    few, many = map(int, done.stdout.split())
    written = home.inkorg / KOD / "2026-07-01_db_02" / "uppdrag.csv"

    assert written.read_bytes().count(b"\r\n") == 150_001
    assert many - few < 20
