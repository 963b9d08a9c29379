"""Writes the comparison site of a release into ``rapport/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ibic_pipeline.report.accounting import late_municipalities
from ibic_pipeline.report.drawing import draw
from ibic_pipeline.report.pages import pages
from ibic_pipeline.report.quality import quality_pages
from ibic_pipeline.report.site import read_site
from ibic_pipeline.report.templating import environment
from ibic_pipeline.storage import write_text


def write_report(folder: Path, about: Mapping[str, Any], kept: Path | None = None) -> None:
    """Write every page of the release in ``folder``.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be shown.

    Args:
        about: what the release's manifest says; equal content gives equal bytes.
        kept: a folder of charts drawn before, by their data; it may be deleted at any time.
    """
    site = read_site(folder, about)
    templates = environment()
    made = list(pages(site))
    drawn = draw({name: each for page in made for name, each in page.bilder.items()}, kept)
    common: dict[str, Any] = {"about": about, "site": site, "changes": site.changes, "quality": site.quality}
    for page in made:
        charts = {name: Markup(drawn[name]) for name in page.bilder}  # noqa: S704  our own SVG, escaped
        text = templates.get_template(page.mall).render(**common, **page.innehall, bilder=charts, here=page.fil)
        write_text(text, folder / "rapport" / page.fil)
    if site.quality:
        shared = {**common, "late": late_municipalities(about)}
        for name, text in quality_pages(folder / "jamforelse", shared, templates):
            write_text(text, folder / "rapport" / name)
