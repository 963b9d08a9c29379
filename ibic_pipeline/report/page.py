"""Writes the comparison pages of a release: the county's overview and a page per theme, in ``rapport/``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pyarrow.parquet as pq
from markupsafe import Markup

from ibic_pipeline.derive.catalogue import THEMES, reading_order
from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.report import measures, numbers
from ibic_pipeline.report.accounting import accounting, late_municipalities
from ibic_pipeline.report.charts import dot_plot
from ibic_pipeline.report.deadlines import deadlines
from ibic_pipeline.report.figures import COMPARED_GROUPS, Panel, panels
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.report.quality import bounds_beside, has_quality, quality_pages
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import write_text

TEMPLATES = PACKAGE / "report" / "templates"


@dataclass(frozen=True)
class Theme:
    """What a page beside the overview is about."""

    namn: str
    fil: str
    panels: tuple[Panel, ...]
    definitioner: tuple[Mapping[str, Any], ...]
    """The indicators as the manifest describes them."""


def write_report(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the pages of the release in ``folder``: ``rapport/index.html``, and one for each theme that has indicators.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be shown.

    Args:
        about: what the release's manifest says; equal content gives equal bytes.
    """
    shown = _panels(folder / "jamforelse", about)
    templates = environment()
    themes = [theme for theme in _themes(shown, about) if theme.panels]
    common: dict[str, Any] = {"about": about, "themes": themes, "panels": shown, "late": late_municipalities(about)}
    common["changes"] = (folder / "rapport" / "andringar.html").is_file()
    common["quality"] = has_quality(folder / "jamforelse")
    beside = bounds_beside(folder / "jamforelse", shown, about) if common["quality"] else {}
    overview = templates.get_template("index.html.j2").render(
        **common, theme=None, here="index.html", accounting=accounting(about), deadlines=deadlines(about)
    )
    write_text(overview, folder / "rapport" / "index.html")
    for theme in themes:
        page = templates.get_template("tema.html.j2").render(
            **common,
            theme=theme,
            here=theme.fil,
            bounds=beside,
            rows=list(zip(*(panel.kommuner for panel in theme.panels), strict=True)),
            charts={panel.id: Markup(dot_plot(panel)) for panel in theme.panels},  # noqa: S704  our own SVG, escaped
            findings={panel.id: finding(panel) for panel in theme.panels},
            caveats={panel.id: caveats(panel) for panel in theme.panels},
        )
        write_text(page, folder / "rapport" / theme.fil)
    if common["quality"]:
        for name, page in quality_pages(folder / "jamforelse", common, templates):
            write_text(page, folder / "rapport" / name)


def _panels(jamforelse: Path, about: Mapping[str, Any]) -> list[Panel]:
    figures = pq.read_table(jamforelse / "indikator.parquet", filters=[("brytning", "=", "total")])
    path = jamforelse / "skillnad.parquet"
    differences = pq.read_table(path, filters=[("brytning", "=", COMPARED_GROUPS)]) if path.is_file() else None
    return panels(figures, differences, about)


def _themes(shown: Sequence[Panel], about: Mapping[str, Any]) -> list[Theme]:
    catalogue = sorted(about["indikatorer"], key=lambda each: reading_order(each["id"]))
    return [
        Theme(
            namn,
            _file_name(namn),
            tuple(panel for panel in shown if panel.id[0] == letter),
            tuple(each for each in catalogue if each["id"][0] == letter),
        )
        for letter, namn in THEMES.items()
    ]


def _file_name(namn: str) -> str:
    plain = unicodedata.normalize("NFKD", namn.casefold()).encode("ascii", "ignore").decode()
    return f"{plain}.html"


def environment() -> jinja2.Environment:
    """The templates of all pages, with their filters."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "varde": lambda value, panel: measures.value_text(value, panel.matt, panel.unit),
        "spann": lambda low, high, panel: measures.span_text(low, high, panel.matt, panel.unit),
        "raknat": measures.counted_text,
        "procent": numbers.percent_text,
        "antal": numbers.count_text,
        "dag": numbers.day_text,
        "undantag": lambda reason: EXCLUSIONS.get(reason, reason),
    }
    return templates
