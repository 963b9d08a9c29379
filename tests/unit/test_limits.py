"""A delivery is refused as a whole when its numbers cannot be right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import DeliveredFile
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.profile import Del, Fil
from ibic_pipeline.validate import Validated, check_limits
from ibic_pipeline.validate.accounting import ACCOUNTING_SCHEMA, ROWS_SCHEMA
from schemas.delivery_rules import delivery_rules
from tests.support.deliveries import profile

LIMITS = profile(leverans={"hogsta_andel_karantan": 0.25, "lagsta_andel_av_forra": 0.5})

Numbers = tuple[str, int, int]
"""(export, rows read, rows quarantined) of one file."""


def accounting(*files: Numbers) -> pa.Table:
    rows = [
        {
            "kommunkod": "0680", "leverans_id": "2026-06-30", "kallfil": f"{i}.csv", "export": export, "last": read,
            "godkanda": read - quarantined, "karantan": quarantined, "dubbletter": 0, "flaggade": 0, "regler": [],
        }
        for i, (export, read, quarantined) in enumerate(files)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=ACCOUNTING_SCHEMA)


def quarantine(files: tuple[Numbers, ...], *rules: str) -> pa.Table:
    """Every quarantined row of every file breaks each of the rules."""
    rows = [
        {"kallfil": f"{i}.csv", "kallrad": row, "regel": rule}
        for i, (_, _, quarantined) in enumerate(files)
        for row in range(quarantined)
        for rule in rules
    ]
    return pa.Table.from_pylist(rows, schema=ROWS_SCHEMA)


def file(name: str, export: str, rows: int, unknown: int = 0) -> HarmonisedFile:
    asked = Fil(monster=name, delar=(Del(tabell="beslut", kolumner={}),))
    delivered = DeliveredFile(export, asked, Path(name), name, "")
    return HarmonisedFile(delivered, np.arange(rows), np.zeros(rows, dtype=bool), (), [], np.arange(rows) < unknown)


def reasons(
    *now: Numbers, before: pa.Table | None = None, rules: tuple[str, ...] = ("BES-107", "BES-106"), unknown: int = 0
) -> list[str]:
    """What refuses a delivery; the first ``unknown`` rows of every file are of no known municipality."""
    files = [file(f"{i}.csv", export, read, unknown) for i, (export, read, _) in enumerate(now)]
    empty = ROWS_SCHEMA.empty_table()
    try:
        check_limits(files, Validated({}, quarantine(now, *rules), empty, accounting(*now)), before, LIMITS)
    except DeliveryRefused as refused:
        return [code for code, _ in refused.reasons]
    return []


@pytest.mark.parametrize(("quarantined", "expected"), [(25, []), (26, ["LEV-006"])])
def test_a_quarter_may_be_quarantined_and_no_more(quarantined: int, expected: list[str]) -> None:
    assert reasons(("beslut", 30, quarantined), ("uppdrag", 70, 0)) == expected


def test_rows_that_only_belong_to_a_refused_one_do_not_count() -> None:
    assert reasons(("beslut", 100, 10), ("uppdrag", 100, 100), rules=("UPP-003",)) == []
    assert reasons(("beslut", 100, 10), ("uppdrag", 100, 100), rules=("UPP-003", "UPP-002")) == ["LEV-006", "LEV-006"]


def test_rows_of_unknown_municipality_do_not_count_against_the_one_that_answers_for_them() -> None:
    assert reasons(("beslut", 100, 60), rules=("LEV-010",), unknown=60) == []
    assert reasons(("beslut", 100, 11), unknown=60) == ["LEV-006"]


@pytest.mark.parametrize(("read", "expected"), [(50, []), (49, ["LEV-005"])])
def test_half_of_last_times_rows_are_enough(read: int, expected: list[str]) -> None:
    assert reasons(("beslut", read, 0), before=accounting(("beslut", 60, 0), ("beslut", 40, 0))) == expected


def test_one_wholly_refused_export_is_not_hidden_by_the_others() -> None:
    assert reasons(("beslut", 1000, 0), ("uppfoljning", 50, 50)) == ["LEV-006"]


def test_a_small_export_is_judged_with_the_whole_delivery() -> None:
    assert reasons(("beslut", 1000, 0), ("uppfoljning", 20, 8)) == []


def test_every_reason_is_told() -> None:
    before = accounting(("beslut", 100, 0), ("uppdrag", 100, 0))
    found = reasons(("utredning", 0, 0), ("beslut", 40, 40), ("uppdrag", 10, 0), before=before)
    assert found == ["LEV-009", "LEV-005", "LEV-005", "LEV-006"]


@pytest.mark.parametrize("export", ["utredning", "beslut"])
def test_a_municipality_without_a_row_in_a_head_file_is_refused(export: str) -> None:
    assert reasons((export, 0, 0)) == ["LEV-009"]
    assert reasons((export, 0, 0), (export, 5, 0)) == ["LEV-009"]
    assert reasons((export, 5, 0), (export, 0, 0)) == []
    assert reasons((export, 5, 0), unknown=5) == ["LEV-009"]


def test_an_empty_export_that_was_empty_before_is_fine() -> None:
    assert reasons(("uppfoljning", 0, 0), before=accounting(("uppfoljning", 0, 0))) == []


def test_every_delivery_rule_says_what_is_expected_and_what_to_do() -> None:
    assert [rule.code for rule in delivery_rules()] == [f"LEV-{number:03d}" for number in range(1, 12)]
    assert all(rule.message.startswith("Förväntat: ") and rule.message.endswith(".") for rule in delivery_rules())
