"""Writes a printable report per municipality, ``rapport/utskrift/<kommunkod>.pdf``, as PDF/UA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ibic_pipeline.pdf import FOLDER, NOT_MADE, can_print, printed
from ibic_pipeline.report.pages import Page, drawn_of
from ibic_pipeline.report.printable_contents import printables
from ibic_pipeline.report.site import Site, read_site
from ibic_pipeline.report.svg import address
from ibic_pipeline.report.templating import environment
from ibic_pipeline.storage import write_bytes


def write_printables(folder: Path, about: Mapping[str, Any]) -> str | None:
    """Write the report of every municipality that has data, unless the county has switched them off.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be in them.

    Args:
        about: what the release's manifest says; equal content, fonts and libraries give equal bytes.

    Returns:
        What to do where the machine lacks what printing needs; None where they were made, or are not wanted.
    """
    if not is_wanted(about):
        return None
    if not can_print():
        return NOT_MADE
    site = read_site(folder, about)
    made = list(printables(site))
    print_pages(folder, site, made, drawn_of(made))
    return None


def is_wanted(about: Mapping[str, Any]) -> bool:
    """Whether the county prints reports."""
    return bool(about["lan"]["rapport"]["utskrift"])


def print_pages(folder: Path, site: Site, made: Sequence[Page], drawn: Mapping[str, str]) -> None:
    """Print reports whose charts are drawn, where ``can_print``."""
    texts = dict(rendered(site, made, drawn))
    release = site.about["release"]
    pdfs = printed((f"{release} {kommunkod}", text) for kommunkod, text in texts.items())
    for kommunkod, pdf in zip(texts, pdfs, strict=True):
        write_bytes(pdf, folder / "rapport" / FOLDER / f"{kommunkod}.pdf")


def rendered(site: Site, made: Sequence[Page], drawn: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each municipality's code, and the page that its report is printed from."""
    template = environment().get_template("utskrift.html.j2")
    for page in made:
        pictures = {name: (address(drawn[name]), each) for name, each in page.bilder.items()}
        yield page.fil, template.render(about=site.about, site=site, **page.innehall, bilder=pictures)
