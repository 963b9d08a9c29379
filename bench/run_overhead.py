"""What ``ibic run`` costs beyond the data work, for one changed municipality: process start, imports, Dagster, plan.

``python bench/run_overhead.py HOME [--kommun 0642] > bench/results/run-overhead.json``. Give a copy of a published
home: deliveries are added to its inbox. The data work is the same steps in one warm process without Dagster.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--kommun", default="0642")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    home = given.home.resolve()
    nothing = [_run(home) for _ in range(given.repeat)]
    changed = []
    for _ in range(given.repeat):
        _deliver_again(home, given.kommun)
        changed.append(_run(home))
    data = _data_work(home, given.kommun, given.repeat)
    best = {name: min(changed, key=lambda each: each["seconds"])[name] for name in ("seconds", "cpu_seconds")}
    found = {
        "municipalities": len(list(home.glob("lager/[0-9]*"))),
        "ibic_run_nothing_changed": nothing,
        "ibic_run_one_changed": changed,
        "data_work": data,
        "beyond_the_data_work": {
            name: round(best[name] - min(each[name] for each in data), 2) for name in ("seconds", "cpu_seconds")
        },
        "machine": {
            "system": platform.platform(),
            "cpus": os.cpu_count(),
            "load": os.getloadavg(),
            "python": platform.python_version(),
        },
    }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


def _run(home: Path) -> dict[str, Any]:
    words = [sys.executable, "-m", "ibic_pipeline.cli", "run", "--home", str(home), "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode == 2:
        raise SystemExit(done.stderr.decode())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2)}


def _deliver_again(home: Path, code: str) -> None:
    """The latest delivery under a later name, which is another version."""
    latest = max(each for each in (home / "inkorg" / code).iterdir() if each.is_dir())
    shutil.copytree(latest, latest.with_name(f"{latest.name[:10]}_{time.time_ns()}"))


def _data_work(home: Path, code: str, repeat: int) -> list[dict[str, float]]:
    """The steps of the municipality and of the county, after they have been done once to load what they import."""
    from ibic_pipeline.home import Home, Settings
    from ibic_pipeline.workflow import county, municipality
    from ibic_pipeline.workflow.measured import judge_municipality, measure_municipality

    def steps() -> None:
        here, settings = Home(home), Settings()
        municipality.load_delivery(here, code, rebuild=True)
        municipality.harmonise_municipality(here, code)
        municipality.derive_municipality(here, code, settings)
        judge_municipality(here, measure_municipality(here, code, settings), settings)
        municipality.aggregate_municipality(here, code, settings)
        municipality.commit_version(here, code)
        county.county_figures(here)
        county.published_figures(here)
        county.publish_county(here, republish=True)

    steps()
    return [_timed(steps) for _ in range(repeat)]


def _timed(work: Callable[[], None]) -> dict[str, float]:
    began, cpu = time.monotonic(), time.process_time()
    work()
    return {"seconds": round(time.monotonic() - began, 2), "cpu_seconds": round(time.process_time() - cpu, 2)}


if __name__ == "__main__":
    main()
