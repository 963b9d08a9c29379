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
FEW, RUN = "three indicators", "ibic run"
FEW_INDICATORS = ("T8", "T10", "D1")
"""What the peers in polars and pandas derive; the other 31 would take weeks to write."""
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


def county(folder: str, *, publish: bool = True) -> Stages:
    """Put the loaded municipalities together, compare them, and publish with pages and workbook, nothing printed."""
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow import county as of_county

    home, meter = Home(Path(folder)), Meter()
    with meter.stage(COMPARE):
        of_county.county_figures(home)
        of_county.compared_figures(home)
    if publish:
        with meter.stage(PUBLISH):
            of_county.publish_county(home, republish=True)
    return meter.stages


def one_changed(folder: str, code: str, *, publish: bool = True) -> Stages:
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
    return meter.stages | county(folder, publish=publish)


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


def same(folder: str, out: str, names: Sequence[str]) -> dict[str, int]:
    """How many rows, units and figures are with us or with one of the peers alone; what does not differ is left out."""
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow.municipality import work_on

    home, module, found = Home(Path(folder)), peers("same"), dict[str, int]()
    ours = {code: work_on(home, code).folder for code in home.lan.kommuner}
    if "bare" in names:
        found |= module.rows_that_differ(ours, f"{out}/bare/{{table}}.parquet", with_code=True)
        found["figures"] = module.figures_that_differ(ours, f"{out}/bare/figurer.parquet")
    if "usual" in names:
        told = module.rows_that_differ(ours, f"{out}/usual/*/{{table}}.parquet", with_code=False)
        found |= {f"{table} of the usual": rows for table, rows in told.items()}
        figures = f"{out}/usual/*/figurer.parquet"
        found["figures of the usual"] = module.figures_that_differ(ours, figures, FEW_INDICATORS)
    if "polars_derive" in names:
        found |= module.units_that_differ(ours, Path(out) / "polars_derive", FEW_INDICATORS)
    return {name: rows for name, rows in found.items() if rows}


def few_indicators(folder: str) -> Stages:
    """The indicators that slower peers have, and the facts that they read, of municipalities that have been loaded."""
    from ibic_pipeline.codes import code_lists
    from ibic_pipeline.derive.engine import engine_of
    from ibic_pipeline.derive.headers import Fact
    from ibic_pipeline.derive.measure import stages
    from ibic_pipeline.derive.reference import reference_tables
    from ibic_pipeline.derive.run import fact, units, write_pieces
    from ibic_pipeline.home import Home, Settings
    from ibic_pipeline.synthetic.county_synth import END
    from ibic_pipeline.workflow.municipality import work_on
    from schemas import CONTRACTS

    home, meter, known = Home(Path(folder)), Meter(), stages()
    needed = set(FEW_INDICATORS)
    while more := {read for name in needed for read in known[name].indata if read in known} - needed:
        needed |= more
    with meter.stage(FEW):
        for code in home.lan.kommuner:
            source = work_on(home, code).folder / "harmoniserat"
            out = home.path / "andra" / "few" / code
            with engine_of(Settings()) as engine:
                engine.show_parquet({table: source / f"{table}.parquet" for table in CONTRACTS})
                engine.show_arrow(reference_tables(home.profil(code, END), home.lan, END, code_lists(home)))
                for name, each in known.items():
                    if name in needed:
                        pieces = fact(engine, each) if isinstance(each, Fact) else units(engine, each)
                        write_pieces(pieces, out / f"{name}.parquet")
    return meter.stages


def whole_command(folder: str) -> Stages:
    """``ibic run`` from a cold start: nothing loaded, nothing published, a process of its own.

    Raises:
        IbicError: nothing was published.
    """
    import shutil
    import subprocess
    import sys

    home, meter = Path(folder), Meter()
    for name in ("lager", "publicerat", "dagster"):
        shutil.rmtree(home / name, ignore_errors=True)
    from ibic_pipeline.cli.init import initialise
    from ibic_pipeline.home import Home

    initialise(Home(home))
    asked = [sys.executable, "-m", "ibic_pipeline.cli", "run", "--home", folder, "--json"]
    with meter.stage(RUN):
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603 - this program
    if done.returncode > 1:
        raise IbicError("a run that publishes", f"exit code {done.returncode}", "Run `ibic run` yourself.")
    return meter.stages


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
