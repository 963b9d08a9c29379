"""What ``ibic run`` costs beyond the data work: process start, imports, Dagster, its records, the plan.

``python -m bench.run_overhead HOME --changed 1 13`` adds deliveries to the inbox of a copy of a published home.
``python -m bench.run_overhead FOLDER --made-up 290 --changed 1 13`` makes a county of so many tiny municipalities
there, with a few indicators. The data work is the same steps in one warm process without Dagster.
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
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ibic_pipeline.home import Home, Settings
from tests.support.few_indicators import few_indicators
from tests.support.homes import load, publish, small_county

ROOT = Path(__file__).resolve().parent.parent
USUAL, FEW = "ibic_pipeline.cli", "tests.support.few_indicators"
TIMES = ("seconds", "cpu_seconds")
MADE_UP = [str(1000 + number) for number in range(9000)]


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--made-up", type=int, help="make a county of so many tiny municipalities here")
    parser.add_argument("--changed", type=int, nargs="+", default=[1], help="municipalities that have delivered anew")
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    home = given.home.resolve()
    with ExitStack() as stack:
        if given.made_up:
            folder = home.with_name(f"{home.name}-indikatorer")
            folder.mkdir(parents=True)
            stack.enter_context(few_indicators(folder))
            _make(home, given.made_up)
        found = _measured(home, FEW if given.made_up else USUAL, given.changed, given.repeat)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


def _make(home: Path, count: int) -> None:
    """A loaded and published county in which every municipality has the same 180 rows."""
    made = small_county(home, MADE_UP[:count])
    for code in made.lan.kommuner:
        load(made, code)
    publish(made)


def _measured(home: Path, program: str, changed: Sequence[int], repeat: int) -> dict[str, Any]:
    codes = _of_their_own_inbox(home)
    unchanged = [_run(home, program) for _ in range(repeat + 1)][1:]  # the first settles what the copy has changed
    found: dict[str, Any] = {"municipalities": len(Home(home).lan.kommuner), "nothing_changed": unchanged}
    for number in changed:
        runs = []
        for _ in range(repeat):
            for code in codes[:number]:
                _deliver_again(home, code)
            runs.append(_run(home, program))
        data = _data_work(home, codes[:number], repeat)
        beyond = {name: round(min(each[name] for each in runs) - min(each[name] for each in data), 2) for name in TIMES}
        found[f"{number}_changed"] = {"ibic_run": runs, "data_work": data, "beyond_the_data_work": beyond}
    fewest, most = min(changed), max(changed)
    if most > fewest:
        less, more = (found[f"{number}_changed"]["beyond_the_data_work"] for number in (fewest, most))
        grows = {name: round((more[name] - less[name]) / (most - fewest), 2) for name in TIMES}
        found["beyond_the_data_work_per_municipality"] = grows
    return found | {
        "machine": {
            "system": platform.platform(),
            "cpus": os.cpu_count(),
            "load": os.getloadavg(),
            "python": platform.python_version(),
        }
    }


def _of_their_own_inbox(home: Path) -> list[str]:
    """Municipalities that no other shares its inbox with, so that a delivery changes one."""
    opened = Home(home)
    folders = [opened.profil(code).mapp for code in opened.lan.kommuner]
    return [code for code, folder in zip(opened.lan.kommuner, folders, strict=True) if folders.count(folder) == 1]


def _run(home: Path, program: str) -> dict[str, Any]:
    words = [sys.executable, "-m", program, "run", "--home", str(home), "--json"]
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


def _data_work(home: Path, codes: Sequence[str], repeat: int) -> list[dict[str, float]]:
    """The steps of municipalities and of the county, after they have been done for one to load what they import."""
    from ibic_pipeline.workflow import county, municipality
    from ibic_pipeline.workflow.measured import judge_municipality, measure_municipality

    def steps(chosen: Sequence[str]) -> None:
        here, settings = Home(home), Settings()
        for code in chosen:
            municipality.load_delivery(here, code, rebuild=True)
            municipality.harmonise_municipality(here, code)
            municipality.derive_municipality(here, code, settings)
            judge_municipality(here, measure_municipality(here, code, settings), settings)
            municipality.aggregate_municipality(here, code, settings)
            municipality.commit_version(here, code)
        county.county_figures(here)
        county.published_figures(here)
        county.publish_county(here, republish=True)

    steps(codes[:1])
    return [_timed(lambda: steps(codes)) for _ in range(repeat)]


def _timed(work: Callable[[], None]) -> dict[str, float]:
    """With the processes that draw charts, which have ended by then."""
    began, cpu = time.monotonic(), sum(os.times()[:4])
    work()
    return {"seconds": round(time.monotonic() - began, 2), "cpu_seconds": round(sum(os.times()[:4]) - cpu, 2)}


if __name__ == "__main__":
    main()
