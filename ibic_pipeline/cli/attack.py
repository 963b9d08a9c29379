"""``ibic release attack``: what an outsider could work out from releases."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    complain,
    enter,
    number,
    say,
    say_json,
)
from ibic_pipeline.cli.release import AsJson, Name
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from pathlib import Path

    from ibic_pipeline.compare.disclosure.attack import Attack
    from ibic_pipeline.home import Home

SHOWN = 20


def command(
    name: Name = None,
    before: Annotated[
        str | None, typer.Option("--before", help="The release that readers had before; found when not given.")
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Attack the one release only.")] = False,
    only: Annotated[list[str] | None, typer.Option("--indikator", help="Only this indicator; may be repeated.")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Try to work out what a release hides, from its open tables and those of the one before.

    What is found tells of persons: it is for those who may see the working tables.
    """
    from ibic_pipeline.compare.disclosure.attack import attack_release
    from ibic_pipeline.publish.lifecycle import release_named

    if alone and before is not None:
        raise IbicError("--alone or --before", "both", "Choose one of them.")
    entered = enter(home)
    folder = release_named(entered, name)
    previous = None if alone else release_named(entered, before) if before else _before(entered, folder)
    found = attack_release(folder, previous, only or None)
    say_json(asdict(found)) if as_json else _tell(found)
    raise typer.Exit(EXIT_FINE if found.withstood else EXIT_FINDINGS)


def _before(home: Home, folder: Path) -> Path | None:
    from ibic_pipeline.publish.folders import releases_in

    earlier = [each for each in releases_in(home.publicerat) if each.name < folder.name]
    return max(earlier, default=None)


def _tell(found: Attack) -> None:
    say(f"Attacked {' and '.join(found.releases)}: {number(found.dolda)} hidden counts")
    if found.withstood:
        say(f"None can be told apart more closely than {found.skyddsbredd} (skyddsbredd in lan.yaml).")
        return
    for each in found.funna[:SHOWN]:
        place = f"{each.indikator} {each.kommunkod or 'lan'} {each.period} {each.brytning}={each.grupp}"
        say(f"  {each.utgava} {place} {each.matt}: {each.lagst:g} to {each.hogst:g}")
    complain(
        f"{number(len(found.funna))} hidden counts can be worked out too well. Do not pass the release on. Widen the "
        "policy (`disclosure` in lan.yaml) or show fewer groups (`brytningar`), and publish again."
    )
