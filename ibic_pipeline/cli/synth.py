"""``ibic synth``: a made-up county's deliveries, and beside them the truth about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, number, progress, say
from ibic_pipeline.cli.init import initialise
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home
    from ibic_pipeline.synthetic.county_synth import Summary

EXAMPLES = (
    "ibic synth --home /tmp/lan --scale 0.1 --years 3",
    "ibic synth --home /tmp/lan --fault beslut_utan_datum --faults 0.05",
    "ibic synth --list-faults",
)
OWN_COUNTY = 13
DEFAULT_FAULTS = 0.02

Municipalities = Annotated[int, typer.Option(help="13, or 290 for the whole country.")]
Years = Annotated[int | None, typer.Option(min=1, help="Years of history before the extraction.", show_default="all")]
Scale = Annotated[float, typer.Option(min=0.001, help="Size of the municipalities; 1 is the real size.")]
Seed = Annotated[int, typer.Option(help="Same seed, same bytes.")]
Faults = Annotated[float, typer.Option(min=0, max=1, help="Share of the rows that is made faulty.")]
Fault = Annotated[list[str] | None, typer.Option(help="Only this kind of fault; may be repeated.")]
ListFaults = Annotated[bool, typer.Option("--list-faults", help="Print the names of all faults, and write nothing.")]


def command(
    home: HomeOption = DEFAULT_HOME,
    municipalities: Municipalities = OWN_COUNTY,
    years: Years = None,
    scale: Scale = 1.0,
    seed: Seed = 1,
    faults: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of the rows, and of the files, that is made faulty.",
            show_default="0; 0.02 with --fault",
        ),
    ] = None,
    fault: Fault = None,
    list_faults: ListFaults = False,
) -> None:
    """Write a made-up county to inkorg/, and the truth about it to facit/."""
    if list_faults:
        _say_faults()
        return
    entered = enter(home)
    initialise(entered)
    summary = write_deliveries(
        entered,
        municipalities=municipalities,
        years=years,
        scale=scale,
        seed=seed,
        faults=faults if faults is not None else DEFAULT_FAULTS if fault else 0.0,
        fault_names=fault or None,
    )
    say(
        f"{summary.municipalities} municipalities, {summary.files} files, {number(summary.rows)} rows, "
        f"{number(summary.faults)} faults planted. Next: ibic run --home {home}"
    )


def write_deliveries(
    home: Home,
    *,
    municipalities: int = OWN_COUNTY,
    years: int | None,
    scale: float,
    seed: int,
    faults: float,
    fault_names: Collection[str] | None = None,
) -> Summary:
    """Write the deliveries and the truth, and make keys for municipalities that had none.

    Raises:
        IbicError: the inbox holds real deliveries, or an argument is wrong.
    """
    from ibic_pipeline.synthetic.county_synth import write_county

    codes = _codes(home, municipalities)
    with progress("deliveries", len(codes)) as shown:

        def told(names: str, _rows: int) -> None:
            shown.doing(names)
            shown.step(names.count(",") + 1)

        summary = write_county(
            home,
            kommuner=codes,
            seed=seed,
            scale=scale,
            years=years,
            faults=faults,
            fault_names=fault_names,
            progress=told,
        )
    initialise(home)
    return summary


def _say_faults() -> None:
    from ibic_pipeline.synthetic.faults.catalogue import KINDS
    from ibic_pipeline.synthetic.faults.page import outcomes

    for kind in KINDS:
        say(f"{kind.source} {kind.title}")
        for fault in kind.faults:
            told = ", ".join(f"{outcome} {code}".strip() for outcome, code in outcomes(fault))
            say(f"  {fault}: {told}")


def _codes(home: Home, municipalities: int) -> list[str]:
    from schemas.codelists import codelist

    own, every = list(home.lan.kommuner), sorted(codelist("kommun")["kod"])
    if municipalities == len(every):
        return every
    if municipalities in {OWN_COUNTY, len(own)}:
        return own
    raise IbicError(f"{OWN_COUNTY} or {len(every)} municipalities", str(municipalities), "Choose one of them.")
