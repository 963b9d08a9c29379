"""Differences, changes, ranks and limits: against scipy and published examples, and what may be shown of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from ibic_pipeline.compare import county, pairs
from ibic_pipeline.compare.aggregate import AGGREGATE
from ibic_pipeline.compare.statistics import difference_interval, funnel_limits, rank_groups, share, sign_test
from ibic_pipeline.derive import indicators
from tests.support import counties, small_tables

COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def arrays(*counts: int) -> list[np.ndarray]:
    return [np.array([each]) for each in counts]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe (1998), table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_a_difference_has_the_interval_that_newcombe_published(counts: tuple[int, ...], low: float, high: float):
    difference, found_low, found_high = difference_interval(*arrays(*counts))
    assert difference[0] == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])
    assert (found_low[0], found_high[0]) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(COUNTS, COUNTS)
def test_a_differences_interval_holds_it_and_turns_with_it(a: tuple[int, int], b: tuple[int, int]):
    (difference,), (low,), (high,) = difference_interval(*arrays(*a, *b))
    assert -1 <= low <= difference <= high <= 1
    turned = difference_interval(*arrays(*b, *a))
    assert [each[0] for each in turned] == pytest.approx([-difference, -high, -low])


@pytest.mark.parametrize(("better", "worse"), [(0, 1), (5, 5), (8, 2), (2, 8), (30, 12), (0, 20), (501, 499)])
def test_the_sign_test_is_that_of_scipy(better: int, worse: int):
    expected = binomtest(better, better + worse).pvalue
    assert sign_test(*arrays(better, worse))[0] == pytest.approx(expected)


def test_the_sign_test_says_nothing_when_nothing_changed():
    assert np.isnan(sign_test(*arrays(0, 0))[0])


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_at_most_the_tail_lies_beyond_a_funnel_limit(level: float):
    n = np.repeat(np.arange(1, 120), 3)
    centre = np.tile([0.05, 0.5, 0.93], 119)
    low, high = funnel_limits(n, centre, level)
    tail = (1 - level) / 2
    assert (binom.cdf(np.rint(low * n) - 1, n, centre) <= tail).all()
    assert (binom.sf(np.rint(high * n), n, centre) <= tail + 1e-12).all()
    assert ((low <= centre) & (centre <= high)).all()
    # One unit further in, and more would lie beyond.
    assert (binom.cdf(np.rint(low * n), n, centre) >= tail).all()


def test_a_rank_is_single_only_where_no_interval_overlaps():
    low, high = np.array([0.8, 0.1, 0.5, 0.45]), np.array([0.9, 0.2, 0.6, 0.55])
    best, worst = rank_groups(low, high, "hogre_ar_battre")
    assert (best.tolist(), worst.tolist()) == ([1, 4, 2, 2], [1, 4, 3, 3])
    best, worst = rank_groups(low, high, "lagre_ar_battre")
    assert (best.tolist(), worst.tolist()) == ([4, 1, 2, 2], [4, 1, 3, 3])


def test_groups_without_an_interval_have_no_rank():
    best, worst = rank_groups(np.array([0.8, np.nan, 0.1]), np.array([0.9, np.nan, 0.2]), "hogre_ar_battre")
    assert best.tolist()[::2] == worst.tolist()[::2] == [1, 2]
    assert np.isnan([best[1], worst[1]]).all()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), min_size=1, max_size=12))
def test_two_groups_whose_intervals_overlap_may_have_the_same_rank(spans: list[tuple[int, int]]):
    low = np.array([start for start, _ in spans], dtype=float)
    high = low + [length for _, length in spans]
    best, worst = rank_groups(low, high, "hogre_ar_battre")
    assert ((best >= 1) & (best <= worst) & (worst <= len(spans))).all()
    overlap = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
    ranks_overlap = (best[:, None] <= worst[None, :]) & (best[None, :] <= worst[:, None])
    assert ranks_overlap[overlap].all()


def figures(rows: list[dict[str, object]]) -> pa.Table:
    base = {"indikator": "T1", "version": T1_VERSION, "kommunkod": "9901", "period_typ": "ar", "period": "2025"}
    every = {**base, "brytning": "total", "grupp": "alla", "exkluderade": 0}
    return pa.Table.from_pylist([every | row for row in rows], schema=AGGREGATE)


T1_VERSION = next(each.version for each in indicators() if each.id == "T1")


def shown(*tables: pa.Table, **lan: object) -> pd.DataFrame:
    by_place = {table["kommunkod"][0].as_py(): table for table in tables}
    return counties.shown(county(by_place), small_tables.county(**lan))["indikator"].to_pandas()


def test_a_change_is_that_since_the_same_period_a_year_earlier():
    rows = figures(
        [
            {"period": "2025", "namnare": 80, "taljare": 48},
            {"period": "2026", "namnare": 70, "taljare": 56},
            {"period": "2026-K2", "period_typ": "kvartal", "namnare": 70, "taljare": 50},
        ]
    )
    found = shown(rows, kommuner=["9901"]).query("niva == 'kommun'").set_index("period")
    changed = found.loc["2026", ["forandring_pe", "forandring_ki_lag", "forandring_ki_hog"]].tolist()
    assert changed == pytest.approx([20.0, 5.24, 33.39], abs=0.005)
    assert found.loc[["2025", "2026-K2"], "forandring_pe"].isna().all()


@pytest.mark.parametrize("before", [(80, 2), (80, 78), (9, 5)])
def test_a_change_from_a_hidden_figure_is_hidden(before: tuple[int, int]):
    rows = figures(
        [
            {"period": "2025", "namnare": before[0], "taljare": before[1]},
            {"period": "2026", "namnare": 70, "taljare": 50},
        ]
    )
    found = shown(rows, kommuner=["9901"]).set_index(["niva", "period"])
    assert found["forandring_pe"].isna().all()


def test_the_countys_change_is_left_out_when_municipalities_are_missing():
    full = [{"period": year, "namnare": 70, "taljare": 50} for year in ("2025", "2026")]
    late = figures([{"period": "2025", "namnare": 70, "taljare": 30, "kommunkod": "9902"}])
    assert shown(figures(full), late).query("niva == 'lan'")["forandring_pe"].isna().all()
    there = figures([{**row, "kommunkod": "9902"} for row in full])
    assert shown(figures(full), there).query("niva == 'lan'")["forandring_pe"].notna().sum() == 1


def test_ranks_and_limits_stand_on_the_totals_of_municipalities_that_are_shown():
    sexes = {"brytning": "kon", "grupp": "kvinna", "namnare": 50, "taljare": 25}
    good = figures([{"namnare": 100, "taljare": 90}, sexes])
    bad = figures([{"namnare": 100, "taljare": 20, "kommunkod": "9902"}])
    small = [figures([{"namnare": 8, "taljare": 8, "kommunkod": code}]) for code in ("9903", "9904")]
    found = shown(good, bad, *small, kommuner=["9901", "9902", "9903", "9904"])
    ranked = found[found["rang_lag"].notna()]
    assert ranked[["kommunkod", "rang_lag", "rang_hog"]].to_numpy().tolist() == [["9901", 1, 1], ["9902", 2, 2]]
    # The county's share is 126 of 216.
    expected = [binom.ppf(q, 100, 126 / 216) / 100 for q in (0.025, 0.975, 0.001, 0.999)]
    limits = ["trattgrans_95_lag", "trattgrans_95_hog", "trattgrans_998_lag", "trattgrans_998_hog"]
    assert ranked[limits].to_numpy().tolist() == [pytest.approx(expected)] * 2
    assert found.loc[found["rang_lag"].isna(), limits].isna().all(axis=None)


SEXES = [
    {"brytning": "kon", "grupp": "kvinna", "namnare": 70, "taljare": 56},
    {"brytning": "kon", "grupp": "man", "namnare": 80, "taljare": 48},
]


def test_women_are_compared_with_men():
    table = counties.shown(county({"9901": figures(SEXES)}), small_tables.county())["skillnad"]
    row = table.to_pylist()[0]
    assert (row["grupp_a"], row["grupp_b"], row["n_a"], row["n_b"], row["status"]) == ("kvinna", "man", 70, 80, "visas")
    assert [row["skillnad_pe"], row["ki_lag"], row["ki_hog"]] == pytest.approx([20.0, 5.24, 33.39], abs=0.005)


@pytest.mark.parametrize(
    ("men", "status", "n_b"),
    [
        ((80, 2), "undertryckt", None),
        ((9, 5), "undertryckt", None),
        ((20, 10), "osaker", 20),
        ((0, 0), "ej_tillampligt", 0),
    ],
)
def test_a_difference_is_shown_where_both_shares_are(men: tuple[int, int], status: str, n_b: int | None):
    other = SEXES[1] | {"namnare": men[0], "taljare": men[1]}
    row = counties.shown(county({"9901": figures([SEXES[0], other])}), small_tables.county())["skillnad"].to_pylist()[0]
    assert (row["status"], row["n_a"], row["n_b"]) == (status, 70, n_b)
    assert (row["skillnad_pe"] is None) == (status != "osaker")


def test_a_group_that_nobody_belongs_to_is_compared_as_empty():
    row = counties.shown(county({"9901": figures(SEXES[:1])}), small_tables.county())["skillnad"].to_pylist()[0]
    assert (row["n_b"], row["status"]) == (0, "ej_tillampligt")


def signs(*rows: tuple[str, str, int, int, int]) -> pd.DataFrame:
    names = ["kommunkod", "grupp", "antal_forbattrade", "antal_oforandrade", "antal_forsamrade"]
    of_m5 = {"indikator": "M5", "brytning": "total", "period_typ": "ar", "period": "2025"}
    return pd.DataFrame(rows, columns=names).assign(**of_m5)


def paired(better: int, same: int, worse: int, grupp: str = "alla") -> list[dict[str, object]]:
    m5 = next(each for each in indicators() if each.id == "M5")
    row = {"indikator": "M5", "version": m5.version, "grupp": grupp, "namnare": better + same + worse}
    lan = small_tables.county(kommuner=["9901"])
    outcomes = pairs(signs(("9901", grupp, better, same, worse)))
    found = counties.shown(county({"9901": figures([row | {"taljare": better}])}), lan, outcomes=outcomes)
    return found["parad_forandring"].to_pylist()


def test_the_countys_pairs_are_the_sum_of_the_municipalities_and_come_in_order():
    found = pairs(signs(("9902", "man", 1, 2, 3), ("9902", "kvinna", 4, 0, 1), ("9901", "man", 10, 20, 30)))
    assert [tuple(row.values())[1:] for row in found.to_pylist()] == [
        ("kommun", "9901", "ar", "2025", "total", "man", 60, 10, 20, 30),
        ("kommun", "9902", "ar", "2025", "total", "kvinna", 5, 4, 0, 1),
        ("kommun", "9902", "ar", "2025", "total", "man", 6, 1, 2, 3),
        ("lan", None, "ar", "2025", "total", "kvinna", 5, 4, 0, 1),
        ("lan", None, "ar", "2025", "total", "man", 66, 11, 22, 33),
    ]


def test_pairs_are_hidden_where_their_own_figure_is():
    """Three municipalities, of which one is small: with it another is hidden, the third is shown."""
    m5 = next(each for each in indicators() if each.id == "M5")
    counts = {"9901": (30, 20, 40), "9902": (3, 1, 2), "9903": (10, 10, 10)}
    rows = {
        code: figures(
            [{"indikator": "M5", "version": m5.version, "kommunkod": code, "namnare": sum(each), "taljare": each[0]}]
        )
        for code, each in counts.items()
    }
    outcomes = pairs(signs(*((code, "alla", *each) for code, each in counts.items())))
    found = counties.shown(county(rows), small_tables.county(kommuner=list(counts)), outcomes=outcomes)
    told = {row["kommunkod"] or "lan": row["antal_par"] for row in found["parad_forandring"].to_pylist()}
    assert told == {"9901": 90, "9902": None, "9903": None, "lan": 126}


def test_paired_changes_are_counted_and_tested():
    for row in paired(30, 8, 12):
        assert [row["antal_par"], row["antal_forbattrade"], row["antal_oforandrade"], row["antal_forsamrade"]] == [
            50,
            30,
            8,
            12,
        ]
        assert row["p_varde"] == pytest.approx(binomtest(30, 42).pvalue)
        assert row["status"] == "visas"


@pytest.mark.parametrize(
    ("counts", "grupp"),
    [((30, 8, 3), "alla"), ((4, 0, 0), "alla"), ((1, 30, 30), "alla"), ((30, 30, 30), "ej_redovisad")],
)
def test_the_three_counts_and_their_sum_are_hidden_together(counts: tuple[int, int, int], grupp: str):
    for row in paired(*counts, grupp=grupp):
        assert row["status"] == "undertryckt"
        hidden = ("antal_par", "antal_forbattrade", "antal_oforandrade", "antal_forsamrade", "p_varde")
        assert all(row[name] is None for name in hidden)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_every_interval_holds_its_estimate(counts: list[tuple[int, int]]):
    rows = [{"period": str(2025 + year), "namnare": n, "taljare": k} for year, (k, n) in enumerate(counts)]
    found = shown(figures(rows), kommuner=["9901"])
    for estimate, low, high in (
        ("andel", "ki_lag", "ki_hog"),
        ("forandring_pe", "forandring_ki_lag", "forandring_ki_hog"),
    ):
        rows_shown = found[found[estimate].notna()]
        assert (rows_shown[low] <= rows_shown[estimate] + 1e-9).all()
        assert (rows_shown[estimate] <= rows_shown[high] + 1e-9).all()
    assert found.loc[found["status"] == "undertryckt", ["rang_lag", "trattgrans_95_lag"]].isna().all(axis=None)
    expected = share(found["taljare"].to_numpy(), found["namnare"].fillna(0).to_numpy())
    known = found["andel"].notna()
    assert found.loc[known, "andel"].to_numpy() == pytest.approx(expected[known])
