"""``ibic unmapped``: values that no code list knows, out as a workbook and in again as lines of the profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, complain, say
from ibic_pipeline.errors import IbicError


def command(
    kommunkod: Annotated[str, typer.Argument(metavar="KOD", help="The municipality's code, for example 0642.")],
    home: HomeOption = DEFAULT_HOME,
    out: Annotated[Path | None, typer.Option("--ut", help="Write the workbook here.")] = None,
    filled: Annotated[Path | None, typer.Option("--las", help="Read the decisions of this filled-in workbook.")] = None,
    write: Annotated[bool, typer.Option("--skriv", help="With --las: write the lines into the profile.")] = False,
) -> None:
    """Decide what a municipality's unknown values mean: a workbook out, filled in, and back into the profile."""
    if (out is None) == (filled is None):
        raise IbicError("either --ut FILE.xlsx or --las FILE.xlsx", "both or none", "Give one of them.")
    if filled is not None:
        _read_in(kommunkod, home, filled, write=write)
    elif out is not None:
        _write_out(kommunkod, home, out)


def _write_out(kommunkod: str, folder: Path, out: Path) -> None:
    from ibic_pipeline.check.decisions import latest_unmapped, write_unmapped
    from ibic_pipeline.home import Home
    from ibic_pipeline.workflow.files import private_files
    from ibic_pipeline.workflow.versions import refused_folder

    home = Home(folder)
    home.profil(kommunkod)
    table = latest_unmapped(home, kommunkod, refused_folder(home, kommunkod))
    if not table.num_rows:
        say(f"{kommunkod}: alla kodade värden är kända.")
        return
    with private_files():
        write_unmapped(table, out)
    say(f"{table.num_rows} värden i {out}. Fyll i beslut och skal, och läs in med --las {out}")


def _read_in(kommunkod: str, folder: Path, filled: Path, *, write: bool) -> None:
    from ibic_pipeline.check.decisions import read_decisions
    from ibic_pipeline.check.profile_lines import as_yaml, lines_of, write_into_profile
    from ibic_pipeline.codes import code_lists
    from ibic_pipeline.home import Home

    home = Home(folder)
    decisions = read_decisions(filled, code_lists(home))
    lines = lines_of(decisions, home.profil(kommunkod))
    if not lines:
        say("Inga beslut att lägga till.")
        return
    say(as_yaml(lines))
    if write:
        write_into_profile(home, kommunkod, lines, decisions)
        complain(f"Inskrivet i {home.kommuner / f'{kommunkod}.yaml'}. Nästa körning läser om leveransen.")
