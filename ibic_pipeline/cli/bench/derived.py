"""Scenarios of the derive stage: each fact and each indicator, and how all of it grows with the county."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ibic_pipeline.cli.bench.made import delivered
from ibic_pipeline.cli.bench.meter import Stages
from ibic_pipeline.cli.bench.processes import in_a_process
from ibic_pipeline.cli.bench.stage import FEW, MANY, size_folder
from ibic_pipeline.cli.common import progress

if TYPE_CHECKING:
    from ibic_pipeline.home import Home


def accepted_county(home: Home, scale: float, years: int | None, seed: int, *, quiet: bool) -> Home:
    """The same, whose deliveries have been read and accepted; made once."""
    from ibic_pipeline.workflow.files import only_writer
    from ibic_pipeline.workflow.municipality import harmonise_municipality, load_delivery

    county = delivered(home, scale, years, seed)
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


def make_larger(county: Home, size: int) -> None:
    """Write the accepted rows of all municipalities, so many times under new ids; made once."""
    from ibic_pipeline.derive.measure import multiply
    from ibic_pipeline.home import Settings
    from schemas import CONTRACTS

    folder = size_folder(county, size)
    if not (folder / "klar").exists():
        codes = county.lan.kommuner
        sources = {name: [_accepted(county, code) / f"{name}.parquet" for code in codes] for name in CONTRACTS}
        multiply(sources, size, folder / "tabeller", Settings())
        (folder / "klar").touch()


def each_stage(county: Home, sizes: list[int], repeat: int, *, quiet: bool) -> tuple[Stages, dict[str, float]]:
    """Each fact and each indicator at each size, and how dear the dearest indicator is."""
    from ibic_pipeline.derive.headers import Indicator
    from ibic_pipeline.derive.measure import stages

    found: Stages = {}
    ratios: dict[str, float] = {}
    names = stages()
    with progress("stages", len(sizes) * len(names), quiet=quiet) as shown:
        for size in sizes:
            found[f"x{size} nothing"] = measured(county, size, "nothing", {})
            for name in names:
                shown.doing(f"x{size} {name}")
                found[f"x{size} {name}"] = measured(county, size, "stage", {"name": name, "repeat": repeat})
                shown.step(1)
            units = [found[f"x{size} {name}"] for name, each in names.items() if isinstance(each, Indicator)]
            ratios |= {f"x{size} {name}": ratio for name, ratio in dearest(units).items()}
    return found, ratios


def growth(county: Home, sizes: list[int], *, quiet: bool) -> tuple[Stages, dict[str, float]]:
    """All units, and figures of few and many years, at each size; exponents are slopes of logarithms."""
    import numpy as np

    found: Stages = {}
    with progress("sizes", len(sizes), quiet=quiet) as shown:
        for size in sizes:
            shown.doing(f"x{size}")
            found |= {f"x{size} {name}": cost for name, cost in measured(county, size, "whole", {}).items()}
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


def dearest(units: list[dict[str, float]]) -> dict[str, float]:
    """The dearest indicator over the median one: as it is, and beside a median one with as many units as its own."""
    spent = statistics.median(each["cpu_seconds"] for each in units)
    rows = statistics.median(each["rows"] for each in units)
    return {
        "dearest / median indicator": round(max(each["cpu_seconds"] for each in units) / spent, 2),
        "dearest / median indicator of its size": round(
            max(each["cpu_seconds"] / (spent * max(each["rows"] / rows, 1)) for each in units), 2
        ),
    }


def measured(county: Home, size: int, what: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a function of ``stage`` answers about the county at one size, in a process of its own."""
    from ibic_pipeline.synthetic.county_synth import END

    answer: dict[str, Any] = in_a_process(
        f"stage:{what}", folder=str(county.path), size=size, day=END.isoformat(), **given
    )
    return answer
