"""Numbers of persons: every spelling, centuries by the day of extraction, and what spreadsheets made of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer

from ibic_pipeline.identities import (
    Reading,
    is_like_personal_number,
    read_as_mended,
    read_as_written,
    twelve_digits,
)
from tests.support.deliveries import UTTAGSDATUM

TOLVAN = "191212121212"
LOST_ZERO = "501012389"
"""0501012389 without its first digit: born on the first of January 2005, of a birth number for tests."""


def with_check_digit(nine: str) -> str:
    """Ten digits; the check digit that the library accepts."""
    return next(f"{nine}{digit}" for digit in range(10) if personnummer.valid(f"19{nine}{digit}"))


@pytest.mark.parametrize(
    "spelling",
    ["19121212-1212", "191212121212", "19121212 1212", " 19121212-1212 ", "121212+1212", "19121212\u20131212"],
)
def test_every_spelling_of_a_number_is_the_same_person(spelling: str) -> None:
    assert twelve_digits(spelling, UTTAGSDATUM) == TOLVAN


@pytest.mark.parametrize(
    ("extracted", "spelling", "expected"),
    [
        (date(2026, 6, 30), "121212-1212", "201212121212"),
        (date(2012, 12, 12), "121212-1212", "201212121212"),
        (date(2012, 12, 11), "121212-1212", "191212121212"),
        (date(2026, 6, 30), "121212+1212", "191212121212"),
        (date(2012, 1, 1), "121212+1212", "191212121212"),
        (date(2011, 12, 31), "121212+1212", "181212121212"),
        (date(2026, 6, 30), "1212121212", "201212121212"),
    ],
)
def test_the_century_is_settled_by_the_day_of_extraction(extracted: date, spelling: str, expected: str) -> None:
    assert twelve_digits(spelling, extracted) == expected


@pytest.mark.parametrize(
    "text",
    ["", "19121212-1213", "19121312-1212", "19120230-1212", "1,94512E+11", "TF19121212", "12121212", "19121212-12",
     "abc", "20991212-1212", "191212121212.0", "1912121212123"],
)  # fmt: skip
def test_what_is_not_a_valid_number_is_nobody(text: str) -> None:
    assert twelve_digits(text, UTTAGSDATUM) is None


def test_a_person_born_after_the_extraction_is_nobody() -> None:
    assert twelve_digits("20121212-1212", date(2012, 12, 12)) == "201212121212"
    assert twelve_digits("20121212-1212", date(2012, 12, 11)) is None


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(1, 999))
def test_valid_numbers_are_those_of_the_library(born: date, serial: int) -> None:
    ten = with_check_digit(f"{born:%y%m%d}{serial:03d}")
    assert twelve_digits(f"{born:%Y}{ten[2:]}", UTTAGSDATUM) == f"{born:%Y}{ten[2:]}"
    wrong = ten[:-1] + str((int(ten[-1]) + 1) % 10)
    assert not personnummer.valid(f"19{wrong}")
    assert twelve_digits(f"19{wrong}", UTTAGSDATUM) is None


@given(
    st.dates(date(1927, 1, 1), date(1999, 12, 31)),
    st.sampled_from([238, 239, 980, 981]),
    st.sampled_from(["{c}{d}{n}", "{c}{d}-{n}", "{d}-{n}", "{d}{n}", " {c} {d} {n} ", "{c}{d}\u2014{n}",
                     "{c}{d}\u00a0{n}", "{c}{y}-{m}-{dd}-{n}", "{d} \u2212 {n}"]),
)  # fmt: skip
def test_the_spelling_does_not_change_who_is_meant(born: date, series: int, spelling: str) -> None:
    ten = with_check_digit(f"{born:%y%m%d}{series}")
    text = spelling.format(c="19", d=ten[:6], y=ten[:2], m=ten[2:4], dd=ten[4:6], n=ten[6:])
    assert read_as_written(text, UTTAGSDATUM) == Reading(f"19{ten}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("191212121212.0", TOLVAN),
        ("191212121212,0", TOLVAN),
        ("191212121212,00", TOLVAN),
        ("1,91212121212E+11", TOLVAN),
        ("1.91212121212e11", TOLVAN),
        ("1212121212.0", "201212121212"),
        ("1,212121212E+09", "201212121212"),
        ("1212121213.0", None),
        ("1.212121213E+9", None),
        ("191212121213.0", None),
        ("1,91212121213E+11", None),
        ("191212121212.5", None),
        ("1,912121212125E+11", None),
        ("-1,91212121212E+11", None),
    ],
)
def test_a_number_written_as_a_number_is_read_when_all_of_its_digits_are_there(text: str, number: str | None) -> None:
    assert read_as_mended(text, UTTAGSDATUM) == Reading(number, as_number=number is not None)


@pytest.mark.parametrize(
    "text", ["1,94512E+11", "1.94512E11", "1E+11", "4,51212E+09", "1,9451212123E+11", "5,01012E+8"]
)
def test_a_number_whose_last_digits_a_spreadsheet_has_lost_is_told_apart_from_nonsense(text: str) -> None:
    assert read_as_mended(text, UTTAGSDATUM) == Reading(rounded=True)


@pytest.mark.parametrize(
    "text", ["", "1,5E+3", "1,5E+120", "E+11", "1,94512E-11", "2E10", "1" * 5000, "1," + "9" * 400]
)
def test_other_numbers_are_neither_mended_nor_called_rounded(text: str) -> None:
    assert read_as_mended(text, UTTAGSDATUM) == Reading()


@pytest.mark.parametrize(
    ("text", "as_number"), [(LOST_ZERO, False), (f"{LOST_ZERO}.0", True), (f"5,{LOST_ZERO[1:]}E+8", True)]
)
def test_nine_digits_are_a_number_that_lost_its_first_zero_when_the_check_digit_says_so(
    text: str, as_number: bool
) -> None:
    assert read_as_mended(text, UTTAGSDATUM) == Reading("200501012389", as_number, zero_put_back=True)


@pytest.mark.parametrize("text", ["501012380", "50101238", "5010123891", "501012-389", "050101238", "501012389 0"])
def test_nothing_but_nine_digits_with_a_check_digit_gets_a_zero_back(text: str) -> None:
    assert not read_as_mended(text, UTTAGSDATUM).zero_put_back


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("19121212-1212", True),
        ("A-121212-1212/3", True),
        ("x191212121212y", True),
        ("1212121212", True),
        ("A-19121212 - 1212", True),
        ("19121212\u20141212", True),
        ("1912-12-12-1212", False),
        ("B1212121212", False),
        ("B000123", False),
        ("19121212-1213", False),
        ("", False),
    ],
)
def test_an_identifier_that_holds_a_personal_number_is_recognised(identifier: str, expected: bool) -> None:
    assert is_like_personal_number(identifier, UTTAGSDATUM) is expected
