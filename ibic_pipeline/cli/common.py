"""What verbs share: options, exit codes, which municipalities are meant, and writing to a terminal or to a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

EXIT_FINE, EXIT_FINDINGS, EXIT_COULD_NOT_RUN = 0, 1, 2
EXIT_CODES = "Exit code: 0 all is well, 1 there is something for someone to look at, 2 it could not be done."

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="IBIC_HOME", help="The county's installation, one folder.", show_default=True)
]
DEFAULT_HOME = Path("home")
KommunOption = Annotated[str, typer.Option("--kommun", help="The municipality's code, for example 0642.")]
KommunerOption = Annotated[list[str] | None, typer.Option("--kommun", help="Only this municipality; may be repeated.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


def enter(path: Path) -> Home:
    """The home, and the environment in which Dagster finds it."""
    from ibic_pipeline.home import Home

    home = Home(path)
    os.environ["IBIC_HOME"] = str(home.path)
    os.environ["IBIC_DAGSTER"] = os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home


def chosen(home: Home, wanted: list[str] | None) -> list[str]:
    """The municipalities asked for, in the county's order, or all when none is.

    Raises:
        IbicError: one that the county does not have.
    """
    known = home.lan.kommuner
    unknown = [code for code in wanted or () if code not in known]
    if unknown:
        raise IbicError(f"municipalities of {home.lan.namn}", ", ".join(unknown), f"Choose among {', '.join(known)}.")
    return [code for code in known if not wanted or code in wanted]


def say(text: str) -> None:
    """One line of result."""
    typer.echo(text)


def complain(text: str) -> None:
    """One message about what is wrong."""
    typer.echo(text, err=True)


def say_json(value: Any) -> None:
    """A result that a program reads."""
    say(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def number(value: int) -> str:
    """A count with spaces between thousands."""
    return f"{value:,}".replace(",", " ")


@dataclass(frozen=True)
class Progress:
    """How a verb tells how far it has come."""

    line: Callable[[str], Any]
    """Something that stays on the screen."""
    complaint: Callable[[str], Any]
    """The same about something that is wrong; to standard error."""
    doing: Callable[[str], Any]
    """What is being done now."""
    step: Callable[[int], Any]
    """So many fewer to do."""


def _nothing(_: object) -> None:
    pass


@contextmanager
def progress(title: str, total: int, *, quiet: bool = False) -> Iterator[Progress]:
    """A bar on a terminal, lines otherwise, nothing when ``quiet``."""
    if quiet:
        yield Progress(line=_nothing, complaint=complain, doing=_nothing, step=_nothing)
        return
    if not sys.stdout.isatty():
        yield Progress(line=say, complaint=complain, doing=_nothing, step=_nothing)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, transient=True) as bar:
        task = bar.add_task(title, total=total)

        def above(text: str) -> None:
            bar.console.print(text, markup=False, highlight=False)

        yield Progress(
            line=above,
            complaint=above if sys.stderr.isatty() else complain,
            doing=lambda text: bar.update(task, description=text),
            step=lambda done: bar.advance(task, done),
        )
