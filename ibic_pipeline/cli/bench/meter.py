"""What a stage takes of the machine: seconds, processor seconds, memory, and bytes read and written."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Cost = dict[str, float]
"""``seconds``, ``cpu_seconds``, ``rows``, ``peak_mib``, and where it is known ``read_mib`` and ``written_mib``."""
Stages = dict[str, Cost]

_MIB = 1024 * 1024


class Meter:
    """Counts what is done in named stages of this process; a stage that is entered again adds to itself."""

    def __init__(self) -> None:
        self.stages: Stages = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures what is done inside, with the processes that it starts and waits for.

        Its ``peak_mib`` is the most that this process held meanwhile. Bytes are those of read and write calls, also
        those that the operating system answers from memory; mapped files are not among them.
        """
        forget_peak()
        clock, worked, (read, written) = time.perf_counter(), processor_seconds(), _bytes()
        yield
        now_read, now_written = _bytes()
        before = self.stages.get(name, {})
        counted = {
            "seconds": time.perf_counter() - clock,
            "cpu_seconds": processor_seconds() - worked,
            "read_mib": (now_read - read) / _MIB,
            "written_mib": (now_written - written) / _MIB,
        }
        self.stages[name] = {
            **{what: round(before.get(what, 0) + value, 4) for what, value in counted.items()},
            "rows": before.get("rows", 0),
            "peak_mib": round(max(before.get("peak_mib", 0), peak_mib()), 1),
        }

    def count_rows(self, rows: int, *names: str) -> None:
        """Say how many rows went through stages."""
        for name in names or self.stages:
            self.stages[name]["rows"] += rows


def peak_mib() -> float:
    """The most memory that this process has held; ``getrusage`` would tell of the one that started it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (each for each in status.read_text(encoding="ascii").splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 1024


def forget_peak() -> None:
    """Let ``peak_mib`` begin anew, where the system can; elsewhere it is the peak of all stages so far."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5", encoding="ascii")


def processor_seconds() -> float:
    """Of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def _bytes() -> tuple[int, int]:
    """Bytes read and written so far; zeros where the system does not tell."""
    counted = Path("/proc/self/io")
    if not counted.exists():
        return 0, 0
    told = dict(line.split(": ") for line in counted.read_text(encoding="ascii").splitlines())
    return int(told["rchar"]), int(told["wchar"])
