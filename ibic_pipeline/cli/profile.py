"""``ibic profile``: what a municipality's configuration means, how two differ, and a first draft of one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, JsonOption, KommunOption, complain, enter, say, say_json
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.profiling.explain import Sections

app = typer.Typer(help="Show, compare and draft municipalities' profiles.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="KOD", help="The municipality's code, for example 0642.")]
Day = Annotated[
    datetime | None,
    typer.Option("--dag", formats=["%Y-%m-%d"], help="As it applies to deliveries extracted on this day."),
]


@app.command()
def show(kommunkod: Code, day: Day = None, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Say in plain Swedish what a municipality's configuration means."""
    sections = _sections(home, kommunkod, day)
    if as_json:
        say_json(sections)
        return
    for heading, subjects in sections.items():
        say(f"{heading}")
        for subject, text in subjects.items():
            say(f"  {subject}: {text}")
        if not subjects:
            say("  –")


@app.command()
def diff(one: Code, other: Code, day: Day = None, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Say how two municipalities' configurations differ, grouped by meaning."""
    from ibic_pipeline.profiling.explain import differences

    left, right = (_sections(home, code, day, with_files=False) for code in (one, other))
    found = differences(left, right)
    if as_json:
        say_json(
            {heading: {what: {one: a, other: b} for what, (a, b) in each.items()} for heading, each in found.items()}
        )
        return
    for heading, each in found.items():
        say(heading)
        for what, texts in each.items():
            say(f"  {what}")
            for code, text in zip((one, other), texts, strict=True):
                say(f"    {code}: {text or '–'}")
    if not found:
        say(f"{one} och {other} är konfigurerade lika.")


@app.command()
def suggest(
    files: Annotated[list[Path], typer.Argument(metavar="FIL…", help="The files of one delivery.")],
    kommunkod: KommunOption,
    out: Annotated[Path | None, typer.Option("--ut", help="Write the draft here instead of printing it.")] = None,
) -> None:
    """Write a first draft of a profile out of headers and values, with what is unsure marked TODO."""
    from ibic_pipeline.profiling.draft import draft_of
    from ibic_pipeline.profiling.write import as_yaml
    from ibic_pipeline.storage import write_text

    if out is not None and out.exists():
        raise IbicError(f"no file {out}", "one", "Give another name with --ut, or move the file away.")
    text = as_yaml(draft_of(files, kommunkod))
    if out is None:
        say(text.rstrip())
    else:
        write_text(text, out)
    complain(f"{text.count('TODO:') + text.count('TODO ')} TODO i utkastet. Läs hela innan det används.")


def _sections(home: Path, kommunkod: str, day: datetime | None, *, with_files: bool = True) -> Sections:
    from ibic_pipeline.profile_layers import in_force
    from ibic_pipeline.profiling.explain import explain

    installed = enter(home)
    dated = [(fran, (fran, profil)) for fran, profil in installed.dated_profiles(kommunkod)]
    fran, profil = in_force(dated, day.date() if day else None)
    return explain(profil, installed.lan, fran, with_files=with_files)
