"""The templates of all pages, with the filters that write numbers, dates and periods in Swedish."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

import jinja2
import markupsafe

from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.report import measures, numbers, words
from ibic_pipeline.report.svg import address
from ibic_pipeline.resources import PACKAGE

TEMPLATES = PACKAGE / "report" / "templates"
SCRIPT = TEMPLATES / "tabeller.js"
"""What lets a reader sort and filter tables; every page is whole without it."""


@cache
def environment() -> jinja2.Environment:
    """The templates of all pages, with their filters, compiled once; what is given to a template is escaped."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {
        "nbsp": numbers.NBSP,
        "signaler": words.SIGNALS,
        "signalbetydelser": words.signal_meanings,
        "statusar": [(visning, words.STATUSES[visning], text) for visning, text in words.STATUS_MEANINGS.items()],
        "skript": markupsafe.Markup(SCRIPT.read_text(encoding="utf-8").strip()),  # noqa: S704  our own
        "skriptsumma": _sum_of_script(),
    }
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
        "signalord": lambda signal: words.SIGNALS[signal][1],
        "signal": words.signal_text,
        "dolt": words.not_shown_text,
        "omdome": words.verdict_text,
        "mot_lanet": lambda cell, panel: words.standing(panel, cell),
        "tydlighet": words.apart_words,
        "atgard": words.action_text,
        "andring": words.change_text,
        "adress": address,
        "undantag": lambda reason: EXCLUSIONS.get(reason, reason),
    }
    return templates


def _sum_of_script() -> str:
    """What the page's policy names the script by, so that nothing else runs."""
    return base64.b64encode(hashlib.sha256(SCRIPT.read_text(encoding="utf-8").strip().encode()).digest()).decode()


def _without_unit(text: str) -> str:
    """An interval without the word of its unit, where the figure above it has that word: 180–240."""
    return (
        text.replace(" procentenheter", "").rpartition(numbers.NBSP)[0]
        if numbers.NBSP in text
        else text.replace(" procentenheter", "")
    )
