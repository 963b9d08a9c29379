"""Writes the page of a release that tells what is another than in the release before: ``rapport/andringar.html``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal

from ibic_pipeline.publish.difference import REASONS, Difference
from ibic_pipeline.report.menu import CHANGES, menu_of
from ibic_pipeline.report.numbers import LOCALE, percent_text
from ibic_pipeline.report.templating import environment
from ibic_pipeline.storage import write_text

ROWS_SHOWN = 100
"""The largest changes stand on the page; the table ``andringar`` has them all."""

IN_ONE = {
    "annan_period": "raden finns bara i den ena releasen, till exempel en ny period",
    "annan_status": "talet visas i den ena och hålls tillbaka i den andra",
}
MEASURES = {"namnare": "nämnare", "taljare": "täljare", "andel": "andel", "median": "median", "p90": "nio av tio högst"}


def write_changes(folder: Path, about: Mapping[str, Any], found: Difference) -> None:
    """Write the page; reads nothing but what ``found`` holds, which is of published tables.

    Args:
        about: what the release's manifest says; equal content gives equal bytes.
    """
    names = {each["kommunkod"]: each["namn"] for each in about["kommuner"]}
    rows = rows_of(found.andrade.slice(0, ROWS_SHOWN).to_pylist(), names)
    text = (
        environment()
        .get_template("andringar.html.j2")
        .render(
            about=about,
            found=found,
            rows=rows,
            reasons=_reasons(found),
            in_one=IN_ONE,
            meny=replace(menu_of(folder), andringar=True),
            here=CHANGES,
        )
    )
    write_text(text, folder / "rapport" / CHANGES)


def rows_of(changed: Iterable[Mapping[str, Any]], names: Mapping[Any, str]) -> list[dict[str, str]]:
    """Rows of ``andringar`` in words, for a table of a page.

    Args:
        names: code -> name of each municipality.
    """
    return [_row(row, names) for row in changed]


def _row(row: Mapping[str, Any], names: Mapping[Any, str]) -> dict[str, str]:
    code = row["kommunkod"]
    return {
        "indikator": row["indikator"],
        "kommun": names.get(code, code) if code else "Länet",
        "period": row["period"],
        "grupp": "alla" if row["brytning"] == "total" else f"{row['brytning'].replace('_x_', ' × ')}: {row['grupp']}",
        "matt": MEASURES.get(row["matt"], row["matt"]),
        "fore": _value(row["matt"], row["fore"]),
        "efter": _value(row["matt"], row["efter"]),
        "orsak": _words(row["orsak"]),
    }


def _value(measure: str, value: float) -> str:
    return percent_text(value) if measure == "andel" else format_decimal(value, "#,##0.#", locale=LOCALE)


def _words(reasons: str) -> str:
    return "; ".join(REASONS.get(reason, reason) for reason in reasons.split(", "))


def _reasons(found: Difference) -> list[tuple[str, int, int]]:
    """Reason in words, figures beyond the tolerance, figures within it; the commonest first."""
    told = [(_words(reason), beyond, every - beyond) for reason, (beyond, every) in found.orsaker.items()]
    return sorted(told, key=lambda each: (-each[1], -each[2], each[0]))
