"""Every check says in Swedish what should hold, from when it does not, why, whose it is and what to do."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.quality.catalogue import ROW_CHECKS, every_check, row_checks_of
from ibic_pipeline.quality.model import Check, Owner
from ibic_pipeline.quality.page import PAGE, page
from ibic_pipeline.quality.published import every_part, meaning, meanings_table
from ibic_pipeline.quality.thresholds import thresholds
from schemas import CONTRACTS
from tests.support.small_tables import county

CHECKS = list(every_check().values())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_is_told_in_whole_sentences(check: Check) -> None:
    for text in (check.sentence, check.why, check.what_to_do):
        assert re.fullmatch(r"[A-ZÅÄÖ0-9{].*[.?]", text), text
        assert "  " not in text
    assert check.owner in get_args(Owner)
    assert 0 <= check.threshold < 1


def test_the_numbers_of_checks_are_their_own() -> None:
    assert all(re.fullmatch(r"DK-[1-7]\d\d", each.id) for each in CHECKS)
    assert len(CHECKS) == len({each.id for each in CHECKS})


def test_the_columns_that_a_check_needs_are_columns_of_contracts() -> None:
    known = {f"{table}.{column}" for table, contract in CONTRACTS.items() for column in contract.own_columns()}
    assert {column for check in ROW_CHECKS for column in check.columns} <= known
    assert all(f"{each.table}.{each.part}" in known for each in ROW_CHECKS if each.part)
    assert sum(len(row_checks_of(table)) for table in CONTRACTS) == len(ROW_CHECKS)


def test_every_part_of_every_check_has_a_meaning_without_a_place_left_open() -> None:
    for code, parts in every_part().items():
        for table, part in parts:
            assert not set("{}") & set(meaning(code, table, part))
    rows = meanings_table(county()).to_pylist()
    assert len(rows) == len({(row["kontroll"], row["tabell"], row["del"]) for row in rows})
    assert {row["kontroll"] for row in rows} == set(every_check())


def test_the_page_in_docs_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/quality.md is stale: run `python -m ibic_pipeline.quality.page`"
    )


def test_the_county_s_threshold_severity_and_note_go_before_a_check_s_own() -> None:
    found = thresholds(county(kvalitet={"DK-211": {"varde": 0.25, "allvar": "stoppa", "not": "Beslut."}}))

    assert (found["DK-211"].varde, found["DK-211"].allvar, found["DK-211"].varfor) == (0.25, "stoppa", "Beslut.")
    assert found["DK-212"].allvar == "varna"
    assert {each.allvar for each in thresholds(county()).values()} == {"varna"}


def test_a_threshold_of_a_check_that_there_is_not_is_refused_with_the_closest_one() -> None:
    with pytest.raises(IbicError, match=r"DK-219 \(did you mean DK-\d{3}\?\)"):
        thresholds(county(kvalitet={"DK-219": {"varde": 0.25, "not": "Prov."}}))
