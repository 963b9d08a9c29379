"""Synthetic personal numbers are valid, of the test series alone, and unique."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from personnummer import personnummer

from ibic_pipeline.errors import IbicError
from ibic_pipeline.synthetic.identities import Identities, draw_identities

NONE_TAKEN = np.empty(0, np.int64)


def people(count: int, ages: tuple[tuple[int, int, float], ...] = ((65, 101, 1.0),), women: float = 0.6) -> Identities:
    drawn, _ = draw_identities(
        np.random.default_rng(7), count, at=date(2022, 6, 30), ages=ages, women=women, taken=NONE_TAKEN
    )
    return drawn


def test_every_number_has_a_valid_check_digit_and_date() -> None:
    numbers = people(2000, ((5, 65, 0.5), (65, 101, 0.5))).numbers
    assert all(personnummer.valid(str(number)) for number in numbers)


def test_a_changed_digit_makes_a_number_invalid() -> None:
    assert not any(personnummer.valid(str(number // 10 * 10 + (number + 1) % 10)) for number in people(200).numbers)


def test_numbers_use_only_the_test_series_and_tell_the_sex() -> None:
    drawn = people(5000)
    series = drawn.numbers // 10 % 1000
    assert set(series) == {238, 239, 980, 981}
    assert ((series % 2 == 0) == drawn.woman).all()
    assert drawn.woman.mean() == pytest.approx(0.6, abs=0.05)


def test_twenty_thousand_older_people_get_a_number_each() -> None:
    drawn = people(20_000)
    assert len(np.unique(drawn.numbers)) == 20_000
    assert (drawn.birth_year == drawn.numbers // 10**8).all()


def test_some_numbers_are_coordination_numbers() -> None:
    day = people(20_000).numbers // 10**4 % 100
    assert 0.005 < np.mean(day > 60) < 0.015


def test_a_second_draw_takes_nobody_of_the_first() -> None:
    rng, ages = np.random.default_rng(1), ((80, 90, 1.0),)
    first, taken = draw_identities(rng, 5000, at=date(2022, 6, 30), ages=ages, women=0.5, taken=NONE_TAKEN)
    second, _ = draw_identities(rng, 5000, at=date(2022, 6, 30), ages=ages, women=0.5, taken=taken)
    assert not set(first.numbers) & set(second.numbers)


def test_more_people_than_there_are_numbers_are_refused() -> None:
    with pytest.raises(IbicError, match="at most"):
        people(3000, ((80, 81, 1.0),))
