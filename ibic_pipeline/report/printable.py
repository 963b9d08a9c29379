"""Writes a printable report per municipality, ``rapport/utskrift/<kommunkod>.pdf``, as PDF/UA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.pdf import FOLDER, NOT_MADE, can_print, printed
from ibic_pipeline.report import templating
from ibic_pipeline.report.accounting import account_of
from ibic_pipeline.report.deadlines import deadlines
from ibic_pipeline.report.figures import COMPARED_GROUPS, Panel, Row, panels
from ibic_pipeline.report.numbers import in_alphabetical_order
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
from ibic_pipeline.report.printable_questions import SIXTH
from ibic_pipeline.report.process import NO_CHAIN, address, chains
from ibic_pipeline.report.process import finding as chain_finding
from ibic_pipeline.report.published import of_everyone, rows
from ibic_pipeline.report.quality_findings import Finding, findings
from ibic_pipeline.report.words import SIGNALS, STATUS_MEANINGS, STATUSES, signal_text, verdict_text
from ibic_pipeline.storage import write_bytes

_FINDINGS = 5


def write_printables(folder: Path, about: Mapping[str, Any]) -> str | None:
    """Write the report of every municipality that has data, unless the county has switched them off.

    Reads published tables in ``jamforelse/`` only, so that a figure that is not published cannot be in them.

    Args:
        about: what the release's manifest says; equal content, fonts and libraries give equal bytes.

    Returns:
        What to do where the machine lacks what printing needs; None where they were made, or are not wanted.
    """
    if not about["lan"]["rapport"]["utskrift"]:
        return None
    if not can_print():
        return NOT_MADE
    pages = dict(reports(folder / "jamforelse", about))
    pdfs = printed((f"{about['release']} {kommunkod}", page) for kommunkod, page in pages.items())
    for kommunkod, pdf in zip(pages, pdfs, strict=True):
        write_bytes(pdf, folder / "rapport" / FOLDER / f"{kommunkod}.pdf")
    return None


def reports(tables: Path, about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each municipality with data, and the page that its report is printed from."""
    everyone = of_everyone(tables / "indikator.parquet")
    apart = rows(tables / "skillnad.parquet", "brytning IN ('regiform', 'kon')") if _is(tables, "skillnad") else None
    shown = panels(everyone, _of(apart, COMPARED_GROUPS), about)
    periods = {panel.period for panel in shown if panel.period}
    latest = pc.max(everyone.filter(pc.equal(everyone["period_typ"], "ar"))["period"]).as_py()
    wanted = ", ".join(f"'{period}'" for period in sorted(periods | {latest or ""}))
    sexes = rows(tables / "indikator.parquet", f"brytning = 'kon' AND period IN ({wanted})")
    curves = _by_place(pq.read_table(tables / "overlevnad.parquet")) if _is(tables, "overlevnad") else {}
    followed = chains(tables, shown)
    compared = _by_place(everyone.filter(pc.is_in(everyone["period"], pa.array(periods, pa.string()))))
    of_sexes, of_differences = _by_place(sexes), _by_place(_of(apart, "kon"))
    reasons = _frame(tables / "datakvalitet_orsak.parquet")
    template = environment().get_template("utskrift.html.j2")
    everything = _common(about)
    for place, municipality in enumerate(in_alphabetical_order(about["kommuner"])):
        kod = municipality["kommunkod"]
        if not municipality["version"]:
            continue
        figures = _compared(shown, place, compared.get(kod, []))
        pairs = women_and_men(
            shown, _keyed(of_sexes.get(kod, []), "grupp"), _keyed(of_differences.get(kod, []), None), latest
        )
        accounts = [row for row in about["avstamning"] if row["kommunkod"] == kod]
        yield (
            kod,
            template.render(
                **everything,
                kommun=municipality,
                figures=figures,
                questions=[(text, found, beside_the_county(found)) for text, found in by_question(figures)],
                strengths=strengths(figures),
                gaps=gaps(figures),
                sexes=pairs,
                sexes_chart=women_less_men(pairs),
                chain=(chain := followed.get(kod, NO_CHAIN)),
                chain_finding=chain_finding(chain, municipality["namn"]),
                wait=_wait(curves, kod, municipality["namn"], about["lan"]["namn"]),
                account=account_of(municipality["namn"], accounts),
                findings=_findings(reasons, kod, accounts, about),
            ),
        )


def environment() -> jinja2.Environment:
    """The templates of the pages, with what the printed report says beside them."""
    templates = templating.environment()
    templates.filters |= {
        "signal": signal_text,
        "omdome": verdict_text,
        "adress": address,
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


def _compared(shown: Sequence[Panel], place: int, own: Sequence[Row]) -> list[Compared]:
    rows_of = {(row["indikator"], row["period"]): row for row in own}
    return [Compared(panel, panel.kommuner[place], rows_of.get((panel.id, panel.period or ""))) for panel in shown]


def _wait(curves: Mapping[str | None, Sequence[Row]], kod: str, name: str, county: str) -> dict[str, Any] | None:
    own = curves.get(kod, [])
    year = year_of_the_curve(own)
    if year is None:
        return None
    here, everyone = curve_of(own, year), curve_of(curves.get(None, []), year)
    beside = {point.dag: point for point in everyone}
    told = [(point, beside.get(point.dag)) for point in here if point.dag in TOLD_DAYS]
    return {"year": year, "told": told, "chart": waiting(here, everyone, name, county)}


def _findings(
    reasons: pd.DataFrame, kod: str, accounts: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> list[Finding]:
    if reasons.empty:
        return []
    own = reasons[(reasons["kommunkod"] == kod) & (reasons["period_typ"] == "ar")]
    return findings(own, accounts, about["lan"]["disclosure"]["antal_min"]["varde"])[:_FINDINGS]


def _by_place(table: pa.Table | None) -> dict[str | None, list[Row]]:
    """Municipality's code -> its rows; None -> the county's."""
    found: dict[str | None, list[Row]] = {}
    for row in [] if table is None else table.to_pylist():
        found.setdefault(row["kommunkod"] if row["niva"] == "kommun" else None, []).append(row)
    return found


def _keyed(own: Sequence[Row], group: str | None) -> Rows:
    return {(row["indikator"], row["period"], row[group] if group else ""): row for row in own}


def _of(table: pa.Table | None, brytning: str) -> pa.Table | None:
    return None if table is None else table.filter(pc.equal(table["brytning"], brytning))


def _is(tables: Path, name: str) -> bool:
    return (tables / f"{name}.parquet").is_file()


def _frame(path: Path) -> pd.DataFrame:
    return pq.read_table(path).to_pandas() if path.is_file() else pd.DataFrame()
