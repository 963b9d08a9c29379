"""``ibic cohort``: a group of persons by a definition that can be repeated, for a review."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, complain, enter, say, say_json

EXAMPLES = (
    "ibic cohort --kommun 0642 --insatsgrupp boendestod --pagaende 2022-06-30 "
    "--sammanhangande 2016-01-01..2022-06-30 --lucka 30 --n 10 --fro 1",
    "ibic cohort --kommun 0642 --definition boendestod.yaml --indikator T3 --period 2022-06",
)


def command(
    kommunkod: Annotated[str, typer.Option("--kommun", help="The municipality's code, for example 0642.")],
    insatsgrupp: Annotated[str | None, typer.Option(help="The intervention, for example boendestod.")] = None,
    pagaende: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which a decision is in force.")
    ] = None,
    sammanhangande: Annotated[
        str | None, typer.Option(help="Two days, 2016-01-01..2022-06-30, with the intervention all the time between.")
    ] = None,
    lucka: Annotated[int | None, typer.Option(min=0, help="Most days without a decision in that time.")] = None,
    alder: Annotated[str | None, typer.Option(help="18-64 or 65+, on the day of --pagaende.")] = None,
    regiform: Annotated[str | None, typer.Option(help="kommunal or privat, on that day.")] = None,
    utforare: Annotated[str | None, typer.Option(help="The provider's id in the case system, on that day.")] = None,
    n: Annotated[int | None, typer.Option(min=1, help="Draw so many of those who are left.")] = None,
    fro: Annotated[int | None, typer.Option(help="Seed of the draw; 1 when not given.")] = None,
    indikator: Annotated[str | None, typer.Option(help="Count this indicator over the cohort, for example T3.")] = None,
    period: Annotated[str | None, typer.Option(help="Its period: 2026-06, 2026-K2, 2026-H1 or 2026.")] = None,
    every: Annotated[
        bool, typer.Option("--alla-insatser", help="Count the persons' units of every intervention.")
    ] = False,
    definition: Annotated[
        Path | None, typer.Option(help="YAML file with these keys; options given besides win over it.")
    ] = None,
    spara: Annotated[Path | None, typer.Option(help="Write the definition to this YAML file.")] = None,
    most: Annotated[int, typer.Option("--max", min=0, help="Show at most so many persons.")] = 50,
    home: HomeOption = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Find a group of persons step by step, draw a sample of it, and count an indicator over it.

    Needs the municipality's row level under lager/; a release does not hold it. What is shown is restricted: pseudonyms
    and small counts, for the municipality itself. Persons with protected identity are in no cohort.
    """
    from ibic_pipeline.review.cohort import cohort
    from ibic_pipeline.review.definition import definition_of, save
    from ibic_pipeline.review.words import as_lines, as_values

    given = {
        "insatsgrupp": insatsgrupp,
        "pagaende": None if pagaende is None else pagaende.date(),
        "sammanhangande": sammanhangande,
        "lucka": lucka,
        "alder": alder,
        "regiform": regiform,
        "utforare": utforare,
        "n": n,
        "fro": fro,
    }
    defined = definition_of(definition, given)
    found = cohort(enter(home), kommunkod, defined, indikator=indikator, period=period, alla_insatser=every)
    if as_json:
        say_json(as_values(found))
    else:
        say("\n".join(as_lines(found, most)))
    if spara is not None:
        save(defined, spara)
        complain(f"Definitionen står i {spara}.")
