"""``ibic alert``: look for what someone must know of, and tell them; for a timer outside Dagster."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_CODES,
    EXIT_COULD_NOT_RUN,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    JsonOption,
    complain,
    enter,
    say,
    say_json,
)
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.alerts import Watched
    from ibic_pipeline.home import Home

app = typer.Typer(help="Tell someone when a delivery is refused or late, or when something has stopped.")
EXAMPLES = ("`ibic alert check --home /srv/ibic`", "`ibic alert check --dry-run`", "`ibic alert try`")
EPILOG = "\n\n".join([*EXAMPLES, EXIT_CODES])


@app.command(epilog=EPILOG)
def check(
    home: HomeOption = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is wrong and send nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look once, and send what nobody has been told (lan.yaml, larm). Safe to run every few minutes.

    Exit code 1 while something is wrong, 2 when a message could not be sent; it is tried again the next time.
    """
    from ibic_pipeline.alerts import look

    entered, now = enter(home), datetime.now(UTC)
    seen = look(entered, _watched(entered, now), now, tell=not dry_run)
    if as_json:
        say_json({"larm": [asdict(each) for each in seen.alerts], "skickat": seen.sent, "ej_skickat": seen.not_sent})
    else:
        for each in seen.alerts:
            say(f"{each.title}: {each.about}")
            say(f"    {each.do}")
        for channel, subject in seen.sent.items():
            say(f"Sent ({channel}): {subject}")
        for channel, why in seen.not_sent.items():
            complain(f"Not sent ({channel}): {why}. It is tried again the next time.")
    if seen.not_sent:
        raise typer.Exit(EXIT_COULD_NOT_RUN)
    raise typer.Exit(EXIT_FINDINGS if seen.alerts else EXIT_FINE)


@app.command(name="try", epilog=EPILOG)
def try_channels(home: HomeOption = DEFAULT_HOME) -> None:
    """Send a message that says it is a trial, by each channel of lan.yaml."""
    from ibic_pipeline.alerts.send import NotSent, channels, send
    from ibic_pipeline.alerts.words import Message

    entered = enter(home)
    used = channels(entered)
    if not used:
        raise IbicError(
            "larm.epost or larm.webhook in lan.yaml", "neither", "Add one; docs/administrator.md, Alerts, shows how."
        )
    text = "Det här är ett prov. Den som läser det här får larm om länets inläsning.\n"
    message = Message(
        f"[IBIC {entered.lan.namn}] Prov", text, {"lan": entered.lan.namn, "larm": [], "lost": [], "kvarstar": 0}
    )
    failed = False
    for channel in used:
        try:
            send(entered, channel, message)
            say(f"Sent ({channel}).")
        except NotSent as error:
            complain(f"Not sent ({channel}): {error}.")
            failed = True
    raise typer.Exit(EXIT_COULD_NOT_RUN if failed else EXIT_FINE)


def _watched(home: Home, now: datetime) -> Watched | None:
    """What Dagster's storage tells; None where Dagster has never been started."""
    if not any(home.dagster.glob("*/**/*.db")) and not any(home.dagster.glob("*.db")) and not _elsewhere(home):
        return None
    from ibic_pipeline.cli.through_dagster import signs_of_life

    return signs_of_life(home, now)


def _elsewhere(home: Home) -> bool:
    """Whether dagster.yaml names another storage than files in the home."""
    path = home.dagster / "dagster.yaml"
    return path.is_file() and "postgres" in path.read_text(encoding="utf-8")
