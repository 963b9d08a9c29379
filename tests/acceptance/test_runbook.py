"""Every command of ``docs/runbook.md`` does what the page says, in its order, in a small made-up county.

``ibic`` runs in the test's own process, all else in a shell. The code location is loaded before, with all that the
program ships: a municipality that is added is a partition from the next process on.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import assets.definitions  # noqa: F401
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support import few_indicators
from tests.support.command_line import Ibic, Said
from tests.support.homes import deliver, small_county

ROOT = PACKAGE.parent
PAGE = ROOT / "docs" / "runbook.md"
UNITS = ROOT / "deploy" / "server" / "systemd"
MULLSJO, HABO = "0642", "0643"
NUMBER = "19520906-9813"

EXPECTED = {
    ("Install", "ibic doctor"): 1,
    ("A delivery was refused", "ibic doctor"): 1,
    ("A delivery was refused", "ibic check"): 1,
}
"""Section and how a command begins -> its exit code where that is not 0."""


@dataclass
class Server:
    """A folder that stands for the server's ``/``, with the programs that a test cannot run for real in ``bin``."""

    root: Path
    environment: dict[str, str]
    ibic: Ibic
    monkeypatch: pytest.MonkeyPatch

    @property
    def home(self) -> Home:
        return Home(self.root / "srv" / "ibic")

    def run(self, command: str, stdin: str = "") -> Said:
        for place in ("/opt/ibic", "/srv/ibic", "/backup"):
            command = re.sub(rf"(?<![\w/]){place}\b", f"{self.root}{place}", command)
        if command.startswith("ibic "):
            self.monkeypatch.setenv("IBIC_HOME", str(self.home.path))
            self.monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
            words = [
                sorted(map(str, Path("/").glob(word.lstrip("/")))) if "*" in word else [word]
                for word in shlex.split(command)[1:]
            ]
            return self.ibic(*(each for word in words for each in word))
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return Said(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Step:
    """A command of the page, and the section that it stands in."""

    section: str
    command: str


def steps() -> Iterator[Step]:
    section, inside = "", False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("```"):
            inside = line == "```sh"
        elif inside:
            yield Step(section, line)


def expected(step: Step) -> int:
    """The exit code that the page promises."""
    return next((EXPECTED[of] for of in EXPECTED if of[0] == step.section and step.command.startswith(of[1])), 0)


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def two_indicators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the commands do does not depend on how much is counted."""
    monkeypatch.setattr(few_indicators, "KEPT", ("M5", "T1"))
    folder = tmp_path / "indikatorer"
    folder.mkdir()
    with few_indicators.few_indicators(folder):
        yield


@pytest.fixture
def server(tmp_path: Path, ibic: Ibic, monkeypatch: pytest.MonkeyPatch, two_indicators: None) -> Server:
    """``make`` says what it would do, ``systemctl`` knows the units of ``deploy/``, the repository is a small one."""
    root = tmp_path / "root"
    tools = root / "bin"
    for folder in (tools, root / "opt", root / "srv", root / "backup"):
        folder.mkdir(parents=True)
    program(tools, "make", f'#!/bin/sh\nexec {shutil.which("make")} -n "$@"\n')
    known = f"for unit; do test -f {UNITS}/$unit.service || exit 5; done"
    program(tools, "systemctl", f'#!/bin/sh\ncase "$1" in start|stop|restart) shift ;; *) exit 64 ;; esac\n{known}\n')
    source = tmp_path / "source"
    source.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, source)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER", "GIT"))}
    environment |= {
        "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "IBIC_HOME": str(root / "srv" / "ibic"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{source}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://git.example.se/ibic-pipeline",
    }
    committed(source, "first")
    return Server(root, environment, ibic, monkeypatch)


def committed(source: Path, words: str) -> None:
    """A commit in the repository that the page clones."""
    (source / "CHANGELOG.md").write_text(words)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", words]):
        who = ["-c", "user.name=prov", "-c", "user.email=prov@example.se", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *command], cwd=source, check=True, capture_output=True)


def write_the_countys_settings(server: Server, made_up: Path) -> None:
    """What a person does after ``ibic init``: the county's own files, and the first delivery."""
    shutil.rmtree(server.home.kommuner)
    (server.home.kommuner).mkdir()
    shutil.copy(made_up / "kommuner" / f"{MULLSJO}.yaml", server.home.kommuner)
    settings = (made_up / "lan.yaml").read_text().replace(f'"{MULLSJO}", "{HABO}"', f'"{MULLSJO}"')
    (server.home.path / "lan.yaml").write_text(settings)
    for path in server.home.nycklar.glob("*.nyckel"):
        if path.stem != MULLSJO:
            path.unlink()
    deliver(server.home.path, MULLSJO)
    (server.home.path / "facit").mkdir()


def deliver_what_is_refused(server: Server) -> None:
    broken = deliver(server.home.path, MULLSJO, "2024-03-31") / "beslut.csv"
    lines = broken.read_bytes().splitlines(keepends=True)
    broken.write_bytes(lines[0].replace(b"Beslut", b"Beslutet", 1) + b"".join(lines[1:]))
    assert server.run("ibic run").code == 1


def take_backups_away(server: Server) -> None:
    shutil.rmtree(server.home.lager / ".versioner")


def test_every_command_of_the_runbook_works_in_its_order(server: Server, tmp_path: Path) -> None:
    made_up = small_county(tmp_path / "made up").path
    written: dict[str, Callable[[], object]] = {
        "git -C /opt/ibic pull --ff-only": lambda: committed(tmp_path / "source", "second"),
    }
    before_section: dict[str, Callable[[], object]] = {
        "A night by hand": lambda: write_the_countys_settings(server, made_up),
        "Add a municipality": lambda: deliver(server.home.path, HABO),
        "A delivery was refused": lambda: deliver_what_is_refused(server),
        "Restore from backup": lambda: take_backups_away(server),
    }
    after: dict[str, Callable[[], object]] = {
        "ibic profile suggest": lambda: shutil.copy(made_up / "kommuner" / f"{HABO}.yaml", server.home.kommuner),
        "ibic check /srv/ibic/inkorg/0642": lambda: deliver(server.home.path, MULLSJO, "2024-03-31_omtag"),
    }
    section, said = "", {}
    for step in steps():
        if step.section != section:
            section = step.section
            before_section.get(section, lambda: None)()
        written.get(step.command, lambda: None)()
        done = server.run(step.command, f"{NUMBER}\n" if "--individ -" in step.command else "")
        assert done.code == expected(step), f"{section}: {step.command}\n{done.out}{done.err}"
        assert NUMBER not in done.out + done.err
        said[section, step.command] = done.out
        next((act for begins, act in after.items() if step.command.startswith(begins)), lambda: None)()

    assert "refused" not in said["A delivery was refused", "ibic run --kommun 0642"]
    assert said["Rotate a key", "ibic keys list"] != ""
    assert said["Move to another server", "ibic run --home /srv/ibic-ny"].count("unchanged") >= 2
    assert "1 runs" not in said["Dagster's records of old runs", "ibic runs purge --dry-run"]


def test_the_page_answers_the_questions_that_an_administrator_has() -> None:
    sections = {step.section for step in steps()}

    assert {
        *("Install", "Upgrade", "Add a municipality", "A delivery was refused", "Rotate a key"),
        *("Restore from backup", "Purge a person", "Move to another server"),
    } <= sections
