"""The files of ``deploy/server/`` hold on a real systemd, PostgreSQL and nginx, as far as a test may start them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from dagster import DagsterInstance, Definitions, asset, define_asset_job
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support import postgres
from tests.support.command_line import OF_A_HOME
from tests.support.homes import copy_of, deliver, small_county

SERVER = PACKAGE.parent / "deploy" / "server"
UNITS = sorted(path.name for path in (SERVER / "systemd").iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]
MOST_EXPOSED = 20
"""Of 100: ``systemd-analyze security`` calls less than that well protected."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (apt-get install systemd)"
)
needs_nginx = pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="nginx or openssl is not installed (apt-get install nginx-light openssl)",
)
needs_postgres = pytest.mark.skipif(
    postgres.programs() is None, reason="PostgreSQL is not installed (apt-get install postgresql)"
)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root folder with the units in place, systemd's own, and programs under the names that the units start."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree("/usr/lib/systemd/system", root / "usr" / "lib" / "systemd" / "system", symlinks=True)
    shutil.copytree(SERVER / "systemd", root / "etc" / "systemd" / "system")
    for unit in SERVICES:
        for program in re.findall(r"^ExecStart=(\S+)", (SERVER / "systemd" / unit).read_text(), re.MULTILINE):
            target = root / program.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("#!/bin/sh\n")
            target.chmod(0o755)
    return root


def analysed(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *words[:1], f"--root={machine}", *words[1:]]
    return subprocess.run(command, capture_output=True, text=True)


@needs_systemd
def test_systemd_understands_every_line_of_every_unit(machine: Path) -> None:
    said = analysed(machine, "verify", "--man=no", *UNITS)

    assert (said.returncode, said.stderr) == (0, "")


@needs_systemd
def test_a_misspelled_line_would_be_seen(machine: Path) -> None:
    (machine / "etc/systemd/system/ibic-fel.service").write_text("[Service]\nUMmask=0077\nExecStart=/bin/true\n")

    assert "UMmask" in analysed(machine, "verify", "--man=no", "ibic-fel.service").stderr


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_can_do_little_but_its_work(machine: Path, unit: str) -> None:
    said = analysed(machine, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", unit)

    assert said.returncode == 0, said.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_writes_private_files_in_the_home_alone(unit: str) -> None:
    lines = (SERVER / "systemd" / unit).read_text().splitlines()

    assert {"UMask=0077", "ProtectSystem=strict", "NoNewPrivileges=yes", "ReadWritePaths=/srv/ibic"} <= set(lines)
    assert "User=ibic" in lines


def test_the_programs_that_the_units_start_know_their_words() -> None:
    """Each command line of the units, with --help instead of being run; where only values differ one is enough."""
    lines = [
        found
        for unit in SERVICES
        for found in re.findall(r"^ExecStart=\S+/(\S+) (.*)$", (SERVER / "systemd" / unit).read_text(), re.MULTILINE)
    ]
    told: dict[str, str] = {}
    with ExitStack() as running:
        helps = {
            program: running.enter_context(
                subprocess.Popen(
                    [Path(sys.executable).with_name(program), *words.split(), "--help"],
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for program, words in lines
            if program != "ibic"
        }
        for program, process in helps.items():
            told[program] = process.communicate(timeout=120)[0]
    for program, words in lines:
        if program == "ibic":
            assert CliRunner().invoke(app, [*words.split(), "--help"]).exit_code == 0
        else:
            for option in re.findall(r"--[a-z-]+", words):
                assert option in told[program], (program, option)


def test_no_password_stands_in_a_file_of_the_installation() -> None:
    for path in SERVER.rglob("*"):
        if path.is_file():
            assert not re.search(r"://[^\s/:@]+:[^\s/@]+@", path.read_text(encoding="utf-8")), path


def test_the_settings_differ_from_the_programs_own_in_storage_alone() -> None:
    own = yaml.safe_load((PACKAGE.parent / "dagster.yaml").read_text(encoding="utf-8"))
    server = yaml.safe_load((SERVER / "dagster.yaml").read_text(encoding="utf-8"))
    differing = {"run_storage", "event_log_storage", "schedule_storage", "storage", "local_artifact_storage"}

    assert {key: value for key, value in own.items() if key not in differing} == {
        key: value for key, value in server.items() if key not in differing
    }
    assert server["telemetry"] == {"enabled": False}


def in_the_environment(home: Home, address: str) -> dict[str, str]:
    usual = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    return usual | {"IBIC_HOME": str(home.path), "IBIC_DAGSTER_DATABAS": address, "PYTHONPATH": str(PACKAGE.parent)}


def ibic(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.support.few_indicators", *words],
        env=environment,
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )


@needs_postgres
def test_runs_are_kept_in_postgresql_looked_at_and_purged(
    published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed")
    from ibic_pipeline.cli.dagster_purge import purge_runs
    from ibic_pipeline.cli.dagster_records import opened
    from ibic_pipeline.cli.doctor import dagster_storage

    home = copy_of(published_home, tmp_path / "home")
    shutil.copy(SERVER / "dagster.yaml", home.dagster / "dagster.yaml")
    with postgres.server() as served:
        address = served.replace("postgresql+psycopg:", "postgresql+psycopg2:")
        said = ibic(in_the_environment(home, address), "run", "--force")
        for name in OF_A_HOME:
            monkeypatch.setenv(name, str(home.dagster))
        monkeypatch.setenv("IBIC_DAGSTER_DATABAS", address)
        looked = {each.what: each for each in dagster_storage.examine(home)}
        with opened(home) as instance:
            jobs = [run.job_name for run in instance.get_runs()]
            oldest = record_again(instance)
            purged = purge_runs(home, instance, datetime.now(UTC) + timedelta(days=1))
            left = {run.job_name for run in instance.get_runs()}
            events = len(instance.all_logs(oldest))

    assert said.returncode == 0, said.stderr
    assert jobs == ["lan", "kommun"]
    assert looked["run storage"].status == "ok"
    assert "migrated" in looked["run storage"].text
    assert list(home.dagster.glob("*.db")) == []
    assert (purged.borttagna, purged.kvar_som_senaste, events) == (2, 3, 0)
    assert left == {"lan", "kommun", "prov"}


def record_again(instance: DagsterInstance) -> str:
    """Three runs of a job of one asset; gives the id of the first."""

    @asset
    def prov() -> None:
        pass

    job = Definitions(assets=[prov], jobs=[define_asset_job("prov")]).resolve_job_def("prov")
    first, *_ = [job.execute_in_process(instance=instance).run_id for _ in range(3)]
    return first


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real nginx with the site's settings before two real webservers, everything on 127.0.0.1; gives its address."""
    folder = tmp_path_factory.mktemp("site")
    home = small_county(folder / "home", ["0642"])
    deliver(home.path, "0642", "2024-03-31")
    with ExitStack() as running:
        run = Path(running.enter_context(tempfile.TemporaryDirectory()))  # a socket's path is short
        ports = {3000: free_port(), 3001: free_port(), 443: free_port(), 80: free_port()}
        places = {"/run/ibic": run, "/etc/ibic/workspace.yaml": run / "workspace.yaml"}
        places |= {f"--port {shipped}": f"--port {own}" for shipped, own in ports.items()}
        (run / "workspace.yaml").write_text((SERVER / "workspace.yaml").read_text().replace("/run/ibic", str(run)))
        running.enter_context(service("ibic-code", places, home))
        wait_for(run / "code.sock")
        for unit in ("ibic-webserver", "ibic-insyn"):
            running.enter_context(service(unit, places, home))
        running.enter_context(nginx(folder, ports))
        for shipped in (3000, 3001, 443):
            wait_for(ports[shipped])
        yield f"https://127.0.0.1:{ports[443]}"


@contextmanager
def service(unit: str, places: Mapping[str, object], home: Home) -> Iterator[None]:
    """What a unit starts, but for the program's place, its sockets and its ports."""
    command = re.search(r"^ExecStart=(\S+) (.*)$", (SERVER / "systemd" / f"{unit}.service").read_text(), re.MULTILINE)
    assert command is not None
    words = command[2]
    for shipped, own in places.items():
        words = words.replace(shipped, str(own))
    usual = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    environment = usual | {"IBIC_HOME": str(home.path), "DAGSTER_HOME": str(home.dagster)}
    program = Path(sys.executable).with_name(Path(command[1]).name)
    with process([str(program), *words.split()], environment | {"PYTHONPATH": str(PACKAGE.parent)}):
        yield


@contextmanager
def nginx(folder: Path, ports: dict[int, int]) -> Iterator[None]:
    """nginx with the shipped site; places and ports are this test's."""
    etc = folder / "etc"
    (etc / "tls").mkdir(parents=True)
    certificate(etc / "tls")
    for name in ("drift", "insyn"):
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=f"losen-{name}\n", capture_output=True, text=True, check=True
        )
        (etc / f"{name}.htpasswd").write_text(f"anna:{hashed.stdout}")
    text = (SERVER / "nginx.conf").read_text().replace("/etc/ibic", str(etc))
    for shipped, own in ports.items():
        text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{own}")
        text = re.sub(rf"listen {shipped}\b", f"listen 127.0.0.1:{own}", text)
    (folder / "site.conf").write_text(text)
    (folder / "main.conf").write_text(
        f"daemon off;\nuser root;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; include {folder}/site.conf; }}\n"
    )
    if os.getuid() != 0:
        (folder / "main.conf").write_text((folder / "main.conf").read_text().replace("user root;\n", ""))
    tested = subprocess.run(["nginx", "-t", "-c", folder / "main.conf"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    with process(["nginx", "-c", str(folder / "main.conf")], dict(os.environ)):
        yield


@contextmanager
def process(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A process that is stopped by its own id; as under systemd, one that does not end when it is asked to is ended."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, cwd=PACKAGE.parent, **quiet) as running:
        try:
            yield
        finally:
            running.terminate()
            try:
                running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                running.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def wait_for(place: int | Path) -> None:
    """Until a port of 127.0.0.1, or a socket, takes connections."""
    for _ in range(900):
        with socket.socket(socket.AF_INET if isinstance(place, int) else socket.AF_UNIX) as tried:
            try:
                tried.connect(("127.0.0.1", place) if isinstance(place, int) else str(place))
            except OSError:
                time.sleep(0.2)
            else:
                return
    raise AssertionError(f"nothing listens on {place}")


def certificate(folder: Path) -> None:
    """A certificate that this test alone trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    ).sign(key, hashes.SHA256())
    (folder / "ibic.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "ibic.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


def asked(address: str, user: str | None = None, body: dict[str, Any] | None = None) -> tuple[int, str, str]:
    """Status, text and headers of an answer; ``user`` is name:password."""
    request = urllib.request.Request(address, None if body is None else json.dumps(body).encode())
    if user is not None:
        request.add_header("Authorization", f"Basic {b64encode(user.encode()).decode()}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(request, timeout=60, context=trusting) as answer:
            return answer.status, answer.read().decode(), str(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), str(refused.headers)


ADMINISTRATOR, COORDINATOR = "anna:losen-drift", "anna:losen-insyn"
RUNS = {"query": "{ runsOrError { ... on Runs { results { id } } } }"}
START = {
    "query": """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) { __typename
        ... on PythonError { message } ... on UnauthorizedError { message } } }""",
    "variables": {
        "p": {
            "selector": {
                "repositoryLocationName": "assets.definitions",
                "repositoryName": "__repository__",
                "pipelineName": "lan",
            },
            "mode": "default",
        }
    },
}


@needs_nginx
@pytest.mark.parametrize("place", ["drift", "insyn"])
def test_nobody_comes_in_without_the_right_password(site: str, place: str) -> None:
    assert asked(f"{site}/{place}/")[0] == 401
    assert asked(f"{site}/{place}/graphql", None, RUNS)[0] == 401
    assert asked(f"{site}/{place}/", "anna:fel")[0] == 401
    assert asked(f"{site}/drift/", COORDINATOR)[0] == 401


@needs_nginx
@pytest.mark.parametrize(("place", "user"), [("drift", ADMINISTRATOR), ("insyn", COORDINATOR)])
def test_with_the_password_the_pages_are_there(site: str, place: str, user: str) -> None:
    status, page, headers = asked(f"{site}/{place}/runs", user)

    assert status == 200
    assert f"/{place}/" in page
    assert "default-src 'self'" in headers
    assert json.loads(asked(f"{site}/{place}/graphql", user, RUNS)[1])["data"]["runsOrError"] == {"results": []}


@needs_nginx
def test_the_coordinators_server_changes_nothing(site: str) -> None:
    def answer(place: str, user: str) -> str:
        said = json.loads(asked(f"{site}/{place}/graphql", user, START)[1])
        return str(said["data"]["launchPipelineExecution"]["__typename"])

    assert answer("insyn", COORDINATOR) == "UnauthorizedError"
    assert json.loads(asked(f"{site}/drift/graphql", ADMINISTRATOR, RUNS)[1])["data"]["runsOrError"]["results"] == []
    assert answer("drift", ADMINISTRATOR) == "LaunchRunSuccess"


@needs_nginx
def test_anything_else_is_not_there(site: str) -> None:
    assert asked(f"{site}/publicerat/", ADMINISTRATOR)[0] == 404
    assert asked(f"{site}/graphql", ADMINISTRATOR, RUNS)[0] == 404
