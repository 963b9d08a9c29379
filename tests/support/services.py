"""A code server and a daemon as the units of ``deploy/server/`` start them; each can be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from assets.alive import AttentiveRunLauncher
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support.daemons import environment, until

CODE, DAEMON = "code server", "daemon"


class ImpatientRunLauncher(AttentiveRunLauncher):
    """The product's launcher for a test that does not wait for a minute."""

    begins_within, ends_within = 20.0, 1.0


class Services:
    """The processes of a server on a home, each with a process group of its own, as a unit has its control group."""

    def __init__(self, home: Home, module: str, more: Mapping[str, str]) -> None:
        self.home, self.environment = home, environment(home, more)
        self.folder = Path(tempfile.mkdtemp(prefix="ibic-"))  # a socket's path is short
        socket, workspace = self.folder / "code.sock", self.folder / "workspace.yaml"
        workspace.write_text(
            f"load_from:\n  - grpc_server:\n      socket: {socket}\n      location_name: assets.definitions\n"
        )
        code = f"-m dagster code-server start --socket {socket} --module-name {module}"
        self.words = {CODE: code, DAEMON: f"-m dagster._daemon run --workspace {workspace}"}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, kind: str = "") -> None:
        """Start a service; ``kind`` is what it is where its name is another."""
        with (self.folder / "log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *self.words[kind or name].split()],
                cwd=PACKAGE.parent,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name == CODE:
            until((self.folder / "code.sock").exists, "the code server's socket")

    def kill(self, name: str, *, with_its_runs: bool = True) -> None:
        """kill -9 of a service; what it has started goes with it, as systemd sees to, unless it is to live on."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            (os.killpg if with_its_runs else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
        if name == CODE:
            (self.folder / "code.sock").unlink(missing_ok=True)

    def end(self) -> None:
        """Kill what runs."""
        for name in list(self.running):
            self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def services(home: Home, module: str, more: Mapping[str, str]) -> Iterator[Services]:
    """A code server that has loaded a module, and a daemon; killed in the end."""
    started = Services(home, module, more)
    try:
        started.start(CODE)
        started.start(DAEMON)
        yield started
    finally:
        started.end()
