"""Remote folders and queries become delivery folders: whole or not at all, private, and the source only ever read."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.mssql.pyodbc import dialect as sql_server

from ibic_pipeline import cli
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.fetch import database, fetch_delivery, remote
from ibic_pipeline.fetch.database import parametrised
from ibic_pipeline.fetch.values import as_text, without_unwritable
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.resources import SQL
from schemas import EXPORTS
from tests.support.database import DATABASE, database_profile, file_profile, write_profile
from tests.support.homes import small_county

KOD = "0642"
DAY = date(2026, 7, 1)
AT_ONCE = Settings(hamta_lugn_sekunder=0)
ADDRESS = f"IBIC_DATABAS_{DATABASE}"
ROOT = "/avsandare"


@pytest.fixture(autouse=True)
def _empty_memory() -> Iterator[None]:
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
    yield
    MemoryFileSystem.store.clear()


def home_of(tmp_path: Path, url: str = f"memory:/{ROOT}") -> Home:
    """A home whose one municipality fetches from a remote folder."""
    content = file_profile(KOD).model_dump(mode="json", exclude_unset=True)
    write_profile(tmp_path / "home", content | {"leverans": {"hamtas_fran": url}})
    return Home(tmp_path / "home")


def send(name: str, **files: bytes) -> None:
    """Put a delivery in the remote folder."""
    files_there = fsspec.filesystem("memory")
    files_there.makedirs(f"{ROOT}/{name}", exist_ok=True)
    for file, content in files.items():
        files_there.pipe(f"{ROOT}/{name}/{file}", content)


def inbox(home: Home) -> dict[str, bytes]:
    """Every file below the municipality's inbox but the lock, and its content."""
    folder = home.inkorg / KOD
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name != ".hamtas-las"}


def reasons(home: Home, settings: Settings = AT_ONCE) -> list[tuple[str, str]]:
    """Why nothing could be fetched."""
    with pytest.raises(DeliveryRefused) as refused:
        fetch_delivery(home, KOD, settings, DAY)
    return refused.value.reasons


# Remote folders


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_newer_remote_delivery_comes_whole_to_the_inbox_for_this_user_alone(tmp_path: Path, kind: str) -> None:
    url = f"memory:/{ROOT}" if kind == "memory" else (tmp_path / "ute").as_uri()
    home = home_of(tmp_path, url)
    (home.inkorg / KOD / "2026-05-31").mkdir(parents=True)
    for name, content in {"a.csv": b"ett", "b.csv": b"", ".dold": b"nej", "klar": b""}.items():
        if kind == "memory":
            send("2026-06-30_omtag", **{name: content})
        else:
            (tmp_path / "ute" / "2026-06-30_omtag" / "under").mkdir(parents=True, exist_ok=True)
            (tmp_path / "ute" / "2026-06-30_omtag" / name).write_bytes(content)
    fetched = fetch_delivery(home, KOD, AT_ONCE, DAY)
    delivery = home.inkorg / KOD / "2026-06-30_omtag"

    assert fetched.deliveries == ("2026-06-30_omtag",)
    assert (fetched.files, fetched.size) == (2, 3)
    assert inbox(home) == {"2026-06-30_omtag/a.csv": b"ett", "2026-06-30_omtag/b.csv": b""}
    assert stat.S_IMODE(delivery.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in delivery.iterdir()} == {0o600}
    assert fetch_delivery(home, KOD, AT_ONCE, DAY).deliveries == ()


def test_every_newer_delivery_is_fetched_and_of_an_empty_inbox_only_the_newest(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    for name in ("2026-03-31", "2026-04-30", "utkast", "9 april"):
        send(name, a=b"1")
    first = fetch_delivery(home, KOD, AT_ONCE, DAY)
    for name in ("2026-05-31", "2026-06-30"):
        send(name, a=b"1")
    second = fetch_delivery(home, KOD, AT_ONCE, DAY)

    assert first.deliveries == ("2026-04-30",)
    assert second.deliveries == ("2026-05-31", "2026-06-30")


def test_the_sender_s_folder_is_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "ute" / "2026-06-30"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(b"ett")
    (folder / "a.csv").chmod(0o444)
    folder.chmod(0o555)
    before = [(path, path.stat().st_mtime_ns) for path in sorted((tmp_path / "ute").rglob("*"))]
    fetch_delivery(home_of(tmp_path, str(tmp_path / "ute")), KOD, AT_ONCE, DAY)

    assert [(path, path.stat().st_mtime_ns) for path in sorted((tmp_path / "ute").rglob("*"))] == before
    folder.chmod(0o755)


@pytest.mark.parametrize("when", ["while waiting", "while copying", "cut short"])
def test_a_delivery_that_is_still_being_written_is_left_alone(
    tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_of(tmp_path)
    send("2026-06-30", a=b"halva")
    copy = remote._copied

    def grows(*_: Any) -> None:
        send("2026-06-30", b=b"mer")

    def grows_while_copied(*given: Any) -> bool:
        grows()
        return copy(*given)

    if when == "while waiting":
        monkeypatch.setattr(remote.time, "sleep", grows)
    elif when == "while copying":
        monkeypatch.setattr(remote, "_copied", grows_while_copied)
    else:
        monkeypatch.setattr(
            remote, "_copied", lambda files, source, target, size: copy(files, source, target, size + 1)
        )
    first = fetch_delivery(home, KOD, AT_ONCE, DAY)
    nothing = inbox(home)
    monkeypatch.undo()
    second = fetch_delivery(home, KOD, AT_ONCE, DAY)

    assert (first.deliveries, first.unfinished) == ((), ("2026-06-30",))
    assert nothing == {}
    assert second.deliveries == ("2026-06-30",)


def test_an_empty_remote_delivery_is_waited_for(tmp_path: Path) -> None:
    send("2026-06-30")
    fetched = fetch_delivery(home_of(tmp_path), KOD, AT_ONCE, DAY)

    assert fetched.unfinished == ("2026-06-30",)


def test_the_file_klar_makes_waiting_needless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(remote.time, "sleep", slept.append)
    home = home_of(tmp_path)
    send("2026-05-31", a=b"1")
    fetch_delivery(home, KOD, Settings(), DAY)
    send("2026-06-30", a=b"1", KLAR=b"")
    fetched = fetch_delivery(home, KOD, Settings(), DAY)

    assert fetched.deliveries == ("2026-06-30",)
    assert slept == [30.0]


@pytest.mark.parametrize(
    ("files", "settings", "told"),
    [
        (
            {f"f{i}": b"" for i in range(4)},
            Settings(hamta_filer=3),
            "4 filer i 2026-06-30; gränsen IBIC_HAMTA_FILER är 3",
        ),
        (
            {"a": bytes(1 << 20), "b": b"1"},
            Settings(hamta_mib=1),
            "mer än 1 MiB i 2026-06-30; gränsen är IBIC_HAMTA_MIB",
        ),
        ({"a..b": b"1"}, AT_ONCE, "en fil som inte får kopieras (a..b)"),
        ({"a\\b": b"1"}, AT_ONCE, "en fil som inte får kopieras (a\\b)"),
        ({"19121212-1212\n": b"1"}, AT_ONCE, "en fil som inte får kopieras (PERSONNUMMER\ufffd)"),
    ],
)
def test_what_is_too_much_or_badly_named_is_refused(
    tmp_path: Path, files: dict[str, bytes], settings: Settings, told: str
) -> None:
    home = home_of(tmp_path)
    send("2026-06-30", **files)
    ((code, sentence),) = reasons(home, settings)

    assert code == "LEV-015"
    assert told in sentence
    assert inbox(home) == {}


def test_a_link_at_the_sender_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "hemligt.txt").write_text("hemligt")
    (tmp_path / "ute" / "2026-06-30").mkdir(parents=True)
    (tmp_path / "ute" / "2026-06-30" / "a.csv").symlink_to(tmp_path / "hemligt.txt")
    (tmp_path / "ute" / "2026-07-01").symlink_to(tmp_path)
    home = home_of(tmp_path, str(tmp_path / "ute"))

    assert "en fil som inte får kopieras (a.csv)" in reasons(home)[0][1]
    assert inbox(home) == {}


def test_a_delivery_of_the_future_is_refused_since_it_would_hide_later_ones(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    send("2026-06-30", a=b"1")
    send("2062-06-30", a=b"1")

    assert reasons(home)[0][0] == "LEV-007"
    assert inbox(home) == {}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("memory://finns/inte", "felet FileNotFoundError i mappen som hamtas_fran anger"),
        ("okant://anna@hemlig.se/x", "felet ValueError i mappen"),
        ("sftp://anna@127.0.0.1:1/x", "i mappen|en drivrutin som inte är installerad (paramiko)"),
    ],
)
def test_a_remote_folder_that_cannot_be_read_is_told_without_its_address(tmp_path: Path, url: str, told: str) -> None:
    ((code, sentence),) = reasons(home_of(tmp_path, url))

    assert code == "LEV-015"
    assert any(each in sentence for each in told.split("|"))
    for secret in ("anna", "hemlig", "finns/inte", "127.0.0.1"):
        assert secret not in sentence


def test_what_a_killed_fetch_left_behind_is_removed(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    send("2026-06-30", a=b"1")
    left = home.inkorg / KOD / ".hamtas-abc"
    left.mkdir(parents=True)
    (left / "a").write_bytes(b"halv")
    fetch_delivery(home, KOD, AT_ONCE, DAY)

    assert not left.exists()
    assert inbox(home) == {"2026-06-30/a": b"1"}


def test_a_municipality_without_a_source_is_left_to_deliver_by_hand(tmp_path: Path) -> None:
    write_profile(tmp_path, file_profile(KOD).model_dump(mode="json", exclude_unset=True))

    assert fetch_delivery(Home(tmp_path), KOD, AT_ONCE, DAY).deliveries == ()
    assert not (tmp_path / "inkorg").exists()


# Databases


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


# Profiles


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


# The command


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr("sys.argv", ["ibic", "fetch", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Two municipalities, of which one fetches."""
    monkeypatch.setenv("IBIC_HAMTA_LUGN_SEKUNDER", "0")
    home = small_county(tmp_path / "home")
    path = home.kommuner / f"{KOD}.yaml"
    path.write_text(path.read_text().replace("leverans:\n", f"leverans:\n  hamtas_fran: 'memory:/{ROOT}'\n"))
    return home


def test_fetch_says_what_came_and_ends_with_0(
    county: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send("2026-06-30", a=b"1")
    first = run(monkeypatch, "--home", county.path)
    second = run(monkeypatch, "--home", county.path, "--kommun", KOD)

    assert (first, second) == (0, 0)
    assert capsys.readouterr().out.splitlines() == [
        "0642 fetched 2026-06-30: 1 files, 0.0 MiB",
        "0643 dropped by hand: its profile names no database and no remote folder",
        "0642 nothing new",
    ]


def test_fetch_ends_with_1_for_a_source_that_cannot_be_read_and_2_for_a_profile_that_cannot(
    county: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unreachable = run(monkeypatch, "--home", county.path)
    unknown = run(monkeypatch, "--home", county.path, "--kommun", "0680")
    (county.kommuner / f"{KOD}.yaml").write_text("okand_nyckel: 1")
    wrong = run(monkeypatch, "--home", county.path)
    said = capsys.readouterr()

    assert (unreachable, unknown, wrong) == (1, 2, 2)
    assert "0642 LEV-015: Förväntade en databas eller mapp som svarar" in said.err
    assert said.out.count("0643 dropped by hand") == 2


def test_no_driver_s_words_reach_the_log() -> None:
    assert database.logging.getLogger("sqlalchemy.pool").level > database.logging.ERROR
