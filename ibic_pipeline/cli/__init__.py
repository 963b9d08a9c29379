"""The front door: one module per verb, heavy libraries imported by the verb that needs them."""

from __future__ import annotations

import gc
import os
import sys
import traceback

import typer

from ibic_pipeline.cli import (
    aggregate,
    alert,
    attack,
    bench,
    check,
    codes,
    cohort,
    corrections,
    demo,
    doctor,
    explain,
    fetch,
    indicators,
    init,
    keys,
    profile,
    quality,
    query,
    release,
    run,
    runs,
    synth,
    unmapped,
    warehouse,
)
from ibic_pipeline.cli.common import EXIT_CODES, EXIT_COULD_NOT_RUN, complain
from ibic_pipeline.errors import IbicError

app = typer.Typer(
    name="ibic",
    help="From municipalities' IBIC exports to a published county dataset.",
    epilog="To see it work: `ibic demo`. `ibic VERB --help` shows examples. Everything lies in one folder, --home.",
    rich_markup_mode="markdown",
    context_settings={"max_content_width": 110},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for verb in (
    *(demo, init, synth, check, unmapped, fetch, run, quality, query, indicators, explain, cohort, bench, doctor),
):
    examples = [f"`{example}`" for example in getattr(verb, "EXAMPLES", ())]
    app.command(name=verb.__name__.rpartition(".")[2], epilog="\n\n".join([*examples, EXIT_CODES]))(verb.command)
app.add_typer(aggregate.app, name="aggregate")
app.add_typer(alert.app, name="alert")
app.add_typer(codes.app, name="codes")
app.add_typer(corrections.app, name="corrections")
app.add_typer(keys.app, name="keys")
app.add_typer(profile.app, name="profile")
release.app.command("attack", epilog=EXIT_CODES)(attack.command)
app.add_typer(release.app, name="release")
app.add_typer(runs.app, name="runs")
app.add_typer(warehouse.app, name="warehouse")


MADE_BETWEEN_COLLECTIONS = 50_000
"""Objects; with Python's own 700 the search for garbage is a fifth of the time that libraries take to load."""


def main() -> None:
    """Run the command line. An error is one message and exit code 2; never a traceback, which could quote data.

    What a verb writes is for its user alone, unless it says otherwise.
    """
    os.umask(0o077)
    gc.set_threshold(MADE_BETWEEN_COLLECTIONS, 20, 20)
    try:
        app()
    except IbicError as error:
        complain(str(error))
        sys.exit(EXIT_COULD_NOT_RUN)
    except KeyboardInterrupt:
        complain("Interrupted. The release before is still in place.")
        sys.exit(130)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        complain(f"An error in the program: {type(error).__name__} at {frame.filename}:{frame.lineno}.")
        sys.exit(EXIT_COULD_NOT_RUN)
