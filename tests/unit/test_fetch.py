"""Remote folders become delivery folders: whole or not at all, private, and the source only ever read."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ibic_pipeline import cli
from ibic_pipeline.fetch import database, fetch_delivery, remote
from ibic_pipeline.home import Home, Settings
from tests.support.database import file_profile, write_profile
from tests.support.fetching import AT_ONCE, DAY, KOD, inbox, reasons
from tests.support.homes import small_county

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
