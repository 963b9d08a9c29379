"""``ibic bench``: what the data work, indicators, a night and the pages cost on made-up counties, and how it grows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ibic_pipeline.cli.bench.machine import keep, machine
from ibic_pipeline.cli.bench.meter import Stages
from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, number, say, say_json
from ibic_pipeline.cli.synth import Scale, Seed, Years
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

EXAMPLES = (
    "ibic bench county --scale 0.1",
    "ibic bench country --scale 0.05 --keep bench/results",
    "ibic bench one-changed --municipalities 290 --scale 0.05",
    "ibic bench check --json",
    "ibic bench indicators --scale 0.3 --years 4",
    "ibic bench growth --scale 0.3",
    "ibic bench quality --scale 0.3 --json",
    "ibic bench site --home home",
)
Scenario = Literal["county", "country", "one-changed", "check", "indicators", "growth", "quality", "site"]
COUNTRY = (1, 13, 58, 290)
"""Municipalities at which the data work of a country is measured."""
GROWTH = (1, 3, 10, 30)
Found = tuple[Stages, dict[str, float]]


def command(
    scenario: Annotated[Scenario, typer.Argument(help="What to measure; `bench/README.md` tells what each is.")],
    home: HomeOption = DEFAULT_HOME,
    scale: Scale = 1.0,
    years: Years = None,
    seed: Seed = 1,
    municipalities: Annotated[int, typer.Option(min=1, max=290, help="Of one-changed: how many there are.")] = 13,
    rows: Annotated[int, typer.Option(min=1, help="Of check: rows of the file.")] = 1_000_000,
    times: Annotated[int, typer.Option(min=1, help="Of indicators and growth: also at so many times its size.")] = 30,
    repeat: Annotated[int, typer.Option(min=1, help="Measure so often and keep the cheapest.")] = 3,
    usual: Annotated[bool, typer.Option(help="Of county: also the whole command and the usual peer.")] = False,
    history: Annotated[Path | None, typer.Option("--keep", help="Folder whose history the result is added to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure a made-up county, each measurement in a process of its own.

    What is made is made once, from --scale, --years and --seed, and kept under bench/ in the home. Ratios are of
    processor seconds, which others on the machine disturb less. `county` runs the peers of bench/peers/ in turn with
    ours, and refuses where they do not give the same rows and figures.
    """
    given: dict[str, Any] = {"scale": scale, "years": years, "seed": seed, "repeat": repeat}
    entered = enter(home)
    if scenario == "site":
        settings, (stages, ratios) = {}, _site(entered)  # the release is made already
    elif scenario in ("indicators", "growth"):
        settings = given | {"times": times}
        stages, ratios = _derived(scenario, entered, settings, quiet=as_json)
    elif scenario == "quality":
        settings, (stages, ratios) = given, _night(entered, given)
    elif scenario == "check":
        settings = {"rows": rows, "seed": seed, "repeat": repeat}
        stages, ratios = _check(entered, settings, quiet=as_json)
    else:
        own: dict[str, dict[str, Any]] = {
            "one-changed": {"municipalities": municipalities},
            "county": {"usual": usual},
        }
        settings = given | own.get(scenario, {})
        stages, ratios = _deliveries(scenario, entered, settings, quiet=as_json)
    result = {
        "scenario": scenario, "settings": settings, "machine": machine(), "stages": stages, "ratios": ratios,
    }  # fmt: skip
    if history is not None:
        keep(result, history)
    if as_json:
        say_json(result)
    else:
        _tell(stages, ratios)


def _deliveries(scenario: Scenario, home: Home, settings: dict[str, Any], *, quiet: bool) -> Found:
    from ibic_pipeline.cli.bench import county
    from ibic_pipeline.cli.bench.made import standard

    def made(municipalities: int) -> Home:
        return standard(home, municipalities, settings["scale"], settings["years"], settings["seed"], quiet=quiet)

    if scenario == "county":
        return county.beside_peers(made(13), settings["repeat"], usual=settings["usual"], quiet=quiet)
    if scenario == "one-changed":
        return county.one_changed(made(settings["municipalities"]), settings["repeat"], quiet=quiet)
    return county.country({size: made(size) for size in COUNTRY}, quiet=quiet)


def _check(home: Home, settings: dict[str, Any], *, quiet: bool) -> Found:
    from ibic_pipeline.cli.bench.checked import check
    from ibic_pipeline.cli.bench.made import large_file

    return check(large_file(home, settings["rows"], settings["seed"]), settings["repeat"], quiet=quiet)


def _derived(scenario: Scenario, home: Home, settings: dict[str, Any], *, quiet: bool) -> Found:
    from ibic_pipeline.cli.bench import derived

    county = derived.accepted_county(home, settings["scale"], settings["years"], settings["seed"], quiet=quiet)
    times = settings["times"]
    sizes = sorted({1, times} if scenario == "indicators" else {*(each for each in GROWTH if each < times), times})
    for size in sizes:
        derived.make_larger(county, size)
    if scenario == "indicators":
        return derived.each_stage(county, sizes, settings["repeat"], quiet=quiet)
    return derived.growth(county, sizes, quiet=quiet)


def _night(home: Home, settings: dict[str, Any]) -> Found:
    from ibic_pipeline.cli.bench.made import delivered
    from ibic_pipeline.cli.bench.night import share_of_quality
    from ibic_pipeline.cli.bench.processes import in_a_process

    county = delivered(home, settings["scale"], settings["years"], settings["seed"])
    stages: Stages = in_a_process("night:night", folder=str(county.path))
    return stages, share_of_quality(stages)


def _site(home: Home) -> Found:
    """The pages of the home's current release, which must be there."""
    from ibic_pipeline.cli.bench.site import site
    from ibic_pipeline.publish import current_release
    from ibic_pipeline.publish.lifecycle import manifest_of

    release = current_release(home)
    if release is None:
        raise IbicError("a published release", "none", f"Run `ibic demo --home {home.path}` first.")
    return site(release, manifest_of(release))


def _tell(stages: Stages, ratios: dict[str, float]) -> None:
    width = max([26, *map(len, stages)])
    say(
        f"{'stage':<{width}} {'seconds':>9} {'processor':>9} {'rows':>12} {'rows/s':>12} {'peak MiB':>9} "
        f"{'read MiB':>9} {'written':>9}"
    )
    for name, cost in stages.items():
        speed = number(round(cost["rows"] / cost["seconds"])) if cost["seconds"] else ""
        say(
            f"{name:<{width}} {cost['seconds']:>9.3f} {cost['cpu_seconds']:>9.3f} {number(int(cost['rows'])):>12} "
            f"{speed:>12} {cost['peak_mib']:>9.0f} {cost.get('read_mib', 0):>9.1f} {cost.get('written_mib', 0):>9.1f}"
        )
    for name, ratio in ratios.items():
        say(f"{name}: {ratio}")
