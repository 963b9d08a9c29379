"""Writes a printable report per municipality, ``rapport/utskrift/<kommunkod>.pdf``, as PDF/UA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.report.accounting import account_of
from ibic_pipeline.report.deadlines import deadlines
from ibic_pipeline.report.figures import COMPARED_GROUPS, Panel, panels
from ibic_pipeline.report.measures import counted_text, signed, span_text, value_text
from ibic_pipeline.report.numbers import count_text, day_text, in_alphabetical_order, percent_text
from ibic_pipeline.report.printable_charts import beside_the_county, waiting, women_less_men
from ibic_pipeline.report.printable_contents import (
    TOLD_DAYS,
    Compared,
    Rows,
    by_question,
    curve_of,
    gaps,
    strengths,
    women_and_men,
    year_of_the_curve,
)
from ibic_pipeline.report.printable_pdf import renderer
from ibic_pipeline.report.printable_questions import SIXTH
from ibic_pipeline.report.published import of_everyone, rows
from ibic_pipeline.report.quality_findings import Finding, findings
from ibic_pipeline.report.words import SIGNALS, STATUS_MEANINGS, STATUSES, signal_text, verdict_text
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import write_bytes

FOLDER = "utskrift"
NOT_MADE = (
    "No printable reports were made: WeasyPrint cannot find Pango. Install it, on Debian and Ubuntu with "
    "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core`, and publish again with "
    "`ibic run --force`; or set rapport.utskrift to false in lan.yaml."
)
_FINDINGS = 5


def write_printables(folder: Path, about: Mapping[str, Any]) -> str | None:
    """Write the report of every municipality that has data, unless the county has switched them off.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be in them.

    Args:
        about: what the release's manifest says; equal content, fonts and libraries give equal bytes.

    Returns:
        What to do where the machine lacks what the reports need; None where they were made, or are not wanted.
    """
    if not about["lan"]["rapport"]["utskrift"]:
        return None
    render = renderer()
    if render is None:
        return NOT_MADE
    for kommunkod, html in reports(folder / "jamforelse", about):
        write_bytes(render(html, f"{about['release']} {kommunkod}"), folder / "rapport" / FOLDER / f"{kommunkod}.pdf")
    return None


def reports(tables: Path, about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each municipality with data, and the page that its report is printed from."""
    everyone = of_everyone(tables / "indikator.parquet")
    apart = rows(tables / "skillnad.parquet", "brytning IN ('regiform', 'kon')") if _is(tables, "skillnad") else None
    shown = panels(everyone, _of(apart, COMPARED_GROUPS), about)
    periods = {panel.period for panel in shown if panel.period}
    years = {row["period"] for row in _of_kind(everyone, "ar")}
    wanted = ", ".join(f"'{period}'" for period in sorted(periods | {max(years, default="")}))
    sexes = rows(tables / "indikator.parquet", f"brytning = 'kon' AND period IN ({wanted})")
    curves = pq.read_table(tables / "overlevnad.parquet").to_pylist() if _is(tables, "overlevnad") else []
    reasons = _frame(tables / "datakvalitet_orsak.parquet")
    template = environment().get_template("utskrift.html.j2")
    everything = _common(about)
    for place, municipality in enumerate(in_alphabetical_order(about["kommuner"])):
        kod = municipality["kommunkod"]
        if not municipality["version"]:
            continue
        figures = _compared(shown, place, everyone, kod)
        pairs = women_and_men(
            shown, _by_key(sexes, kod, "grupp"), _by_key(_of(apart, "kon"), kod, None), max(years, default=None)
        )
        accounts = [row for row in about["avstamning"] if row["kommunkod"] == kod]
        yield (
            kod,
            template.render(
                **everything,
                kommun=municipality,
                figures=figures,
                questions=[(text, found, beside_the_county(found, "länet")) for text, found in by_question(figures)],
                strengths=strengths(figures),
                gaps=gaps(figures),
                sexes=pairs,
                sexes_chart=women_less_men(pairs),
                wait=_wait(curves, kod, municipality["namn"], about["lan"]["namn"]),
                account=account_of(municipality["namn"], accounts),
                findings=_findings(reasons, kod, accounts, about),
            ),
        )


def environment() -> jinja2.Environment:
    """The templates, with the filters of the printed report."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "report" / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "varde": lambda value, panel: value_text(value, panel.matt, panel.unit),
        "spann": lambda low, high, panel: span_text(low, high, panel.matt, panel.unit),
        "skillnad": signed,
        "raknat": counted_text,
        "procent": percent_text,
        "antal": count_text,
        "dag": day_text,
        "signal": signal_text,
        "omdome": verdict_text,
        "status": lambda visning: STATUSES[visning],
    }
    return templates


def _common(about: Mapping[str, Any]) -> dict[str, Any]:
    described = {each["id"]: each for each in about["indikatorer"]}
    return {
        "about": about,
        "described": described,
        "sixth": SIXTH,
        "signals": SIGNALS,
        "statuses": [(STATUSES[each], text) for each, text in STATUS_MEANINGS.items()],
        "deadlines": deadlines(about),
    }


def _compared(shown: Sequence[Panel], place: int, everyone: pa.Table, kod: str) -> list[Compared]:
    periods = {(panel.id, panel.period) for panel in shown}
    own = {
        (row["indikator"], row["period"]): row
        for row in everyone.to_pylist()
        if row["kommunkod"] == kod and (row["indikator"], row["period"]) in periods
    }
    return [Compared(panel, panel.kommuner[place], own.get((panel.id, panel.period or ""))) for panel in shown]


def _wait(curves: Sequence[Mapping[str, Any]], kod: str, name: str, county: str) -> dict[str, Any] | None:
    own = [row for row in curves if row["kommunkod"] == kod]
    year = year_of_the_curve(own)
    if year is None:
        return None
    here, all_of_them = curve_of(own, year), curve_of([row for row in curves if row["niva"] == "lan"], year)
    beside = {point.dag: point for point in all_of_them}
    told = [(point, beside.get(point.dag)) for point in here if point.dag in TOLD_DAYS]
    return {"year": year, "told": told, "chart": waiting(here, all_of_them, name, county)}


def _findings(
    reasons: pd.DataFrame, kod: str, accounts: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> list[Finding]:
    if reasons.empty:
        return []
    own = reasons[(reasons["kommunkod"] == kod) & (reasons["period_typ"] == "ar")]
    return findings(own, accounts, about["lan"]["disclosure"]["antal_min"]["varde"])[:_FINDINGS]


def _by_key(table: pa.Table | None, kod: str, group: str | None) -> Rows:
    found = [] if table is None else table.to_pylist()
    return {
        (row["indikator"], row["period"], row[group] if group else ""): row for row in found if row["kommunkod"] == kod
    }


def _of(table: pa.Table | None, brytning: str) -> pa.Table | None:
    return None if table is None else table.filter(pa.compute.equal(table["brytning"], brytning))


def _of_kind(table: pa.Table, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        table.filter(pa.compute.equal(table["period_typ"], kind)).select(["period"]).to_pylist()
    )
    return found


def _is(tables: Path, name: str) -> bool:
    return (tables / f"{name}.parquet").is_file()


def _frame(path: Path) -> pd.DataFrame:
    return pq.read_table(path).to_pandas() if path.is_file() else pd.DataFrame()
