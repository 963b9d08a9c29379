"""Keys and pseudonyms: whose number is kept as what, which values are nobody's, and keys that no one else can read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ibic_pipeline.cli.init import initialise
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.profile_identities import Identiteter
from ibic_pipeline.pseudonym import (
    COUNTY_KEY,
    Identities,
    create_key,
    key_id,
    pseudonymiser,
    pseudonymiser_with,
    scope_of,
)
from schemas.contract import NUMBER_OF_MARK
from tests.support.deliveries import ANNA, BO, KOMMUN, UTTAGSDATUM, new_home, profile
from tests.support.homes import small_county

COORDINATION = "19701063-2391"
"""The national example of a coordination number: born on the third."""
LOST_ZERO = "501012389"
"""0501012389 without its first digit."""
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SHARED = {"nyckel": "lan", "nyckel_skal": "Beslut av länets nämnder, för uppföljning över kommungränser"}
TF = {"monster": r"(?P<fodelsear>\d{4})\d{4}-?TF\d{2}", "betydelse": "Reservnummer från journalsystemet"}


def identities(*texts: str | None, key: bytes = KEY, **settings: Any) -> Identities:
    read = pseudonymiser_with(key, UTTAGSDATUM, Identiteter.model_validate(settings))
    return read(pa.array(texts, pa.string()))


def marks(found: Identities) -> list[str | None]:
    names = {number: mark for mark, number in NUMBER_OF_MARK.items()}
    return [names.get(int(number)) for number in found.marks]


def repaired(found: Identities) -> dict[str, list[int]]:
    return {code: mask.nonzero()[0].tolist() for code, mask in found.findings.items()}


def test_a_pseudonym_is_keyed_and_tells_year_and_sex_only_beside_it() -> None:
    found = identities(ANNA, COORDINATION, BO, "fel", None, "")
    first, second, third, *others = found.pseudonym.to_pylist()
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert len({first, second, third}) == 3
    assert others == [None, None, None]
    assert found.fodelsear.to_pylist() == [1912, 1970, 2001, None, None, None]
    assert found.kon.to_pylist() == ["man", "man", "kvinna", None, None, None]
    assert marks(found) == [None] * 6
    assert found.findings == {}


def test_no_values_are_no_persons() -> None:
    found = identities()
    assert len(found.pseudonym) == len(found.marks) == 0
    assert found.fodelsear.type == pa.int32()


def test_every_spelling_of_a_number_has_one_pseudonym() -> None:
    spellings = [ANNA, ANNA.replace("-", ""), "19121213 2391", "121213+2391", "1912-12-13-2391", "19121213\u20142391",
                 "191212132391.0", "1,91212132391E+11"]  # fmt: skip
    found = identities(*spellings)
    assert len(set(found.pseudonym.to_pylist())) == 1
    assert None not in found.pseudonym.to_pylist()
    assert repaired(found) == {"REP-032": [6, 7]}


def test_a_number_that_lost_its_zero_is_mended_in_a_column_of_numbers() -> None:
    found = identities(LOST_ZERO, "0501012389", ANNA)
    assert found.pseudonym[0] == found.pseudonym[1]
    assert found.fodelsear.to_pylist() == [2005, 2005, 1912]
    assert repaired(found) == {"REP-031": [0]}


def test_a_column_of_floats_tells_that_a_number_lost_its_zero_and_was_a_number() -> None:
    found = identities(f"{LOST_ZERO}.0", "191212132391.0")
    assert found.pseudonym.null_count == 0
    assert repaired(found) == {"REP-031": [0], "REP-032": [0, 1]}


@pytest.mark.parametrize(
    "column", [[LOST_ZERO], [LOST_ZERO, "fel"], [LOST_ZERO, "512312380", ANNA], [LOST_ZERO, "191212121212"]]
)
def test_a_zero_is_not_put_back_where_the_column_does_not_hold_as_many_numbers(column: list[str]) -> None:
    found = identities(*column)
    assert found.pseudonym[0].as_py() is None
    assert found.findings == {}
    assert marks(found)[0] is None


@given(st.lists(st.integers(100_000_000, 999_999_999).map(str), unique=True, max_size=400))
def test_serial_numbers_of_nine_digits_are_never_persons(column: list[str]) -> None:
    found = identities(*column, LOST_ZERO)
    assert found.pseudonym.null_count == len(found.pseudonym)
    assert found.findings == {}


@pytest.mark.parametrize("spelling", ["191212121212", "19121212-1212", "121212+1212", "191212121212.0"])
def test_the_test_person_of_every_installation_is_marked_and_nobody(spelling: str) -> None:
    found = identities(spelling, BO)
    assert marks(found) == ["testperson", None]
    assert found.pseudonym[0].as_py() is found.fodelsear[0].as_py() is found.kon[0].as_py() is None
    assert found.findings == {}


def test_a_profile_names_its_own_test_persons_in_any_spelling() -> None:
    found = identities(ANNA, BO, "191212121212", testpersoner=["19121213-2391", 200102032380])
    assert marks(found) == ["testperson", "testperson", None]
    assert found.pseudonym[2].is_valid


@pytest.mark.parametrize("number", ["19121213-2392", "121213-2391", "hemlig", ""])
def test_a_test_person_that_is_no_number_is_refused_by_its_key_and_not_shown(number: str, tmp_path: Path) -> None:
    home = small_county(tmp_path / "home", ["0642"])
    path = home.kommuner / "0642.yaml"
    path.write_text(path.read_text() + f'\nidentiteter: {{testpersoner: ["191212121212", "{number}"]}}\n')
    with pytest.raises(IbicError, match=r"number 2 of testpersoner .* identiteter.testpersoner") as raised:
        Home(home.path).profil("0642")
    assert not number or number not in str(raised.value)


def test_a_rounded_number_is_marked_and_nobody() -> None:
    found = identities("1,94512E+11", ANNA)
    assert marks(found) == ["exceltal", None]
    assert found.pseudonym[0].as_py() is None


def test_a_reserve_number_is_a_person_only_by_the_profiles_pattern() -> None:
    assert identities("19121212TF01").pseudonym[0].as_py() is None
    found = identities(
        "19121212TF01", "19121212-TF01", " 19121212 tf01", "19121212TF011", "x19121212TF01", reservnummer=[TF]
    )
    assert len(set(found.pseudonym.to_pylist()[:3])) == 1
    assert found.pseudonym.to_pylist()[3:] == [None, None]
    assert found.fodelsear.to_pylist() == [1912] * 3 + [None] * 2
    assert found.kon.null_count == 5
    assert marks(found) == ["reservnummer"] * 3 + [None] * 2


def test_a_valid_number_is_a_person_before_any_pattern_and_a_mended_one_after() -> None:
    found = identities(ANNA, LOST_ZERO, "1,94512E+11", reservnummer=[{"monster": ".*", "betydelse": "Allt"}])
    assert marks(found) == [None, "reservnummer", "reservnummer"]
    assert found.kon.to_pylist() == ["man", None, None]
    assert found.findings == {}


def test_a_reserve_number_of_twelve_digits_is_never_the_pseudonym_of_a_number() -> None:
    invalid = "191212132392"
    as_reserve = identities(invalid, reservnummer=[{"monster": "\\d{12}", "betydelse": "x"}]).pseudonym[0].as_py()
    assert as_reserve not in (None, identities(ANNA).pseudonym[0].as_py())


@pytest.mark.parametrize(
    ("written", "year"), [("49", 1949), ("26", 2026), ("27", 1927), ("1949", 1949), ("2999", None)]
)
def test_the_year_of_birth_of_a_reserve_number_is_that_of_its_group(written: str, year: int | None) -> None:
    kind = {"monster": r"R(?P<fodelsear>\d{2}|\d{4})X", "betydelse": "x"}
    assert identities(f"R{written}X", reservnummer=[kind]).fodelsear.to_pylist() == [year]


def test_a_long_text_is_not_held_against_patterns() -> None:
    found = identities("1" * 100_000, reservnummer=[{"monster": "1*", "betydelse": "x"}])
    assert found.pseudonym[0].as_py() is None


@pytest.mark.parametrize("pattern", ["(ab", "", "(?=x)y", r"(a)\1", "(TF|R)[0-9]+", "a)(b"])
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Identiteter.model_validate({"reservnummer": [{"monster": pattern, "betydelse": "x"}]})


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_keys_never_give_the_same_pseudonym(one: bytes, other: bytes) -> None:
    here, there = identities(ANNA, BO, key=one).pseudonym, identities(ANNA, BO, key=other).pseudonym
    assert set(here.to_pylist()).isdisjoint(there.to_pylist()) == (one != other)


def test_the_same_person_has_different_pseudonyms_in_two_municipalities(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    create_key(home, "0682")
    here, there = (
        pseudonymiser(home, profile(kommunkod=kod), UTTAGSDATUM)(pa.array([ANNA])).pseudonym[0].as_py()
        for kod in (KOMMUN, "0682")
    )
    assert here != there
    assert key_id(home, KOMMUN) != key_id(home, "0682")


def test_with_the_countys_key_a_person_is_the_same_in_the_municipalities_that_use_it(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    create_key(home, COUNTY_KEY)
    profiles = [profile(kommunkod=kod, identiteter=SHARED) for kod in (KOMMUN, "0682")]
    here, there, alone = (
        pseudonymiser(home, each, UTTAGSDATUM)(pa.array([ANNA])).pseudonym[0].as_py() for each in (*profiles, profile())
    )
    assert here == there != alone
    assert [scope_of(each) for each in (*profiles, profile())] == ["lan", "lan", KOMMUN]


def test_the_countys_key_needs_a_reason() -> None:
    with pytest.raises(ValidationError, match="nyckel_skal"):
        Identiteter(nyckel="lan")


def test_the_countys_key_is_made_only_when_a_profile_asks_for_it(tmp_path: Path) -> None:
    home = small_county(tmp_path / "home")
    assert not (home.nycklar / "lan.nyckel").exists()
    path = home.kommuner / "0643.yaml"
    reason = SHARED["nyckel_skal"]
    path.write_text(path.read_text() + f"\nidentiteter: {{nyckel: lan, nyckel_skal: '{reason}'}}\n")
    assert initialise(home) == 1
    assert (home.nycklar / "lan.nyckel").stat().st_mode & 0o777 == 0o600
    assert initialise(home) == 0


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
        pseudonymiser(home, profile(), UTTAGSDATUM)


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
