"""``ibic release``: list, show, verify and compare releases, go back to an earlier one, and purge."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_CODES,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    complain,
    enter,
    number,
    say,
    say_json,
)
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home
    from ibic_pipeline.publish.difference import Difference
    from ibic_pipeline.workflow.purge import Receipt

app = typer.Typer(help="Published releases: see, verify, attack, compare, go back, purge.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Name = Annotated[str | None, typer.Argument(help="The release's name; the current one when not given.")]
NUMBERS = "-"
"""What stands for the persons when their numbers are typed or piped."""


@app.command("list", epilog=EXIT_CODES)
def list_command(home: HomeOption = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Every release that is kept, the newest first, and which one readers are pointed at."""
    from ibic_pipeline.publish.lifecycle import list_releases

    found = list_releases(enter(home))
    if as_json:
        say_json([asdict(each) for each in found])
        return
    for each in found:
        state = "current" if each.aktuell else f"replaced {each.ersatt}" if each.ersatt else ""
        stale = f", {each.inaktuella} stale" if each.inaktuella else ""
        purges = f", {each.gallringar} purges" if each.gallringar else ""
        size = f"{each.byte / 2**20:.1f} MiB"
        say(f"{each.release}  {each.kommuner} municipalities{stale}, {size}{purges}  {state}".rstrip())
    if not found:
        say("No releases yet.")


@app.command("show", epilog=EXIT_CODES)
def show_command(name: Name = None, home: HomeOption = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """What a release is made of and what has been done to it; --json is its whole manifest."""
    from ibic_pipeline.publish.lifecycle import manifest_of, release_named
    from ibic_pipeline.publish.pointer import read_pointer

    entered = enter(home)
    folder = release_named(entered, name)
    about = manifest_of(folder)
    if as_json:
        say_json(about)
        return
    say(f"Release    {folder.name}")
    say(f"Published  {about['publicerad']} by {about['program']['namn']} {about['program']['version']}")
    say(f"Folder     {folder}")
    say(f"Files      {len(about['filer'])}, {sum(each['byte'] for each in about['filer'].values()) / 2**20:.1f} MiB")
    for each in about["kommuner"]:
        made_of = each["underlag"] or {}
        stale = "  stale" if each["inaktuell"] else ""
        say(f"{each['kommunkod']} {each['namn']:<14} {made_of.get('leverans') or 'no data'}{stale}")
    for each in about.get("gallringar", ()):
        rows = sum(each["rader"].values())
        say(f"Purge      {each['tid']} {each['kommunkod']}, by {each['av']}: {number(rows)} rows ({each['kvitto']})")
    pointer = read_pointer(entered) or {}
    if pointer.get("release") == folder.name and pointer.get("aterstalld"):
        back = pointer["aterstalld"]
        say(f"Rollback   from {back['fran']}, {back['tid']} by {back['av']}")


@app.command("verify", epilog=EXIT_CODES)
def verify_command(
    names: Annotated[list[str] | None, typer.Argument(help="Releases; all that are kept when not given.")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Does each release hold, byte for byte, what its manifest says? Names every file that does not."""
    from ibic_pipeline.publish.lifecycle import verify

    found = verify(enter(home), names)
    if as_json:
        say_json({name: [asdict(each) for each in faults] for name, faults in found.items()})
    else:
        for name, faults in found.items():
            say(f"{name}  {'whole' if not faults else f'{len(faults)} differences'}")
            for each in faults:
                complain(f"  {each.fil}: {each.vad}")
    raise typer.Exit(EXIT_FINDINGS if any(found.values()) else EXIT_FINE)


@app.command("diff", epilog=EXIT_CODES)
def diff_command(
    before: Annotated[str, typer.Argument(metavar="A", help="The earlier release.")],
    after: Annotated[str | None, typer.Argument(metavar="B", help="The later one; else the current one.")] = None,
    tolerans: Annotated[
        float | None,
        typer.Option(min=0, help="Changes up to this are only counted: percentage points, or per cent of a count."),
    ] = None,
    most: Annotated[int, typer.Option("--max", min=0, help="Show at most so many figures.")] = 20,
    home: HomeOption = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """What is another in release B than in A: columns, rows, and figures with the reason. Exit code 1: something is."""
    from ibic_pipeline.publish.difference import difference
    from ibic_pipeline.publish.lifecycle import manifest_of, release_named

    entered = enter(home)
    old, new = release_named(entered, before), release_named(entered, after)
    policy = entered.lan.publicering
    if tolerans is None:
        tolerans = policy.tolerans_procent.varde if policy else 0
    manifest_of(old)
    found = difference(old, new, manifest_of(new), tolerans)
    if as_json:
        figures = found.andrade.slice(0, most).to_pylist()
        count = found.andrade.num_rows
        told = {
            name: getattr(found, name) for name in found.__dataclass_fields__ if name not in ("andrade", "tabeller")
        }
        tables = [asdict(each) for each in found.tabeller]
        say_json({**told, "tabeller": tables, "antal_andrade": count, "andrade": figures})
    else:
        _tell_difference(found, most)
    raise typer.Exit(EXIT_FINDINGS if found.is_any else EXIT_FINE)


@app.command("rollback", epilog=EXIT_CODES)
def rollback_command(
    name: Annotated[str | None, typer.Argument(help="The release; else the latest whole one before.")] = None,
    av: Annotated[str, typer.Option("--av", help="Who decided, as a role.")] = "systemadministrator",
    home: HomeOption = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Point readers at another release, if it verifies. Holds until changed data, settings or program are published."""
    from ibic_pipeline.publish.lifecycle import rollback
    from ibic_pipeline.publish.pointer import read_pointer

    entered = enter(home)
    folder = rollback(entered, name, av, datetime.now(tz=UTC))
    back = (read_pointer(entered) or {}).get("aterstalld")
    if as_json:
        say_json({"release": folder.name, "aterstalld": back})
    elif back:
        say(f"Readers are pointed at {folder.name}. {back['fran']} is kept.")
        say(f"To end it: `ibic release rollback {back['fran']}`, or publish anew with `ibic run --force`.")
    else:
        say(f"Readers are pointed at {folder.name}.")


@app.command("purge", epilog=EXIT_CODES)
def purge_command(
    kommun: Annotated[str | None, typer.Option("--kommun", help="The persons' municipality.")] = None,
    individ: Annotated[
        list[str] | None,
        typer.Option(help="A pseudonym; may be repeated. `-`: personal numbers are typed or piped, one a line."),
    ] = None,
    av: Annotated[str | None, typer.Option("--av", help="Who decided, as a role.")] = None,
    skal: Annotated[str, typer.Option("--skal", help="Why; no names or numbers.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Take the persons off the purge list instead.")] = False,
    home: HomeOption = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Remove releases that are no longer kept; with --individ, remove persons from working tables and all releases.

    Without --individ: releases beyond the policy in lan.yaml, and from the others persons whose retention time is over.
    """
    entered = enter(home)
    if individ is None:
        raise typer.Exit(_purge_by_policy(entered, as_json=as_json))
    if kommun is None or kommun not in entered.lan.kommuner:
        known = ", ".join(entered.lan.kommuner)
        raise IbicError("--kommun with the persons' municipality", kommun or "none", f"Choose among {known}.")
    if not lift and not (av or "").strip():
        raise IbicError("--av with the role that decided", "none", 'Say for example --av "registrator".')
    from ibic_pipeline.workflow.purge import lift_persons, purge_persons

    persons = _persons(entered, kommun, individ)
    waiting = _waiting(kommun)
    if lift:
        count = lift_persons(entered, kommun, persons, waiting)
        say_json({"lyfta": count}) if as_json else say(f"{count} persons lifted; the next load takes them in again.")
        raise typer.Exit(EXIT_FINE if count == len(persons) else EXIT_FINDINGS)
    from ibic_pipeline.home import Settings

    receipt = purge_persons(entered, kommun, persons, str(av), skal, Settings(), waiting)
    say_json(asdict(receipt)) if as_json else _tell_receipt(entered, receipt)
    raise typer.Exit(EXIT_FINDINGS if receipt.vantar or not receipt.found else EXIT_FINE)


def _persons(home: Home, kommun: str, individ: list[str]) -> list[str]:
    from ibic_pipeline.workflow.purge import checked_pseudonym, pseudonyms_of

    if individ != [NUMBERS]:
        return [checked_pseudonym(each) for each in individ]
    if sys.stdin.isatty():
        typed = [typer.prompt("Personal number", hide_input=True)]
    else:
        typed = [line.strip() for line in sys.stdin.read().splitlines() if line.strip()]
    if not typed:
        raise IbicError("personal numbers on standard input, one a line", "none", "Type or pipe them.")
    return pseudonyms_of(home, kommun, typed)


def _waiting(kommun: str) -> Any:
    return lambda: complain(f"{kommun} waits: another run is working on it.")


def _purge_by_policy(home: Home, *, as_json: bool) -> int:
    from ibic_pipeline.publish.retention import purge_releases
    from ibic_pipeline.workflow.purge import finish_purges, purge_by_rule

    now = datetime.now(tz=UTC)
    removed = purge_releases(home, home.lan.publicering, now)
    receipts = [*finish_purges(home), *purge_by_rule(home, now.date())]
    if as_json:
        say_json({"borttagna": removed, "kvitton": [asdict(each) for each in receipts]})
    else:
        say(f"Removed releases: {', '.join(removed) or 'none'}")
        for each in receipts:
            _tell_receipt(home, each)
    return EXIT_FINDINGS if any(each.vantar for each in receipts) else EXIT_FINE


def _tell_receipt(home: Home, receipt: Receipt) -> None:
    working = ", ".join(f"{table} {number(rows)}" for table, rows in receipt.lager.items())
    say(f"{receipt.kommunkod} working tables: {working or 'no rows'}")
    for name, tables in receipt.releaser.items():
        say(f"{name}: {', '.join(f'{table} {number(rows)}' for table, rows in tables.items())}")
    say(f"Receipt {home.path / 'gallring' / 'kvitton' / f'{receipt.kvitto}.json'}")
    if receipt.vantar:
        complain(f"Still in the working tables of {receipt.kommunkod}, not published: {receipt.vantar}")
    elif not receipt.found:
        complain("No row of theirs was found; they are kept out of every later load all the same.")
    else:
        say("Figures in earlier releases are left as they are. `ibic run` publishes the figures without them.")


def _tell_difference(found: Difference, most: int) -> None:
    from ibic_pipeline.publish.difference import REASONS

    say(f"{found.fore} → {found.efter}")
    for each in (each for each in found.tabeller if each.is_other):
        rows = [("none" if count is None else number(count)) for count in (each.rader_fore, each.rader_efter)]
        columns = [*(f"+{name}" for name in each.nya_kolumner), *(f"-{name}" for name in each.borttagna_kolumner)]
        say(f"  {each.tabell:<18} {rows[0]} → {rows[1]} rows  {' '.join([*columns, *each.andrade_typer])}".rstrip())
    say(f"Figures changed by more than {found.tolerans_procent:g}: {number(found.andrade.num_rows)}")
    say(f"Figures changed by less: {number(found.inom_tolerans)}")
    for reason, (beyond, every) in found.orsaker.items():
        told = "; ".join(REASONS.get(each, each) for each in reason.split(", "))
        say(f"  {number(beyond)} of {number(every)}: {told}")
    for what, told_by in (("only the later", found.nya), ("only the earlier", found.borta)):
        if told_by:
            say(f"Figures that {what} shows: {number(sum(told_by.values()))}")
    for row in found.andrade.slice(0, most).to_pylist():
        place = f"{row['indikator']} {row['kommunkod'] or 'lan'} {row['period']} {row['brytning']}={row['grupp']}"
        say(f"  {place} {row['matt']}: {row['fore']:.4g} → {row['efter']:.4g} ({row['orsak']})")
