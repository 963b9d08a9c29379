"""``ibic codes``: official code lists brought into the home, and which lists are in use."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    enter,
    number,
    say,
    say_json,
)
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.codes import Change, Imported

app = typer.Typer(help="Official code lists: import them, and see which are in use.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
ICF = Annotated[Path | None, typer.Option(help="Socialstyrelsen's ICF, as published: .xlsx or .tsv.")]
KSI = Annotated[Path | None, typer.Option(help="Socialstyrelsen's KSI, as published: .xlsx or .tsv.")]
FirstDay = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day from which it is in force.")
]
SHOWN_REFUSED = 10


@app.command("import")
def import_command(
    giltig_fran: FirstDay,
    home: HomeOption = DEFAULT_HOME,
    icf: ICF = None,
    ksi: KSI = None,
    replace: Annotated[bool, typer.Option("--replace", help="Also when another list has that day.")] = False,
    withdraw_many: Annotated[
        bool, typer.Option("--withdraw-many", help="Also when more than a tenth of the codes known would end.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write dated lists to kodlistor/ from official files, and tell which codes changed."""
    from ibic_pipeline.codes import import_list

    files = {name: file for name, file in (("icf", icf), ("ksi", ksi)) if file is not None}
    if not files:
        raise IbicError("--icf FILE or --ksi FILE", "neither", "Say which official file to import.")
    entered = enter(home)
    if not (entered.path / "lan.yaml").is_file():
        raise IbicError(f"an installation in {entered.path}", "none", "Run `ibic init`, or correct --home.")
    done = [
        import_list(entered, name, file, giltig_fran.date(), replace=replace, withdraw_many=withdraw_many)
        for name, file in files.items()
    ]
    if as_json:
        say_json([dataclasses.asdict(each) for each in done])
    else:
        for each in done:
            _tell(each)
        if not all(each.unchanged for each in done):
            say("Next: `ibic run`, which judges every delivery anew.")
    raise typer.Exit(EXIT_FINDINGS if any(each.refused for each in done) else EXIT_FINE)


@app.command("list")
def list_command(
    name: Annotated[str | None, typer.Argument(help="Show the codes of this list, for example icf.")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List the code lists in use, or show the codes of one."""
    from ibic_pipeline.codes import code_lists, lists_in_use
    from schemas.codelists import names

    entered = enter(home)
    if name is None:
        used = lists_in_use(entered)
        if as_json:
            say_json(used)
        for each in [] if as_json else used:
            say(f"{each['lista']:<20} {number(each['koder']):>6}  {', '.join(each['filer']) or 'built in'}")
        return
    if name not in names():
        raise IbicError(f"one of {', '.join(names())}", name, "Run `ibic codes list` to see them.")
    rows = code_lists(entered).codelist(name)
    if as_json:
        say_json(rows.to_dict("records"))
        return
    for kod, titel, first, last in rows[["kod", "titel", "giltig_fran", "giltig_till"]].itertuples(index=False):
        valid = f"  [{first or '…'} – {last or '…'}]" if first or last else ""
        say(f"{kod:<12} {titel}{valid}")


def _tell(done: Imported) -> None:
    say(
        f"{done.path.name}: {number(done.read)} rows read, {number(done.taken)} taken, {number(done.gone)} blank or "
        f"repeated, {number(len(done.refused))} refused; {number(done.codes)} codes"
        + (", as it stood already." if done.unchanged else ".")
    )
    for where in done.refused[:SHOWN_REFUSED]:
        say(f"  refused: no readable code, no title, or a code with another title elsewhere: {where}")
    for kind, count in done.repairs.items():
        say(f"  repaired {number(count):>6}  {kind}")
    if done.added:
        say(f"  {number(done.added)} codes were not known before and have no first day.")
    if done.without_group:
        say(f"  Without a group of their own, counted among other interventions: {', '.join(done.without_group)}")
    counts = Counter(change.kind for change in done.changes)
    say("  Changed: " + (", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts)) or "nothing") + ".")
    for change in done.changes:
        if change.kind != "new":
            say(f"  {_sentence(change)}")
    for change in done.known:
        say(f"  known already: {_sentence(change)}")


def _sentence(change: Change) -> str:
    likely = f" (now most likely {change.likely})" if change.likely else ""
    if change.kind == "withdrawn":
        return f"{change.dag} {change.kod} withdrawn: {change.titel_fore}{likely}"
    return f"{change.dag} {change.kod} {change.kind}: {change.titel_fore} -> {change.titel_efter}{likely}"
