"""Shares, their intervals and limits, changes since a year ago, and signal colours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from ibic_pipeline.compare.between import changes_of_a_year
from ibic_pipeline.compare.signals import signal, thresholds_of
from ibic_pipeline.compare.statistics import funnel_limits, share, wilson_interval
from tests.support.small_tables import county

PAIRS = [(0, 1), (1, 1), (0, 10), (10, 10), (1, 3), (5, 30), (29, 30), (333, 1000), (1, 100_000), (99_999, 100_000)]


def test_the_interval_is_that_of_scipy():
    low, high = wilson_interval(np.array([k for k, _ in PAIRS]), np.array([n for _, n in PAIRS]))
    for (k, n), found_low, found_high in zip(PAIRS, low, high, strict=True):
        expected = binomtest(k, n).proportion_ci(0.95, method="wilson")
        assert found_low == pytest.approx(expected.low, abs=1e-12)
        assert found_high == pytest.approx(expected.high, abs=1e-12)


def test_an_empty_denominator_has_neither_share_nor_interval():
    nothing = np.array([0])
    with np.errstate(all="raise"):
        assert np.isnan([share(nothing, nothing), *wilson_interval(nothing, nothing)]).all()


def test_limits_need_a_denominator_and_a_centre():
    with np.errstate(all="raise"):
        low, high = funnel_limits(np.array([0, 40, 40]), np.array([0.5, np.nan, 0.5]), 0.95)
    assert np.isnan([low[:2], high[:2]]).all()
    assert low[2] < 0.5 < high[2]


@pytest.mark.parametrize(
    ("period_typ", "before", "after", "other"),
    [
        ("manad", "2025-06", "2026-06", "2025-07"),
        ("kvartal", "2025-K2", "2026-K2", "2025-K3"),
        ("halvar", "2025-H1", "2026-H1", "2025-H2"),
        ("ar", "2025", "2026", "2024"),
    ],
)
def test_a_period_is_compared_with_the_same_one_a_year_earlier(period_typ: str, before: str, after: str, other: str):
    cell = {"niva": "kommun", "kommunkod": "9901", "period_typ": period_typ, "brytning": "total", "grupp": "alla"}
    counts = {before: (48, 80), other: (0, 80), after: (56, 70)}
    rows = [cell | {"period": period, "taljare": k, "namnare": n} for period, (k, n) in counts.items()]
    changes = changes_of_a_year(pd.DataFrame(rows), np.zeros(3, dtype=bool))["forandring_pe"]
    by_period = dict(zip(counts, changes, strict=True))
    assert by_period[after] == pytest.approx(20.0)
    assert np.isnan(by_period[other])


def test_the_interval_holds_the_share_and_stays_between_0_and_1():
    namnare = np.repeat(np.arange(1, 60), 60)
    taljare = np.minimum(np.tile(np.arange(60), 59), namnare)
    low, high = wilson_interval(taljare, namnare)
    assert ((low >= 0) & (low <= taljare / namnare) & (taljare / namnare <= high) & (high <= 1)).all()


def test_a_share_at_a_threshold_has_its_colour():
    taljare, namnare = np.array([27, 26, 21, 20, 9, 8, 0]), np.array([30, 30, 30, 30, 10, 9, 0])
    thresholds = thresholds_of(county(), "T1")
    assert signal(taljare, namnare, "hogre_ar_battre", thresholds, 10).tolist() == [
        "gron",
        "gul",
        "gul",
        "rod",
        "gron",
        "ej_utvarderad",
        "ej_utvarderad",
    ]


def test_thresholds_are_mirrored_when_low_is_better():
    taljare, namnare = np.array([3, 4, 9, 10]), np.array([30, 30, 30, 30])
    found = signal(taljare, namnare, "lagre_ar_battre", thresholds_of(county(), "T3"), 10)
    assert found.tolist() == ["gron", "gul", "gul", "rod"]


def test_an_indicator_may_have_thresholds_of_its_own():
    own = {"gron": 0.5, "gul": 0.4, "not": "Eget."}
    lan = county(signaler={"standard": {"gron": 0.9, "gul": 0.7, "not": "Ett."}, "indikatorer": {"M1": own}})
    assert (thresholds_of(lan, "M1").gron, thresholds_of(lan, "T1").gron) == (0.5, 0.9)


def test_an_empty_denominator_is_never_evaluated_even_when_no_minimum_is_set():
    nothing = np.array([0])
    assert signal(nothing, nothing, "hogre_ar_battre", thresholds_of(county(), "T1"), 0).tolist() == ["ej_utvarderad"]
