"""A PostgreSQL server of its own for a test: a new cluster on a Unix socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGED = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; None where PostgreSQL is not installed."""
    versions = sorted(PACKAGED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A cluster in a folder, which may be stopped and started again; it refuses to run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.owner = folder, folder / "data", _owner()
        self.address = f"postgresql+psycopg://prov@/postgres?host={folder}"
        """For SQLAlchemy."""
        os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        self._run("initdb", "-U", "prov", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Take connections."""
        options = f"-k {self.folder} -F -c listen_addresses=''"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Take no more connections, and end those there are, as a crash would."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *words: str) -> None:
        bin_folder = programs()
        assert bin_folder is not None
        own = os.getuid() == self.owner.pw_uid
        subprocess.run(
            [str(bin_folder / program), "-D", str(self.data), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **({} if own else {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}),
        )


@contextmanager
def running() -> Iterator[Server]:
    """A server that takes connections; it is stopped in the end if it runs."""
    folder = Path(tempfile.mkdtemp(prefix="ibic-pg-"))
    try:
        started = Server(folder)
        started.start()
        try:
            yield started
        finally:
            if (started.data / "postmaster.pid").exists():
                started.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The SQLAlchemy address of a server that runs meanwhile."""
    with running() as started:
        yield started.address


def _owner() -> pwd.struct_passwd:
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
