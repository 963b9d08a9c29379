"""The pages of data quality: the county's, ``datakvalitet.html``, and one per municipality with data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pyarrow.parquet as pq

from ibic_pipeline.report.accounting import Account, account_of
from ibic_pipeline.report.figures import MATRIX_AT_MOST, Panel
from ibic_pipeline.report.measures import span_text
from ibic_pipeline.report.numbers import in_alphabetical_order
from ibic_pipeline.report.quality_checks import Checks, Delivered, checks_of, deliveries_of
from ibic_pipeline.report.quality_configuration import lacked_codes, unequal_columns
from ibic_pipeline.report.quality_effect import Effect, effects
from ibic_pipeline.report.quality_findings import Finding, findings

COUNTY_PAGE = "datakvalitet.html"
NEEDED = ("datakvalitet_effekt", "datakvalitet_orsak", "konfiguration")
CHECKED = ("datakvalitet", "datakvalitet_kontroll", "datakvalitet_utveckling")
FIRM = "fast"
"""What stands in place of bounds where no flawed data touch a figure."""
PERIODS = {"ar": "helår", "kvartal": "kvartal"}
MUCH_TOUCHED = 0.05
"""Figures of which more than this is touched are counted on the county's page."""


@dataclass(frozen=True)
class Place:
    """What a page says about one municipality, or the county (``kod`` None)."""

    kod: str | None
    namn: str
    kommun: Mapping[str, Any] | None
    """The municipality as the manifest describes it."""
    konto: Account
    filer: Sequence[Mapping[str, Any]]
    fynd: Sequence[Finding]
    effekter: Mapping[str, Sequence[Effect]]
    """``ar`` and ``kvartal`` -> the figures that are shown."""
    kontroller: Checks
    leveranser: Sequence[Delivered]

    @property
    def fil(self) -> str:
        """The name of the page."""
        return COUNTY_PAGE if self.kod is None else f"datakvalitet-{self.kod}.html"

    @property
    def mycket_berorda(self) -> int:
        """How many figures of the year are touched to a degree that matters."""
        return sum((each.andel_berord or 0) > MUCH_TOUCHED for each in self.effekter["ar"])


def has_quality(jamforelse: Path) -> bool:
    """Whether the release has the tables that the pages are made of."""
    return all((jamforelse / f"{name}.parquet").is_file() for name in NEEDED)


def bounds_beside(jamforelse: Path, panels: Sequence[Panel], about: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Indicator and name of a municipality (or the county) -> the bounds of the figure that the pages of figures show.

    Where nothing is touched it stands firm (``FIRM``). The month in which a quarter ends shows the quarter's state.
    """
    names = {each["kommunkod"]: each["namn"] for each in about["kommuner"]}
    rows = _frame(jamforelse / "datakvalitet_effekt.parquet", [("period_typ", "=", "kvartal"), ("lagst", ">=", 0)])
    shown = {panel.id: panel for panel in panels if panel.period}
    told = rows[rows["indikator"].isin(shown)]
    return {
        (row.indikator, names.get(row.kommunkod, about["lan"]["namn"])): (
            span_text(row.lagst, row.hogst, row.matt, shown[row.indikator].unit) if row.andel_berord > 0 else FIRM
        )
        for row in told.itertuples()
        if row.period == _quarter(str(shown[row.indikator].period)) and row.matt == shown[row.indikator].matt
    }


def _quarter(period: str) -> str:
    """The quarter that ends with a month; other periods are themselves."""
    year, _, month = period.partition("-")
    return f"{year}-K{int(month) // 3}" if month.isdigit() and int(month) % 3 == 0 else period


def quality_pages(
    jamforelse: Path, common: Mapping[str, Any], templates: jinja2.Environment
) -> Iterator[tuple[str, str]]:
    """Name and text of each page, the county's first. Reads nothing but published tables and the manifest.

    Args:
        common: what every page of the release is given, ``about`` among it: what the manifest says.
    """
    about = common["about"]
    tables = {name: _frame(jamforelse / f"{name}.parquet") for name in (*NEEDED, *CHECKED)}
    tables["indikator"] = _frame(
        jamforelse / "indikator.parquet", [("brytning", "=", "total"), ("period_typ", "in", list(PERIODS))]
    )
    municipalities = [each for each in in_alphabetical_order(about["kommuner"]) if each["version"]]
    names = {each["kommunkod"]: each["namn"] for each in municipalities}
    places = [_place(each, tables, about) for each in municipalities]
    unequal = unequal_columns(tables["konfiguration"], names)
    shared = {
        **common,
        "names": names,
        "platser": places,
        "perioder": PERIODS,
        "ojamna": unequal,
        "matris": len(names) <= MATRIX_AT_MOST,
    }
    lacked = lacked_codes(tables["konfiguration"])
    template = templates.get_template("datakvalitet.html.j2")
    for place in (_place(None, tables, about), *places):
        yield (
            place.fil,
            template.render(
                **shared,
                here=place.fil,
                plats=place,
                egna=[each for each in unequal if each.lacked_by(place.kod)],
                saknade=[each for each in lacked if place.kod in (None, each.kommunkod)],
            ),
        )


def _frame(path: Path, filters: list[tuple[str, str, Any]] | None = None) -> pd.DataFrame:
    return pq.read_table(path, filters=filters).to_pandas() if path.is_file() else pd.DataFrame()


def _place(
    municipality: Mapping[str, Any] | None, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]
) -> Place:
    code = None if municipality is None else str(municipality["kommunkod"])
    namn = about["lan"]["namn"] if municipality is None else municipality["namn"]
    accounts = [row for row in about["avstamning"] if code in (None, row["kommunkod"])]
    antal_min = about["lan"]["disclosure"]["antal_min"]["varde"]
    return Place(
        kod=code,
        namn=namn,
        kommun=municipality,
        konto=account_of(namn, accounts),
        filer=accounts,
        fynd=findings(_of(tables["datakvalitet_orsak"], code, "ar"), accounts, antal_min),
        effekter={
            typ: effects(_of(tables["datakvalitet_effekt"], code, typ), _of(tables["indikator"], code, typ))
            for typ in PERIODS
        },
        kontroller=checks_of(tables["datakvalitet"], tables["datakvalitet_kontroll"], code),
        leveranser=deliveries_of(tables["datakvalitet_utveckling"], code),
    )


def _of(rows: pd.DataFrame, code: str | None, typ: str) -> pd.DataFrame:
    place = rows["niva"] == "lan" if code is None else rows["kommunkod"] == code
    return rows[place & (rows["period_typ"] == typ)]
