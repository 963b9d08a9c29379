"""``ibic runs``: how much Dagster keeps of past runs, by the county's policy."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, EXIT_CODES, HomeOption, JsonOption, enter, number, say, say_json

app = typer.Typer(help="What Dagster keeps of past runs.", no_args_is_help=True)


@app.callback()
def runs() -> None:
    """What Dagster keeps of past runs; the figures do not rest on it."""


@app.command("purge", epilog=EXIT_CODES)
def purge_command(
    home: HomeOption = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove runs older than drift.korningar_dagar of lan.yaml, with their events, tags and outcomes of checks.

    The latest of each job, asset, check and municipality stay however old they are. Ticks of schedules and sensors are
    removed by the daemon itself (retention in dagster.yaml). May be run while others run.
    """
    from ibic_pipeline.cli.dagster_purge import purge_runs
    from ibic_pipeline.cli.dagster_records import opened

    entered = enter(home)
    days = entered.lan.drift.korningar_dagar.varde
    with opened(entered) as instance:
        done = purge_runs(entered, instance, datetime.now(UTC) - timedelta(days=days), dry_run=dry_run)
    if as_json:
        say_json(asdict(done) | {"dagar": days, "bara_raknat": dry_run})
        return
    verb = "would go" if dry_run else "are gone"
    say(f"{number(done.borttagna)} runs older than {days} days {verb}.")
    say(f"{number(done.kvar_som_senaste)} of that age stay, as the latest of their kind.")
    say(f"{number(done.korningar)} runs are kept, {done.mib_fore:.1f} → {done.mib_efter:.1f} MiB.")
