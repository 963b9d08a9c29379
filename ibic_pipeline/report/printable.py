"""Writes a printable report per municipality, ``rapport/utskrift/<kommunkod>.pdf``, as PDF/UA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ibic_pipeline.pdf import FOLDER, printed
from ibic_pipeline.report.pages import Page
from ibic_pipeline.report.site import Site
from ibic_pipeline.report.svg import address
from ibic_pipeline.report.templating import environment
from ibic_pipeline.storage import write_bytes


def is_wanted(about: Mapping[str, Any]) -> bool:
    """Whether the county prints reports."""
    return bool(about["lan"]["rapport"]["utskrift"])


def print_pages(folder: Path, site: Site, made: Sequence[Page], drawn: Mapping[str, str]) -> None:
    """Print reports whose charts are drawn, where ``can_print``; equal content and fonts give equal bytes."""
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
