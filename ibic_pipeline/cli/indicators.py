"""``ibic indicators``: the catalogue, read from the headers of ``sql/indicators``."""

from __future__ import annotations

import dataclasses
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, say, say_json
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.derive import Indicator

INDENT, WIDTH = 15, 100
EXAMPLES = ("ibic indicators", "ibic indicators T1", "ibic indicators --json")


def command(
    indicator: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Show this one whole, for example T1.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the indicators, or show one with its definition and exclusions."""
    from ibic_pipeline.derive import indicators

    enter(home)
    chosen = [each for each in indicators() if indicator is None or each.id == indicator.upper()]
    if not chosen:
        known = ", ".join(each.id for each in indicators())
        raise IbicError(f"one of {known}", str(indicator), "Run `ibic indicators` to see what each one is.")
    if as_json:
        say_json([_described(each) for each in chosen])
    elif indicator is None:
        for each in chosen:
            say(f"{each.id:<4} {each.namn}")
    else:
        for name, value in _described(chosen[0]).items():
            text = ", ".join(value) if isinstance(value, list | tuple) else str(value)
            say(textwrap.fill(text, WIDTH, initial_indent=f"{name:<{INDENT}}", subsequent_indent=" " * INDENT))


def _described(indicator: Indicator) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(indicator).items() if name != "sql" and value is not None}
