"""``ibic run``: every municipality whose delivery has changed, then the county."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_COULD_NOT_RUN,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    JsonOption,
    KommunerOption,
    chosen,
    complain,
    enter,
    number,
    progress,
    say,
    say_json,
)

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow.plan import Plan

EXAMPLES = ("ibic run --home /srv/ibic", "ibic run --kommun 0642 --force", "ibic run --json")
NOT_LOADED = {"vagrad", "fel"}
COUNTED = ("last", "godkanda", "karantan", "dubbletter", "flaggade")


@dataclass(frozen=True)
class Loaded:
    """How one municipality went. ``utfall``: godkand, oforandrad, vagrad or fel."""

    kommunkod: str
    namn: str
    utfall: str
    leverans: str | None
    version: str | None
    rader: dict[str, int]
    orsaker: list[str]
    ej_lasta: list[str]
    """Files of the delivery that no pattern of the profile matches."""
    sekunder: float


@dataclass
class Result:
    """What a run came to."""

    kommuner: list[Loaded] = field(default_factory=list)
    release: str | None = None
    sida: str | None = None
    oforandrad: bool = False
    kvalitet: dict[str, int] = field(default_factory=dict)
    """Status -> checks of municipalities' data quality that ended so in the release."""
    inaktuella: list[str] = field(default_factory=list)
    utan_data: list[str] = field(default_factory=list)
    fel: str | None = None
    ej_gjort: list[str] = field(default_factory=list)
    """What did not succeed after the release was published: old releases removed, the database filled."""
    utan: list[str] = field(default_factory=list)
    """What the release lacks because the machine does, and what to do about it."""

    @property
    def exit_code(self) -> int:
        """0 fine, 1 a municipality is refused or stale, 2 nothing could be published."""
        if self.fel is not None:
            return EXIT_COULD_NOT_RUN
        refused = any(each.utfall in NOT_LOADED for each in self.kommuner)
        return EXIT_FINDINGS if refused or self.inaktuella or self.ej_gjort else EXIT_FINE

    def tell(self) -> None:
        """Say in lines what was published."""
        if self.fel is not None:
            complain(f"The county was not published: {self.fel}")
            return
        kept = [code for code in self.inaktuella if code not in self.utan_data]
        if kept:
            complain(f"Stale    {', '.join(kept)}: their last good data are in the release, marked as stale.")
        if self.utan_data:
            complain(f"No data  {', '.join(self.utan_data)}: no delivery of theirs has been accepted yet.")
        for each in self.ej_gjort:
            complain(f"Not done {each}")
        say(f"Release  {self.release}{' (unchanged)' if self.oforandrad else ''}")
        if self.kvalitet:
            broken, silent = (self.kvalitet.get(status, 0) for status in ("underkand", "fel"))
            say(f"Quality  {number(broken)} checks do not hold, {number(silent)} could not run; see `ibic quality`")
        say(f"Page     {self.sida}")
        for each in self.utan:
            say(f"Without  {each}")


def command(
    home: HomeOption = DEFAULT_HOME,
    kommun: KommunerOption = None,
    force: Annotated[bool, typer.Option(help="Build and publish again even if nothing has changed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Load the municipalities whose deliveries have changed, then publish the county.

    A delivery is a folder inkorg/CODE/DATE…; the latest by name counts. One that cannot be used is refused with the
    reason, its municipality keeps its last good data and is marked as stale (exit code 1), and the county is published.
    """
    entered = enter(home)
    result = run_all(entered, chosen(entered, kommun), force=force, quiet=as_json)
    if as_json:
        say_json(asdict(result) | {"utgang": result.exit_code})
    else:
        result.tell()
    raise typer.Exit(result.exit_code)


def run_all(home: Home, codes: list[str], *, force: bool = False, quiet: bool = False) -> Result:
    """Load municipalities one by one in this process, then publish; one that fails stops no other."""
    from ibic_pipeline.derive.engine import require_engine
    from ibic_pipeline.home import Settings
    from ibic_pipeline.workflow.files import only_run

    require_engine(Settings())
    result = Result()
    with only_run(home), _storage_when_needed(home) as storage, progress("", len(codes) + 1, quiet=quiet) as shown:
        for code in codes:
            shown.doing(code)
            loaded = _load(home, code, force, storage)
            result.kommuner.append(loaded)
            shown.step(1)
            if loaded.utfall in NOT_LOADED:
                shown.complaint(_line(loaded))
            else:
                shown.line(_line(loaded))
            if loaded.ej_lasta:
                shown.complaint(f"{code} warning: no pattern of the profile matches {', '.join(loaded.ej_lasta)}")
        shown.doing("county")
        _publish(home, force, result, storage)
    return result


@contextmanager
def _storage_when_needed(home: Home) -> Iterator[Callable[[], DagsterInstance]]:
    """Dagster is imported, and its storage opened, once and only if something has changed."""
    with ExitStack() as stack:

        @cache
        def opened() -> DagsterInstance:
            from ibic_pipeline.cli.through_dagster import storage

            return stack.enter_context(storage(home))

        yield opened


def _load(home: Home, code: str, force: bool, storage: Callable[[], DagsterInstance]) -> Loaded:
    from ibic_pipeline.workflow.municipality import is_refused_still, keep_current, mark_failed
    from ibic_pipeline.workflow.plan import fetch_and_plan

    started = time.monotonic()
    with _alone(home, code):
        planned = fetch_and_plan(home, code)
        if planned.unchanged and not force:
            keep_current(home, planned)
            return _loaded(home, planned, "oforandrad", started)
        if not force and is_refused_still(home, planned):
            return _loaded(home, planned, "vagrad", started)
    from ibic_pipeline.cli.through_dagster import run_municipality

    failure = run_municipality(storage(), code, rebuild=force, fetch=planned.refused)
    outcome = str((home.status(code) or {}).get("utfall"))
    if failure is not None and outcome not in NOT_LOADED:
        with _alone(home, code):
            mark_failed(home, code, failure)
        outcome = "fel"
    return _loaded(home, planned, outcome, started)


def _alone(home: Home, code: str) -> AbstractContextManager[None]:
    """The lock on a municipality, which a run that was started in the UI may hold."""
    from ibic_pipeline.workflow.files import only_writer

    return only_writer(home, code, lambda: complain(f"{code} waits: another run is working on it."))


def _loaded(home: Home, planned: Plan, outcome: str, started: float) -> Loaded:
    from ibic_pipeline.workflow.county import municipality_of
    from ibic_pipeline.workflow.proof import accounting_of

    municipality = municipality_of(home, planned.kommunkod)
    status = home.status(planned.kommunkod) or {}
    refused = outcome in NOT_LOADED
    files = accounting_of(municipality.version) if municipality.version and not refused else []
    return Loaded(
        kommunkod=planned.kommunkod,
        namn=municipality.namn,
        utfall=outcome,
        leverans=status.get("leverans"),
        version=status.get("version"),
        rader={name: sum(row[name] for row in files) for name in COUNTED},
        orsaker=list(municipality.orsaker),
        ej_lasta=list(planned.unused),
        sekunder=round(time.monotonic() - started, 2),
    )


def _publish(home: Home, force: bool, result: Result, storage: Callable[[], DagsterInstance]) -> None:
    from ibic_pipeline.publish import current_release
    from ibic_pipeline.warehouse import is_configured
    from ibic_pipeline.workflow.county import is_published, municipalities_of

    municipalities = municipalities_of(home)
    standing = None if force else is_published(home, municipalities)
    before = current_release(home)
    if standing is None:
        from ibic_pipeline.cli.through_dagster import run_county

        result.fel = run_county(storage(), republish=force)
    result.oforandrad = standing is not None
    result.inaktuella = [each.kommunkod for each in municipalities if each.inaktuell]
    result.utan_data = [each.kommunkod for each in municipalities if each.version is None]
    release = current_release(home)
    if result.fel is not None and release != before:  # what failed came after the pointer was moved
        result.ej_gjort, result.fel = [result.fel], None
    if release is not None and result.fel is None:
        result.release = release.name
        result.sida = str(release / "rapport" / "index.html")
        result.utan = _left_out_of(release, home)
        result.kvalitet = _quality_of(release)
        if is_configured(home):
            from ibic_pipeline.cli.through_dagster import run_warehouse

            failure = run_warehouse(storage())
            result.ej_gjort += [failure] if failure else []


def _left_out_of(release: Path, home: Home) -> list[str]:
    """What the release lacks because the machine does, and what to do about it."""
    from ibic_pipeline.pdf import FOLDER, NOT_MADE, can_print

    made = (release / "rapport" / FOLDER).is_dir() or not home.lan.rapport.utskrift
    return [] if made or can_print() else [NOT_MADE]


def _quality_of(release: Path) -> dict[str, int]:
    """Statuses of the release's table ``datakvalitet``, of the municipalities; empty when it has no such table."""
    import pyarrow.parquet as pq

    path = release / "jamforelse" / "datakvalitet.parquet"
    if not path.is_file():
        return {}
    rows = pq.read_table(path, columns=["kommunkod", "status"]).to_pylist()
    return dict(sorted(Counter(row["status"] for row in rows if row["kommunkod"] is not None).items()))


def _line(loaded: Loaded) -> str:
    name = f"{loaded.kommunkod} {loaded.namn:<14}"
    if loaded.utfall in NOT_LOADED:
        word = "refused" if loaded.utfall == "vagrad" else "failed"
        return f"{name} {word}: {' '.join(loaded.orsaker)}"
    if loaded.utfall == "oforandrad":
        return f"{name} unchanged ({loaded.leverans})"
    rows = loaded.rader
    return (
        f"{name} {number(rows['last'])} rows read, {number(rows['godkanda'])} accepted, "
        f"{number(rows['karantan'])} quarantined, {number(rows['dubbletter'])} duplicates, {loaded.sekunder:.1f} s"
    )
