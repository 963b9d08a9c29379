"""``ibic demo``: a made-up county from exports to a published comparison, in one command."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, number, say
from ibic_pipeline.cli.init import initialise
from ibic_pipeline.cli.run import COUNTED, Result, run_all
from ibic_pipeline.cli.synth import DEFAULT_FAULTS, Faults, Scale, Seed, Years, write_deliveries

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

EXAMPLES = ("ibic demo --scale 0.05 --years 3", "ibic demo --home /tmp/lan --faults 0")
QUESTION = (
    "SELECT period, coalesce(kommunkod, 'länet') AS kommun, taljare, namnare, round(andel, 2) AS andel, signal "
    "FROM indikator WHERE indikator = 'T1' AND period_typ = 'ar' AND brytning = 'total' "
    "ORDER BY period DESC, andel DESC NULLS LAST LIMIT 14"
)


def command(
    home: HomeOption = DEFAULT_HOME,
    scale: Scale = 1.0,
    years: Years = None,
    seed: Seed = 1,
    faults: Faults = DEFAULT_FAULTS,
) -> None:
    """Make up thirteen municipalities, load their deliveries and publish the comparison.

    The same command again gives the same figures; real deliveries are never overwritten.
    """
    entered = enter(home)
    seconds: dict[str, float] = {}
    with _timed(seconds, "init"):
        initialise(entered)
    with _timed(seconds, "synth"):
        write_deliveries(entered, scale=scale, years=years, seed=seed, faults=faults)
    with _timed(seconds, "run"):
        result = run_all(entered, list(entered.lan.kommuner))
    _tell(entered, result, seconds)
    raise typer.Exit(result.exit_code)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    say(f"{stage} …")
    started = time.monotonic()
    yield
    seconds[stage] = time.monotonic() - started


def _tell(home: Home, result: Result, seconds: dict[str, float]) -> None:
    totals = {name: sum(each.rader[name] for each in result.kommuner) for name in COUNTED}
    say("")
    say("Seconds  " + ", ".join(f"{stage} {spent:.1f}" for stage, spent in seconds.items()))
    say(
        f"Rows     {number(totals['last'])} read = {number(totals['godkanda'])} accepted + "
        f"{number(totals['karantan'])} quarantined + {number(totals['dubbletter'])} duplicates"
    )
    result.tell()
    say(f'Query    ibic query --home {home.path} "{QUESTION}"')
