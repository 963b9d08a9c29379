"""``ibic keys``: which pseudonym keys there are, and new ones in their place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
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
    chosen,
    complain,
    enter,
    say,
    say_json,
)
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow.rotate import Rotated

app = typer.Typer(help="Pseudonym keys: see which there are, and replace them.", no_args_is_help=True)

AFTER = (
    "Published releases keep the old pseudonyms, and the next `ibic run` publishes the new ones: a person in it cannot "
    "be linked to releases before it.\nBack up nycklar/ now, and destroy every copy of the old key."
)


@dataclass(frozen=True)
class Key:
    """A key, or one that is asked for and missing; never the key itself. ``skapad`` is the day it was made."""

    omfattning: str
    nyckel: str | None
    skapad: date | None
    lage: str | None
    kommuner: tuple[str, ...]
    fel: str | None


@app.command("list", epilog=EXIT_CODES)
def list_command(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Each key by its id: whose it is, when it was made, its mode, and which municipalities use it. Never the key."""
    found = keys_of(enter(home))
    if as_json:
        say_json([asdict(each) for each in found])
    else:
        for each in found:
            about = each.fel or f"{each.nyckel}  made {each.skapad}  mode {each.lage}"
            say(f"{each.omfattning:<5} {about}  {', '.join(each.kommuner) or 'used by none'}")
    raise typer.Exit(EXIT_FINDINGS if any(each.fel for each in found) else EXIT_FINE)


@app.command("rotate", epilog=EXIT_CODES)
def rotate_command(
    home: HomeOption = DEFAULT_HOME,
    kommun: Annotated[list[str] | None, typer.Option(help="This municipality's key; may be repeated.")] = None,
    lan: Annotated[bool, typer.Option("--lan", help="The key that municipalities of the county share.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Replace keys, and build the working tables anew with the new ones from the deliveries that they were made of.

    Until all of it is built the old key and tables stay, also after a failure; then the old ones are removed.
    """
    entered = enter(home)
    scopes = _scopes(entered, kommun or [], lan)
    done: list[Rotated] = []
    for scope in scopes:
        try:
            done.append(_rotated(entered, scope))
        except IbicError as error:
            complain(f"{scope} keeps its key: {error}")
    if as_json:
        say_json([asdict(each) for each in done])
    else:
        _tell(done)
    whole, some = EXIT_FINE, EXIT_FINDINGS if done else EXIT_COULD_NOT_RUN
    raise typer.Exit(whole if len(done) == len(scopes) else some)


def keys_of(home: Home) -> list[Key]:
    """Every key that is there or asked for, the county's last; who cannot be asked has a key of its own."""
    from ibic_pipeline.extract import profile_of_latest
    from ibic_pipeline.pseudonym import scope_of

    users: dict[str, list[str]] = {}
    for code in home.lan.kommuner:
        scope = code
        with suppress(IbicError):
            scope = scope_of(profile_of_latest(home, code))
        users.setdefault(scope, []).append(code)
    there = {path.stem for path in home.nycklar.glob("*.nyckel")}
    return [_key(home, scope, tuple(users.get(scope, ()))) for scope in sorted(there | set(users))]


def _key(home: Home, scope: str, users: tuple[str, ...]) -> Key:
    from ibic_pipeline.pseudonym import key_id, key_path

    path = key_path(home, scope)
    about = path.stat() if path.is_file() else None
    made = date.fromtimestamp(about.st_mtime) if about else None
    mode = f"{about.st_mode & 0o777:04o}" if about else None
    try:
        return Key(scope, key_id(home, scope), made, mode, users, None)
    except IbicError as error:
        return Key(scope, None, made, mode, users, str(error))


def _scopes(home: Home, codes: list[str], lan: bool) -> list[str]:
    from ibic_pipeline.pseudonym import COUNTY_KEY

    if lan == bool(codes):
        raise IbicError("--kommun CODE or --lan", "both" if lan else "neither", "Say whose key is to be replaced.")
    return [COUNTY_KEY] if lan else chosen(home, codes)


def _rotated(home: Home, scope: str) -> Rotated:
    from ibic_pipeline.home import Settings
    from ibic_pipeline.workflow.rotate import rotate_key

    return rotate_key(
        home,
        scope,
        Settings(),
        when_waiting=lambda code: complain(f"{code} waits: another run is working on it."),
        doing=lambda code: complain(f"{code} is built with the new key."),
    )


def _tell(done: list[Rotated]) -> None:
    for each in done:
        say(f"{each.omfattning} has key {each.nyckel} in place of {each.ersatter}.")
        for code, version in each.versioner.items():
            say(f"  {code} {'had no data' if version is None else f'version {version}; the old ones are removed'}")
    if done:
        say(AFTER)
