"""``ibic corrections``: a municipality's decided corrections, and what they do to its delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_COULD_NOT_RUN,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    JsonOption,
    KommunOption,
    complain,
    enter,
    number,
    say,
    say_json,
)

if TYPE_CHECKING:
    from ibic_pipeline.corrections.outcome import Tally

app = typer.Typer(help="A municipality's decided corrections: list them, and try them.", no_args_is_help=True)


@app.command("list")
def list_command(kommun: KommunOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List the corrections, who decided each and why, and what it met in the current version."""
    from ibic_pipeline.corrections.columns import corrections_of
    from ibic_pipeline.extract import profile_of_latest
    from ibic_pipeline.workflow.proof import corrections_met

    entered = enter(home)
    corrections = corrections_of(entered, profile_of_latest(entered, kommun))
    _tell(kommun, corrections_met(entered.current(kommun), corrections), as_json=as_json)


@app.command("check")
def check_command(kommun: KommunOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Read the corrections and try them on the latest delivery; nothing is written."""
    from ibic_pipeline.corrections.outcome import dry_run
    from ibic_pipeline.errors import DeliveryRefused

    try:
        delivery, tallies = dry_run(enter(home), kommun)
    except DeliveryRefused as refused:
        complain("\n".join(f"{code}  {text}" for code, text in refused.reasons))
        raise typer.Exit(EXIT_COULD_NOT_RUN) from None
    _tell(kommun, tallies, as_json=as_json, leverans=delivery.leverans_id)
    raise typer.Exit(EXIT_FINE if all(each.lage == "rattad" for each in tallies) else EXIT_FINDINGS)


def _tell(kommun: str, tallies: list[Tally], *, as_json: bool, leverans: str | None = None) -> None:
    if as_json:
        say_json([_as_values(each) for each in tallies])
    elif not tallies:
        say(f"{kommun}: no corrections (rattelser/{kommun}.yaml).")
    else:
        if leverans is not None:
            say(f"{kommun}, delivery {leverans}")
        for each in tallies:
            say("\n".join(_lines(each)))


def _as_values(tally: Tally) -> dict[str, Any]:
    told = ("id", "export", "fil", "atgard", "beslutad_av", "beslutad", "galler_till", "skal")
    decided = {key: getattr(tally.rattelse, key) for key in told}
    return {**decided, "lage": tally.lage, "traffade": tally.traffade, "rattade": tally.rattade}


def _lines(tally: Tally) -> list[str]:
    each = tally.rattelse
    return [
        f"{each.id}  {each.export:<16}  {each.atgard:<7}  {each.beslutad_av:<24}  {each.beslutad}  {_met(tally)}",
        f"         {each.skal}",
    ]


def _met(tally: Tally) -> str:
    missed = tally.traffade - tally.rattade
    return {
        "rattad": f"met {number(tally.rattade)}",
        "avviker": f"guard failed on {number(missed)} of {number(tally.traffade)}, left as delivered (LEV-016)",
        "traffar_inget": "met nothing (LEV-016)",
        "utgangen": f"expired {tally.rattelse.galler_till}, not applied (LEV-016)",
        "ej_provad": "not tried yet: no version has been made with it",
    }[tally.lage]
