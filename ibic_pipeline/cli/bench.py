"""``ibic bench``: what facts, indicators, a night and the pages cost on a made-up county, and how it grows."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ibic_pipeline.cli.bench_stage import FEW, MANY, size_folder
from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, number, progress, say, say_json
from ibic_pipeline.cli.init import initialise
from ibic_pipeline.cli.synth import Scale, Seed, Years, write_deliveries
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

EXAMPLES = (
    "ibic bench indicators --scale 0.3 --years 4",
    "ibic bench indicators --json > bench/results/indicators.json",
    "ibic bench growth --scale 0.3",
    "ibic bench quality --scale 0.3 --json",
    "ibic bench site --home home",
)
Scenario = Literal["indicators", "growth", "quality", "site"]
Stages = dict[str, dict[str, float]]
GROWTH = (1, 3, 10, 30)
LIBRARIES = ("duckdb", "pyarrow", "sqlglot", "great-expectations", "altair", "vl-convert-python")
CHILD = "from ibic_pipeline.cli.bench_stage import child; child()"


def command(
    scenario: Annotated[
        Scenario, typer.Argument(help="Each stage's cost; how it grows; quality's part of a night; the pages.")
    ],
    home: HomeOption = DEFAULT_HOME,
    scale: Scale = 1.0,
    years: Years = None,
    seed: Seed = 1,
    times: Annotated[int, typer.Option(min=1, help="Also at so many times the county's size.")] = 30,
    repeat: Annotated[int, typer.Option(min=1, help="Run each stage so often and keep the fastest.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure a made-up county: its facts and indicators, each stage in a process of its own, or a whole night.

    `site` builds the pages of the home's current release, and those of 290 municipalities made of it.
    The county is made once and kept under bench/ in the home. All its rows are derived as one municipality's, and it
    is made larger by repeating accepted rows under new ids. Ratios are of processor seconds, which others on the
    machine disturb less.
    """
    if scenario == "site":
        stages, ratios = _site(enter(home))
    elif scenario == "quality":
        stages, ratios = _night(_delivered(enter(home), scale, years, seed))
    else:
        county = _accepted_county(enter(home), scale, years, seed, quiet=as_json)
        sizes = sorted({1, times} if scenario == "indicators" else {*(each for each in GROWTH if each < times), times})
        for size in sizes:
            _make_larger(county, size)
        if scenario == "indicators":
            stages, ratios = _indicators(county, sizes, repeat, quiet=as_json)
        else:
            stages, ratios = _growth(county, sizes, quiet=as_json)
    if not as_json:
        _tell(stages, ratios)
        return
    made = {"scale": scale, "years": years, "seed": seed, "times": times, "repeat": repeat}
    settings = {} if scenario == "site" else made  # the release is made already
    say_json({"scenario": scenario, "settings": settings, "machine": _machine(), "stages": stages, "ratios": ratios})


def _delivered(home: Home, scale: float, years: int | None, seed: int) -> Home:
    """A home of its own in which a made-up county has delivered; made once."""
    from ibic_pipeline.home import Home

    county = Home(home.path / "bench" / f"lan-{scale:g}-{years or 'alla'}-{seed}")
    initialise(county)
    delivered = county.path / "levererat"
    if not delivered.exists():
        write_deliveries(county, years=years, scale=scale, seed=seed, faults=0)
        delivered.touch()
    return county


def _accepted_county(home: Home, scale: float, years: int | None, seed: int, *, quiet: bool) -> Home:
    """The same, whose deliveries have been read and accepted; made once."""
    from ibic_pipeline.workflow.files import only_writer
    from ibic_pipeline.workflow.municipality import harmonise_municipality, load_delivery

    county = _delivered(home, scale, years, seed)
    with progress("accepted rows", len(county.lan.kommuner), quiet=quiet) as shown:
        for code in county.lan.kommuner:
            shown.doing(code)
            if not _accepted(county, code).is_dir():
                with only_writer(county, code, lambda: None):
                    load_delivery(county, code)
                    done = harmonise_municipality(county, code)
                _accepted(county, code).parent.mkdir(exist_ok=True)
                (done.folder / "harmoniserat").rename(_accepted(county, code))
            shown.step(1)
    return county


def _accepted(county: Home, code: str) -> Path:
    return county.path / "godkanda" / code


def _make_larger(county: Home, size: int) -> None:
    from ibic_pipeline.derive.measure import multiply
    from ibic_pipeline.home import Settings
    from schemas import CONTRACTS

    folder = size_folder(county, size)
    if not (folder / "klar").exists():
        codes = county.lan.kommuner
        sources = {name: [_accepted(county, code) / f"{name}.parquet" for code in codes] for name in CONTRACTS}
        multiply(sources, size, folder / "tabeller", Settings())
        (folder / "klar").touch()


def _indicators(county: Home, sizes: list[int], repeat: int, *, quiet: bool) -> tuple[Stages, dict[str, float]]:
    from ibic_pipeline.derive.headers import Indicator
    from ibic_pipeline.derive.measure import stages

    found: Stages = {}
    ratios: dict[str, float] = {}
    names = stages()
    with progress("stages", len(sizes) * len(names), quiet=quiet) as shown:
        for size in sizes:
            found[f"x{size} nothing"] = _in_a_process(county, size, "nothing", {})
            for name in names:
                shown.doing(f"x{size} {name}")
                found[f"x{size} {name}"] = _in_a_process(county, size, "stage", {"name": name, "repeat": repeat})
                shown.step(1)
            units = [found[f"x{size} {name}"] for name, each in names.items() if isinstance(each, Indicator)]
            ratios |= {f"x{size} {name}": ratio for name, ratio in _dearest(units).items()}
    return found, ratios


def _growth(county: Home, sizes: list[int], *, quiet: bool) -> tuple[Stages, dict[str, float]]:
    import numpy as np

    found: Stages = {}
    with progress("sizes", len(sizes), quiet=quiet) as shown:
        for size in sizes:
            shown.doing(f"x{size}")
            found |= {f"x{size} {name}": cost for name, cost in _in_a_process(county, size, "whole", {}).items()}
            shown.step(1)
    ratios: dict[str, float] = {}
    for size in sizes:
        few, many = (sum(found[f"x{size} {name}"]["cpu_seconds"] for name in ("units", years)) for years in (FEW, MANY))
        ratios[f"x{size} units and {MANY} / units and {FEW}"] = round(many / few, 2)
    if len(sizes) > 1:
        for stage in ("units", FEW, MANY):
            costs = [found[f"x{size} {stage}"] for size in sizes]
            slope, _ = np.polyfit(np.log([c["rows"] for c in costs]), np.log([c["cpu_seconds"] for c in costs]), 1)
            ratios[f"exponent of {stage}"] = round(float(slope), 2)
    return found, ratios


def _night(county: Home) -> tuple[Stages, dict[str, float]]:
    from ibic_pipeline.cli.bench_night import share_of_quality

    stages = _in_a_process(county, 1, "night", {})
    return stages, share_of_quality(stages)


def _site(home: Home) -> tuple[Stages, dict[str, float]]:
    """The pages of the home's current release, which must be there."""
    from ibic_pipeline.cli.bench_site import site
    from ibic_pipeline.publish import current_release
    from ibic_pipeline.publish.lifecycle import manifest_of

    release = current_release(home)
    if release is None:
        raise IbicError("a published release", "none", f"Run `ibic demo --home {home.path}` first.")
    return site(release, manifest_of(release))


def _dearest(units: list[dict[str, float]]) -> dict[str, float]:
    """The dearest indicator over the median one: as it is, and beside a median one with as many units as its own."""
    spent = statistics.median(each["cpu_seconds"] for each in units)
    rows = statistics.median(each["rows"] for each in units)
    return {
        "dearest / median indicator": round(max(each["cpu_seconds"] for each in units) / spent, 2),
        "dearest / median indicator of its size": round(
            max(each["cpu_seconds"] / (spent * max(each["rows"] / rows, 1)) for each in units), 2
        ),
    }


def _in_a_process(county: Home, size: int, what: str, given: dict[str, Any]) -> dict[str, Any]:
    """What ``child`` printed in a fresh process: peak memory is that of the stage and nothing before it.

    Raises:
        IbicError: the process ended with an error.
    """
    from ibic_pipeline.synthetic.county_synth import END

    order = {"home": str(county.path), "size": size, "day": END.isoformat(), "what": what, **given}
    done = subprocess.run(  # noqa: S603 - this program, with arguments of our own
        [sys.executable, "-c", CHILD], input=json.dumps(order), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise IbicError(
            f"{given.get('name', what)} to be measured at {size} times the county",
            f"its process ended with {done.returncode}",
            "Take fewer --times or a smaller --scale, or allow more with IBIC_MEMORY.",
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _machine() -> dict[str, Any]:
    from ibic_pipeline.home import Settings

    settings = Settings()
    return {
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "threads": settings.threads,
        "memory": settings.memory,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _tell(stages: Stages, ratios: dict[str, float]) -> None:
    say(f"{'stage':<26} {'seconds':>9} {'processor':>9} {'rows':>12} {'rows/s':>12} {'peak MiB':>9}")
    for name, cost in stages.items():
        speed = number(round(cost["rows"] / cost["seconds"])) if cost["seconds"] else ""
        say(
            f"{name:<26} {cost['seconds']:>9.3f} {cost['cpu_seconds']:>9.3f} {number(int(cost['rows'])):>12} "
            f"{speed:>12} {cost['peak_mib']:>9.0f}"
        )
    for name, ratio in ratios.items():
        say(f"{name}: {ratio}")
