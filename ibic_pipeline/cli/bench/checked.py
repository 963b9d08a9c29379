"""The scenario of a sender: ``ibic check`` of one large file, beside reading the same file into typed columns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ibic_pipeline.cli.bench.county import cheapest, median_ratio
from ibic_pipeline.cli.bench.meter import Meter, Stages
from ibic_pipeline.cli.bench.processes import in_a_process
from ibic_pipeline.cli.common import EXIT_FINDINGS, progress
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

COMMAND, INSIDE = "ibic check", "check without start and imports"


def check(county: Home, repeat: int, *, quiet: bool) -> tuple[Stages, dict[str, float]]:
    """The command from start to end, the same without start and imports, and the peer, in turn."""
    found: list[Stages] = []
    with progress("rounds", repeat, quiet=quiet) as shown:
        for _ in range(repeat):
            stages: Stages = in_a_process("checked:command", folder=str(county.path))
            stages |= in_a_process("checked:inside", folder=str(county.path))
            stages |= in_a_process("work:peer", name="typed", folder=str(county.path), out="")
            found.append(stages)
            shown.step(1)
    stages = cheapest(found)
    rows = stages[COMMAND]["rows"]
    ratios = {
        f"{name}, rows per {what}": round(rows / stages[name][key])
        for name in (COMMAND, INSIDE)
        for what, key in {"second": "seconds", "processor second": "cpu_seconds"}.items()
    }
    typed = [name for name in stages if name.startswith("typed: ")]
    return stages, ratios | {f"{INSIDE} / {each}": median_ratio(found, (INSIDE,), (each,)) for each in typed}


def command(folder: str) -> Stages:
    """The command in a process of its own; ``peak_mib`` is that of the process that waits for it.

    Raises:
        IbicError: the check could not run.
    """
    (code, file), meter = _one_file(Path(folder)), Meter()
    asked = [
        sys.executable,
        "-m",
        "ibic_pipeline.cli",
        "check",
        str(file),
        "--kommun",
        code,
        "--home",
        folder,
        "--json",
    ]
    with meter.stage(COMMAND):
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603 - this program
    if done.returncode > EXIT_FINDINGS:
        raise IbicError("a check that runs", f"exit code {done.returncode}", "Run `ibic check` on the file yourself.")
    meter.count_rows(_rows(done.stdout))
    return meter.stages


def inside(folder: str) -> Stages:
    """The check in this process, once its modules are loaded."""
    from ibic_pipeline.check.run import check_files
    from ibic_pipeline.home import Home
    from ibic_pipeline.synthetic.county_synth import END

    (code, file), meter, home = _one_file(Path(folder)), Meter(), Home(Path(folder))
    with meter.stage(INSIDE):
        checked = check_files(home, code, [file], END)
    meter.count_rows(sum(each["last"] or 0 for each in checked.filer))
    return meter.stages


def _one_file(folder: Path) -> tuple[str, Path]:
    (file,) = (folder / "inkorg").glob("*/*/*.csv")
    return file.parent.parent.name, file


def _rows(told: bytes) -> int:
    import json

    return sum(each["last"] or 0 for each in json.loads(told)["filer"])
