"""``ibic doctor``: is this installation fit to run, and if not, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_COULD_NOT_RUN,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    JsonOption,
    enter,
    say,
    say_json,
)
from ibic_pipeline.cli.doctor.finding import Finding, from_error
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

EXAMPLES = ("ibic doctor --home /srv/ibic", "ibic doctor --json")


def command(
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Look at the machine, the program, settings, keys, databases, deliveries and the release; say what to do.

    A delivery that is late or refused, a full disk or an open folder is a finding (exit code 1); settings, keys or a
    release that cannot be used are errors (exit code 2). The age of made-up deliveries is not judged.
    """
    found = list(examine(enter(home)))
    if as_json:
        say_json([asdict(each) for each in found])
    else:
        for each in found:
            say(f"{each.status:<8} {each.what:<22} {f'{each.text} {each.do}'.rstrip()}")
    raise typer.Exit(_exit_code(found))


def examine(home: Home) -> Iterator[Finding]:
    """Everything that can be wrong with an installation, one finding each; later ones need the earlier."""
    from ibic_pipeline.cli.doctor import machine, network, program

    yield from program.examine(home)
    yield from machine.examine()
    yield from network.examine()
    settings = _settings(home)
    yield settings
    if settings.status == "ok":
        yield from _of_the_home(home)


def _of_the_home(home: Home) -> Iterator[Finding]:
    from ibic_pipeline.cli.doctor import dagster_storage, deliveries, files, keys, release, warehouse

    for part in (files, keys, dagster_storage, warehouse, deliveries, release):
        yield from part.examine(home)


def _settings(home: Home) -> Finding:
    try:
        return Finding("lan.yaml", "ok", f"{home.lan.namn}, {len(home.lan.kommuner)} municipalities")
    except IbicError as error:
        return from_error("lan.yaml", "error", error)


def _exit_code(found: list[Finding]) -> int:
    wrong = {each.status for each in found}
    if "error" in wrong:
        return EXIT_COULD_NOT_RUN
    return EXIT_FINDINGS if "finding" in wrong else EXIT_FINE
