"""Writes the comparison site of a release into ``rapport/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ibic_pipeline.report.accounting import late_municipalities
from ibic_pipeline.report.menu import menu_of
from ibic_pipeline.report.pages import Page, drawn_of, pages
from ibic_pipeline.report.quality import quality_pages
from ibic_pipeline.report.site import Site, read_site
from ibic_pipeline.report.templating import environment
from ibic_pipeline.storage import write_text


def write_report(folder: Path, about: Mapping[str, Any], kept: Path | None = None) -> None:
    """Write every page of the release in ``folder``; what lies beside the pages already is linked to.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be shown.

    Args:
        about: what the release's manifest says; equal content gives equal bytes.
        kept: a folder of charts drawn before, by their data; it may be deleted at any time.
    """
    site = read_site(folder, about)
    made = list(pages(site))
    write_pages(folder, site, made, drawn_of(made, kept))


def write_pages(folder: Path, site: Site, made: Sequence[Page], drawn: Mapping[str, str]) -> None:
    """Write pages whose charts are drawn, and the pages of data quality."""
    templates = environment()
    common: dict[str, Any] = {"about": site.about, "site": site, "meny": menu_of(folder)}
    for page in made:
        charts = {name: Markup(drawn[name]) for name in page.bilder}  # noqa: S704  our own SVG, escaped
        text = templates.get_template(page.mall).render(**common, **page.innehall, bilder=charts, here=page.fil)
        write_text(text, folder / "rapport" / page.fil)
    if site.quality:
        shared = {**common, "late": late_municipalities(site.about)}
        for name, text in quality_pages(site.jamforelse, shared, templates):
            write_text(text, folder / "rapport" / name)
