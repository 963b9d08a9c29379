"""Publishing, removing old releases, purging persons and rolling back, with a fault at a write of a child process.

``python -m tests.support.publishing_faults 200`` spreads so many over all writes and kinds, and tells what broke.
After each fault: the pointer names a release that verifies, so do all others that can be seen, and the next
publication succeeds without help.
"""

from __future__ import annotations

import argparse
import builtins
import errno
import io
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ibic_pipeline.county import Publicering, Tal
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality, folders, release, verify_release
from ibic_pipeline.publish.lifecycle import rollback
from ibic_pipeline.publish.pointer import current_release, pointer_faults
from ibic_pipeline.publish.purge import Notice, purge_from_releases
from ibic_pipeline.publish.retention import purge_releases
from tests.support.releases import NAMES, NOW, make_home, no_pages, publish_small, small_municipalities

KINDS = ("kill", "full", "full_from_then", "denied", "denied_from_then")
KEPT = Publicering(**{
    name: Tal(varde=value, varfor="Prov.")
    for name, value in {"behall_antal": 2, "behall_dagar": 0, "frist_timmar": 0, "tolerans_procent": 0}.items()
})  # fmt: skip
PERSON = "individ_id-1"
CODES = ("0642", "0643")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Fault:
    """What goes wrong, at which write of which operation."""

    operation: str
    write: int
    kind: str


class Disk:
    """Counts a process's writes, and lets the one with the fault's number go wrong."""

    def __init__(self, fault: Fault | None) -> None:
        self.fault = fault
        self.writes = 0

    def install(self) -> None:
        """From here on every write of this process is counted."""
        for owner, name in (
            *((os, name) for name in ("replace", "rename", "link", "mkdir", "rmdir", "unlink", "chmod", "fsync")),
            (shutil, "copyfile"),
            (pq.ParquetWriter, "write_table"),
            (pq.ParquetWriter, "close"),
            (folders, "_exchange"),
        ):
            setattr(owner, name, self._counted(getattr(owner, name)))
        os.open = self._counted(os.open, when=_opens_to_write)
        opened = self._counted(io.open, when=_is_to_be_written)
        io.open = builtins.open = opened

    def _counted(
        self, real: Callable[..., Any], when: Callable[..., bool] = lambda *_, **__: True
    ) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            if when(*arguments, **named):
                self._strike()
            return real(*arguments, **named)

        return counted

    def _strike(self) -> None:
        self.writes += 1
        fault = self.fault
        if fault is None or self.writes < fault.write:
            return
        if self.writes > fault.write and not fault.kind.endswith("from_then"):
            return
        if fault.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = errno.ENOSPC if fault.kind.startswith("full") else errno.EACCES
        raise OSError(number, os.strerror(number))


def _opens_to_write(_: Any, flags: int, *__: Any, **___: Any) -> bool:
    return bool(flags & _WRITING)


def _is_to_be_written(_: Any, mode: str = "r", *__: Any, **___: Any) -> bool:
    return not set(mode).isdisjoint("wax+")


def publish(home: Home, round: int) -> None:
    """One night: a release, then old ones are removed."""
    now = NOW + timedelta(hours=round)
    setattr(release, "codebook_html", lambda: "<p>Kodbok</p>")  # noqa: B010  half a second that says nothing here
    publish_small(home, write_pages=no_pages, municipalities=_municipalities(home), now=now)
    purge_releases(home, KEPT, now)


def purge(home: Home, round: int) -> None:
    """A person is removed from every release."""
    purge_from_releases(home, CODES[round % 2], lambda _: {PERSON}, Notice(f"k{round}", "2026-07-01T00:00:00Z", "prov"))


def go_back(home: Home, round: int) -> None:
    """The release before becomes the current one."""
    rollback(home, None, "prov", NOW + timedelta(hours=round))


OPERATIONS: dict[str, Callable[[Home, int], None]] = {"publish": publish, "purge": purge, "rollback": go_back}


def writes_of(folder: Path, operation: str) -> int:
    """How many writes an operation makes, at most, in a home with three releases."""
    home = prepared(folder)

    def counted() -> int:
        disk = Disk(None)
        disk.install()
        OPERATIONS[operation](home, 4)
        (folder / "antal").write_text(str(disk.writes))
        return 0

    assert in_a_child(counted) == 0
    return int((folder / "antal").read_text())


def prepared(folder: Path) -> Home:
    """A home with municipalities and three releases, made in a child: this process stays without threads."""

    def made() -> int:
        home = make_home(folder)
        small_municipalities(home)
        for round in range(3):
            publish(home, round)
        return 0

    assert in_a_child(made) == 0
    return Home(folder)


def broken_by(home: Home, fault: Fault, round: int) -> str | None:
    """Let a fault happen; what is wrong afterwards, or None."""
    struck = in_a_child(lambda: _with_fault(home, fault, round))
    found = in_a_child(lambda: _whole(home))
    if found:
        return f"{fault}: {struck}, the releases are not whole"
    if in_a_child(lambda: _again(home, round)):
        return f"{fault}: {struck}, the next publication does not succeed"
    return None


def in_a_child(call: Callable[[], int]) -> int:
    """Run a call in a process of its own: its answer, 1 after an error, or minus the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            code = call()
        except BaseException:
            if os.environ.get("VISA_FEL"):
                traceback.print_exc()
            code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def spread(faults: int, writes: dict[str, int]) -> list[Fault]:
    """So many faults: the operations in turn, of each evenly over its writes, the kinds in turn."""
    names = list(writes)
    per_operation = -(-faults // len(names))
    return [
        Fault(names[i % len(names)], 1 + nth * writes[names[i % len(names)]] // per_operation, KINDS[nth % len(KINDS)])
        for i in range(faults)
        for nth in [i // len(names)]
    ]


def _with_fault(home: Home, fault: Fault, round: int) -> int:
    Disk(fault).install()
    OPERATIONS[fault.operation](home, round)
    return 0


def _whole(home: Home) -> int:
    folder = current_release(home)
    seen = folders.releases_in(home.publicerat)
    ok = folder is not None and folder in seen and not any(verify_release(each) for each in seen)
    return 0 if ok else 1


def _again(home: Home, round: int) -> int:
    """The purge is done again, then the next night comes."""
    purge(home, round)
    clean = all(_persons(each, CODES[round % 2]) == 0 for each in folders.releases_in(home.publicerat))
    publish(home, round + 1)
    hidden = [path.name for path in (home.publicerat / "releaser").glob(".*")]
    return 0 if clean and not hidden and not _whole(home) and not pointer_faults(home) else 1


def _persons(folder: Path, kommunkod: str) -> int:
    return int(pq.read_metadata(folder / "harmoniserat" / "individ" / f"{kommunkod}.parquet").num_rows)


def _municipalities(home: Home) -> list[Municipality]:
    levels = {"0642": "lan", "0643": "lan", "0604": "lokal"}
    return [Municipality(code, NAMES[code], level, home.versions(code) / "v1") for code, level in levels.items()]  # type: ignore[arg-type]


def main() -> int:
    """Run the faults and tell how it went; 1 when something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", type=int)
    asked = parser.parse_args()
    started = time.monotonic()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as place:
        writes = {name: writes_of(Path(place) / f"antal-{name}", name) for name in OPERATIONS}
        home = prepared(Path(place) / "hem")
        faults = spread(asked.faults, writes)
        broken = [told for i, fault in enumerate(faults) if (told := broken_by(home, fault, 4 + 2 * i))]
    for told in broken:
        print(told)
    per_kind = Counter(f"{fault.operation}/{fault.kind}" for fault in faults)
    print(f"writes: {writes}; faults: {dict(sorted(per_kind.items()))}")
    print(f"{len(faults)} faults in {time.monotonic() - started:.0f} s, {len(broken)} broke something")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
