"""``ibic check``: what a sender runs on files before they are sent."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    say,
    say_json,
)

if TYPE_CHECKING:
    from ibic_pipeline.check.run import Checked


def command(
    files: Annotated[list[Path], typer.Argument(metavar="FIL…", help="Files of one delivery, or its folder.")],
    kommunkod: KommunOption,
    home: HomeOption = DEFAULT_HOME,
    out: Annotated[
        Path | None, typer.Option("--ut", help="Folder for granskning.xlsx and granskning.html, every finding.")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--uttagsdatum", formats=["%Y-%m-%d"], help="When it was extracted; else the folder's name tells."
        ),
    ] = None,
    with_values: Annotated[
        bool, typer.Option("--visa-varden", help="Write the cells' values into the files under --ut.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check files before they are sent: which rows would be refused, why, and what to do."""
    from ibic_pipeline.check.files import extraction_day
    from ibic_pipeline.check.run import check_files
    from ibic_pipeline.check.summary import as_lines, as_values
    from ibic_pipeline.errors import DeliveryRefused, IbicError
    from ibic_pipeline.home import Home

    if with_values and out is None:
        raise IbicError(
            "--ut FOLDER with --visa-varden", "no --ut", "Values are written to files, never on the screen."
        )
    extracted = extraction_day(files, day.date() if day else None, date.today())
    try:
        checked = check_files(Home(home), kommunkod, files, extracted, with_values=with_values and out is not None)
    except DeliveryRefused as refused:
        complain("\n".join(f"{code}  {text}" for code, text in refused.reasons))
        raise typer.Exit(EXIT_COULD_NOT_RUN) from None
    if as_json:
        say_json(as_values(checked))
    else:
        say("\n".join(as_lines(checked)))
    if out is not None:
        _write(checked, out, quiet=as_json)
    if not checked.filer:
        raise typer.Exit(EXIT_COULD_NOT_RUN)
    raise typer.Exit(EXIT_FINE if checked.fine else EXIT_FINDINGS)


def _write(checked: Checked, out: Path, *, quiet: bool) -> None:
    from ibic_pipeline.check.page import write_page
    from ibic_pipeline.check.workbook import write_findings
    from ibic_pipeline.workflow.files import private_files

    book, page = out / "granskning.xlsx", out / "granskning.html"
    with private_files():
        write_findings(checked, book)
        write_page(checked, page)
    if not quiet:
        say(f"\n{book}\n{page}")
