"""Writes all that readers of a release open: its figures read once, and each chart drawn once, for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ibic_pipeline.pdf import NOT_MADE, can_print
from ibic_pipeline.publish.difference import Difference
from ibic_pipeline.report.changes import write_changes
from ibic_pipeline.report.page import write_pages
from ibic_pipeline.report.pages import drawn_of, pages
from ibic_pipeline.report.printable import is_wanted, print_pages
from ibic_pipeline.report.printable_contents import printables
from ibic_pipeline.report.site import read_site
from ibic_pipeline.report.workbook import write_workbook


def write_everything(
    folder: Path, about: Mapping[str, Any], changed: Difference | None = None, kept: Path | None = None
) -> str | None:
    """Write workbook, printable reports and pages of the release in ``folder``, the pages last: they link to the rest.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be in them.

    Args:
        about: what the release's manifest says; equal content gives equal bytes.
        changed: what is another than in the release before; None where there is none.
        kept: a folder of charts drawn before, by their data; it may be deleted at any time.

    Returns:
        What to do where the machine lacks what printing needs, so that no reports were printed.
    """
    site = read_site(folder, about, has_earlier=changed is not None)
    printing = is_wanted(about) and can_print()
    made, sheets = list(pages(site)), list(printables(site)) if printing else []
    drawn = drawn_of([*made, *sheets], kept)
    write_workbook(folder, site)
    print_pages(folder, site, sheets, drawn)
    if changed is not None:
        write_changes(folder, about, changed)
    write_pages(folder, site, made, drawn)
    return NOT_MADE if is_wanted(about) and not printing else None
