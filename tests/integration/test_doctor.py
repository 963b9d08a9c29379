"""``ibic doctor`` finds each thing that can be wrong with an installation, and says what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dagster._daemon.types import DaemonHeartbeat

from ibic_pipeline.cli.common import enter
from ibic_pipeline.cli.dagster_records import opened
from ibic_pipeline.cli.doctor import examine, machine, network, program
from ibic_pipeline.cli.doctor.finding import Finding
from ibic_pipeline.home import Home
from ibic_pipeline.publish.access import open_as_decided
from tests.support.command_line import OF_A_HOME, Ibic
from tests.support.homes import copy_of

CODE = "0642"
MIGRATE = "dagster instance migrate"


@pytest.fixture
def home(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home in which nothing is wrong: its deliveries are made up, so that their age does not count."""
    for name in OF_A_HOME:
        monkeypatch.setenv(name, "")
    before = os.umask(0o077)
    made = copy_of(published_home, tmp_path / "home")
    (made.path / "facit").mkdir()
    for folder in (made.lager, made.dagster):
        for path in folder.rglob("*"):
            path.chmod(path.stat().st_mode & 0o700)
    yield made
    os.umask(before)


def found(home: Home) -> dict[str, Finding]:
    return {each.what: each for each in examine(enter(home.path))}


def with_records(home: Home) -> Home:
    """Dagster's records as a first run makes them."""
    enter(home.path)
    with opened(home) as instance:
        instance.get_runs(limit=1)
        instance.all_asset_keys()
        instance.all_instigator_state()
    return home


def setting(home: Home, part: str, name: str, value: object) -> None:
    """One of what the county tolerates."""
    path = home.path / "lan.yaml"
    path.write_text(f"{path.read_text()}\n{part}:\n  {name}: {{varde: {value}, varfor: Prov}}\n")


def test_a_sound_installation_has_nothing_to_look_at(home: Home, ibic: Ibic) -> None:
    said = ibic("doctor", "--home", with_records(home).path, "--json")

    assert {each["what"]: each for each in json.loads(said.out) if each["status"] != "ok"} == {}
    assert said.code == 0


def open_a_key(home: Home) -> None:
    (home.nycklar / f"{CODE}.nyckel").chmod(0o644)


def open_a_working_table(home: Home) -> None:
    next((home.lager / ".versioner").rglob("*.parquet")).chmod(0o644)


def spoil_the_records(home: Home) -> None:
    (with_records(home).dagster / "event_log.db").write_bytes(b"SQLite format 3\0" + b"x" * 4096)


def age_the_records(home: Home) -> None:
    with sqlite3.connect(with_records(home).dagster / "runs.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '7e2f3204cf8e'")


def let_the_records_grow(home: Home) -> None:
    setting(with_records(home), "drift", "lagring_mib", 0)


def lock_the_records_away(home: Home) -> None:
    settings = home.dagster / "dagster.yaml"
    settings.write_text(
        "telemetry: {enabled: false}\nstorage:\n  postgres:\n    postgres_url: {env: IBIC_NOT_SET_ANYWHERE}\n"
    )


def let_the_daemon_fall_silent(home: Home) -> None:
    heard(home, time.time() - 3600)


def let_the_daemon_fail(home: Home) -> None:
    heard(home, time.time(), failing=True)


def heard(home: Home, moment: float, *, failing: bool = False) -> None:
    """Heartbeats of every part of the daemon."""
    from dagster._utils.error import SerializableErrorInfo

    errors = [SerializableErrorInfo("lost", [], None)] if failing else []
    with opened(with_records(home)) as instance:
        for kind in instance.get_required_daemon_types():
            instance.add_daemon_heartbeat(DaemonHeartbeat(moment, kind, None, errors))


def change_the_release(home: Home) -> None:
    page = next((home.publicerat / "releaser").glob("*/kodbok.html"))
    page.chmod(0o600)
    page.write_text("something else")


def take_the_release_away(home: Home) -> None:
    shutil.rmtree(home.publicerat / "releaser")
    (home.publicerat / "senaste.json").unlink()


def point_at_nothing(home: Home) -> None:
    pointer = home.publicerat / "senaste.json"
    pointer.chmod(0o600)
    pointer.write_text("{}")


def write_in_the_future(home: Home) -> None:
    os.utime(home.publicerat / "senaste.json", (time.time() + 86_400,) * 2)


def refuse_the_delivery(home: Home) -> None:
    next((home.path / "inkorg" / CODE).rglob("*.csv")).unlink()


def remember_a_refusal(home: Home) -> None:
    path = home.versions(CODE) / "status.json"
    status = json.loads(path.read_text())
    path.write_text(json.dumps(status | {"utfall": "vagrad", "orsaker": [{"kod": "LEV-005", "text": "För få rader."}]}))


def break_the_profile(home: Home) -> None:
    path = home.kommuner / f"{CODE}.yaml"
    path.write_text(f"{path.read_text()}\nkolumnner: 1\n")


def leave_a_switch_of_keys(home: Home) -> None:
    (home.nycklar / f".{CODE}.byte").write_text("x")


def use_another_key(home: Home) -> None:
    path = home.nycklar / f"{CODE}.nyckel"
    path.write_text("ab" * 32)


def copy_a_key(home: Home) -> None:
    target = home.nycklar / "lan.nyckel"
    shutil.copy(home.nycklar / f"{CODE}.nyckel", target)
    target.chmod(0o600)


def send_usage_data(home: Home) -> None:
    settings = home.dagster / "dagster.yaml"
    settings.write_text(settings.read_text().replace("telemetry:\n  enabled: false", "telemetry:\n  enabled: true"))


def garble_dagsters_settings(home: Home) -> None:
    (home.dagster / "dagster.yaml").write_text("telemetry: [")


BROKEN: list[tuple[Callable[[Home], object], str, str, str, str]] = [
    (lambda _: os.umask(0o022), "umask", "finding", "others may read", "UMask=0077"),
    (send_usage_data, "telemetry", "finding", "sends usage data", "enabled: false"),
    (garble_dagsters_settings, "telemetry", "error", "no YAML", "ibic init"),
    (lambda home: (home.dagster / "dagster.yaml").unlink(), "telemetry", "error", "is missing", "ibic init"),
    (lambda home: (home.path / "lan.yaml").unlink(), "lan.yaml", "error", "no such file", "ibic init"),
    (lambda home: home.inkorg.rename(home.path / "in"), "inkorg", "error", "is missing", "ibic init"),
    (lambda home: home.lager.chmod(0o755), "lager", "finding", "Others may read", "chmod 700"),
    (lambda home: home.nycklar.chmod(0o750), "nycklar", "finding", "Others may read", "chmod 700"),
    (open_a_working_table, "modes", "finding", "1 files may be read", "chmod -R go="),
    (lambda home: home.publicerat.chmod(0o755), "readers", "finding", "publicerat cannot be read", "ibic run --force"),
    (lambda home: setting(home, "larm", "disk_mib", 10**12), "disk", "finding", "is little", "Make room"),
    (write_in_the_future, "clock", "error", "was written", "timedatectl"),
    (open_a_key, "keys", "error", "mode 0644", "chmod 600"),
    (lambda home: (home.nycklar / f"{CODE}.nyckel").unlink(), "keys", "error", "no such file", "backup"),
    (copy_a_key, "keys", "finding", "have the same key", "ibic keys rotate"),
    (use_another_key, "keys", "finding", "another key", "Restore that key"),
    (spoil_the_records, "run storage", "error", "is damaged", "starts anew"),
    (age_the_records, "run storage", "error", "another version", MIGRATE),
    (let_the_records_grow, "run storage", "finding", "is much", "ibic runs purge"),
    (lock_the_records_away, "run storage", "error", "cannot be opened", "dagster.yaml"),
    (let_the_daemon_fall_silent, "daemon", "finding", "Silent for more than 15 minutes", "systemctl restart"),
    (let_the_daemon_fail, "daemon", "finding", "Reports errors", "journalctl"),
    (refuse_the_delivery, CODE, "finding", "LEV-001", "better delivery"),
    (remember_a_refusal, CODE, "finding", "LEV-005", "better delivery"),
    (break_the_profile, CODE, "error", "kolumnner", "Correct"),
    (lambda home: (home.path / "facit").rmdir(), CODE, "finding", "is late", "for a new one"),
    (take_the_release_away, "release", "finding", "Nothing is published", "ibic run"),
    (change_the_release, "release", "error", "kodbok.html", "ibic release rollback"),
    (point_at_nothing, "release", "error", "senaste.json", "ibic release rollback"),
]


@pytest.mark.parametrize(
    ("break_it", "what", "status", "text", "do"), BROKEN, ids=[f"{each[1]}-{each[3]}" for each in BROKEN]
)
def test_whatever_is_wrong_is_found_with_what_to_do(
    home: Home, break_it: Callable[[Home], object], what: str, status: str, text: str, do: str
) -> None:
    break_it(home)

    finding = found(home)[what]

    assert finding.status == status
    assert text in finding.text
    assert do in finding.do


def test_a_folder_that_may_not_be_written_is_an_error(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, so that the right itself is taken away here."""
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != home.lager)

    assert (found(home)["lager"].status, "chown" in found(home)["lager"].do) == ("error", True)


def test_a_python_that_is_too_old_is_an_error() -> None:
    assert program.python((3, 10, 4)).status == "error"
    assert program.python((3, 12, 1)).status == "ok"


def test_a_library_in_another_version_than_the_locked_one_is_found(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "pandas==2.0.0 \\\n    --hash=sha256:ab\nnot-installed-here==1.0 \\\nduckdb==0.1 ; sys_platform == 'x'\n"
    )

    finding = program.libraries(lock)

    assert (finding.status, "requirements.lock" in finding.do) == ("finding", True)
    assert "pandas" in finding.text
    assert "duckdb" not in finding.text
    assert "not-installed" not in finding.text


def test_a_requirement_that_is_missing_or_too_old_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = tmp_path / "prov_program-1.dist-info"
    about.mkdir()
    needs = "Requires-Dist: pandas<1\nRequires-Dist: does-not-exist-anywhere\nRequires-Dist: absent; extra == 'x'\n"
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: prov-program\nVersion: 1\n{needs}")
    monkeypatch.syspath_prepend(str(tmp_path))

    text = program.libraries(tmp_path / "no lock", "prov-program").text

    assert "pandas" in text
    assert "does-not-exist-anywhere is missing" in text
    assert "absent" not in text


def test_reports_that_are_wanted_and_cannot_be_printed_are_found(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ibic_pipeline.pdf.can_print", lambda: False)
    assert found(home)["printing"].status == "ok"  # tests' homes do without

    settings = home.path / "lan.yaml"
    settings.write_text(settings.read_text().replace("utskrift: false", "utskrift: true"))
    finding = found(home)["printing"]

    assert (finding.status, "apt-get install libpango" in finding.do) == ("finding", True)


def test_a_machine_without_swedish_time_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.time_zone("Europe/Stockhome").status == "error"
    (tmp_path / "Europe").mkdir()
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / "UTC").is_file():
            shutil.copy(Path(folder) / "UTC", tmp_path / "Europe" / "Stockholm")
            break
    else:
        pytest.skip("no time zone data on this machine to make wrong data of")
    kept = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    try:
        finding = machine.time_zone()
    finally:
        zoneinfo.reset_tzpath(to=kept)
    assert (finding.status, "tzdata" in finding.do) == ("error", True)


def test_a_server_of_dagster_is_seen_where_it_listens(tmp_path: Path) -> None:
    server = tmp_path / "dagster-webserver"
    server.write_text(
        "import socket, sys\nlistening = socket.create_server(('127.0.0.1', 0))\n"
        "print(listening.getsockname()[1], flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        seen = [each for each in network.listeners() if each.pid == process.pid]
        process.communicate("")

    assert seen == [network.Listener("dagster-webserver", "127.0.0.1", port, process.pid)]
    assert network.bound(seen).status == "ok"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *[("0.0.0.0", True), ("::", True), ("192.168.1.7", True), ("10.0.0.1", True), ("fe80::1%eth0", True)],
        *[("127.0.0.1", False), ("127.0.1.1", False), ("::1", False), ("::ffff:127.0.0.1", False)],
    ],
)
def test_a_server_that_others_can_reach_is_an_error(address: str, public: bool) -> None:
    finding = network.bound([network.Listener("dagster-webserver", address, 3000, 1)])

    assert finding.status == ("error" if public else "ok")
    assert ("--host 127.0.0.1" in finding.do) == public


def test_a_warehouse_that_cannot_be_reached_or_is_behind_is_found(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibic_pipeline.warehouse import load_current

    monkeypatch.setenv("IBIC_WAREHOUSE", f"sqlite:///{tmp_path}/nowhere/w.db")
    lost = found(home)["database"]
    monkeypatch.setenv("IBIC_WAREHOUSE", f"sqlite:///{tmp_path}/w.db")
    behind = found(home)["database"]
    load_current(home)

    assert (lost.status, bool(lost.do)) == ("finding", True)
    assert (behind.status, behind.do) == ("finding", "Run `ibic warehouse load`.")
    assert found(home)["database"].status == "ok"


def test_a_daemon_that_is_heard_of_is_well_and_one_that_never_ran_is_not_asked_for(home: Home) -> None:
    assert "ibic run" in found(with_records(home))["daemon"].text
    heard(home, time.time())
    assert found(home)["daemon"].status == "ok"


def test_the_next_publication_opens_what_the_county_has_decided_to_open(home: Home) -> None:
    setting(home, "drift", "publicerat_lasbart_for", "alla")
    assert found(home)["readers"].status == "finding"

    opened_home = Home(home.path)
    open_as_decided(opened_home)

    assert found(home)["readers"].status == "ok"
    release = next((home.publicerat / "releaser").iterdir())
    assert {path.stat().st_mode & 0o777 for path in release.rglob("*")} == {0o755, 0o444}
