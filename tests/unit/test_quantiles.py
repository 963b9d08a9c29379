"""Medians and percentiles of the units' values, with intervals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import quantile_test

from ibic_pipeline.compare import aggregate, calendar, county
from ibic_pipeline.compare.disclosure.rules import quantiles_shown
from ibic_pipeline.compare.quantiles import interval_ranks, summarise
from ibic_pipeline.compare.values import VALUES, collect_values, quantiles_of, signs_of
from ibic_pipeline.derive import indicators
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.derive.headers import Indicator
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.storage import write_parquet
from tests.support import small_tables
from tests.support.small_tables import SETTINGS, made_units

SAMPLES = st.lists(st.lists(st.integers(-3, 12), min_size=1, max_size=60), min_size=1, max_size=4)


def summary_of(samples: list[list[float]]) -> pd.DataFrame:
    rows = [(str(cell), float(value)) for cell, sample in enumerate(samples) for value in sample]
    frame = pd.DataFrame(rows, columns=["cell", "varde"])
    return summarise(
        frame.groupby(["cell", "varde"], as_index=False).size().rename(columns={"size": "antal"}), ["cell"]
    )


def one(sample: list[float]) -> pd.Series:
    return summary_of([sample]).iloc[0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SAMPLES)
def test_quantiles_are_those_of_numpy_and_intervals_hold_them(samples: list[list[int]]):
    found = summary_of(samples)
    for sample, row in zip(samples, found.to_dict("records"), strict=True):
        assert row["antal_varden"] == len(sample)
        assert row["median"] == np.median(sample)
        assert row["p90"] == np.quantile(sample, 0.9, method="inverted_cdf")
        for name in ("median", "p90"):
            low, high = row[f"{name}_ki_lag"], row[f"{name}_ki_hog"]
            assert np.isnan(low) or low <= row[name]
            assert np.isnan(high) or row[name] <= high


@pytest.mark.parametrize("n", [6, 9, 10, 16, 17, 40, 101])
@pytest.mark.parametrize(("name", "p"), [("median", 0.5), ("p90", 0.9)])
def test_the_interval_of_a_quantile_is_that_of_scipy(n: int, name: str, p: float):
    sample = np.arange(1.0, n + 1)
    row = one(list(sample))
    # scipy gives the shortest side that it can; both are exact, so each of our sides is at least as far out.
    below = quantile_test(sample, q=row[name], p=p, alternative="less").confidence_interval(0.975)
    above = quantile_test(sample, q=row[name], p=p, alternative="greater").confidence_interval(0.975)
    assert row[f"{name}_ki_hog"] == pytest.approx(below.high, nan_ok=True)
    assert row[f"{name}_ki_lag"] == pytest.approx(above.low, nan_ok=True)


@pytest.mark.parametrize(("n", "ranks"), [(5, (0, 0)), (6, (1, 6)), (10, (2, 9)), (16, (4, 13)), (20, (6, 15))])
def test_the_ranks_of_a_medians_interval_are_those_of_the_textbook(n: int, ranks: tuple[int, int]):
    low, high = interval_ranks(np.array([n]), 0.5)
    assert (low[0], high[0]) == ranks


def test_nothing_gives_nothing():
    empty = pd.DataFrame({"cell": pd.array([], dtype="str"), "varde": [], "antal": []})
    assert len(summarise(empty, ["cell"])) == 0


def indicator(**changed: str) -> Indicator:
    t10 = next(each for each in indicators() if each.id == "T10")
    return Indicator(**{**t10.__dict__, **changed})


def values_of(folder: Path, units: str, which: Indicator) -> pd.DataFrame:
    write_parquet(made_units(which.id, units), folder / f"{which.id}.parquet")
    with connection(SETTINGS) as connected:
        table = collect_values(connected, folder, which, "9901", ("total",), (12 * 2025, 12 * 2025 + 5))
    assert table.schema.equals(VALUES)
    return table.to_pandas()


STATES = """
enhet_id | fran       | till       | i_namnare | i_taljare | exkluderad | varde
B1       | 2024-12-22 | 2025-03-15 | ja        | ja        |            | 10
B2       | 2025-02-28 |            | ja        | ja        |            | 0
B2       | 2025-01-31 | 2025-02-28 | ja        | nej       |            | 40
B3       | 2025-01-01 |            | nej       | nej       | ej_moget   | 99
B4       | 2025-01-01 |            | ja        | nej       |            |
"""


def test_a_growing_value_is_that_of_the_last_day_of_the_month(tmp_path: Path):
    found = values_of(tmp_path, STATES, indicator(typ="tillstand", varde_typ="vaxande"))
    of_month = found.groupby("nummer")["varde"].apply(sorted).to_dict()
    assert of_month == {
        24300: [40, 50],  # 31 January: 9 + 31 days after B1 came to 10, and B2's first day
        24301: [0, 78],
        24302: [31],
        24303: [61],
        24304: [92],
        24305: [122],
    }
    assert set(found["manader"]) == {1}
    assert found.equals(found.sort_values(["nummer", "varde"], ignore_index=True))


def test_a_value_that_does_not_grow_stands_as_long_as_its_state(tmp_path: Path):
    found = values_of(tmp_path, STATES, indicator(typ="tillstand", varde_typ="fast"))
    assert found.groupby("nummer")["varde"].apply(sorted).to_dict()[24301] == [0, 10]
    assert found["antal"].eq(1).all()


def test_an_events_value_belongs_to_its_month_quarter_half_year_and_year(tmp_path: Path):
    units = """
    enhet_id | fran       | till       | i_namnare | i_taljare | varde
    U1       | 2025-02-01 |            | ja        | ja        | 3
    U2       | 2025-02-20 |            | ja        | nej       | 3
    U3       | 2025-02-01 | 2025-03-01 | ja        | nej       | 8
    """
    found = values_of(tmp_path, units, indicator()).set_index(["manader", "nummer", "varde"])["antal"].to_dict()
    assert found == {(1, 24301, 3.0): 2, (1, 24301, 8.0): 1, (3, 8100, 3.0): 2, (6, 4050, 3.0): 2}


def test_the_countys_median_is_that_of_all_its_units_and_not_of_the_municipalities_medians(tmp_path: Path):
    lan = small_tables.county()
    tables, files = {}, []
    for code, days in (("9901", [1, 2, 3, 4, 100]), ("9902", [50, 60, 70])):
        folder = tmp_path / code
        header = "enhet_id | fran | i_namnare | i_taljare | varde | kon\n"
        rows = "\n".join(f"U{number} | 2025-01-05 | ja | ja | {day} | kvinna" for number, day in enumerate(days))
        for each in indicators():
            units = made_units("T10", header + rows) if each.id == "T10" else UNITS.empty_table()
            write_parquet(units, folder / f"{each.id}.parquet")
        counted = aggregate(folder, lan, code, date(2025, 1, 31), SETTINGS)
        write_parquet(counted.values, folder / "varden.parquet")
        tables[code], files = counted.figures, [*files, folder / "varden.parquet"]
    with connection(SETTINGS) as connected:
        t10 = indicator()
        months = calendar("2025-01", date(2025, 1, 31))
        quantiles = quantiles_of(connected, files, ("total", "kon"), [t10], months)
    figures = county(tables, quantiles).to_pandas()
    found = figures[(figures["indikator"] == "T10") & (figures["period_typ"] == "manad")].fillna({"kommunkod": ""})
    assert found.set_index(["niva", "kommunkod", "grupp"])["median"].to_dict() == {
        ("kommun", "9901", "alla"): 3,
        ("kommun", "9901", "kvinna"): 3,
        ("kommun", "9902", "alla"): 60,
        ("kommun", "9902", "kvinna"): 60,
        ("lan", "", "alla"): 27,
        ("lan", "", "kvinna"): 27,
    }


def test_a_quarters_median_is_of_its_own_events_but_of_states_on_its_last_day(tmp_path: Path):
    events = """
    enhet_id | fran       | i_namnare | i_taljare | varde
    U1       | 2025-01-10 | ja        | ja        | 2
    U2       | 2025-02-10 | ja        | ja        | 4
    U3       | 2025-03-10 | ja        | nej       | 9
    """
    states = """
    enhet_id | fran       | till       | i_namnare | i_taljare | varde
    B1       | 2025-01-01 | 2025-03-31 | ja        | nej       | 900
    B2       | 2025-03-01 |            | ja        | ja        | 10
    """
    for each in indicators():
        units = {"T10": events, "T4": states}.get(each.id)
        table = made_units(each.id, units) if units else UNITS.empty_table()
        write_parquet(table, tmp_path / f"{each.id}.parquet")
    figures = aggregate(tmp_path, small_tables.county(), "9901", date(2025, 3, 31), SETTINGS).figures.to_pandas()
    of_quarter = figures[(figures["period"] == "2025-K1") & (figures["brytning"] == "total")].set_index("indikator")
    assert of_quarter.loc["T10", ["antal_varden", "median"]].tolist() == [3, 4]
    assert of_quarter.loc["T4", ["antal_varden", "median"]].tolist() == [1, 10 + 30]


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (9, set()),
        (10, {"median"}),
        (39, {"median", "median_ki_lag", "median_ki_hog"}),
        (40, {"median", "median_ki_lag", "median_ki_hog", "p90", "p90_ki_lag"}),
        (200, {"median", "median_ki_lag", "median_ki_hog", "p90", "p90_ki_lag", "p90_ki_hog"}),
    ],
)
def test_a_value_that_few_lie_beyond_is_not_shown(n: int, shown: set[str]):
    found = summary_of([list(np.arange(n))])
    policy = small_tables.county().disclosure
    got = quantiles_shown(found, np.array([False]), policy)
    assert {name for name, value in got.items() if not np.isnan(value[0])} == shown
    withheld = quantiles_shown(found, np.array([True]), policy)
    assert all(np.isnan(value[0]) for value in withheld.values())


def values_table(rows: list[tuple[str, str, str, int, float, int]], indikator: str = "M5") -> pa.Table:
    """Rows of kommunkod, version, grupp, number of the month, value and count."""
    columns = ("kommunkod", "version", "grupp", "nummer", "varde", "antal")
    base = {"indikator": indikator, "brytning": "kon", "manader": 1}
    return pa.Table.from_pylist([base | dict(zip(columns, row, strict=True)) for row in rows], schema=VALUES)


def test_values_below_at_and_above_zero_are_counted_for_each_municipality_by_the_current_definition(tmp_path: Path):
    m5 = next(each for each in indicators() if each.id == "M5")
    january = 12 * 2025
    rows = {
        "9901": [
            ("9901", m5.version, "kvinna", january, -2.0, 3),
            ("9901", m5.version, "kvinna", january, -1.0, 4),
            ("9901", m5.version, "kvinna", january, 0.0, 5),
            ("9901", m5.version, "kvinna", january, 1.0, 6),
            ("9901", m5.version, "man", january + 1, 0.0, 2),
        ],
        "9902": [("9902", m5.version, "kvinna", january, 2.0, 8), ("9902", "2020-01-01", "kvinna", january, 2.0, 9)],
    }
    for kod, of_municipality in rows.items():
        write_parquet(values_table(of_municipality), tmp_path / f"{kod}.parquet")
    counted = indicator(id="M5", version=m5.version, typ="handelse", periodtyper=("manad",))
    files, months = [tmp_path / f"{kod}.parquet" for kod in rows], calendar("2025-01", date(2025, 2, 28))
    with connection(SETTINGS) as connected:
        found = signs_of(connected, files, ("kon",), [counted], months)
        assert signs_of(connected, files, ("total",), [counted], months).empty
        together = quantiles_of(connected, files, ("kon",), [counted], months)
    columns = ["kommunkod", "period", "grupp", "antal_forbattrade", "antal_oforandrade", "antal_forsamrade"]
    assert sorted(found[columns].itertuples(index=False, name=None)) == [
        ("9901", "2025-01", "kvinna", 7, 5, 6),
        ("9901", "2025-02", "man", 0, 2, 0),
        ("9902", "2025-01", "kvinna", 0, 0, 8),
    ]
    assert together.set_index(["period", "grupp"])["antal_varden"].to_dict() == {
        ("2025-01", "kvinna"): 18 + 8,
        ("2025-02", "man"): 2,
    }
    assert not {"manader", "nummer"} & {*found.columns, *together.columns}


def test_a_value_that_two_municipalities_have_counts_as_often_as_both_have_it(tmp_path: Path):
    version = indicator().version
    for kod, antal in (("9901", 3), ("9902", 4)):
        rows = [(kod, version, "kvinna", 12 * 2025, 7.0, antal), (kod, version, "kvinna", 12 * 2025, 9.0, 1)]
        write_parquet(values_table(rows, "T10"), tmp_path / f"{kod}.parquet")
    with connection(SETTINGS) as connected:
        files = [tmp_path / "9901.parquet", tmp_path / "9902.parquet"]
        found = quantiles_of(connected, files, ("kon",), [indicator()], calendar("2025-01", date(2025, 1, 31)))
    assert found[["antal_varden", "median"]].to_numpy().tolist() == [[9, 7]]


def test_values_add_up_to_the_same_table_twice(tmp_path: Path):
    def values() -> pa.Table:
        with connection(SETTINGS) as connected:
            return collect_values(connected, tmp_path, indicator(), "9901", ("total", "kon"), (24300, 24305))

    units = "\n".join(f"U{n} | 2025-0{n % 6 + 1}-03 | ja | ja | {n % 7}" for n in range(60))
    write_parquet(
        made_units("T10", f"enhet_id | fran | i_namnare | i_taljare | varde\n{units}"), tmp_path / "T10.parquet"
    )
    assert values().equals(values())
