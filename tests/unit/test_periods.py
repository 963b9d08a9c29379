"""The calendar of periods."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from ibic_pipeline.compare.periods import calendar, month_number, period_name, period_number


def names(forsta_period: str, uttagsdatum: date, typ: str) -> list[str]:
    return [period.name for period in calendar(forsta_period, uttagsdatum) if period.typ == typ]


def test_periods_are_named_as_in_the_published_table():
    day = date(2026, 6, 30)
    assert names("2026-01", day, "manad") == [f"2026-0{month}" for month in range(1, 7)]
    assert names("2025-01", day, "kvartal") == ["2025-K1", "2025-K2", "2025-K3", "2025-K4", "2026-K1", "2026-K2"]
    assert names("2025-01", day, "halvar") == ["2025-H1", "2025-H2", "2026-H1"]
    assert names("2024-01", day, "ar") == ["2024", "2025"]


def test_a_period_counts_when_it_ends_on_the_day_of_extraction_but_not_a_day_later():
    assert names("2025-10", date(2025, 12, 31), "ar") == []
    assert names("2025-01", date(2025, 12, 31), "ar") == ["2025"]
    assert names("2025-01", date(2025, 12, 30), "ar") == []
    assert names("2024-02", date(2024, 2, 29), "manad") == ["2024-02"]
    assert names("2024-02", date(2024, 2, 28), "manad") == []


def test_a_period_that_began_before_the_first_month_is_left_out():
    assert names("2025-02", date(2026, 6, 30), "kvartal")[0] == "2025-K2"
    assert names("2025-02", date(2026, 6, 30), "halvar")[0] == "2025-H2"


def test_there_are_no_periods_before_the_first():
    assert calendar("2026-01", date(2025, 12, 31)) == ()


@pytest.mark.parametrize("typ", ["manad", "kvartal", "halvar", "ar"])
def test_periods_follow_on_each_other_and_know_their_last_month(typ: str):
    periods = [period for period in calendar("2019-01", date(2026, 6, 30)) if period.typ == typ]
    for one, following in pairwise(periods):
        assert (following.start - one.end).days == 1
    assert all(period.last_month == month_number(period.end) for period in periods)
    assert all(period.start <= period.end for period in periods)


@pytest.mark.parametrize("typ", ["manad", "kvartal", "halvar", "ar"])
def test_a_periods_name_tells_its_number(typ: str):
    periods = [period for period in calendar("2019-01", date(2026, 6, 30)) if period.typ == typ]
    assert [period_number(typ, period.name) for period in periods] == [period.number for period in periods]
    assert [period_name(typ, period.number) for period in periods] == [period.name for period in periods]
