"""``ibic indicators``: the catalogue, read from the headers of ``sql/indicators``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, say, say_json
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.county import Lan
    from ibic_pipeline.derive import Indicator
    from ibic_pipeline.home import Home

EXAMPLES = ("ibic indicators", "ibic indicators T1", "ibic indicators --json")


def command(
    indicator: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Show this one whole, for example T1.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the indicators, or show one: for whom, what counts, how to read it, how it misleads, what to do about it."""
    from ibic_pipeline.derive.catalogue import in_reading_order, page

    lan = _county(enter(home))
    known = in_reading_order()
    chosen = [each for each in known if indicator is None or each.id == indicator.upper()]
    if not chosen:
        ids = ", ".join(each.id for each in known)
        raise IbicError(f"one of {ids}", str(indicator), "Run `ibic indicators` to see what each one is.")
    if as_json:
        say_json([_described(each, lan) for each in chosen])
    elif indicator is None:
        for each in chosen:
            say(f"{each.id:<4} {each.namn}")
    else:
        say(page(chosen[0], lan).rstrip())


def _county(home: Home) -> Lan:
    """The county of the home; where there is none yet, the one that is shipped."""
    from ibic_pipeline.home import Home
    from ibic_pipeline.resources import PROFILES

    return home.lan if (home.path / "lan.yaml").exists() else Home(PROFILES / "jonkopings-lan").lan


def _described(indicator: Indicator, lan: Lan) -> dict[str, Any]:
    said = {name: value for name, value in dataclasses.asdict(indicator).items() if name != "sql" and value is not None}
    return said | {"parametrar": {name: getattr(lan.parametrar, name).varde for name in indicator.parametrar}}
