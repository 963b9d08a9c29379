"""Counting units per period and group."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ibic_pipeline.compare import aggregate, county, county_funnel
from ibic_pipeline.derive import indicators
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.errors import IbicError
from ibic_pipeline.storage import write_parquet
from tests.support import small_tables
from tests.support.small_tables import SETTINGS, made_units


def counted(
    folder: Path, units: dict[str, str], until: date = date(2025, 6, 30), **lan: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    for each in indicators():
        table = made_units(each.id, units[each.id]) if each.id in units else UNITS.empty_table()
        write_parquet(table, folder / f"{each.id}.parquet")
    counts = aggregate(folder, small_tables.county(**lan), "9901", until, SETTINGS)
    return counts.figures.to_pandas(), counts.funnel.to_pandas()


def series(figures: pd.DataFrame, indikator: str, period_typ: str, grupp: str = "alla") -> list[tuple[Any, ...]]:
    rows = figures[
        (figures["indikator"] == indikator) & (figures["period_typ"] == period_typ) & (figures["grupp"] == grupp)
    ]
    return list(rows[["period", "namnare", "taljare", "exkluderade"]].itertuples(index=False, name=None))


STATES = """
enhet_id | fran       | till       | i_namnare | i_taljare | exkluderad | kon
B1       | 2020-01-01 | 2025-01-31 | nej       | nej       | ej_moget   | kvinna
B1       | 2025-01-31 | 2025-04-30 | ja        | nej       |            | kvinna
B1       | 2025-04-30 |            | ja        | ja        |            | kvinna
B2       | 2025-02-02 | 2025-02-20 | ja        | ja        |            | man
B3       | 2025-06-30 |            | ja        | nej       |            | man
B4       | 2025-07-01 |            | ja        | nej       |            | man
"""


def test_a_state_counts_in_the_periods_on_whose_last_day_it_stands(tmp_path: Path):
    figures, _ = counted(tmp_path, {"T1": STATES})
    assert series(figures, "T1", "manad") == [
        ("2025-01", 1, 0, 0),
        ("2025-02", 1, 0, 0),
        ("2025-03", 1, 0, 0),
        ("2025-04", 1, 1, 0),
        ("2025-05", 1, 1, 0),
        ("2025-06", 2, 1, 0),
    ]
    assert series(figures, "T1", "kvartal") == [("2025-K1", 1, 0, 0), ("2025-K2", 2, 1, 0)]
    assert series(figures, "T1", "halvar") == [("2025-H1", 2, 1, 0)]
    assert series(figures, "T1", "kvartal", "man") == [("2025-K2", 1, 0, 0)]


EVENTS = """
enhet_id | fran       | till       | i_namnare | i_taljare | exkluderad
M1       | 2025-01-10 | 2025-01-20 | ja        | nej       |
M1       | 2025-01-20 | 2025-03-31 | nej       | nej       | ej_bedomt
M1       | 2025-03-31 | 2025-04-01 | ja        | ja        |
M1       | 2025-04-01 |            | ja        | nej       |
"""


def test_an_event_counts_in_its_period_unless_a_later_one_replaces_it_there(tmp_path: Path):
    figures, _ = counted(tmp_path, {"M1": EVENTS})
    assert series(figures, "M1", "manad")[:4] == [
        ("2025-01", 0, 0, 1),
        ("2025-02", 0, 0, 0),
        ("2025-03", 1, 1, 0),
        ("2025-04", 1, 0, 0),
    ]
    assert series(figures, "M1", "kvartal") == [("2025-K1", 1, 1, 0), ("2025-K2", 1, 0, 0)]
    assert series(figures, "M1", "halvar") == [("2025-H1", 1, 0, 0)]


ALIKE = """
enhet_id | fran       | i_namnare | i_taljare | exkluderad | kon
U1       | 2025-01-10 | ja        | ja        |            | kvinna
U2       | 2025-01-20 | ja        | ja        |            | kvinna
U3       | 2025-01-20 | ja        | nej       |            | man
U4       | 2025-01-20 | nej       | nej       | ej_bedomt  | man
"""


@pytest.mark.parametrize(("indikator", "orsak"), [("T1", "ej_moget"), ("M1", "ej_bedomt")])
def test_units_that_are_alike_count_each_and_groups_add_up_to_the_total(tmp_path: Path, indikator: str, orsak: str):
    figures, _ = counted(tmp_path, {indikator: ALIKE.replace("ej_bedomt", orsak)})
    assert series(figures, indikator, "manad")[0] == ("2025-01", 3, 2, 1)
    assert series(figures, indikator, "manad", "kvinna")[0] == ("2025-01", 2, 2, 0)
    assert series(figures, indikator, "manad", "man")[0] == ("2025-01", 1, 0, 1)


def test_a_unit_counts_for_its_own_indicator_whichever_that_is(tmp_path: Path):
    unit = "enhet_id | fran | i_namnare | i_taljare\nU1 | 2025-06-15 | ja | ja"
    figures, funnel = counted(tmp_path, {each.id: unit for each in indicators()})
    of_june = figures[(figures["period"] == "2025-06") & (figures["brytning"] == "total")]
    assert of_june["indikator"].tolist() == [each.id for each in indicators()]
    assert (of_june[["namnare", "taljare"]] == 1).all(axis=None)
    assert (funnel.loc[funnel["period"] == "2025-06", ["kvar", "i_taljare"]] == 1).all(axis=None)


def test_every_indicator_has_a_total_in_every_period_even_when_there_is_nothing(tmp_path: Path):
    figures, _ = counted(tmp_path, {})
    assert len(figures) == len(indicators()) * (6 + 2 + 1)
    assert (figures[["namnare", "taljare", "exkluderade"]] == 0).all(axis=None)
    assert set(figures["brytning"]) == {"total"}


def test_two_dimensions_may_be_crossed(tmp_path: Path):
    states = STATES.replace("| kon\n", "| kon | lagrum\n").replace("kvinna\n", "kvinna | SoL\n")
    figures, _ = counted(tmp_path, {"T1": states.replace("man\n", "man | LSS\n")}, brytningar=["kon_x_lagrum"])
    crossed = figures[figures["brytning"] == "kon_x_lagrum"]
    assert set(crossed["grupp"]) == {"kvinna_x_SoL", "man_x_LSS"}


def test_the_funnel_takes_one_reason_away_at_a_time(tmp_path: Path):
    units = """
    enhet_id | fran       | i_namnare | i_taljare | exkluderad            | varde
    U1       | 2025-01-05 | ja        | ja        |                       | 3
    U2       | 2025-01-05 | ja        | nej       |                       |
    U3       | 2025-01-05 | nej       | nej       | utan_genomforandeplan |
    U4       | 2025-01-05 | nej       | nej       | utan_genomforandeplan |
    U5       | 2025-01-05 | nej       | nej       | ej_paborjat           | 20
    """
    _, funnel = counted(tmp_path, {"T10": units})
    rows = funnel[(funnel["indikator"] == "T10") & (funnel["period"] == "2025-01")].astype({"orsak": object})
    found = rows[["steg", "orsak", "kvar", "med_varde", "i_taljare"]].replace({float("nan"): None})
    assert list(found.itertuples(index=False, name=None)) == [
        (0, None, 5, 2, 1),
        (1, "utan_genomforandeplan", 3, 2, 1),
        (2, "ej_beviljat", 3, 2, 1),
        (3, "utan_uppdrag", 3, 2, 1),
        (4, "ej_paborjat", 2, 1, 1),
        (5, "ej_observerbar", 2, 1, 1),
        (6, "ej_moget", 2, 1, 1),
        (7, "avslutat_fore_frist", 2, 1, 1),
    ]


def test_an_indicator_without_units_file_is_refused(tmp_path: Path):
    with pytest.raises(IbicError, match=r"T1\.parquet"):
        aggregate(tmp_path, small_tables.county(), "9901", date(2025, 6, 30), SETTINGS)


def test_a_first_delivery_before_the_first_period_gives_no_figures(tmp_path: Path):
    figures, funnel = counted(tmp_path, {"T1": STATES, "M1": EVENTS}, until=date(2024, 12, 31))
    assert (len(figures), len(funnel)) == (0, 0)


def test_the_county_is_the_sum_of_the_municipalities_that_have_reached_the_period(tmp_path: Path):
    lan = small_tables.county()
    counted(tmp_path, {"T1": STATES})
    tables = {
        kod: aggregate(tmp_path, lan, kod, until, SETTINGS)
        for kod, until in (("9901", date(2025, 6, 30)), ("9902", date(2025, 5, 31)))
    }
    figures = county({kod: each.figures for kod, each in tables.items()}).to_pandas()
    funnels = county_funnel({kod: each.funnel for kod, each in tables.items()}).to_pandas()
    assert list(figures.columns[:4]) == ["indikator", "version", "niva", "kommunkod"]
    of_county = figures[figures["niva"] == "lan"]
    assert of_county["kommunkod"].isna().all()
    assert series(of_county, "T1", "manad")[-2:] == [("2025-05", 2, 2, 0), ("2025-06", 2, 1, 0)]
    order = ["indikator", "niva", "kommunkod", "period_typ", "period", "steg"]
    rows = list(funnels[order].fillna("").itertuples(index=False, name=None))
    assert rows == sorted(rows)
    assert {(niva, kod) for _, niva, kod, *_ in rows} == {("kommun", "9901"), ("kommun", "9902"), ("lan", "")}
    left = funnels[(funnels["niva"] == "lan") & (funnels["indikator"] == "T1") & (funnels["period"] == "2025-05")]
    assert left["kvar"].tolist() == [2] * 5
