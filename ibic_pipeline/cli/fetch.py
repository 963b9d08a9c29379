"""``ibic fetch``: what is new in municipalities' databases and remote folders, brought to the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_COULD_NOT_RUN,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    KommunerOption,
    chosen,
    complain,
    enter,
    number,
    say,
)
from ibic_pipeline.errors import DeliveryRefused, IbicError

if TYPE_CHECKING:
    from ibic_pipeline.fetch import Fetched
    from ibic_pipeline.home import Home

EXAMPLES = ("ibic fetch --home /srv/ibic", "ibic fetch --kommun 0642")


def command(
    home: HomeOption = DEFAULT_HOME,
    kommun: KommunerOption = None,
) -> None:
    """Fetch new deliveries from the databases and remote folders that profiles name; `ibic run` does so by itself.

    Nothing is written at the source, and nothing appears in inkorg/ before it is whole. A source that cannot be read
    is told with the reason (exit code 1); the other municipalities are fetched all the same.
    """
    entered = enter(home)
    raise typer.Exit(max((_fetch(entered, code) for code in chosen(entered, kommun)), default=EXIT_FINE))


def _fetch(home: Home, code: str) -> int:
    from ibic_pipeline.fetch import fetch_delivery, has_source
    from ibic_pipeline.home import Settings
    from ibic_pipeline.workflow.files import only_writer

    try:
        if not has_source(home.profil(code)):
            say(f"{code} dropped by hand: its profile names no database and no remote folder")
            return EXIT_FINE
        with only_writer(home, code, lambda: complain(f"{code} waits: another run is working on it.")):
            fetched = fetch_delivery(home, code, Settings())
    except IbicError as error:
        complain(f"{code} {error}")
        return EXIT_COULD_NOT_RUN
    except DeliveryRefused as refused:
        complain("\n".join(f"{code} {rule}: {text}" for rule, text in refused.reasons))
        return EXIT_FINDINGS
    _tell(code, fetched)
    return EXIT_FINE


def _tell(code: str, fetched: Fetched) -> None:
    size = f"{number(fetched.files)} files, {fetched.size / 1024**2:.1f} MiB"
    say(f"{code} fetched {', '.join(fetched.deliveries)}: {size}" if fetched.deliveries else f"{code} nothing new")
    for name in fetched.unfinished:
        complain(f"{code} left {name} alone: it is still being written")
    if fetched.later:
        complain(f"{code} not asked: {fetched.later} was put in the inbox by hand and counts as later")
