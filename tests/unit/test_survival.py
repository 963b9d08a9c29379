"""Kaplan-Meier curves of waits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibic_pipeline.compare.survival import (
    CURVES,
    OVERLEVNAD,
    WAITS,
    kaplan_meier,
    publishable_curves,
    waits,
    with_the_county,
)
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.storage import write_parquet
from tests.support import small_tables
from tests.support.small_tables import SETTINGS, derived, inputs

Wait = tuple[int, int, int]


def waited(rows: list[Wait]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dag", "handelser", "censurerade"])


def test_the_curve_is_the_one_that_freireich_published():
    """Remission under 6-MP, in weeks (Freireich 1963): the example of most textbooks."""
    events = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    lost = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    rows = waited([(day, events.get(day, 0), lost.get(day, 0)) for day in sorted({*events, *lost})])
    share, low, high = kaplan_meier(rows, np.array([1, 7, 8, 11, 14, 17, 23, 24]))
    assert share.round(4).tolist() == [1.0, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert np.isnan([low[0], high[0]]).all()
    # The log-log interval at 10 weeks, as R's survfit gives it.
    assert (low[3], high[3]) == (pytest.approx(0.503, abs=5e-4), pytest.approx(0.889, abs=5e-4))


def test_a_day_begins_before_its_events():
    share, _, _ = kaplan_meier(waited([(0, 1, 0), (30, 1, 0), (40, 0, 2)]), np.array([0, 30, 31]))
    assert share.tolist() == [1.0, 0.75, 0.5]


def test_without_any_event_everybody_still_waits():
    share, low, high = kaplan_meier(waited([(40, 0, 20)]), np.array([0, 30]))
    assert share.tolist() == [1.0, 1.0]
    assert np.isnan([*low, *high]).all()


def table(rows: list[Wait], kommunkod: str = "9901", version: str = CURVES[1].version) -> pa.Table:
    base = {"indikator": "KM_uppfoljning", "version": version, "kommunkod": kommunkod, "start_ar": 2024}
    columns = ("dag", "handelser", "censurerade")
    return pa.Table.from_pylist([base | dict(zip(columns, row, strict=True)) for row in rows], schema=WAITS)


def curve(*tables: pa.Table, niva: str = "kommun") -> pd.DataFrame:
    by_place = {each["kommunkod"][0].as_py(): each for each in tables}
    found = publishable_curves(with_the_county(by_place), small_tables.county())
    assert found.schema.equals(OVERLEVNAD)
    return found.to_pandas(types_mapper=pd.ArrowDtype).query("niva == @niva")


def test_a_step_says_how_many_still_wait_and_how_many_came_since_the_step_before():
    found = curve(table([(5, 10, 0), (30, 10, 5), (65, 0, 15)]))
    assert found["dag"].tolist() == [0, 30, 60]
    assert found["i_risk"].tolist() == [40, 30, 15]
    assert found["handelser"].tolist() == [0, 10, 10]
    assert found["andel_kvar"].tolist() == [1.0, 0.75, 0.5]
    assert found["status"].tolist() == ["visas", "visas", "osaker"]


def test_what_happens_between_steps_is_hidden_with_another_when_it_is_few():
    found = curve(table([(10, 3, 0), (40, 6, 0), (70, 10, 9), (100, 10, 8), (130, 0, 19)]))
    assert found["dag"].tolist() == [0, 30, 60, 90, 120]
    # Between 0 and 60 days nothing is told but the sum of what happened.
    assert found["status"].tolist() == ["visas", "undertryckt", "visas", "visas", "osaker"]
    assert found["i_risk"].dropna().tolist() == [65, 56, 37, 19]
    assert found["handelser"].dropna().tolist() == [0, 9, 10, 10]
    hidden = found[found["status"] == "undertryckt"]
    assert hidden[["i_risk", "handelser", "andel_kvar", "ki_lag", "ki_hog"]].isna().all(axis=None)


def test_a_step_is_hidden_when_few_still_wait_and_no_difference_tells_how_many():
    found = curve(table([(10, 30, 0), (40, 20, 0), (70, 10, 9), (100, 10, 8), (130, 0, 9)]))
    assert found["i_risk"].dropna().tolist() == [96, 66, 46, 27]


def test_no_step_tells_how_few_came_before_it_when_the_first_day_is_hidden():
    """The county's few first events, less those of two, are those of the third."""
    of_three = [table([(10, 4, 0), (70, 0, 23)], code) for code in ("9901", "9902", "9903")]
    found = curve(*of_three)
    assert (found["status"] == "undertryckt").all()
    assert curve(*of_three, niva="lan")["handelser"].dropna().tolist() == [0, 12, 0]


def test_the_countys_curve_is_of_all_who_wait():
    found = curve(table([(10, 6, 0), (40, 0, 6)]), table([(10, 5, 0), (40, 0, 9)], "9902"), niva="lan")
    assert found["i_risk"].tolist() == [26, 15]
    assert found["handelser"].tolist() == [0, 11]
    assert found["kommunkod"].isna().all()


def test_what_was_counted_by_another_definition_is_left_out():
    found = curve(table([(10, 6, 0), (40, 0, 6)]), table([(10, 5, 0)], "9902", "2020-01-01"), niva="lan")
    assert found["i_risk"].tolist()[0] == 12


WAITED = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9), st.integers(0, 9)), max_size=25)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(WAITED)
def test_nothing_small_can_be_worked_out_and_intervals_hold_the_share(drawn: list[Wait]):
    rows = waited(drawn).groupby("dag", as_index=False).sum()
    if rows.empty or not (rows["handelser"] + rows["censurerade"]).sum():
        return
    found = curve(table(list(rows.itertuples(index=False, name=None))))
    shown = found[found["status"] != "undertryckt"].astype({"i_risk": int, "handelser": int})
    gone = -shown["i_risk"].diff().fillna(0).astype(int)
    assert not shown["i_risk"].between(1, 9).any()
    assert not shown["handelser"].between(1, 4).any()
    assert not (gone - shown["handelser"]).between(1, 4).any()
    assert ((gone - shown["handelser"]) >= 0).all()
    assert shown["andel_kvar"].is_monotonic_decreasing
    known = shown.dropna(subset=["ki_lag", "ki_hog"])
    assert ((known["ki_lag"] <= known["andel_kvar"]) & (known["andel_kvar"] <= known["ki_hog"])).all()


def test_a_municipalitys_waits_are_counted_per_year_and_length(tmp_path: Path):
    tables = inputs(
        {
            "beslut": """
            beslut_id | galler_fran | galler_tom
            B1        | 2025-01-01  |
            B2        | 2025-03-01  | 2025-03-31
            B3        | 2018-12-31  |
            B4        | 2019-01-01  | 2021-12-31
            """,
            "uppfoljning": """
            uppfoljning_id | beslut_id | datum
            F1             | B1        | 2025-01-31
            F2             | B4        | 2021-12-16
            """,
        }
    )
    for each in CURVES:
        write_parquet(derived(each.fact, tables), tmp_path / f"{each.fact}.parquet")
    with connection(SETTINGS) as connected:
        found = waits(connected, tmp_path, "9901", 2019).to_pylist()
    columns = ("indikator", "start_ar", "dag", "handelser", "censurerade")
    assert [tuple(row[name] for name in columns) for row in found] == [
        ("KM_uppfoljning", 2019, 1080, 1, 0),
        ("KM_uppfoljning", 2025, 30, 1, 1),
    ]
