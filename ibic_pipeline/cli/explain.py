"""``ibic explain``: what lies behind a municipality's figure, down to the units."""

from __future__ import annotations

from typing import Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, say, say_json

EXAMPLES = (
    "ibic explain T1 --kommun 0642 --period 2026-06",
    "ibic explain T1 --kommun 0642 --period 2026-06 --kon kvinna --aldersgrupp 80+",
    "ibic explain T10 --kommun 0642 --period 2026-K2 --json",
)


def command(
    indicator: Annotated[str, typer.Argument(metavar="ID", help="The indicator, for example T1.")],
    kommunkod: Annotated[str, typer.Option("--kommun", help="The municipality's code, for example 0642.")],
    period: Annotated[str, typer.Option(help="2026-06, 2026-K2, 2026-H1 or 2026.")],
    kon: Annotated[str | None, typer.Option(help="kvinna or man.")] = None,
    aldersgrupp: Annotated[str | None, typer.Option(help="For example 80+.")] = None,
    insatsgrupp: Annotated[str | None, typer.Option(help="For example hemtjanst.")] = None,
    lagrum: Annotated[str | None, typer.Option(help="SoL or LSS.")] = None,
    regiform: Annotated[str | None, typer.Option(help="kommunal or privat.")] = None,
    most: Annotated[int, typer.Option("--max", min=0, help="At most so many units of each set.")] = 50,
    home: HomeOption = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show a figure, its funnel, and the units behind it with the dates that decided.

    Needs the municipality's row level under lager/; a release does not hold it. What is shown is restricted: single
    persons' units (pseudonyms) and small counts, for the municipality itself.
    """
    from ibic_pipeline.explain import explain
    from ibic_pipeline.explain.words import as_lines, as_values

    asked = {
        "kon": kon,
        "aldersgrupp": aldersgrupp,
        "insatsgrupp": insatsgrupp,
        "lagrum": lagrum,
        "regiform": regiform,
    }
    groups = {name: group for name, group in asked.items() if group is not None}
    explained = explain(enter(home), indicator, kommunkod, period, groups)
    if as_json:
        say_json(as_values(explained, most))
    else:
        say("\n".join(as_lines(explained, most)))
