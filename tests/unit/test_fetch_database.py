"""Queries of a database become delivery folders, and the profiles that may ask them."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.mssql.pyodbc import dialect as sql_server

from ibic_pipeline.errors import IbicError
from ibic_pipeline.fetch import fetch_delivery
from ibic_pipeline.fetch.database import parametrised
from ibic_pipeline.fetch.values import as_text, without_unwritable
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.resources import SQL
from schemas import EXPORTS
from tests.support.database import DATABASE, database_profile, write_profile
from tests.support.fetching import DAY, KOD, inbox, reasons

ADDRESS = f"IBIC_DATABAS_{DATABASE}"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SQLite database with one small table; every export of the profile asks for it."""
    path = tmp_path / "kalla.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE v (id TEXT, kommunkod TEXT, antal)")
        connection.executemany("INSERT INTO v VALUES (?, ?, ?)", [("B1", KOD, 1), ("B2", KOD, 2.5), ("B3", "0617", 3)])
    monkeypatch.setenv(ADDRESS, f"sqlite:///{path}")
    return path


@pytest.fixture
def asking(tmp_path: Path) -> Home:
    """A home whose profile asks one query of its own."""
    content = database_profile()
    part = {"tabell": "uppdrag", "kolumner": {"uppdrag_id": "id", "antal_mal": "antal"}}
    exporter: dict[str, Any] = {export: [] for export in EXPORTS}
    write_profile(tmp_path, content | {"exporter": exporter | {"uppdrag": [{"fraga": "egen", "delar": [part]}]}})
    home = Home(tmp_path)
    home.queries.mkdir(parents=True)
    ask(home, "SELECT id, antal FROM v WHERE kommunkod = :kommunkod ORDER BY id")
    return home


def ask(home: Home, sql: str) -> None:
    (home.queries / "egen.sql").write_text(sql, encoding="utf-8")


def test_a_query_becomes_a_file_of_the_one_form_and_the_database_is_left_as_it_was(asking: Home, source: Path) -> None:
    before = source.read_bytes()
    fetched = fetch_delivery(asking, KOD, Settings(), DAY)
    delivery = asking.inkorg / KOD / "2026-07-01_db"

    assert (fetched.deliveries, fetched.files) == (("2026-07-01_db",), 1)
    assert inbox(asking) == {"2026-07-01_db/egen.csv": "\ufeffid;antal\r\nB1;1\r\nB2;2,5\r\n".encode()}
    assert fetched.size == len(inbox(asking)["2026-07-01_db/egen.csv"])
    assert stat.S_IMODE(delivery.stat().st_mode) == 0o700
    assert stat.S_IMODE((delivery / "egen.csv").stat().st_mode) == 0o600
    assert source.read_bytes() == before


def test_only_a_changed_answer_becomes_a_new_delivery(asking: Home, source: Path) -> None:
    names = [fetch_delivery(asking, KOD, Settings(), DAY).deliveries]
    names += [fetch_delivery(asking, KOD, Settings(), date(2026, 7, 2)).deliveries]
    for number, day in ((4, date(2026, 7, 1)), (5, date(2026, 7, 1)), (6, date(2026, 7, 3))):
        with sqlite3.connect(source) as connection:
            connection.execute("INSERT INTO v VALUES (?, ?, 1)", (f"B{number}", KOD))
        names += [fetch_delivery(asking, KOD, Settings(), day).deliveries]

    assert names == [("2026-07-01_db",), (), ("2026-07-01_db_02",), ("2026-07-01_db_03",), ("2026-07-03_db",)]
    assert names == [names[0], (), *sorted(names[2:])]


def test_a_later_delivery_put_there_by_hand_stays_the_latest(asking: Home, source: Path) -> None:
    (asking.inkorg / KOD / "2026-07-01_omtag").mkdir(parents=True)
    fetched = fetch_delivery(asking, KOD, Settings(), DAY)

    assert (fetched.deliveries, fetched.later) == ((), "2026-07-01_omtag")


@pytest.mark.parametrize(
    ("sql", "settings", "told"),
    [
        ("DELETE FROM v RETURNING id, antal", Settings(), "felet OperationalError i frågan egen"),
        ("DROP TABLE v", Settings(), "felet OperationalError i frågan egen"),
        ("PRAGMA user_version = 7", Settings(), "i frågan egen"),
        ("SELECT id, antal FROM hemlig", Settings(), "felet OperationalError i frågan egen"),
        ("SELECT id FROM v", Settings(), "ingen, eller mer än en, kolumn antal i svaret på frågan egen"),
        ("SELECT id, antal, id FROM v", Settings(), "ingen, eller mer än en, kolumn id i svaret på frågan egen"),
        ("SELECT id, antal FROM v WHERE id = :namn", Settings(), "parametern namn i frågan egen"),
        ("SELECT id, antal FROM v", Settings(hamta_mib=0), "mer data än IBIC_HAMTA_MIB medger, i frågan egen"),
        (
            "SELECT id, antal FROM v",
            Settings(hamta_sekunder=-1),
            "mer tid än IBIC_HAMTA_SEKUNDER medger, i frågan egen",
        ),
    ],
)
def test_a_query_that_fails_leaves_nothing_behind(
    asking: Home, source: Path, sql: str, settings: Settings, told: str
) -> None:
    before = source.read_bytes()
    ask(asking, sql)
    ((code, sentence),) = reasons(asking, settings)

    assert code == "LEV-015"
    assert told in sentence
    assert "hemlig" not in sentence
    assert inbox(asking) == {}
    assert [each.name for each in (asking.inkorg / KOD).iterdir()] == [".hamtas-las"]
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", f"ingen adress i miljövariabeln {ADDRESS}"),
        ("sqlite:////tmp/finns/hemligt.sqlite", "en SQLite-adress som inte leder till någon fil"),
        ("sqlite://", "en SQLite-adress som inte leder till någon fil"),
        ("mssql+finnsinte://anna:hemligt@s/d", "felet NoSuchModuleError i anslutningen"),
        ("hemligt", "felet ArgumentError i anslutningen"),
        ("oracle+oracledb://anna:hemligt@s/d", "en drivrutin som inte är installerad (oracledb)"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_address(
    asking: Home, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv(ADDRESS, address)
    ((code, sentence),) = reasons(asking)

    assert code == "LEV-015"
    assert told in sentence
    assert "hemligt" not in sentence
    assert "anna" not in sentence


def test_nul_is_written_as_the_replacement_character(asking: Home, source: Path) -> None:
    ask(asking, "SELECT 'a' || char(0) || 'b' AS id, char(13) AS antal")
    fetch_delivery(asking, KOD, Settings(), DAY)

    assert inbox(asking)["2026-07-01_db/egen.csv"].decode() == '\ufeffid;antal\r\na\ufffdb;"\r"\r\n'
    assert without_unwritable("a\ud83db\udc00\x00😀").encode() == "a\ufffdb\ufffd\ufffd😀".encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31, 23, 59), "2024-01-31"),
        (datetime(2024, 6, 30, 23, 30, tzinfo=UTC), "2024-07-01"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "9999-12-31"),
        (time(8, 30), "08:30:00"),
        (True, "ja"),
        (False, "nej"),
        (37.5, "37,5"),
        (197001011234.0, "197001011234"),
        (1e-7, "0,0000001"),
        (float("nan"), "NaN"),
        (Decimal("37.50"), "37,50"),
        (Decimal("3.00"), "3"),
        (Decimal("1E+3"), "1000"),
        (b"\x01\xff", "01ff"),
    ],
)
def test_values_are_written_in_one_form(value: Any, written: str) -> None:
    assert as_text(value) == written


@pytest.mark.parametrize("query", EXPORTS)
def test_the_example_queries_are_bound_and_typed_for_sql_server(query: str) -> None:
    sql = (SQL / "sources" / f"{query}.sql").read_text(encoding="utf-8")
    compiled = parametrised(sql, query).compile(dialect=sql_server(paramstyle="qmark"))
    types = {name: type(each.type).__name__ for name, each in compiled.binds.items()}

    assert types == {"kommunkod": "String", "uttagsdatum": "Date"}
    assert compiled.string.rstrip().count("?") == 2
    assert compiled.positiontup == ["kommunkod", "uttagsdatum"]
    assert "kommunkod = ? AND " in compiled.string
    assert "registrerad <= ?" in compiled.string
    assert "--" not in compiled.string
    assert "LIMIT" not in compiled.string.upper()
    assert KOD not in compiled.string


def test_a_query_is_bound_and_typed_for_postgresql() -> None:
    statement = parametrised("-- :ord i kommentar\nSELECT 1 WHERE :uttagsdatum > x AND y LIKE '50%';\n", "egen")
    compiled = statement.compile(dialect=postgresql.psycopg.dialect())

    assert compiled.string == "SELECT 1 WHERE %(uttagsdatum)s::DATE > x AND y LIKE '50%%'"


def test_the_home_s_own_query_goes_before_the_shipped_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    shipped = home.query("beslut")
    home.queries.mkdir(parents=True)
    (home.queries / "beslut.sql").write_text("SELECT 1")

    assert shipped == SQL / "sources" / "beslut.sql"
    assert home.query("beslut") == home.queries / "beslut.sql"
    with pytest.raises(IbicError, match=r"did you mean beslut\?"):
        home.query("besult")


def test_the_shipped_example_is_a_profile_whose_queries_exist(tmp_path: Path) -> None:
    write_profile(tmp_path, database_profile())
    profil = Home(tmp_path).profil(KOD)

    assert [fil.monster for fil in profil.files()] == [f"{export}.csv" for export in EXPORTS]
    assert {fil.format.typ for fil in profil.files()} == {"sql"}


def test_a_profile_with_a_query_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    content = database_profile()
    content["exporter"]["beslut"][0]["fraga"] = "beslutt"
    write_profile(tmp_path, content)

    with pytest.raises(IbicError, match=r"did you mean beslut\?"):
        Home(tmp_path).profil(KOD)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"leverans": {}}, "leverans.databas and typ: sql go together"),
        ({"leverans": {"databas": "lower"}}, "pattern"),
        ({"leverans": {"databas": DATABASE, "hamtas_fran": "memory://x"}}, "a delivery comes from one place"),
        ({"leverans": {"databas": DATABASE, "mapp": "delad"}}, "a folder of its own"),
        ({"leverans": {"hamtas_fran": "sftp://anna:hemligt@server/x"}}, "passwords stand in the environment"),
        ({"leverans": {"hamtas_fran": "simplecache::memory://x"}}, "a plain address"),
        ({"format": {"typ": "sql", "kodning": "cp1252"}}, "kodning: typ: sql decides"),
        ({"format": {"typ": "sql", "datum": ["%d.%m.%Y"]}}, "add it to the patterns"),
        ({"format": {"typ": "csv"}}, "typ: sql needs fraga"),
    ],
)
def test_settings_of_a_database_that_do_not_fit_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told) as refused:
        Profil.model_validate(database_profile() | change)

    assert "hemligt" not in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"fraga": "../hemligt"}, "pattern"),
        ({"fraga": "beslut", "monster": "Beslut_*.csv"}, "leave monster out"),
        ({"monster": "beslut.csv"}, "typ: sql needs fraga"),
        ({"monster": "beslut.csv", "format": {"typ": "csv"}}, "for every file of the profile or none"),
    ],
)
def test_a_file_of_a_query_is_named_by_it(own: dict[str, Any], told: str) -> None:
    content = database_profile()
    content["exporter"]["beslut"] = [{"delar": content["exporter"]["beslut"][0]["delar"], **own}]
    with pytest.raises(ValidationError, match=told):
        Profil.model_validate(content)
