"""Random small histories: what must hold of units and figures whatever was delivered."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ibic_pipeline.compare import aggregate, calendar
from ibic_pipeline.county import DIMENSIONS
from ibic_pipeline.derive import indicators
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.storage import write_parquet
from tests.support.depth import searched
from tests.support.histories import DAYS, EXTRACTION, PARAMETERS, histories
from tests.support.small_tables import SETTINGS, all_units, county

FEW = searched(12, deep=200)
COUNTS = ["namnare", "taljare", "exkluderade"]
OWNED = [
    ("utredning", "utredning_id", ["individ_id"]),
    ("beslut", "beslut_id", ["individ_id"]),
    ("uppdrag", "uppdrag_id", ["beslut_id"]),
    ("genomforandeplan", "plan_id", ["uppdrag_id"]),
    ("mal", "mal_id", ["beslut_id", "plan_id"]),
    ("uppfoljning", "uppfoljning_id", ["beslut_id", "plan_id"]),
]
"""Tables whose rows may be units: their key, and the columns that lead to a person; parents before children."""


@FEW
@given(histories(), PARAMETERS)
def test_units_hold_their_invariants_and_figures_add_up(history: dict[str, pa.Table], parameters: dict[str, str]):
    units = all_units(history, parameters)  # derives with every check on: subset, disjoint, no overlap
    figures = counted(units)
    for brytning in DIMENSIONS:
        keys = ["indikator", "period_typ", "period"]
        total = figures[figures["brytning"] == "total"].set_index(keys)[COUNTS]
        parts = figures[figures["brytning"] == brytning].groupby(keys)[COUNTS].sum()
        pd.testing.assert_frame_equal(parts, total[total.sum(axis=1) > 0].loc[parts.index], check_dtype=False)
        assert total.drop(parts.index)[COUNTS].sum().sum() == 0
    _assert_periods_split(figures, units)
    _assert_protected_are_in_no_group(history, units)


SPANS = st.lists(
    st.tuples(DAYS, st.none() | st.integers(1, 400), st.sampled_from(["in", "counted", "out"]), st.booleans()),
    max_size=40,
)


@FEW
@given(SPANS, SPANS)
def test_running_sums_equal_a_direct_count_per_period(states: list[Any], events: list[Any]):
    units = {each.id: UNITS.empty_table() for each in indicators()}
    units |= {"T1": spans("T1", states, "ej_moget"), "M1": spans("M1", events, "ej_bedomt")}
    figures = counted(units).set_index(["indikator", "period_typ", "period", "brytning", "grupp"])[COUNTS]
    for indicator in ("T1", "M1"):
        rows = units[indicator].to_pandas()
        till = rows["till"].fillna(date(9999, 1, 1))
        for period in calendar("2024-01", EXTRACTION):
            if indicator == "T1":
                inside = (rows["fran"] <= period.end) & (till > period.end)
            else:
                inside = rows["fran"].between(period.start, period.end) & ~till.between(period.start, period.end)
            for brytning, grupp, chosen in (
                ("total", "alla", inside),
                *(("kon", sex, inside & (rows["kon"] == sex)) for sex in ("kvinna", "man")),
            ):
                direct = rows[chosen]
                expected = (direct["i_namnare"].sum(), direct["i_taljare"].sum(), direct["exkluderad"].notna().sum())
                key = (indicator, period.typ, period.name, brytning, grupp)
                found = tuple(figures.loc[key]) if key in figures.index else (0, 0, 0)
                assert found == expected


def spans(indicator: str, drawn: list[Any], reason: str) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                **dict.fromkeys(UNITS.names),
                **dict.fromkeys(DIMENSIONS, "ej_redovisad"),
                "indikator": indicator,
                "enhet_id": f"E{number}",
                "fran": fran,
                "till": None if length is None else fran + timedelta(length),
                "i_namnare": kind != "out",
                "i_taljare": kind == "counted",
                "exkluderad": reason if kind == "out" else None,
                "kon": "kvinna" if woman else "man",
            }
            for number, (fran, length, kind, woman) in enumerate(drawn)
        ],
        schema=UNITS,
    )


def counted(units: dict[str, pa.Table]) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        for name, each in units.items():
            write_parquet(each, Path(folder) / f"{name}.parquet")
        lan = county(forsta_period="2024-01", brytningar=list(DIMENSIONS))
        counts = aggregate(Path(folder), lan, "9901", EXTRACTION, SETTINGS)
    _assert_funnel_ends_in_the_denominator(counts.figures.to_pandas(), counts.funnel.to_pandas())
    return counts.figures.to_pandas()


def _assert_funnel_ends_in_the_denominator(figures: pd.DataFrame, funnel: pd.DataFrame) -> None:
    keys = ["indikator", "period_typ", "period"]
    total = figures[figures["brytning"] == "total"].set_index(keys).sort_index()
    steps = funnel.sort_values([*keys, "steg"]).groupby(keys)["kvar"]
    assert (steps.last() == total["namnare"]).all()
    assert (steps.first() == total["namnare"] + total["exkluderade"]).all()


def _assert_periods_split(figures: pd.DataFrame, units: dict[str, pa.Table]) -> None:
    """Dated events that nothing replaces: the months of a quarter add up. States: a quarter is its last month."""
    total = figures[figures["brytning"] == "total"]
    months = total[total["period_typ"] == "manad"].copy()
    number = months["period"].str[5:].astype(int)
    months["kvartal"] = months["period"].str[:4] + "-K" + ((number + 2) // 3).astype(str)
    quarters = total[total["period_typ"] == "kvartal"].set_index(["indikator", "period"])[COUNTS].sort_index()
    grouped = months.sort_values("period").groupby(["indikator", "kvartal"])[COUNTS]
    sums, lasts = grouped.sum(), grouped.last()
    for each in indicators():
        if each.typ == "tillstand":
            assert (lasts.loc[each.id].to_numpy() == quarters.loc[each.id].to_numpy()).all()
        elif units[each.id]["till"].null_count == units[each.id].num_rows:
            assert (sums.loc[each.id].to_numpy() == quarters.loc[each.id].to_numpy()).all()


def _assert_protected_are_in_no_group(history: dict[str, pa.Table], units: dict[str, pa.Table]) -> None:
    hidden = {row["individ_id"] for row in history["individ"].to_pylist() if row["skydd"] == "fingerade"}
    theirs = _ids_of(history, hidden)
    for table in units.values():
        for unit in table.to_pylist():
            if unit["enhet_id"] in theirs:
                assert {unit[dimension] for dimension in DIMENSIONS} == {"ej_redovisad"}, unit["indikator"]


def _ids_of(history: dict[str, pa.Table], persons: set[str]) -> set[str]:
    """Those persons, and all that belongs to them; ids of different tables never coincide in a history."""
    ids = set(persons)
    for name, key, parents in OWNED:
        for row in history[name].to_pylist():
            if any(row[parent] in ids for parent in parents):
                ids.add(row[key])
    return ids
