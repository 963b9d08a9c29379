"""``ibic warehouse``: the current release in a SQL database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, EXIT_FINDINGS, EXIT_FINE, HomeOption, enter, number, say, say_json

app = typer.Typer(
    help="The current release in a SQL database. Its address stands in IBIC_WAREHOUSE, or in lan.yaml.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command()
def load(home: HomeOption = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Load the current release in one transaction; a release that is shown already is left alone."""
    from ibic_pipeline.warehouse import load_current

    loaded = load_current(enter(home))
    if as_json:
        say_json(asdict(loaded))
        return
    done = "Unchanged" if loaded.oforandrad else "Loaded"
    say(f"{done:<10} {loaded.release} in {loaded.adress}: {number(loaded.rader)} rows")
    if loaded.borttagna:
        say(f"Dropped    {', '.join(loaded.borttagna)}")


@app.command()
def status(home: HomeOption = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Tell which releases the database holds, and whether it shows the current one (exit code 1 when not)."""
    from ibic_pipeline.warehouse import status_of

    found = status_of(enter(home))
    if as_json:
        say_json(asdict(found))
    else:
        say(f"Database   {found.adress}")
        say(f"Published  {found.publicerad or 'nothing yet'}")
        for each in found.releaser:
            say(f"{'Shows' if each['aktuell'] else 'Keeps':<10} {each['release']}: {number(each['rader'])} rows")
        if not found.visar_publicerad:
            say("The database does not show what is published. Next: `ibic warehouse load`.")
    raise typer.Exit(EXIT_FINE if found.visar_publicerad else EXIT_FINDINGS)


@app.command()
def ddl(
    home: HomeOption = DEFAULT_HOME,
    dialect: Annotated[str, typer.Option(help="postgresql, sqlite, mssql, mysql or oracle.")] = "postgresql",
    roles: Annotated[bool, typer.Option("--roles", help="The roles of analysts and coordinators instead.")] = False,
) -> None:
    """Print the SQL of the current release's tables and views, or of the roles that read them."""
    from ibic_pipeline.warehouse import script_of_current

    typer.echo(script_of_current(enter(home), dialect, roles=roles), nl=False)
