"""Writes the comparison page, ``rapport/index.html``, of a release."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import pyarrow.parquet as pq
from markupsafe import Markup

from ibic_pipeline.report import numbers
from ibic_pipeline.report.accounting import accounting, late_municipalities
from ibic_pipeline.report.charts import dot_plot
from ibic_pipeline.report.deadlines import deadlines
from ibic_pipeline.report.figures import panels, reading_order
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import write_text

TEMPLATES = PACKAGE / "report" / "templates"

EXCLUSIONS = {
    "ej_beviljat": "inte beviljat",
    "utan_uppfoljningskrav": "insats utan krav på uppföljning",
    "utan_genomforandeplan": "insats utan genomförandeplan",
    "utan_behovsprovning": "insats utan behovsprövning",
    "utan_uppdrag": "inget uppdrag skickat",
    "ej_paborjat": "inte påbörjat",
    "ej_observerbar": "går inte att se i det tidigare systemet",
    "ej_moget": "tiden har inte gått ut än",
    "avslutat_fore_frist": "avslutat före fristen",
    "ej_bedomt": "målet bedömdes inte",
}


def write_report(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the page of the release in ``folder``.

    Reads ``jamforelse/indikator.parquet`` only, so that a figure that is not published cannot be shown.

    Args:
        about: what the release's manifest says; equal content gives equal bytes.
    """
    figures = pq.read_table(folder / "jamforelse" / "indikator.parquet")
    shown = panels(figures, about)
    page = (
        _environment()
        .get_template("index.html.j2")
        .render(
            about=about,
            catalogue=sorted(about["indikatorer"], key=lambda each: reading_order(each["id"])),
            panels=shown,
            rows=list(zip(*(panel.kommuner for panel in shown), strict=True)),
            charts={panel.id: Markup(dot_plot(panel)) for panel in shown},  # noqa: S704  our own SVG, texts escaped
            findings={panel.id: finding(panel) for panel in shown},
            caveats={panel.id: caveats(panel) for panel in shown},
            accounting=accounting(about),
            deadlines=deadlines(about),
            late=late_municipalities(about),
        )
    )
    write_text(page, folder / "rapport" / "index.html")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "procent": numbers.percent_text,
        "intervall": numbers.interval_text,
        "antal": numbers.count_text,
        "undantag": lambda reason: EXCLUSIONS.get(reason, reason),
    }
    return environment
