"""Personal numbers: which are valid, who they mean on the day of extraction, and what is kept of them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer

from ibic_pipeline.errors import IbicError
from ibic_pipeline.pseudonym import create_key, is_like_personal_number, key_id, pseudonymiser, twelve_digits
from tests.support.deliveries import KOMMUN, UTTAGSDATUM, new_home

TOLVAN = "191212121212"
COORDINATION = "19701063-2391"
"""The national example of a coordination number: born on the third."""


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


def test_coordination_numbers_are_persons(tmp_path: Path) -> None:
    identities = pseudonymiser(new_home(tmp_path), KOMMUN, UTTAGSDATUM)(pa.array([COORDINATION]))
    assert identities.fodelsear.to_pylist() == [1970]
    assert identities.kon.to_pylist() == ["man"]


def test_a_pseudonym_is_keyed_and_tells_year_and_sex_only_beside_it(tmp_path: Path) -> None:
    identities = pseudonymiser(new_home(tmp_path), KOMMUN, UTTAGSDATUM)(pa.array([TOLVAN, "fel", None, ""]))
    first, *others = identities.pseudonym.to_pylist()
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert others == [None, None, None]
    assert identities.fodelsear.to_pylist() == [1912, None, None, None]
    assert identities.kon.to_pylist() == ["man", None, None, None]


def test_the_same_person_has_different_pseudonyms_in_two_municipalities(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    create_key(home, "0682")
    here, there = (
        pseudonymiser(home, kod, UTTAGSDATUM)(pa.array([TOLVAN])).pseudonym[0].as_py() for kod in (KOMMUN, "0682")
    )
    assert here != there
    assert key_id(home, KOMMUN) != key_id(home, "0682")


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    before = key_id(home, KOMMUN)
    with pytest.raises(IbicError, match="a key"):
        create_key(home, KOMMUN)
    assert key_id(home, KOMMUN) == before


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    path = home.nycklar / f"{KOMMUN}.nyckel"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(IbicError, match="chmod 600"):
        pseudonymiser(home, KOMMUN, UTTAGSDATUM)


@pytest.mark.parametrize("content", ["", "inte hexadecimalt", "abcd"])
def test_a_key_that_is_not_a_key_is_refused_without_showing_it(tmp_path: Path, content: str) -> None:
    home = new_home(tmp_path)
    (home.nycklar / f"{KOMMUN}.nyckel").write_text(content)
    with pytest.raises(IbicError) as raised:
        key_id(home, KOMMUN)
    assert not content or content not in str(raised.value)


def test_a_missing_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IbicError, match="ibic init"):
        key_id(new_home(tmp_path), "0682")


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("19121212-1212", True),
        ("A-121212-1212/3", True),
        ("x191212121212y", True),
        ("1212121212", True),
        ("B1212121212", False),
        ("B000123", False),
        ("19121212-1213", False),
        ("", False),
    ],
)
def test_an_identifier_that_holds_a_personal_number_is_recognised(identifier: str, expected: bool) -> None:
    assert is_like_personal_number(identifier, UTTAGSDATUM) is expected
