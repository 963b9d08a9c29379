"""``ibic aggregate``: a municipality's counts as one signed file, for a county that is not to have its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, EXIT_CODES, HomeOption, enter, say

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

app = typer.Typer(help="Counts without rows: sign them and send them to the county.", no_args_is_help=True)

Kommun = Annotated[str, typer.Option(help="The municipality's code, such as 0642.")]
RESTRICTED = (
    "The file holds small counts and has not passed disclosure control, which the county does once over all "
    "municipalities: send it as you would send the rows, to the county alone."
)


@app.command("key", epilog=EXIT_CODES)
def key_command(kommun: Kommun, home: HomeOption = DEFAULT_HOME) -> None:
    """Print the public key that the county needs; the private one is made if there is none, and stays here."""
    from ibic_pipeline.summary import create_signing_key, public_key

    here = enter(home)
    _known(here, kommun)
    create_signing_key(here, kommun)
    say(public_key(here, kommun))


@app.command("export", epilog=EXIT_CODES)
def export_command(
    kommun: Kommun,
    home: HomeOption = DEFAULT_HOME,
    out: Annotated[Path, typer.Option(help="Folder in which the file is written.")] = Path(),
) -> None:
    """Write the municipality's counts, their funnels, versions and accounting as one signed zip; no row, no unit."""
    from ibic_pipeline.summary import write_summary

    here = enter(home)
    _known(here, kommun)
    say(str(write_summary(here, kommun, out)))
    say(RESTRICTED)


def _known(home: Home, kommun: str) -> None:
    from ibic_pipeline.errors import IbicError, did_you_mean

    if kommun not in home.lan.kommuner:
        near = did_you_mean(kommun, home.lan.kommuner)
        raise IbicError(f"a municipality of {home.lan.namn}", f"{kommun}{near}", "Give its code, such as 0642.")
