"""When a delivery is late: Swedish working days after the end of a period, per municipality."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ibic_pipeline.alerts.rhythm import is_working_day, last_day_to_deliver, latest_expected
from ibic_pipeline.nights import Leveransrytm, Rytm


@pytest.mark.parametrize(
    "free",
    [
        *("2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-06-19"),
        *("2026-12-24", "2026-12-25", "2026-12-31", "2026-11-21", "2026-11-22", "2025-06-06", "2027-06-25"),
    ],
)
def test_swedish_offices_are_closed(free: str) -> None:
    assert not is_working_day(date.fromisoformat(free))


@pytest.mark.parametrize("open_", ["2026-01-05", "2026-04-02", "2026-06-22", "2026-12-23", "2026-12-28", "2026-11-20"])
def test_swedish_offices_are_open(open_: str) -> None:
    assert is_working_day(date.fromisoformat(open_))


@pytest.mark.parametrize(
    ("every", "days", "today", "expected"),
    [
        ("manad", 10, "2026-07-14", "2026-05-31"),  # the tenth working day of July is the 14th: still in time
        ("manad", 10, "2026-07-15", "2026-06-30"),
        ("manad", 10, "2027-01-15", "2026-11-30"),  # New Year and Epiphany are free
        ("manad", 10, "2027-01-19", "2026-12-31"),
        ("manad", 0, "2026-07-01", "2026-06-30"),
        ("kvartal", 5, "2026-07-08", "2026-06-30"),
        ("kvartal", 5, "2026-07-07", "2026-03-31"),
        ("halvar", 5, "2026-10-08", "2026-06-30"),
        ("ar", 20, "2026-02-01", "2025-12-31"),
        ("vecka", 2, "2026-11-25", "2026-11-22"),
        ("vecka", 2, "2026-11-24", "2026-11-15"),
        ("dag", 1, "2026-11-24", "2026-11-20"),  # Friday's, on Monday at the latest
    ],
)
def test_the_delivery_that_should_have_come(every: str, days: int, today: str, expected: str) -> None:
    rhythm = Rytm(varje=every, arbetsdagar=days)  # type: ignore[arg-type]

    assert latest_expected(rhythm, date.fromisoformat(today)) == date.fromisoformat(expected)


def test_the_day_after_the_last_is_the_first_that_is_late() -> None:
    rhythm, end = Rytm(arbetsdagar=10), date(2026, 12, 31)
    last = last_day_to_deliver(end, rhythm)

    assert last == date(2027, 1, 18)
    assert latest_expected(rhythm, last) < end
    assert latest_expected(rhythm, last + timedelta(days=1)) == end


def test_a_municipality_has_its_own_rhythm() -> None:
    own = Rytm(varje="kvartal", arbetsdagar=15, varfor="Avtal 2026.")
    rhythms = Leveransrytm(kommuner={"0642": own})

    assert (rhythms.of("0642"), rhythms.of("0643")) == (own, Rytm())
