"""The templates of all pages, with the filters that write numbers, dates and periods in Swedish."""

from __future__ import annotations

import jinja2

from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.report import measures, numbers
from ibic_pipeline.resources import PACKAGE

TEMPLATES = PACKAGE / "report" / "templates"


def environment() -> jinja2.Environment:
    """The templates of all pages, with their filters; what is given to a template is escaped."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["nbsp"] = numbers.NBSP
    templates.filters |= {
        "enhetslos": _without_unit,
        "varde": lambda value, panel: measures.value_text(value, panel.matt, panel.unit),
        "spann": lambda low, high, panel: measures.span_text(low, high, panel.matt, panel.unit),
        "skillnad": lambda value: f"{measures.signed(value)} procentenheter",
        "tecken": measures.signed,
        "punkter": lambda low, high: measures.span_text(low, high, "skillnad", measures.POINTS),
        "raknat": measures.counted_text,
        "procent": numbers.percent_text,
        "intervall": numbers.interval_text,
        "antal": numbers.count_text,
        "dag": numbers.day_text,
        "namn": numbers.names_text,
        "undantag": lambda reason: EXCLUSIONS.get(reason, reason),
    }
    return templates


def _without_unit(text: str) -> str:
    """An interval without the word of its unit, where the figure above it has that word: 180–240."""
    return (
        text.replace(" procentenheter", "").rpartition(numbers.NBSP)[0]
        if numbers.NBSP in text
        else text.replace(" procentenheter", "")
    )
