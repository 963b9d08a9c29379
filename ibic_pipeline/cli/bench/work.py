"""What is measured of deliveries, each function in a process of its own: the data work, its peers, and nights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ibic_pipeline.cli.bench.meter import Meter, Stages
from ibic_pipeline.errors import IbicError
from ibic_pipeline.resources import PACKAGE

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

VALIDATE, DERIVE, AGGREGATE = "validate", "derive", "aggregate"
DATA_WORK = (VALIDATE, DERIVE, AGGREGATE)
PLAN, COMPARE, PUBLISH = "find what has changed", "compare the county", "publish"


def data_work(folder: str, codes: Sequence[str], *, commit: bool = False) -> Stages:
    """Raw exports to accepted, quarantined and accounted rows, to units, to aggregates: every file of a version."""
    from ibic_pipeline.home import Home

    home, meter = Home(Path(folder)), Meter()
    for code in codes:
        _load(home, code, meter, commit=commit)
    return meter.stages


def _load(home: Home, code: str, meter: Meter, *, commit: bool) -> None:
    import pyarrow.parquet as pq

    from ibic_pipeline.home import Settings
    from ibic_pipeline.workflow import municipality

    settings = Settings()
    with meter.stage(VALIDATE):
        municipality.load_delivery(home, code, rebuild=True)
        work = municipality.harmonise_municipality(home, code)
    with meter.stage(DERIVE):
        municipality.derive_municipality(home, code, settings)
    with meter.stage(AGGREGATE):
        municipality.aggregate_municipality(home, code, settings)
    meter.count_rows(sum(pq.read_table(work.folder / "avstamning.parquet")["last"].to_pylist()), *DATA_WORK)
    if commit:
        municipality.commit_version(home, code)


def county(folder: str) -> Stages:
    """Put the loaded municipalities together, compare them and publish."""
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow import county as of_county

    home, meter = Home(Path(folder)), Meter()
    with meter.stage(COMPARE):
        of_county.county_figures(home)
        of_county.compared_figures(home)
    with meter.stage(PUBLISH):
        of_county.publish_county(home, republish=True)
    return meter.stages


def one_changed(folder: str, code: str) -> Stages:
    """What a night does when one municipality has delivered anew, in one process without Dagster."""
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow.plan import plan

    home, meter = Home(Path(folder)), Meter()
    _deliver_again(home, code)
    with meter.stage(PLAN):
        changed = [each for each in home.lan.kommuner if not plan(home, each).unchanged]
    if changed != [code]:
        raise IbicError("one changed municipality", str(len(changed)), "Remove the folder bench/ and measure again.")
    _load(home, code, meter, commit=True)
    return meter.stages | county(folder)


def _deliver_again(home: Home, code: str) -> None:
    """A new delivery in which some follow-ups, one more each time, are documented in another place."""
    folder = home.inkorg / code
    first, *later = sorted(each for each in folder.iterdir() if each.is_dir())
    again = folder / f"{first.name}_{len(later) + 1:03}"
    again.mkdir()
    for path in first.iterdir():
        content = path.read_bytes()
        if path.name.startswith("ISU_UPPFOLJNING"):
            content = content.replace(b";JOURNAL;", b";FOLJAUPP;", len(later) + 1)
        (again / path.name).write_bytes(content)


def peer(name: str, folder: str, out: str) -> Stages:
    """A peer of ``bench/peers/`` on the same deliveries; its stages are named after it."""
    from ibic_pipeline.home import Home, Settings

    module, meter = peers(name), Meter()
    module.run(Home(Path(folder)), Path(out), Settings(), stage=lambda part: meter.stage(f"{name}: {part}"))
    return meter.stages


def same(folder: str, out: str) -> dict[str, int]:
    """Rows and figures that are with us or with the peer alone, those of no table left out."""
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow.municipality import work_on

    home, module = Home(Path(folder)), peers("same")
    ours = {code: work_on(home, code).folder for code in home.lan.kommuner}
    found = {**module.rows_that_differ(ours, Path(out)), "figures": module.figures_that_differ(ours, Path(out))}
    return {name: rows for name, rows in found.items() if rows}


def peers(name: str) -> ModuleType:
    """A module of ``bench/peers/``, which a clone has and an installed package has not.

    Raises:
        IbicError: it is not there.
    """
    import importlib.util

    path = PACKAGE.parent / "bench" / "peers" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"peer_{name}", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise IbicError(f"the file {path}", "no such file", "Run `ibic bench` in a clone of the repository.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
