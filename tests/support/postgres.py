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


@contextmanager
def server() -> Iterator[str]:
    """Start a server and give its SQLAlchemy address; it refuses to run as root and then runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="ibic-pg-"))
    owner = _owner()
    bin_folder = programs()
    assert bin_folder is not None
    try:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        _run(
            owner,
            bin_folder / "initdb",
            "-D",
            data,
            "-U",
            "prov",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = f"-k {folder} -F -c listen_addresses=''"
        _run(owner, bin_folder / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://prov@/postgres?host={folder}"
        finally:
            _run(owner, bin_folder / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd:
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _run(owner: pwd.struct_passwd, *command: object) -> None:
    own = os.getuid() == owner.pw_uid
    subprocess.run(
        [str(each) for each in command],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **({} if own else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}),
    )
